"""The seam between the job queue and what carries its runs, and the plain values that cross it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

import msgspec

from desktop.sessions.session import CancelToken, ProgressCallback
from models.errors import Cure

WorkerKind = Literal["app", "worker"]


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One run that a worker holds: the task, and the fence that proves it.

    Attributes:
        fence: grows with each claim; a finish with an older one changes nothing.
        attempt: which run of the entry this is, from 1; for a task without an entry, of the task.
        log_id: the open job queue log entry; 0 for a task without an entry.
        entry_no, object_name, category_code, retries, checkpoint: of the entry.
        not_before, started_at: when it was to begin and has begun, as stored moments.
        tries: how often in a row the task has met an error that passes by itself.
        trigger: what made the run begin.
    """

    task_id: str
    worker_id: str
    fence: int
    codeunit: str
    failure_codeunit: str = ""
    parameters: dict[str, str]
    job_id: str = ""
    description: str = ""
    attempt: int = 1
    log_id: int = 0
    user_id: str = ""
    record_table: str = ""
    record_id: str = ""
    timeout_seconds: int = 43_200
    entry_no: int = 0
    object_name: str = ""
    category_code: str = ""
    retries: int = 0
    checkpoint: str = ""
    not_before: str = ""
    started_at: str = ""
    tries: int = 0
    trigger: str = ""

    @property
    def session_id(self) -> str:
        """The background session in which this run happens."""
        return f"{self.task_id}-{self.fence}"


class Ending(StrEnum):
    """How a run in a child process ended."""

    DONE = "Done"
    FAILED = "Failed"  # its code raised an error
    CANCELLED = "Cancelled"
    TIMED_OUT = "TimedOut"
    DIED = "Died"  # the process ended by itself
    REPLACED = "Replaced"  # another worker has the task now


class ErrorInfo(msgspec.Struct, frozen=True):
    """An error as it is kept: a short stable code, the text for people, and where it happened.

    Attributes:
        cure: what lets the same work go well; so the run is tried again, with or without counting as an attempt, or
            is not.
        exit_code: of a process that ended by itself; a negative number is the signal's.
    """

    code: str
    text: str
    call_stack: str = ""
    cure: Cure = Cure.RETRY
    exit_code: int | None = None

    @property
    def passes(self) -> bool:
        """Whether it passes by itself."""
        return self.cure is Cure.TIME


class ChildRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a child process is to run.

    Attributes:
        codeunit: a name of the registry.
        work_date: YYYY-MM-DD; the day where the person is when empty.
        claim: the task whose end the child writes itself; None for foreground work, of which nothing is kept.
        error: set to run the failure codeunit of `claim` instead.
        session_id: of a background session that somebody started; its events are written by who runs it.
        depth: how many sessions started each other before this one.
        trial_delay_ms, trial_fails: what the session undergoes on purpose before its code runs.
        quick: tasks that take a moment each, run one after the other in place of `codeunit`.
        worker: host and process of the worker, for the log of quick runs.
    """

    codeunit: str
    parameters: dict[str, str]
    user_id: str = ""
    work_date: str = ""
    record_table: str = ""
    record_id: str = ""
    claim: Claim | None = None
    error: ErrorInfo | None = None
    session_id: str = ""
    depth: int = 0
    trial_delay_ms: int = 0
    trial_fails: bool = False
    quick: list[Claim] = []
    worker: str = ""


class ChildOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How it went.

    Attributes:
        results: what the codeunit handed back, texts by name.
        recorded: the end of the task is in the database already.
        forced: the process had to be killed.
        exit_code: of a process that ended; a negative number is the signal's.
        last_lines: the end of what the process wrote to its standard error.
        ran_ms: how long the code ran; of quick runs, all of them together.
        ended: the entries whose quick runs have ended.
    """

    ending: Ending
    results: dict[str, str] = {}
    result_text: str = ""
    messages: list[str] = []
    error: ErrorInfo | None = None
    recorded: bool = False
    forced: bool = False
    exit_code: int | None = None
    last_lines: list[str] = []
    ran_ms: float = 0.0
    ended: list[str] = []


class Runner(Protocol):
    """What runs a request and waits for its end: the pool of child processes, or a test's inline runner."""

    def run(
        self,
        request: ChildRequest,
        on_progress: ProgressCallback | None = None,
        token: CancelToken | None = None,
        timeout_seconds: float | None = None,
    ) -> ChildOutcome:
        """Run it; never raises for what the code in it does."""
        ...

    def close(self) -> None:
        """End all processes."""
        ...


class Slots(Protocol):
    """So many things at once; `desktop.scheduler.slots` has the real ones."""

    @property
    def size(self) -> int:
        """How many."""
        ...

    def submit(self, work: Callable[[], None]) -> None:
        """Run `work`, which raises nothing, as soon as one of them is free."""
        ...

    def wait(self) -> None:
        """Wait until nothing runs."""
        ...


@dataclass(frozen=True, slots=True)
class RunningTask:
    """What a worker runs at this moment; progress as in `Session.progress`."""

    task_id: str
    job_id: str
    description: str
    done: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """How a worker stands.

    Attributes:
        trouble: what keeps it from the company just now; it tries again, and None says that all is well.
    """

    worker_id: str
    slots: int
    running: tuple[RunningTask, ...]
    trouble: Exception | None = None

    @property
    def busy(self) -> int:
        """How many slots are taken."""
        return len(self.running)


class Engine(Protocol):
    """What carries runs: the embedded scheduler here, another one for a company that a team shares.

    Rows are the truth for every engine. A task is handed over, and a wish to stop it is told, by the commit of its
    row (`desktop.scheduler.tasks` is the one place that writes them); an engine only claims, renews, stops and
    rescues, and every end goes through `desktop.jobqueue`.
    """

    def start(self) -> None:
        """Work until `stop`; never waits for the company."""
        ...

    def stop(self) -> None:
        """End; what runs is released, so that it goes on at the next start."""
        ...

    def wake(self) -> None:
        """Look for work at once."""
        ...

    def wait_until_idle(self, timeout_seconds: float | None = None) -> bool:
        """Wait until nothing runs here and nothing more can start now; False when time is up before."""
        ...

    def status(self) -> EngineStatus:
        """How this worker stands."""
        ...
