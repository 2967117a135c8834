"""The session: who runs code, where, with what parameters, and how it is told to stop."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.errors import SessionError, TaskCancelledError
from desktop.formats import as_texts
from desktop.sessions.checkpoints import Checkpoints
from desktop.sessions.hosting import (
    MOST_DEPTH,
    RecordReference,
    SessionHost,
    SessionOrder,
    reference_of,
    seconds_of,
)
from desktop.sessions.job_calls import JobCalls, JobEntry
from desktop.sessions.post_process_calls import EntryError, PostProcessCalls, PostProcessItem
from desktop.sessions.screen import ScreenCalls
from desktop.sessions.task_calls import TaskCalls
from models.database import company_path, database
from models.errors import BackdeskError, company_error

ProgressCallback = Callable[[int, int, str], None]
_log = logging.getLogger("desktop.sessions")


class SessionKind(StrEnum):
    """Where a session runs."""

    CLIENT = "Client"  # the window
    CHILD = "Child"  # a page background task: reads only
    BACKGROUND = "Background"  # a job, a scheduled task, or what start_session has started


class CancelToken:
    """A request to stop, set from any thread; `interrupt_with` lets the setter interrupt what is running.

    Attributes:
        release: the work is only to stop here and goes on later, e.g. because the program ends.
    """

    def __init__(self) -> None:
        self.release = False
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._interrupt: Callable[[], None] | None = None

    def cancel(self, *, release: bool = False) -> None:
        """Ask to stop; asking twice is the same as once, but a person's wish goes before a release."""
        with self._lock:
            self.release = release and (self.release or not self._event.is_set())
            self._event.set()
            interrupt = self._interrupt
        if interrupt is not None:
            interrupt()

    def is_cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def wait(self, seconds: float, clock: Clock = SYSTEM_CLOCK) -> None:
        """Wait so long by that clock, or until somebody asks."""
        clock.wait(self._event, max(0.0, seconds))

    def interrupt_with(self, interrupt: Callable[[], None] | None) -> None:
        """What `cancel` calls to end a running SQL statement; None when nothing runs any more."""
        with self._lock:
            self._interrupt = interrupt
            asked = self._event.is_set()
        if asked and interrupt is not None:
            interrupt()


def _ignore_progress(_done: int, _total: int, _text: str) -> None:
    """A session that nobody watches."""


def _nobody_else() -> None:
    """A session whose work nobody can take over."""


@dataclass(slots=True)
class Session(JobCalls, PostProcessCalls, ScreenCalls, TaskCalls):
    """What a codeunit is given.

    Attributes:
        kind: client, child or background.
        user_id: in whose name it runs.
        parameters: texts by name.
        work_date: the date that new documents carry.
        token: tells it to stop.
        on_progress: receives done, total (0 while unknown) and a text; may be called from the running thread.
        record_table, record_id: the record to process, if the job has one.
        clock: where it reads the time.
        gui_allowed: whether there is a screen, and so a person who answers.
        session_id: as the Session Events name it.
        codeunit: what it runs, for the log.
        depth: how many sessions started each other before this one.
        host: starts and stops further sessions; None where nothing does.
        guard: raises ReplacedError when another worker has taken the task over; see `check_owner`.
        result_text: one sentence about the run, for the entry, its log and its notification.
        notify_title: what the notification of a good end says; the result when empty.
        notify_severity: ok, info, warn or err for the notification of a good end; "" is ok.
        notify_run_id: the import run that the notification opens.
        notify_report_id: the document of the Report Inbox that the notification opens.
        nothing_to_do: set by a job that found no work; a recurring entry with an inactivity timeout rests then, until
            the timeout is over or the table that it watches is changed.
        ran_ms: how long the codeunit ran, once it has ended.
        entry: the job queue entry whose run this is, if any.
        attempt: which try of the entry this is, from 1; a run that a person has set to Ready begins anew.
        kept: where checkpoints are kept; see `checkpoint` and `chunks`.
        silent: set by a job whose good end nobody need be told of; its log tells it all the same.
        dry_run: what it does to the company is taken back; what it would do elsewhere, it must leave.
        post_process_entries: the imported records that this codeunit is to take, as post-processing of an import.
        post_process_word: what the codeunit did to them, for people: "998 released".
        failed_entries: what was wrong with which of them; see `fail_entry`.
    """

    kind: SessionKind
    user_id: str
    parameters: Mapping[str, str]
    work_date: date
    token: CancelToken = field(default_factory=CancelToken)
    on_progress: ProgressCallback = _ignore_progress
    record_table: str = ""
    record_id: str = ""
    clock: Clock = SYSTEM_CLOCK
    gui_allowed: bool = False
    session_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    codeunit: str = ""
    depth: int = 0
    host: SessionHost | None = None
    messages: list[str] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    result_text: str = ""
    guard: Callable[[], None] = _nobody_else
    notify_title: str = ""
    notify_severity: str = ""
    notify_run_id: int | None = None
    notify_report_id: int | None = None
    nothing_to_do: bool = False
    ran_ms: float = 0.0
    entry: JobEntry | None = None
    attempt: int = 1
    kept: Checkpoints = field(default_factory=Checkpoints)
    silent: bool = False
    dry_run: bool = False
    post_process_entries: Sequence[PostProcessItem] = ()
    post_process_word: str = "post-processed"
    failed_entries: dict[PostProcessItem, EntryError] = field(default_factory=dict)

    def get_background_parameters(self) -> dict[str, str]:
        """The parameters that the caller gave, texts by name."""
        return dict(self.parameters)

    def set_background_task_result(self, results: Mapping[str, str]) -> None:
        """Hand texts by name back to the caller; a second call replaces the first.

        Raises:
            TypeError: for a name or value that is not a text.
        """
        self.results = as_texts(results, "results")

    def check_cancelled(self) -> None:
        """End here if somebody asked for it.

        Raises:
            TaskCancelledError: when cancelled.
        """
        if self.token.is_cancelled():
            raise TaskCancelledError

    def sleep(self, milliseconds: float) -> None:
        """Wait, and end at once when somebody asks for it or the time is over.

        Raises:
            TaskCancelledError: when cancelled.
        """
        self.token.wait(milliseconds / 1000, self.clock)
        self.check_cancelled()

    def has_told(self) -> bool:
        """Whether the run has left anything that somebody should read."""
        return bool(self.result_text or self.messages or self.notify_title or self.nothing_to_do)

    def check_owner(self) -> None:
        """Make sure that this session still has its task; call it inside a transaction that writes a step.

        Raises:
            ReplacedError: another worker has it now; nothing of the transaction may stay.
        """
        self.guard()

    def progress(self, done: int, total: int = 0, text: str = "") -> None:
        """Say how far the work is; also a point where it may be cancelled.

        Args:
            done, total: in the same unit; total 0 while it is not known.
            text: what people read, e.g. "Reading customers.csv".
        Raises:
            TaskCancelledError: when cancelled.
        """
        self.check_cancelled()
        self.on_progress(done, total, text)

    def message(self, text: str) -> None:
        """Tell something; without a screen it goes to the program's log and to the log of the run."""
        self.messages.append(text)
        _log.info(
            "%s",
            text,
            extra={
                "session_id": self.session_id,
                "session_kind": self.kind.value,
                "codeunit": self.codeunit,
                "user_id": self.user_id,
            },
        )

    def start_session(
        self,
        codeunit: str,
        *,
        parameters: Mapping[str, str] | None = None,
        record: RecordReference | None = None,
        timeout: float | timedelta | None = None,
    ) -> str:
        """Start a background session at once, in the same name; see `BackgroundSessions.start_session`.

        It ends with the program, not with this session.

        Returns:
            The session's id.
        Raises:
            UnknownCodeunitError: there is no such codeunit.
            SessionError: too many wait, the sessions have started each other too often, or this one only reads.
            TypeError, ValueError: parameters, record or time-out are none.
        """
        host = self._host("start another session")
        table, key = reference_of(record)
        order = SessionOrder(
            codeunit=codeunit,
            parameters=as_texts(parameters, "parameters"),
            user_id=self.user_id,
            record_table=table,
            record_id=key,
            timeout_seconds=seconds_of(timeout),
            depth=self.depth + 1,
        )
        if order.depth > MOST_DEPTH:
            raise SessionError(
                f"Sessions have started each other {MOST_DEPTH} times in a row; no further one is started.",
                "Let the codeunit work on in the session that it has.",
                "TooDeep",
            )
        return host.start(order)

    def stop_session(self, session_id: str, comment: str = "") -> bool:
        """End another background session at once; see `BackgroundSessions.stop_session`.

        Raises:
            SessionError: it is this session, or this session only reads.
        """
        if session_id == self.session_id:
            raise SessionError(
                "A session cannot stop itself.", "Return from the codeunit, or raise an error.", "StopsItself"
            )
        return self._host("stop a session").stop_session(session_id, comment)

    def is_session_active(self, session_id: str) -> bool:
        """Whether a background session of this program waits or runs; True for this session itself.

        Raises:
            SessionError: this session only reads.
        """
        if session_id == self.session_id:
            return True
        return self._host("ask for a session").is_session_active(session_id)

    def _host(self, what: str) -> SessionHost:
        if self.kind is SessionKind.CHILD:
            raise SessionError(
                f"A page background task cannot {what}: it only reads, and a session would write.",
                "Start the session from the page, or from a job.",
                "ReadsOnly",
            )
        if self.host is None:
            raise SessionError(
                f"This session cannot {what}: nothing in its program runs sessions.",
                "Run the code as a job, or from a page.",
                "NoHost",
            )
        return self.host


def told_error(error: BaseException) -> BaseException:
    """The error for people that stands behind one of the company's file; any other error as it is."""
    if isinstance(error, Exception) and database.obj is not None:
        return company_error(error, company_path()) or error
    return error


def describe_error(error: BaseException) -> tuple[str, str]:
    """Code and text of an error as people read them; a fault of the program gets one calm sentence."""
    error = told_error(error)
    if isinstance(error, BackdeskError):
        return error.code, str(error)
    return type(error).__name__, f"Something went wrong in Backdesk: {str(error) or type(error).__name__}."
