"""What a worker has in hand: one claimed task, or several quick ones, from its order to the last word about it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from desktop.clock import Clock
from desktop.scheduler import endings, workers
from desktop.scheduler.engine import Claim, Ending, Runner, RunningTask
from desktop.scheduler.listeners import JobListeners
from desktop.scheduler.pace import Pace
from desktop.sessions.session import CancelToken, ProgressCallback

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Order:
    """What one slot does.

    Attributes:
        claim: the task; the first of them where several go in one order.
        quick: all tasks of an order of quick ones; empty for one task.
        token: asks whatever runs to stop.
        progress: done, total and text, as in `Session.progress`.
    """

    claim: Claim
    quick: list[Claim] = field(default_factory=list)
    token: CancelToken = field(default_factory=CancelToken)
    progress: tuple[int, int, str] = (0, 0, "")

    def task_ids(self) -> list[str]:
        """The tasks that it holds."""
        return [claim.task_id for claim in self.quick or [self.claim]]

    def as_running(self) -> RunningTask:
        """How it stands, for people."""
        return RunningTask(self.claim.task_id, self.claim.job_id, self.claim.description, *self.progress)


class OrderRunner:
    """Carries orders out on the threads of the slots, learns from them, and tells those who listen.

    Args:
        runner: what runs the code.
        pace: learns how long the runs take.
        listeners: are told of progress and ends.
    """

    def __init__(self, runner: Runner, pace: Pace, listeners: JobListeners, clock: Clock) -> None:
        self._runner, self._pace, self._listeners, self._clock = runner, pace, listeners, clock

    def run(self, order: Order, *, patience: int | None = None) -> Exception | None:
        """Carry an order out and tell of the jobs that have ended with it.

        Args:
            patience: how many seconds it waits at most for a company that cannot be written; None for as long
                as it takes.
        Returns:
            Why the end could not be written, None where it was. The lease of such a task is no longer renewed, so
            that it is rescued when the company can be written again.
        """
        try:
            ended = self._run_quick(order) if order.quick else self._run_one(order, patience)
        except Exception as error:
            _log.exception("the end of task %s could not be written", order.claim.task_id)
            return error
        for job_id in ended:
            self._listeners.tell_ended(job_id)
        return None

    def _run_one(self, order: Order, patience: int | None) -> list[str]:
        claim = order.claim
        outcome = endings.run_to_the_end(
            self._runner, claim, self._progress_of(order), order.token, self._clock, patience=patience
        )
        if outcome.ending is Ending.DONE:
            self._pace.note(claim.codeunit, outcome.ran_ms)
        return [claim.job_id] if claim.job_id else []

    def _run_quick(self, order: Order) -> list[str]:
        quick = order.quick
        outcome = endings.run_quick(self._runner, quick, workers.this_process(), order.token, self._clock)
        for codeunit in {claim.codeunit for claim in quick}:
            self._pace.note(codeunit, outcome.ran_ms / len(quick), len(quick))
        return outcome.ended

    def _progress_of(self, order: Order) -> ProgressCallback:
        def report(done: int, total: int, text: str) -> None:
            order.progress = (done, total, text)
            if order.claim.job_id:
                self._listeners.tell_progress(order.claim.job_id, done, total, text)

        return report
