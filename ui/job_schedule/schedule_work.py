"""What the page Job Queue Schedule reads, off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from desktop.changes import EVERYTHING
from desktop.clock import Clock
from desktop.jobqueue.run_calendar import CalendarRuns, runs_between
from models.job_calendar import Duration, durations
from models.job_queue import JobQueueLogEntry, ScheduledTask
from ui.job_schedule.filters import Choices, read_choices
from ui.job_schedule.period import Span

TABLES: Final = frozenset({JobQueueLogEntry.table(), ScheduledTask.table(), EVERYTHING})
"""Written whenever a run begins, ends or is planned; entries are written for each progress, which no bar shows."""
REST: Final = 4  # reading the runs takes no more than a fourth of the time


class Found(NamedTuple):
    """What is read at once, and how many seconds that took."""

    span: Span
    runs: CalendarRuns
    choices: Choices
    took_s: float

    @property
    def rest_ms(self) -> int:
        """How long nothing is to be read after that, in milliseconds."""
        return round(self.took_s * 1_000 * REST)


@dataclass(frozen=True, slots=True)
class ReadRuns:
    """Reads the runs of a span of time."""

    span: Span
    clock: Clock
    category: str
    job_id: str

    def __call__(self) -> Found:
        begun = self.clock.monotonic()
        runs = runs_between(*self.span, self.clock.now(), category=self.category, job_id=self.job_id)
        return Found(self.span, runs, read_choices(), self.clock.monotonic() - begun)


@dataclass(frozen=True, slots=True)
class ReadDurations:
    """Reads how long the runs of one job took; of none where the id is empty."""

    job_id: str

    def __call__(self) -> tuple[str, list[Duration], Choices]:
        return self.job_id, durations(self.job_id) if self.job_id else [], read_choices()
