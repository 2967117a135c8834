"""Who is told of an event, and by which way; part of the transaction that makes it happen."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.notifications import mail
from desktop.notifications.kinds import KINDS, NotificationKind
from desktop.notifications.notifications import Severity, notify
from desktop.notifications.preferences import EVERYBODY, Preference, preference_of
from desktop.sessions import permissions
from models import changes, statements
from models.database import connected, database
from models.enforcement import as_system
from models.fields import stored_time
from models.job_queue import JobQueueEntry, Notification

__all__ = ["THROTTLE", "NotificationKind", "recipients", "tell", "tell_administrators"]

THROTTLE: Final = timedelta(hours=1)  # in which further events of the same source are only counted


def tell(
    kind: NotificationKind,
    entry: JobQueueEntry,
    *,
    severity: Severity,
    title: str,
    text: str = "",
    run_id: int | None = None,
    report_id: int | None = None,
    needs_action: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Tell everybody whom an entry's event concerns, inside the caller's transaction.

    Each is told as they have chosen. What is like an event that they have not read yet, and less than an hour old, is
    only counted there: "5 more". E-mail is put into the outbox; it is sent later, by a task of its own.

    Args:
        run_id, report_id: the import run or the document that it opens.
        needs_action: it stays in sight until a person has dealt with it.
    """
    with connected(), as_system(), database.atomic():
        for user_id in recipients(kind, entry):
            _tell_one(user_id, kind, entry.id, severity, title, text, run_id, report_id, needs_action, clock)


def tell_administrators(
    kind: NotificationKind, *, title: str, text: str = "", source: str = "", clock: Clock = SYSTEM_CLOCK
) -> None:
    """Tell those who look after the job queue of something that is no entry's; everybody, where there are none."""
    with connected(), as_system(), database.atomic():
        for user_id in permissions.job_queue_admins() or [EVERYBODY]:
            _tell_one(user_id, kind, "", Severity.ERR, title, text, None, None, True, clock, source=source)


def recipients(kind: NotificationKind, entry: JobQueueEntry) -> list[str]:
    """The users whom an entry's event concerns: owner, run-as user, and for what went wrong the administrators.

    What went wrong with an entry that is nobody's is for everybody, where nobody is an administrator.
    """
    concerned = [entry.owner_user_id, entry.run_as_user_id]
    if KINDS[kind].administrators:
        concerned += permissions.job_queue_admins()
    named = list(dict.fromkeys(user_id for user_id in concerned if user_id))
    return named or ([EVERYBODY] if KINDS[kind].administrators else [])


def _tell_one(
    user_id: str,
    kind: NotificationKind,
    job_id: str,
    severity: Severity,
    title: str,
    text: str,
    run_id: int | None,
    report_id: int | None,
    needs_action: bool,
    clock: Clock,
    source: str = "",
) -> None:
    preference = preference_of(user_id, kind)
    if not preference.enabled:
        return
    source = source or job_id
    bad = severity in (Severity.ERR, Severity.WARN)
    unread = _unread(user_id, preference)
    reached = preference.threshold > 1 and unread + 1 == preference.threshold
    if bad and not reached and _counted(user_id, kind, source, text, clock):
        return
    loud = unread + 1 >= preference.threshold
    notify(
        severity,
        title,
        text,
        user_id=user_id,
        job_id=job_id,
        run_id=run_id,
        report_id=report_id,
        needs_action=needs_action,
        kind=kind.value,
        source=source,
        banner=preference.banner and loud,
        operating_system=preference.operating_system and loud,
        clock=clock,
    )
    if preference.email and loud and KINDS[kind].can_email:
        mail.queue_for_user(user_id, title, text, clock)


def _counted(user_id: str, kind: NotificationKind, source: str, text: str, clock: Clock) -> bool:
    """Whether an event was counted at one that the person has not read yet, in place of being told anew."""
    if not source:
        return False
    row = database.execute_sql(
        "SELECT id, repeats FROM notification WHERE source = ? AND user_id = ? AND kind = ? AND read_at IS NULL"
        " AND dismissed_at IS NULL AND created_at > ? ORDER BY id DESC LIMIT 1",
        (source, user_id, kind.value, stored_time(clock.now() - THROTTLE)),
    ).fetchone()
    if row is None:
        return False
    statements.update(Notification, row[0], repeats=row[1] + 1, text=text)
    changes.touch(Notification.table(), str(row[0]))
    return True


def _unread(user_id: str, preference: Preference) -> int:
    """How many events of a kind a person has not read, counted ones included; 0 where no threshold asks for it."""
    if preference.threshold <= 1:
        return 0
    row = database.execute_sql(
        "SELECT COUNT(*) + TOTAL(repeats) FROM notification"
        " WHERE user_id = ? AND kind = ? AND read_at IS NULL AND dismissed_at IS NULL",
        (user_id, preference.kind.value),
    ).fetchone()
    return int(row[0])
