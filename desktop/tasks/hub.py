"""The hub: the only place where work crosses from a thread to the window, and back.

It lives as long as the application. Threads emit its one signal with a task's id and outcome; the GUI thread
looks up who asked, and forgets the outcome when nobody does any more. Pages own no signal that a thread emits.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import sys
import weakref
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NoReturn, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRunnable, Qt, QThreadPool, QTimer, Signal, Slot

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.errors import TooManyTasksError
from desktop.sessions.session import CancelToken
from desktop.settings import Settings
from desktop.tasks.lanes import Entry, Lane, bound_method
from desktop.tasks.task import (
    ErrorLevel,
    Outcome,
    TaskError,
    TaskRequest,
    outcome_of,
    run_codeunit,
    run_read,
    run_write,
    timeout_error,
)

T = TypeVar("T")
Completed = Callable[[int, dict[str, str]], None]
Failed = Callable[[int, TaskError, ErrorLevel], None]

QUERY_THREADS: Final = 4
GRACE_SECONDS: Final = 2.0  # a cancelled task that has not ended by then gives its slot to the next
WATCH_MS: Final = 50
_log = logging.getLogger(__name__)


class _Run(QRunnable):
    """The thread's side; it owns nothing that lives in the window."""

    def __init__(self, hub: Hub, entry: Entry) -> None:
        super().__init__()
        self._hub, self._entry = hub, entry

    def run(self) -> None:
        entry = self._entry
        outcome = outcome_of(partial(entry.run, entry.token), entry.token)
        # A task that was abandoned may end when the program has ended already.
        with contextlib.suppress(RuntimeError):
            self._hub.finished.emit((entry.task_id, outcome))


class Hub(QObject):
    """Page background tasks, short queries and writes of the whole client session.

    Args:
        settings: time-outs and limits of page background tasks.
        clock: decides when a task's time is over.
        user_id: in whose name codeunits run.

    Callbacks must be bound methods; the hub holds them weakly. They always run later, in the event loop, never
    inside the call that asked, also when `synchronous` is set.

    Attributes:
        synchronous: run the work inside the call that asks, without a thread; for tests and headless runs.
        on_lost_write: told the error of a write whose page was closed meanwhile, so that it is not lost.
    """

    finished = Signal(object)  # (task id, Outcome); emitted by threads
    writes_changed = Signal(int)  # how many writes are on their way to the database

    def __init__(
        self,
        settings: Settings,
        clock: Clock = SYSTEM_CLOCK,
        user_id: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.synchronous = False
        self.on_lost_write: Callable[[TaskError], None] | None = None
        self._settings = settings
        self._clock = clock
        self._user_id = user_id or settings.user()
        self._ids = itertools.count(1)
        self._entries: dict[int, Entry] = {}
        self._watched: set[int] = set()
        self._child = Lane("page background tasks", settings.task_concurrency, QThreadPool())
        self._query = Lane("queries", QUERY_THREADS, QThreadPool())
        self._write = Lane("writes", 1, QThreadPool())
        self._lanes = (self._child, self._query, self._write)
        for lane in self._lanes:
            lane.pool.setObjectName(lane.name)
            # The slots are counted here; the pool never queues, so an abandoned thread keeps nobody waiting.
            lane.pool.setMaxThreadCount(10_000)
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self.check_time)
        self.finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)

    # ---- what pages ask

    def submit(
        self,
        owner: Any,
        codeunit_name: str,
        parameters: Mapping[str, str] | None = None,
        *,
        timeout_ms: int | None = None,
        error_level: ErrorLevel = ErrorLevel.ERROR,
        on_completed: Completed,
        on_error: Failed,
    ) -> int:
        """Run a codeunit in a read-only child session.

        Args:
            owner: the page; when it is gone the task is cancelled and its outcome forgotten.
            parameters: texts by name.
            timeout_ms: how long it may run; the settings' default when None, never more than their maximum.
            on_completed: called with the task's id and its results.
            on_error: called with the task's id, the error and `error_level`.
        Returns:
            The task's id.
        Raises:
            TooManyTasksError: when as many wait already as the settings allow.
            TypeError: for a parameter that is not text, or a callback that is not a bound method.
        """
        asked = dict(parameters or {})
        for name, value in asked.items():
            if not isinstance(name, str) or not isinstance(value, str):
                raise TypeError(f"parameters are texts by name; {name!r} is {value!r}")
        lane = self._child
        if len(lane.waiting) >= self._settings.task_queue_length:
            raise TooManyTasksError(self._settings.task_queue_length)
        request = TaskRequest(
            next(self._ids),
            codeunit_name,
            asked,
            self._timeout(timeout_ms),
            self._user_id,
            self._clock.today(),
        )
        entry = Entry(
            request.task_id,
            lane,
            partial(_run_request, request, self._clock),
            weakref.ref(owner),
            bound_method(on_completed),
            bound_method(on_error),
            page_task=True,
            error_level=error_level,
            timeout_s=request.timeout_ms / 1000,
        )
        return self._accept(owner, entry)

    def query(
        self,
        owner: Any,
        work: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TaskError], None],
        key: str | None = None,
    ) -> int:
        """Run a short query of a list or card on a read-only connection.

        Args:
            work: reads the database; called on another thread, so it may touch no widget, and must return plain
                values.
            key: a newer query of the same owner and key replaces this one: it is interrupted, and its result,
                should there be one, is dropped.
        Returns:
            An id for `cancel`.
        """
        if key is not None:
            self.cancel_key(owner, key)
        entry = Entry(
            next(self._ids),
            self._query,
            partial(run_read, work),
            weakref.ref(owner),
            bound_method(on_done),
            bound_method(on_error),
            key=key,
        )
        return self._accept(owner, entry)

    def write(
        self,
        owner: Any,
        work: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TaskError], None],
    ) -> int:
        """Run a change on the one writing thread; changes happen in the order in which they were asked for.

        A write is never cancelled: what a person has entered is saved even when the page is closed at once.
        """
        entry = Entry(
            next(self._ids),
            self._write,
            partial(_ignore_token, work),
            weakref.ref(owner),
            bound_method(on_done),
            bound_method(on_error),
        )
        return self._accept(owner, entry)

    def cancel(self, task_id: int) -> bool:
        """Cancel a task or query: its SQL is interrupted and its outcome forgotten.

        Returns:
            True when it was waiting or running; False when it had ended, or is a write.
        """
        entry = self._entries.get(task_id)
        if entry is None or entry.lane is self._write or not entry.wanted:
            return False
        self._drop(entry)
        return True

    def cancel_key(self, owner: Any, key: str) -> None:
        """Cancel the queries of this owner and key."""
        for entry in [e for e in self._entries.values() if e.key == key and e.owner() is owner]:
            self.cancel(entry.task_id)

    def forget(self, owner: Any) -> None:
        """The owner is closed: cancel its tasks and queries, and call it back no more."""
        for entry in [e for e in self._entries.values() if e.owner() is owner or e.owner() is None]:
            if entry.lane is self._write:
                entry.wanted = False
            else:
                self._drop(entry)

    # ---- what the application and tests ask

    def running(self) -> int:
        """How many page background tasks run now."""
        return len(self._child.running)

    def waiting(self) -> int:
        """How many page background tasks wait for a slot."""
        return len(self._child.waiting)

    def is_idle(self) -> bool:
        """Nothing runs, waits, or is on its way back; abandoned threads do not count."""
        return not self._entries

    def drain(self, timeout_s: float) -> bool:
        """Wait until all that was asked for has run and been delivered, without an event loop.

        Args:
            timeout_s: how long, in seconds.
        Returns:
            Whether the hub is idle now.
        """
        end = self._clock.monotonic() + timeout_s
        while True:
            self._deliver_posted()
            left = end - self._clock.monotonic()
            if self.is_idle() or left <= 0:
                return self.is_idle()
            self.check_time()
            busy = next((lane for lane in self._lanes if lane.running), None)
            if busy is not None:
                busy.pool.waitForDone(int(min(left * 1000, WATCH_MS)) or 1)

    def close(self, timeout_s: float = GRACE_SECONDS) -> bool:
        """End the hub with the program: cancel all reads, finish all writes.

        Returns:
            Whether every thread ended in time. When one ignores everything, call `leave_at_once` in the end:
            an ordinary exit waits for the threads of a pool, however long they take.
        """
        for entry in list(self._entries.values()):
            if entry.lane is not self._write:
                self._drop(entry)
        end = self._clock.monotonic() + timeout_s
        idle = self.drain(timeout_s)
        self._watch.stop()
        left_ms = max(0, int((end - self._clock.monotonic()) * 1000))
        return all(lane.pool.waitForDone(left_ms) for lane in self._lanes) and idle

    @Slot()
    def check_time(self) -> None:
        """End tasks whose time is over, and free the slots of those that did not end when told."""
        now = self._clock.monotonic()
        for task_id in list(self._watched):
            entry = self._entries.get(task_id)
            if entry is None:
                self._watched.discard(task_id)
            elif entry.abandon_at is not None:
                if now >= entry.abandon_at:
                    _log.warning(
                        "task %d ignores that it was cancelled; its slot goes on without it", task_id
                    )
                    self._release(entry)
            elif entry.deadline is not None and now >= entry.deadline:
                callback = self._callback(entry, entry.on_error)
                self._drop(entry)
                if callback is not None:
                    callback(task_id, timeout_error(), entry.error_level)
        if not self._watched:
            self._watch.stop()

    # ---- how it works

    def _timeout(self, asked_ms: int | None) -> int:
        longest = self._settings.task_max_timeout_ms
        if asked_ms is None:
            return min(self._settings.task_default_timeout_ms, longest)
        if asked_ms > longest:
            _log.info("a time-out of %d ms was asked for; %d ms is the longest allowed", asked_ms, longest)
        return max(1, min(asked_ms, longest))

    def _accept(self, owner: Any, entry: Entry) -> int:
        self._entries[entry.task_id] = entry
        if isinstance(owner, QObject) and not owner.property("hubKnows"):
            owner.setProperty("hubKnows", True)
            owner.destroyed.connect(self._on_owner_destroyed)
        entry.lane.waiting.append(entry)
        self._fill(entry.lane)
        self._tell_writes(entry.lane)
        return entry.task_id

    def _tell_writes(self, lane: Lane) -> None:
        if lane is self._write:
            self.writes_changed.emit(len(lane.waiting) + len(lane.running))

    def _fill(self, lane: Lane) -> None:
        while lane.waiting and len(lane.running) < lane.slots:
            self._start(lane.waiting.popleft())

    def _start(self, entry: Entry) -> None:
        entry.lane.running[entry.task_id] = entry
        if self.synchronous:
            outcome = outcome_of(partial(entry.run, entry.token), entry.token)
            self.finished.emit((entry.task_id, outcome))
            return
        if entry.timeout_s is not None:
            entry.deadline = self._clock.monotonic() + entry.timeout_s
            self._watch_entry(entry)
        entry.lane.pool.start(_Run(self, entry))

    def _watch_entry(self, entry: Entry) -> None:
        self._watched.add(entry.task_id)
        if not self._watch.isActive():
            self._watch.start()

    def _drop(self, entry: Entry) -> None:
        """Nobody wants the outcome any more."""
        entry.wanted = False
        if entry.task_id not in entry.lane.running:
            entry.lane.waiting.remove(entry)
            del self._entries[entry.task_id]
            return
        if entry.abandon_at is None:
            entry.abandon_at = self._clock.monotonic() + GRACE_SECONDS
            self._watch_entry(entry)
            entry.token.cancel()

    def _release(self, entry: Entry) -> None:
        """Its slot is free for the next, whatever its thread does."""
        self._watched.discard(entry.task_id)
        self._entries.pop(entry.task_id, None)
        if entry.lane.running.pop(entry.task_id, None) is not None:
            self._fill(entry.lane)
            self._tell_writes(entry.lane)

    @Slot(object)
    def _on_finished(self, message: tuple[int, Outcome]) -> None:
        task_id, outcome = message
        entry = self._entries.get(task_id)
        if entry is None:
            return  # abandoned: it comes too late
        self._release(entry)
        self._deliver(entry, outcome)

    def _deliver(self, entry: Entry, outcome: Outcome) -> None:
        if outcome.cancelled:
            return
        callback = self._callback(entry, entry.on_error if outcome.error else entry.on_done)
        if callback is None:
            if outcome.error is not None and entry.lane is self._write and self.on_lost_write is not None:
                self.on_lost_write(outcome.error)
            return
        if outcome.error is not None and not outcome.error.expected:
            _log.error("%s failed: %s", entry.lane.name, outcome.error.call_stack)
        if entry.page_task:
            if outcome.error is not None:
                callback(entry.task_id, outcome.error, entry.error_level)
            else:
                callback(entry.task_id, outcome.value)
        else:
            callback(outcome.error if outcome.error is not None else outcome.value)

    def _callback(self, entry: Entry, method: weakref.WeakMethod[Any]) -> Callable[..., None] | None:
        """The bound method to call, or None when its page is gone or wants it no more."""
        if not entry.wanted:
            return None
        found = method()
        if found is None or entry.owner() is None:
            return None
        receiver = found.__self__
        if isinstance(receiver, QObject) and not shiboken6.isValid(receiver):
            return None
        bound: Callable[..., None] = found
        return bound

    @Slot()
    def _on_owner_destroyed(self) -> None:
        for entry in list(self._entries.values()):
            owner = entry.owner()
            gone = owner is None or (isinstance(owner, QObject) and not shiboken6.isValid(owner))
            if gone and entry.wanted:
                if entry.lane is self._write:
                    entry.wanted = False
                else:
                    self._drop(entry)

    def _deliver_posted(self) -> None:
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)


def leave_at_once(code: int) -> NoReturn:
    """End the process without waiting for its threads; logs and output are written out first."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run_request(request: TaskRequest, clock: Clock, token: CancelToken) -> dict[str, str]:
    return run_codeunit(request, token, clock)


def _ignore_token(work: Callable[[], Any], _token: CancelToken) -> Any:
    return run_write(work)
