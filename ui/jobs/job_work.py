"""What is done to jobs off the GUI thread, and what came of it in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from desktop.clock import Clock
from desktop.formats import count_text
from desktop.jobqueue import actions, editing, entries
from desktop.jobqueue.states import Action
from models.errors import BackdeskError
from models.job_queue import RunTrigger

SHOWN_REASONS: Final = 3


class Deed(NamedTuple):
    """How one kind of change is told: of one entry, of several, and of those that could not.

    Args:
        one, many: e.g. "was cancelled", "were cancelled".
        refused: e.g. "cancelled".
    """

    one: str
    many: str
    refused: str


DEEDS: Final = {
    Action.SET_ON_HOLD: Deed("is on hold", "are on hold", "put on hold"),
    Action.SET_READY: Deed("is ready to run", "are ready to run", "set to Ready"),
    Action.RESTART: Deed("runs again", "run again", "started again"),
    Action.RUN_NOW: Deed("runs now", "run now", "run now"),
    Action.CANCEL: Deed("was cancelled", "were cancelled", "cancelled"),
    Action.DELETE: Deed("was deleted", "were deleted", "deleted"),
}
RESCHEDULED: Final = Deed("starts at another time", "start at another time", "rescheduled")
PRIORITY_SET: Final = Deed("has another priority", "have another priority", "given another priority")


class Changed(NamedTuple):
    """What came of a change: to which entries it happened, and why not to the others.

    Attributes:
        undo: whether a button takes it back.
    """

    deed: Deed
    ids: tuple[str, ...]
    refused: tuple[str, ...]
    undo: bool = False

    def summary(self) -> str:
        """What happened to all of them: "7 were cancelled, 2 could not be"."""
        done, not_done = len(self.ids), len(self.refused)
        if not done:
            jobs = "The job" if not_done == 1 else f"None of the {count_text(not_done)} jobs"
            return f"{jobs} could {'not ' if not_done == 1 else ''}be {self.deed.refused}"
        verb = self.deed.one if done == 1 else self.deed.many
        jobs = "job" if done == 1 else "jobs"
        return f"{count_text(done)} {jobs} {verb}, {count_text(not_done)} could not be {self.deed.refused}"

    def reasons(self) -> str:
        """Why not, the most frequent reasons first, each once."""
        counted = Counter(self.refused).most_common()
        told = [f"{text} ({count_text(number)} times)" if number > 1 else text for text, number in counted]
        more = len(told) - SHOWN_REASONS
        tail = f" And {count_text(more)} more." if more > 0 else ""
        return " ".join(told[:SHOWN_REASONS]) + tail


def _changed(
    deed: Deed, ids: Sequence[str], refused: Sequence[tuple[str, BackdeskError]], *, undo: bool = False
) -> Changed:
    not_done = {job_id for job_id, _error in refused}
    done = tuple(job_id for job_id in ids if job_id not in not_done)
    return Changed(deed, done, tuple(str(error) for _job_id, error in refused), undo)


@dataclass(frozen=True, slots=True)
class ChangeJobs:
    """Makes one transition for each of some entries."""

    action: Action
    ids: tuple[str, ...]
    user_id: str
    clock: Clock
    undo: bool = False  # whether it can be taken back

    def __call__(self) -> Changed:
        refused = actions.for_each(self.action, self.ids, user_id=self.user_id, clock=self.clock)
        return _changed(DEEDS[self.action], self.ids, refused, undo=self.undo)


@dataclass(frozen=True, slots=True)
class RescheduleJobs:
    """Lets each of some entries start no earlier than then; None is as soon as possible."""

    ids: tuple[str, ...]
    start: datetime | None
    user_id: str
    clock: Clock

    def __call__(self) -> Changed:
        refused = editing.reschedule(self.ids, self.start, user_id=self.user_id, clock=self.clock)
        return _changed(RESCHEDULED, self.ids, refused)


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Sets the priority of each of some entries in their category."""

    ids: tuple[str, ...]
    priority: int
    user_id: str
    clock: Clock

    def __call__(self) -> Changed:
        refused = editing.set_priority(self.ids, self.priority, user_id=self.user_id, clock=self.clock)
        return _changed(PRIORITY_SET, self.ids, refused)


@dataclass(frozen=True, slots=True)
class CopyJob:
    """Copies one entry; returns the id of the copy."""

    job_id: str
    user_id: str
    clock: Clock

    def __call__(self) -> str:
        return entries.copy(self.job_id, user_id=self.user_id, clock=self.clock)


@dataclass(frozen=True, slots=True)
class RemoveFailed:
    """Deletes the entries that have failed and do not recur; returns how many."""

    user_id: str
    clock: Clock

    def __call__(self) -> int:
        return actions.remove_failed(user_id=self.user_id, clock=self.clock)


@dataclass(frozen=True, slots=True)
class RunOnce:
    """Lets an entry run now, for a person who waits for it."""

    job_id: str
    user_id: str
    clock: Clock

    def __call__(self) -> None:
        actions.run_now(self.job_id, user_id=self.user_id, trigger=RunTrigger.RUN_ONCE, clock=self.clock)
