"""What a task is, without Qt: the request, the outcome, and the run of a codeunit in a child session."""

from __future__ import annotations

import contextlib
import sqlite3
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.codeunits import registry
from desktop.errors import TaskTimeoutError
from desktop.sessions import permissions
from desktop.sessions.session import CancelToken, Session, SessionKind, describe_error
from desktop.tasks.trial import Trial, undergo
from models.database import connected, read_only
from models.errors import BackdeskError
from models.tables import table_caption

LONGEST_TEXT: Final = 1_000  # characters of an error; nobody reads more, and laying them out takes time
LONGEST_STACK: Final = 20_000  # characters
STEPS_BETWEEN_CHECKS: Final = 100_000  # of SQLite's machine; some milliseconds


class ErrorLevel(StrEnum):
    """What a page shows for an error that it does not handle itself."""

    IGNORE = "Ignore"
    WARNING = "Warning"
    ERROR = "Error"


@dataclass(frozen=True, slots=True)
class TaskError:
    """An error as it crosses a thread.

    Args:
        code: a short stable name, e.g. ChildSessionTaskTimeout.
        text: what people read.
        call_stack: the traceback, for the log and behind "Show details"; empty where there is none.
        expected: False for a fault of the program.
    """

    code: str
    text: str
    call_stack: str = ""
    expected: bool = True


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """A codeunit to run in a child session, as it was asked for.

    Args:
        task_id: unique while the program runs.
        codeunit: its name in the registry.
        parameters: texts by name.
        timeout_ms: how long it may run.
        user_id: in whose name.
        work_date: the date that its session has.
    """

    task_id: int
    codeunit: str
    parameters: Mapping[str, str]
    timeout_ms: int
    user_id: str
    work_date: date


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a piece of work ended: a value, an error, or neither when it was cancelled.

    Args:
        timed_out: the error is that its time was over.
    """

    value: Any = None
    error: TaskError | None = None
    cancelled: bool = False
    timed_out: bool = False


class TimedToken(CancelToken):
    """A request to stop that also comes when a time is over, though nobody is there to say so.

    Attributes:
        deadline: on the clock's monotonic scale; None while no time is set.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.deadline: float | None = None
        self._monotonic = clock.monotonic

    def is_over(self) -> bool:
        """Whether the time is over."""
        return self.deadline is not None and self._monotonic() >= self.deadline

    def is_cancelled(self) -> bool:
        return super().is_cancelled() or self.is_over()

    def wait(self, seconds: float, clock: Clock = SYSTEM_CLOCK) -> None:
        if self.deadline is not None:
            seconds = min(seconds, self.deadline - self._monotonic())
        super().wait(seconds, clock)


def check_task_arguments(timeout_ms: int | None, error_level: ErrorLevel) -> None:
    """See that a task was asked for with what it can mean.

    Raises:
        TypeError: the time-out is no whole number, or the level none of `ErrorLevel`.
        ValueError: the time-out is not above 0.
    """
    if not isinstance(error_level, ErrorLevel):
        raise TypeError(f"an error level is one of ErrorLevel, not {error_level!r}")
    if timeout_ms is None:
        return
    if not isinstance(timeout_ms, int) or isinstance(timeout_ms, bool):
        raise TypeError(f"a time-out is a whole number of milliseconds, not {timeout_ms!r}")
    if timeout_ms <= 0:
        raise ValueError(f"a time-out is more than 0 ms, not {timeout_ms}")


def timeout_error() -> TaskError:
    """What a page gets when its task ran longer than it may."""
    error = TaskTimeoutError()
    return TaskError(error.code, error.text)


def task_error(error: BaseException) -> TaskError:
    """The error as plain values, with its traceback."""
    code, text = describe_error(error)
    stack = "".join(traceback.format_exception(error))
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}…"
    if len(stack) > LONGEST_STACK:
        stack = f"{stack[: LONGEST_STACK // 2]}\n…\n{stack[-LONGEST_STACK // 2 :]}"
    return TaskError(code, text, stack, expected=isinstance(error, BackdeskError))


def run_codeunit(
    request: TaskRequest, token: CancelToken, clock: Clock = SYSTEM_CLOCK, trial: Trial | None = None
) -> dict[str, str]:
    """Run the codeunit in a child session on a read-only connection of this thread.

    Args:
        trial: what the session undergoes on purpose before.
    Returns:
        The results, texts by name.
    Raises:
        PermissionDeniedError: when it tries to write, or to read what its user may not.
        UnknownCodeunitError: when there is none of that name.
        TaskCancelledError: when it noticed that it was cancelled.
        TrialFailureError: when the trial lets it fail.
    """
    function = registry.function_of(request.codeunit)
    session = Session(
        SessionKind.CHILD,
        request.user_id,
        request.parameters,
        request.work_date,
        token=token,
        clock=clock,
        codeunit=request.codeunit,
    )
    if trial is not None:
        undergo(trial, token, request.timeout_ms)
    with read_connection(token), permissions.enforced_for_reading(request.user_id):
        session.check_cancelled()
        function(session)
    return dict(session.results)


@contextmanager
def read_connection(token: CancelToken) -> Iterator[sqlite3.Connection]:
    """A read-only connection whose SQL ends when the token is cancelled, at whatever moment that is."""
    with read_only(table_caption) as connection:

        def interrupt() -> None:
            # The work may end, and close its connection, while somebody else cancels it.
            with contextlib.suppress(sqlite3.ProgrammingError):
                connection.interrupt()

        connection.set_progress_handler(token.is_cancelled, STEPS_BETWEEN_CHECKS)
        token.interrupt_with(interrupt)
        try:
            yield connection
        finally:
            token.interrupt_with(None)
            connection.set_progress_handler(None, 0)


def run_read(work: Callable[[], Any], user_id: str, token: CancelToken) -> Any:
    """Run a short query on a read-only connection; what it returns must be plain values.

    Raises:
        PermissionDeniedError: the user may not read that.
    """
    with read_connection(token), permissions.enforced_for_reading(user_id):
        return work()


def run_write(work: Callable[[], Any], user_id: str) -> Any:
    """Run a change on a writing connection; its transaction is its own affair.

    Raises:
        RightMissingError: the user may not write that.
    """
    with connected(), permissions.enforced(user_id):
        return work()


def outcome_of(run: Callable[[], Any], token: CancelToken) -> Outcome:
    """Run it and catch everything: a thread of a pool has nobody above it."""
    try:
        outcome = Outcome(value=run())
    except BaseException as error:
        outcome = Outcome(cancelled=True) if token.is_cancelled() else Outcome(error=task_error(error))
    if isinstance(token, TimedToken) and token.is_over():
        return Outcome(error=timeout_error(), timed_out=True)
    return outcome
