"""What a list says about a job: how far it is, why it waits, what has become of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from desktop.codeunits import registry
from desktop.errors import UnknownCodeunitError
from desktop.formats import count_text, duration_text, time_text, when_text
from models.integration_record import ImportRun
from models.job_lists import JobRow, LogRow
from models.job_queue import EntryStatus, LogStatus
from models.tables import table_caption
from ui.widgets.remaining_time import RemainingTime, spoken_duration

NOT_DONE_AT_MOST = 0.99  # a bar never stands full while work goes on
SILENT_AFTER_SECONDS = 10.0
FORCED_AFTER_SECONDS = 10.0
RUNNING = (EntryStatus.IN_PROCESS, EntryStatus.CANCELLING)


class Progress(NamedTuple):
    """One cell: its words, their tone, and its bar.

    Args:
        bar: whether there is one.
        share: how much of it is full, 0 to 1; None while that is not known.
    """

    text: str
    tone: str = "fg2"
    bar: bool = False
    share: float | None = None


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


def progress_of(row: JobRow, now: datetime, live: LiveJob | None, worker_online: bool = True) -> Progress:
    """What the progress column says about an entry."""
    status = EntryStatus(row.status)
    if status is EntryStatus.CANCELLING:
        return Progress(_stopping_text(live), bar=True, share=live.share if live else None)
    if status is EntryStatus.IN_PROCESS:
        return Progress(_running_text(row, live), bar=True, share=live.share if live else None)
    if status is EntryStatus.ERROR:
        return Progress(row.error or "It ended with an error.", "err")
    if status is EntryStatus.READY:
        return _waiting(row, now, worker_online)
    if status is EntryStatus.ON_HOLD:
        return Progress("Runs when it is set to Ready")
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


def _waiting(row: JobRow, now: datetime, worker_online: bool) -> Progress:
    if row.attempts and row.result and row.earliest_start is not None and row.earliest_start > now:
        return Progress(row.result, "warn")  # "Retry 2 of 3 at 10:42"
    if row.earliest_start is not None and row.earliest_start > now:
        when = when_text(row.earliest_start, now)
        return Progress(f"Starts {when[0].lower()}{when[1:]}" if not when[0].isdigit() else f"Starts {when}")
    if row.paused:
        return Progress(f"Waits until category {row.category} goes on")
    if row.waits_for:
        return Progress(f"Runs when {row.waits_for} is done")
    if not worker_online:
        return Progress("Waits: no worker is online", "warn")
    return Progress("Starts as soon as a slot is free")


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
    if row.started_at is None:
        return "Cancelled before it started"
    moment = f" at {time_text(row.ended_at)}" if row.ended_at is not None else ""
    return f"Stopped{moment}" + (f" after {took}" if took else "")


def start_text(row: JobRow, now: datetime) -> str:
    """What the column Earliest start says."""
    if row.earliest_start is not None:
        return when_text(row.earliest_start, now)
    if row.status == EntryStatus.ON_HOLD:
        return when_text(None, now)
    return when_text(row.started_at if row.started_at and row.attempts else row.created_at, now)


def attempts_text(row: JobRow) -> str:
    """What the column Attempts says: runs begun, of how many there may be."""
    return f"{row.attempts} of {row.retries + 1}" if row.attempts or row.retries else ""


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


def codeunit_text(name: str) -> str:
    """What an entry runs, as people know it."""
    try:
        found = registry.find(name)
    except UnknownCodeunitError:
        return f"{name} (not known to this version)"
    return f"Codeunit {found.number} {found.caption}"


def record_text(row: JobRow) -> str:
    """What an entry works on; empty when that is no record."""
    return f"{table_caption(row.record_table)} {row.record_id}" if row.record_table else ""
