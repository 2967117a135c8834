"""What verbs share that read files and run jobs: child processes, a line of progress, and Ctrl+C."""

from __future__ import annotations

import argparse
import functools
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from desktop.changes import ChangeWatcher
    from desktop.scheduler.children import ChildPool
    from desktop.scheduler.engine import ChildOutcome, ChildRequest

ALL_GOOD, SOME_ERRORS, BROKEN_OFF = 0, 1, 2
_BAR: Final = 30  # characters
_LOOK_SECONDS: Final = 1.0  # how soon Ctrl+C is noticed where waiting cannot be interrupted
_log = logging.getLogger(__name__)


class Stopping:
    """Turns Ctrl+C and a termination signal into a wish to stop, said on a thread of its own; the second one leaves.

    The main thread waits in locks then; it must not take them a second time in the middle of a signal.
    """

    def __init__(self) -> None:
        self._action: Callable[[], None] | None = None
        self._threads: list[threading.Thread] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stopping:
        self._before = {
            number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        for thread in self._threads:
            thread.join()

    def stop_with(self, action: Callable[[], None]) -> None:
        """What stops the step that begins now."""
        self._action = action

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._action is None or self._threads:  # asked twice: whoever was to obey does not
            raise KeyboardInterrupt
        thread = threading.Thread(target=self._action, name="stop")
        self._threads.append(thread)
        thread.start()


class ProgressLine:
    """One line on standard error that is written over; nothing where that is not a terminal."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._length = 0

    def show(self, done: int, total: int, text: str) -> None:
        """How far it is; `total` 0 while that is not known."""
        if not self._shown:
            return
        if total:
            filled = _BAR * done // total
            bar = "█" * filled + "░" * (_BAR - filled)
            said = f"{text}  {bar}  {done:,} of {total:,}"
        else:
            said = f"{text}  {done:,}" if done else text
        sys.stderr.write(f"\r{said}{' ' * (self._length - len(said))}")
        sys.stderr.flush()
        self._length = len(said)

    def clear(self) -> None:
        """Leave an empty line."""
        if self._length:
            sys.stderr.write(f"\r{' ' * self._length}\r")
            sys.stderr.flush()
            self._length = 0


@dataclass(frozen=True, slots=True)
class Here:
    """What a verb works with, from its beginning to its end; see `here`."""

    args: argparse.Namespace
    pool: ChildPool
    watcher: ChangeWatcher
    line: ProgressLine
    stopping: Stopping

    def run_child(self, request: ChildRequest) -> ChildOutcome:
        """Run something in a child process, so that it can neither bring this one down nor outlive Ctrl+C."""
        from desktop.sessions.session import CancelToken

        token = CancelToken()
        self.stopping.stop_with(token.cancel)
        return self.pool.run(request, self.line.show, token)

    def results_of(self, codeunit: str, parameters: dict[str, str]) -> dict[str, str]:
        """Run a codeunit in a child process to its good end; what it hands back.

        Raises:
            SourceError: what it has raised, or BrokenOff where its process has come to an end.
            KeyboardInterrupt: stopped.
        """
        from desktop.errors import SourceError
        from desktop.scheduler.engine import ChildRequest, Ending

        request = ChildRequest(codeunit=codeunit, parameters=parameters, user_id=self.args.settings.user())
        outcome = self.run_child(request)
        self.line.clear()
        if outcome.ending is Ending.DONE:
            return dict(outcome.results)
        raise_if_told(outcome)
        raise SourceError("It broke off: its process came to an end.", "Try it again.", "BrokenOff")

    def run_job(self, job_id: str, broken_off: str) -> None:
        """Run a job in this process's own child, or watch the worker that was quicker to take it.

        Args:
            broken_off: what a person reads where the company cannot be written any more.
        """
        from desktop.scheduler.scheduler import TaskScheduler
        from desktop.scheduler.slots import QtSlots

        self.stopping.stop_with(functools.partial(_cancel, job_id))
        scheduler = TaskScheduler(
            self.args.company_path,
            kind="worker",
            slots=QtSlots(1),
            watcher=self.watcher,
            grace_seconds=self.args.settings.cancel_grace_seconds,
            runner=self.pool,
        )
        scheduler.listen(on_progress=lambda _job_id, done, total, text: self.line.show(done, total, text))
        try:
            scheduler.run_job(job_id)
        except Exception:
            self.line.clear()
            print(
                f"backdesk: {broken_off} Job {job_id[:8]} goes on with: backdesk worker",
                file=sys.stderr,
            )
            raise

    def wait(self, job_id: str) -> None:
        """Wait until another process has ended the job."""
        self.stopping.stop_with(functools.partial(_cancel, job_id))
        _wait(job_id, self.watcher, self.line)


def shown(text: str) -> str:
    """A text of a file as it may be printed: signs that would steer the terminal are replaced."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text)


def raise_if_told(outcome: ChildOutcome) -> None:
    """Raise what a child process has raised; nothing where it has not come to that.

    Raises:
        SourceError: the child's error.
        KeyboardInterrupt: it was stopped.
    """
    from desktop.errors import SourceError
    from desktop.scheduler.engine import Ending

    if outcome.ending is Ending.CANCELLED:
        raise KeyboardInterrupt
    if outcome.ending is Ending.FAILED and outcome.error is not None:
        raise SourceError(shown(outcome.error.text), code=outcome.error.code)


@contextmanager
def here(args: argparse.Namespace) -> Iterator[Here]:
    """The company open for work, and everything ended that was begun for it."""
    from desktop.changes import ChangeWatcher
    from desktop.scheduler.children import ChildPool
    from desktop.sessions.client import ClientSession

    line = ProgressLine(shown=sys.stderr.isatty())
    pool = ChildPool(args.company_path, 1, grace_seconds=args.settings.cancel_grace_seconds)
    watcher = ChangeWatcher()
    watcher.start()
    client = ClientSession(args.company_path, args.settings.user(), "Import")
    client.log_on()
    try:
        with Stopping() as stopping:
            yield Here(args, pool, watcher, line, stopping)
    finally:
        line.clear()
        pool.close()
        client.log_off()
        watcher.stop()


def _wait(job_id: str, watcher: ChangeWatcher, line: ProgressLine) -> None:
    """Wait until another process has ended the job."""
    from desktop.changes import EVERYTHING
    from desktop.jobqueue import entries
    from models.changes import Change
    from models.job_queue import EntryStatus, JobQueueEntry

    ended = threading.Event()
    under_way = (EntryStatus.ON_HOLD, EntryStatus.READY, EntryStatus.IN_PROCESS, EntryStatus.CANCELLING)

    def look(told: list[Change]) -> None:
        if not any(change.table in (JobQueueEntry.table(), EVERYTHING) for change in told):
            return
        entry = entries.get(job_id)
        if entry is None or entry.status not in under_way:
            ended.set()
        else:
            line.show(
                entry.progress_done, entry.progress_total, entry.progress_text or "Waiting for a worker"
            )

    unsubscribe = watcher.subscribe(look)
    try:
        look([Change(0, EVERYTHING, "")])
        while not ended.wait(_LOOK_SECONDS):
            pass
    finally:
        unsubscribe()


def _cancel(job_id: str) -> None:
    """What "Cancel job" does; a job that has ended meanwhile is left alone."""
    from desktop.errors import TransitionError
    from desktop.jobqueue import actions
    from desktop.sessions.session import describe_error

    try:
        actions.cancel(job_id)
    except TransitionError:
        pass
    except Exception as error:
        _log.exception("the job could not be stopped")
        print(f"backdesk: {describe_error(error)[1]} Press Ctrl+C again to leave.", file=sys.stderr)
