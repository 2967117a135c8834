"""What a list says about a job: how far it is, why it waits, what has become of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from desktop.codeunits import registry
from desktop.errors import UnknownCodeunitError
from desktop.formats import count_text, duration_text, time_text, when_text
from desktop.jobqueue import recurrence
from desktop.jobqueue.field_rules import PRIORITIES
from desktop.reports import registry as reports
from models.errors import FieldError
from models.integration_record import ImportRun
from models.job_lists import JobRow
from models.job_log_lists import LogRow
from models.job_queue import EntryStatus, LogStatus, ObjectType
from models.tables import table_caption
from ui.widgets.remaining_time import RemainingTime, spoken_duration

NOT_DONE_AT_MOST = 0.99  # a bar never stands full while work goes on
SILENT_AFTER_SECONDS = 10.0
FORCED_AFTER_SECONDS = 10.0
RUNNING = (EntryStatus.IN_PROCESS, EntryStatus.CANCELLING)
WAITING = (EntryStatus.READY, EntryStatus.INACTIVE)


class Progress(NamedTuple):
    """One cell: its words, their tone, and its bar.

    Args:
        bar: whether there is one.
        share: how much of it is full, 0 to 1; None while that is not known.
        strong: bold, e.g. because nobody has read it.
        glyph: a drawing before the words, for what colour alone should not say; empty for none.
    """

    text: str
    tone: str = "fg2"
    bar: bool = False
    share: float | None = None
    strong: bool = False
    glyph: str = ""


class LiveJob:
    """How one running job comes on, as this window has seen it; `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._remaining = RemainingTime(clock)
        self._attempt = 0
        self.stopping_since: float | None = None
        self._restart()

    def _restart(self) -> None:
        self._remaining.restart()
        self.done = self.total = 0
        self.text = ""
        self.seconds_left: int | None = None
        self.share: float | None = None
        self.moved_at = self._clock()

    def begin(self, row: JobRow) -> None:
        """Take in what the database says; another run of the entry begins anew."""
        if row.attempts != self._attempt:
            self._attempt = row.attempts
            self._restart()
        self.stop(row.status == EntryStatus.CANCELLING)
        if row.done >= self.done:
            self.move(row.done, row.total, row.text)

    def move(self, done: int, total: int, text: str) -> None:
        """Take in that the job has come further."""
        if (done, total, text) == (self.done, self.total, self.text):
            return
        self.done, self.total, self.text = done, total, text
        self.moved_at = self._clock()
        if total <= 0:
            self.share = self.seconds_left = None
            return
        self.seconds_left = self._remaining.update(done, total)
        self.share = max(min(done / total, NOT_DONE_AT_MOST), self.share or 0.0)

    def stop(self, stopping: bool) -> None:
        """Note since when somebody wants it to stop."""
        if not stopping:
            self.stopping_since = None
        elif self.stopping_since is None:
            self.stopping_since = self._clock()

    def silent_seconds(self) -> float:
        """For how long nothing was heard of it."""
        return self._clock() - self.moved_at

    def stopping_seconds(self) -> float:
        """For how long it is being stopped."""
        return 0.0 if self.stopping_since is None else self._clock() - self.stopping_since


def progress_of(row: JobRow, live: LiveJob | None) -> Progress:
    """What the progress column says about an entry."""
    status = EntryStatus(row.status)
    if status is EntryStatus.CANCELLING:
        return Progress(_stopping_text(live), bar=True, share=live.share if live else None)
    if status is EntryStatus.IN_PROCESS:
        return Progress(_running_text(row, live), bar=True, share=live.share if live else None)
    if status is EntryStatus.ERROR:
        return Progress(row.error or "It ended with an error.", "err")
    if status in WAITING:
        return Progress(row.why or "It waits for its turn.", "warn" if row.error else "fg2")
    if status is EntryStatus.ON_HOLD:
        return Progress(row.why or "It is On Hold: set it to Ready to let it run.")
    return Progress(_ended_text(row, status))


def _running_text(row: JobRow, live: LiveJob | None) -> str:
    done, total, text, left = row.done, row.total, row.text, None
    if live is not None:
        done, total, text, left = live.done, live.total, live.text, live.seconds_left
    if text.startswith("Waiting"):
        return f"{text} · {_seconds(live)}" if _silent(live) else text
    counted = _counted(row, done, total, text)
    if _silent(live):
        return f"{counted} · no news for {_seconds(live)}"
    return f"{counted} · about {spoken_duration(left)} left" if left is not None else counted


def _counted(row: JobRow, done: int, total: int, text: str) -> str:
    if not total:
        return text or (f"{count_text(done)} done" if done else "Starting…")
    if count_text(done) in text.split():
        return text
    unit = " rows" if is_import(row) else ""
    counted = f"{count_text(done)} of {count_text(total)}{unit}"
    return f"{text} · {counted}" if text and not unit else counted


def _silent(live: LiveJob | None) -> bool:
    return live is not None and live.silent_seconds() >= SILENT_AFTER_SECONDS


def _seconds(live: LiveJob | None) -> str:
    return duration_text(float(int(live.silent_seconds()))) if live is not None else ""


def _stopping_text(live: LiveJob | None) -> str:
    if live is None or live.stopping_seconds() < FORCED_AFTER_SECONDS:
        return "Stopping…"
    return f"Stopping by force after {duration_text(FORCED_AFTER_SECONDS)}; what it has saved stays"


def _ended_text(row: JobRow, status: EntryStatus) -> str:
    took = ""
    if row.started_at is not None and row.ended_at is not None and row.ended_at >= row.started_at:
        took = duration_text(row.ended_at - row.started_at)
    if status is EntryStatus.FINISHED:
        if row.result:
            return f"{row.result.rstrip('.')} · {took}" if took else row.result
        return f"Finished in {took}" if took else "Finished"
    if row.result:
        return row.result
    if status is EntryStatus.EXPIRED:
        return row.why or "It expired before it could run."
    if row.started_at is None:
        return "Cancelled before it started"
    moment = f" at {time_text(row.ended_at)}" if row.ended_at is not None else ""
    return f"Stopped{moment}" + (f" after {took}" if took else "")


def status_text(status: str) -> str:
    """A status as its pill says it."""
    return "Inactive" if status == EntryStatus.INACTIVE else status


def start_text(row: JobRow, now: datetime) -> str:
    """What the column Next start says: a dash for what does not run again by itself."""
    if row.status in RUNNING:
        return "Now"
    return when_text(row.next_start if row.status in WAITING else None, now)


def attempts_text(row: JobRow) -> str:
    """What the column Attempts says: runs begun, of how many there may be."""
    return f"{row.attempts} of {row.retries + 1}" if row.attempts or row.retries else ""


def recurrence_text(schedule: str) -> str:
    """A stored schedule in words; empty for a single run."""
    if not schedule:
        return ""
    try:
        return recurrence.describe(recurrence.decode(schedule))
    except FieldError:
        return "A schedule that this version does not know"


def priority_text(priority: int) -> str:
    """High, Normal or Low; the number for any other."""
    return PRIORITIES.get(priority, str(priority))


def is_import(row: JobRow) -> bool:
    """Whether the entry processes the records of an import."""
    return row.record_table == ImportRun.table()


def log_duration(row: LogRow, now: datetime) -> str:
    """How long an attempt took, or has run until now."""
    return duration_text((row.ended_at or now) - row.started_at)


def log_outcome(row: LogRow) -> Progress:
    """What a log entry says of its end."""
    if row.error:
        return Progress(row.error, "err")
    if row.status == LogStatus.IN_PROCESS:
        return Progress("Still running")
    return Progress(row.result or ("It went well." if row.status == LogStatus.SUCCESS else row.status))


def delay_text(row: LogRow) -> str:
    """How much later than planned an attempt began; empty when nobody had planned it."""
    return duration_text(row.delay_ms / 1000) if row.planned_at is not None else ""


def log_progress(row: LogRow) -> str:
    """How far an attempt had come."""
    if not row.total and not row.done:
        return ""
    return (
        f"{count_text(row.done)} of {count_text(row.total)}" if row.total else f"{count_text(row.done)} done"
    )


def codeunit_text(name: str) -> str:
    """What a task runs, as people know it."""
    try:
        found = registry.find(name)
    except UnknownCodeunitError:
        return f"{name} (not known to this version)"
    return f"Codeunit {found.number} {found.caption}"


def object_text(object_type: str, name: str) -> str:
    """What an entry runs, as people know it."""
    if object_type != ObjectType.REPORT:
        return codeunit_text(name)
    try:
        report = reports.find(name)
    except UnknownCodeunitError:
        return f"{name} (not known to this version)"
    return f"Report {report.number} {report.caption}"


def record_text(row: JobRow) -> str:
    """What an entry works on; empty when that is no record."""
    return f"{table_caption(row.record_table)} {row.record_id}" if row.record_table else ""
