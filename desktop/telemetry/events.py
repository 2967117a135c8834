"""What happens to job queue entries and scheduled tasks, told once it is certain.

`note` is called inside the transaction that makes it happen: the event is written after the commit and dropped with
the rollback, also of a savepoint. It goes to a file of JSON lines and, where OpenTelemetry is configured, to it as
well. docs/telemetry.md says what each event tells.
"""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.telemetry import event_file, export
from desktop.telemetry.kinds import ENDS, Event
from models.database import database
from models.fields import shown_time, stored_time
from models.job_queue import JobQueueEntry
from models.private_copy import works_on_copy

__all__ = ["SWITCH", "Event", "Noted", "finish", "note", "note_all"]

SWITCH: Final = "BACKDESK_TELEMETRY"  # "off" keeps the program from noting anything

Noted = dict[str, Any]
Receiver = Callable[[Noted], None]

_log = logging.getLogger(__name__)


_FROM_ENTRY: Final = (
    ("entry_id", "id"),
    ("entry_no", "entry_no"),
    ("description", "description"),
    ("object_type", "object_type"),
    ("object_name", "codeunit"),
    ("category", "category_code"),
    ("recurring", "recurring"),
    ("attempt", "attempts"),
    ("retries", "retries"),
    ("user_id", "run_as_user_id"),
    ("task_id", "task_id"),
    ("trigger", "run_trigger"),
    ("planned_at", "planned_at"),
)

_receivers: list[Receiver] = []
if (_exporter := export.begin()) is not None:
    _receivers.append(_exporter.receive)


def note(
    event: Event, entry: JobQueueEntry | None = None, *, clock: Clock = SYSTEM_CLOCK, **dimensions: object
) -> None:
    """Tell that something happened, as soon as the running transaction is committed; without one, at once.

    It never raises, and costs some 10 microseconds.

    Args:
        entry: whom it happened to; its dimensions are taken from it as it is now.
        dimensions: further ones, which go before the entry's; moments as aware datetimes or in their stored form.
    """
    try:
        if os.environ.get(SWITCH) == "off" or works_on_copy():
            return
        noted = _noted(event, entry, clock.now(), dimensions)
        if database.obj is None or database.is_closed():
            _tell(noted)
        else:
            database.after_commit(partial(_tell, noted))
    except Exception:
        _log.exception("the event “%s” was not noted", event)


def note_all(events: Iterable[tuple[Event, dict[str, object]]], *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Tell of many things that happened in one transaction, each with its dimensions; cheaper than many notes."""
    try:
        if os.environ.get(SWITCH) == "off" or works_on_copy():
            return
        now = clock.now()
        all_noted = [_noted(event, None, now, dimensions) for event, dimensions in events]
        database.after_commit(partial(_tell_all, all_noted))
    except Exception:
        _log.exception("events were not noted")


def finish() -> None:
    """Send what waits for OpenTelemetry, before a process ends that runs no exit handlers."""
    if _exporter is not None:
        _exporter.close()


def _tell(noted: Noted) -> None:
    _tell_all([noted])


def _tell_all(all_noted: list[Noted]) -> None:
    try:
        event_file.write_all(all_noted)
    except Exception:
        names = "”, “".join(str(noted["event"]) for noted in all_noted)
        _log.exception("the event “%s” was not written", names)
    for receiver in tuple(_receivers):
        for noted in all_noted:
            try:
                receiver(noted)
            except Exception:
                _log.exception("the event “%s” was not handed on", noted["event"])


def _noted(event: Event, entry: JobQueueEntry | None, now: datetime, dimensions: dict[str, object]) -> Noted:
    noted: Noted = {
        "time": stored_time(now),
        "event": event.value,
        "company": _company(),
        "host": _host(),
        "process": os.getpid(),
    }
    if entry is not None:
        data = entry.__data__
        for name, field in _FROM_ENTRY:
            value = data.get(field)
            if value is not None and value != "":
                noted[name] = _plain(value)
    for name, value in dimensions.items():
        if value is not None and value != "":
            noted[name] = _plain(value)
    if "started_at" in noted:
        _add_times(noted, event, now)
    return noted


def _add_times(noted: Noted, event: Event, now: datetime) -> None:
    started = shown_time(noted["started_at"])
    if event is Event.STARTED and "planned_at" in noted and "delay_ms" not in noted:
        noted["delay_ms"] = max(0, round((started - shown_time(noted["planned_at"])).total_seconds() * 1000))
    if event in ENDS and "duration_ms" not in noted:
        noted["duration_ms"] = max(0, round((now - started).total_seconds() * 1000))


def _plain(value: object) -> object:
    return stored_time(value) if isinstance(value, datetime) else value


def _company() -> str:
    opened = database.obj
    return "" if opened is None else str(opened.company.stem)


@cache
def _host() -> str:
    return platform.node()
