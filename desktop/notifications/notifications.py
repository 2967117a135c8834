"""Notifications: rows that banners, toasts and the bell show; a person reads and dismisses them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from desktop.clock import SYSTEM_CLOCK, Clock
from models import changes, statements
from models.database import connected, database
from models.enforcement import as_system
from models.job_queue import Notification


class Severity(StrEnum):
    """How a notification is painted."""

    OK = "ok"
    INFO = "info"
    WARN = "warn"
    ERR = "err"


@as_system()
def notify(
    severity: Severity | str,
    title: str,
    text: str = "",
    *,
    user_id: str = "",
    job_id: str = "",
    run_id: int | None = None,
    report_id: int | None = None,
    needs_action: bool = False,
    kind: str = "",
    source: str = "",
    banner: bool = True,
    operating_system: bool = True,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Store a notification; inside a transaction of the caller it is told with its commit.

    Args:
        user_id: for whom; empty for everybody.
        job_id, run_id, report_id: the job queue entry, the import run and the document that it opens.
        needs_action: it stays in sight until a person has dealt with it.
        kind: a `NotificationKind`, or empty.
        source: what further ones of the kind are counted together by.
        banner, operating_system: shown in the window, and by the system while the window is not in front; the bell
            has it in any case.
    Returns:
        Its number.
    Raises:
        ValueError: for an unknown severity.
    """
    with connected(), database.atomic():
        number = statements.insert(
            Notification,
            severity=Severity(severity).value,
            title=title,
            text=text,
            user_id=user_id,
            job_id=job_id,
            run_id=run_id,
            report_id=report_id,
            needs_action=needs_action,
            kind=kind,
            source=source,
            banner=banner,
            operating_system=operating_system,
            created_at=clock.now(),
        )
        changes.touch(Notification.table(), str(number))
    return number


def mark_read(ids: Iterable[int], *, clock: Clock = SYSTEM_CLOCK) -> None:
    """A person has seen these."""
    _set("read_at", clock, Notification.id.in_(list(ids)), Notification.read_at.is_null())


def mark_all_read(user_id: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """A person has read all that their bell shows."""
    _set("read_at", clock, Notification.read_at.is_null(), Notification.user_id.in_(["", user_id]))


def clear(user_id: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """A person has put away all that their bell shows."""
    _set("dismissed_at", clock, Notification.dismissed_at.is_null(), Notification.user_id.in_(["", user_id]))


@as_system()
def _set(field: str, clock: Clock, *where: Any) -> None:
    with connected(), database.atomic():
        rows = list(
            Notification.update(**{field: clock.now()}).where(*where).returning(Notification.id).execute()
        )
        for row in rows:
            changes.touch(Notification.table(), str(row.id))
