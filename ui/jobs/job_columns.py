"""The columns of the list of jobs: those that everybody needs, and those that a person shows when they want them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from desktop.clock import Clock
from desktop.formats import count_text, exact_text, when_text
from models.job_lists import JobRow
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import (
    WAITING,
    Progress,
    attempts_text,
    object_text,
    priority_text,
    record_text,
    recurrence_text,
    start_text,
    status_text,
)

GONE = "This user is disabled or does not exist any more. Choose another one on the card."
Column = TableColumn[JobRow]


def job_columns(progress: Callable[[JobRow], Progress], clock: Clock, *, wide: bool) -> tuple[Column, ...]:
    """The columns.

    Args:
        progress: what the column Progress says of a row.
        wide: all of them; without, those of the card on the Role Centre.
    """

    def moment(
        key: str,
        title: str,
        value: Callable[[JobRow], datetime | None],
        *,
        from_width: int = 0,
        hidden: bool = True,
    ) -> Column:
        def shown(row: JobRow) -> Progress:
            return Progress(when_text(value(row), clock.now()))

        def exact(row: JobRow) -> str:
            found = value(row)
            return exact_text(found) if found is not None else ""

        return TableColumn(key, title, shown, width=152, from_width=from_width, tooltip=exact, hidden=hidden)

    def next_start(row: JobRow) -> Progress:
        return Progress(start_text(row, clock.now()))

    def start(row: JobRow) -> Progress:
        return Progress(when_text(_planned_or_last(row), clock.now()))

    few: tuple[Column, ...] = (
        TableColumn("description", "Description", _description, share=6, strong=True),
        TableColumn("status", "Status", _status, Cell.PILL, width=118, tooltip=_full_status),
        TableColumn("progress", "Progress", progress, Cell.PROGRESS, share=7, sortable=False),
    )
    if not wide:
        return (*few, TableColumn("start", "Earliest start", start, width=152, from_width=600))
    return (
        *few,
        TableColumn("next", "Next start", next_start, width=152, from_width=600, tooltip=_exact_next),
        TableColumn("recurs", "Recurrence", _recurrence, share=4, from_width=980),
        TableColumn("category", "Category", _category, width=100, from_width=860),
        TableColumn("priority", "Priority", _priority, width=84, from_width=1120),
        TableColumn("user", "Run as", _user, width=108, from_width=760, tooltip=_user_tooltip),
        TableColumn("attempts", "Attempts", _attempts, width=86, from_width=1200),
        moment("started", "Last start", _started_at, from_width=1500, hidden=False),
        TableColumn("number", "Entry no.", _number, width=90, hidden=True),
        TableColumn("object", "Object to run", _object, share=4, hidden=True),
        TableColumn("owner", "Created by", _owner, width=112, hidden=True),
        TableColumn("record", "Record to process", _record, share=3, sortable=False, hidden=True),
        TableColumn("runs", "Runs so far", _runs, width=100, hidden=True),
        TableColumn("error", "Error", _error, share=5, hidden=True),
        moment("start", "Earliest start", _earliest_start),
        moment("expires", "Expiration", _expires_at),
        moment("ready", "Last ready", _last_ready_at),
        moment("ended", "Last end", _ended_at),
        moment("created", "Created", _created_at),
    )


def _planned_or_last(row: JobRow) -> datetime | None:
    """When a job starts that waits, and when any other began; None for one that has not and will not."""
    return row.next_start or row.earliest_start if row.status in WAITING else row.started_at


def _description(row: JobRow) -> Progress:
    return Progress(row.description or row.codeunit, "fg")


def _status(row: JobRow) -> Progress:
    return Progress(status_text(row.status))


def _full_status(row: JobRow) -> str:
    return row.status


def _exact_next(row: JobRow) -> str:
    return exact_text(row.next_start) if row.next_start is not None else ""


def _recurrence(row: JobRow) -> Progress:
    return Progress(recurrence_text(row.schedule) or "Once", "fg2" if row.schedule else "fg3")


def _category(row: JobRow) -> Progress:
    return Progress(row.category)


def _priority(row: JobRow) -> Progress:
    return Progress(priority_text(row.priority))


def _user(row: JobRow) -> Progress:
    return Progress(row.user_id, "err" if row.user_gone else "fg2", glyph="warning" if row.user_gone else "")


def _user_tooltip(row: JobRow) -> str:
    return f"{row.user_id}: {GONE}" if row.user_gone else row.user_id


def _attempts(row: JobRow) -> Progress:
    return Progress(attempts_text(row))


def _number(row: JobRow) -> Progress:
    return Progress(str(row.entry_no))


def _object(row: JobRow) -> Progress:
    return Progress(object_text(row.object_type, row.codeunit))


def _owner(row: JobRow) -> Progress:
    return Progress(row.owner)


def _record(row: JobRow) -> Progress:
    return Progress(record_text(row))


def _runs(row: JobRow) -> Progress:
    return Progress(count_text(row.total_runs))


def _error(row: JobRow) -> Progress:
    return Progress(row.error, "err")


def _started_at(row: JobRow) -> datetime | None:
    return row.started_at


def _earliest_start(row: JobRow) -> datetime | None:
    return row.earliest_start


def _expires_at(row: JobRow) -> datetime | None:
    return row.expires_at


def _last_ready_at(row: JobRow) -> datetime | None:
    return row.last_ready_at


def _ended_at(row: JobRow) -> datetime | None:
    return row.ended_at


def _created_at(row: JobRow) -> datetime | None:
    return row.created_at
