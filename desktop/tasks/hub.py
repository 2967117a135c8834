"""The hub: the only place where work crosses from a thread to the window, and back.

It lives as long as the application. Threads emit its one signal with a task's id and outcome; the GUI thread
looks up who asked, and forgets the outcome when nobody does any more. Pages own no signal that a thread emits.

All that the hub keeps is changed on the GUI thread alone; a thread sees its entry, runs it and reports. Work that is
told to stop has its SQL interrupted at that moment. Work that does not obey within a grace time, because it computes
in Python or waits in some library, is abandoned: Python cannot end a thread, so its slot is given to the next, its
outcome goes nowhere when it comes, and its connection is closed then. `close` does not wait for it beyond the grace,
and `leave_at_once` ends the process without it. Only code that never lets Python run beside it, such as one huge
regular expression, can hold up the window; it belongs into a background session, which is a process.
"""

from __future__ import annotations

import itertools
import logging
import os
import sys
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, Final, NoReturn, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal, Slot

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.sessions.session import CancelToken
from desktop.settings import Settings
from desktop.tasks import delivery
from desktop.tasks.child_sessions import ChildSessions, Completed, Failed, Stopped
from desktop.tasks.lanes import Entry, Lane, bound_method
from desktop.tasks.monitor import ChildSessionInfo, EndedChildSession, Ending, TaskCounters
from desktop.tasks.slots import GRACE_SECONDS, Slots, new_lane
from desktop.tasks.task import ErrorLevel, Outcome, TaskError, run_read, run_write, timeout_error
from models.database import close_company

T = TypeVar("T")

QUERY_THREADS: Final = 4
LOOK_SECONDS: Final = 0.05  # how often `drain` looks at the time while nothing ends


class Hub(QObject):
    """Page background tasks, short queries and writes of the whole client session.

    Args:
        settings: time-outs, limits and trials of page background tasks; read anew for each of
            them.
        clock: decides when a task's time is over.
        user_id: in whose name codeunits run, and with whose rights all work reads and writes.

    Callbacks must be bound methods; the hub holds them weakly. They always run later, in the event loop, never
    inside the call that asked, also when `synchronous` is set.

    Attributes:
        synchronous: run the work inside the call that asks, without a thread; for tests and headless runs. A task
            with a delay runs inside the `check_time` that finds it due. A time-out ends SQL and `check_cancelled`
            there too, and whatever took longer ends as one, but nobody can interrupt Python's own computing.
        on_lost_write: told the error of a write whose page was closed meanwhile, so that it is not lost.
    """

    writes_changed = Signal(int)  # how many writes are on their way to the database
    _stopped = Signal(int)  # the id of a task that somebody else than its page has cancelled

    def __init__(
        self,
        settings: Settings,
        clock: Clock = SYSTEM_CLOCK,
        user_id: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.on_lost_write: Callable[[TaskError], None] | None = None
        self._ids = itertools.count(1)
        self._untold: dict[int, Entry] = {}  # cancelled by somebody else; their pages do not know it yet
        self._owners: weakref.WeakSet[QObject] = weakref.WeakSet()  # whose end this hub is told of
        self._closed = False
        self._child = new_lane("page background tasks", lambda: settings.task_concurrency)
        self._query = new_lane("queries", lambda: QUERY_THREADS)
        self._write = new_lane("writes", lambda: 1)
        self._lanes = (self._child, self._query, self._write)
        self._user_id = user_id or settings.user()
        self._sessions = ChildSessions(settings, clock, self._user_id)
        self._slots = Slots(clock, self._sessions, self)
        self._slots.time_over.connect(self._on_time_over)
        self._slots.changed.connect(self._tell_writes)
        self._slots.finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self._stopped.connect(self._on_stopped, Qt.ConnectionType.QueuedConnection)

    @property
    def synchronous(self) -> bool:
        """See the class."""
        return self._slots.synchronous

    @synchronous.setter
    def synchronous(self, wanted: bool) -> None:
        self._slots.synchronous = wanted

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
        on_stopped: Stopped | None = None,
        page: str = "",
        delay_ms: int = 0,
    ) -> int:
        """Run a codeunit in a read-only child session.

        Args:
            owner: the page; when it is gone the task is cancelled and its outcome forgotten.
            parameters: texts by name; the task gets a copy.
            timeout_ms: how long it may run from its start; the settings' default when None, never more than their
                maximum.
            on_completed: called with the task's id and its results.
            on_error: called with the task's id, the error and `error_level`.
            on_stopped: called with the task's id when somebody else than the owner has cancelled it.
            page: what the Task Monitor calls the page.
            delay_ms: it is accepted now and starts no sooner than this.
        Returns:
            The task's id.
        Raises:
            UnknownCodeunitError: when there is none of that name.
            TooManyTasksError: when as many wait already as the settings allow; held tasks count too.
            TypeError: for a parameter that is not text, or a callback that is not a bound method.
        """
        child = self._sessions.admit(
            next(self._ids),
            codeunit_name,
            parameters,
            timeout_ms,
            error_level,
            page,
            None if on_stopped is None else bound_method(on_stopped),
            len(self._child.waiting) + len(self._slots.held),
        )
        entry = Entry(
            child.request.task_id,
            self._child,
            partial(self._sessions.run, child),
            weakref.ref(owner),
            bound_method(on_completed),
            bound_method(on_error),
            token=self._sessions.token(),
            child=child,
        )
        return self._accept(owner, entry, delay_ms)

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
            partial(run_read, work, self._user_id),
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
            partial(_ignore_token, work, self._user_id),
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
        entry = self._slots.entries.get(task_id)
        if entry is None or entry.lane is self._write or not entry.wanted:
            return False
        self._slots.drop(entry)
        return True

    def cancel_key(self, owner: Any, key: str) -> None:
        """Cancel the queries of this owner and key."""
        for entry in [e for e in self._slots.entries.values() if e.key == key and e.owner() is owner]:
            self.cancel(entry.task_id)

    def forget(self, owner: Any) -> None:
        """The owner is closed: cancel its tasks and queries, and call it back no more."""
        self._forget(lambda entry: entry.owner() is owner or delivery.is_owner_gone(entry))

    # ---- what the application, the Task Monitor and tests ask

    def stop(self, task_id: int) -> bool:
        """Cancel a page background task in somebody else's name than its page's; the page is told so later.

        Returns:
            True when it had not ended yet.
        """
        entry = self._slots.entries.get(task_id)
        if entry is None or entry.child is None or not self.cancel(task_id):
            return False
        self._untold[task_id] = entry
        self._stopped.emit(task_id)
        return True

    def child_sessions(self) -> list[ChildSessionInfo]:
        """All page background tasks that have not ended, in the order in which they were asked for."""
        return self._sessions.infos([*self._slots.entries.values(), *self._slots.abandoned.values()])

    def counters(self) -> TaskCounters:
        """How many page background tasks there are, and what became of all since the program began."""
        return self._sessions.tally.counters(self.running(), self.waiting())

    def recent(self) -> list[EndedChildSession]:
        """The page background tasks that ended last, or were refused; the newest first."""
        return list(reversed(self._sessions.tally.recent))

    def began_at(self) -> datetime:
        """Since when the counters count; aware, in UTC."""
        return self._sessions.tally.began_at

    def running(self) -> int:
        """How many page background tasks run now."""
        return len(self._child.running)

    def waiting(self) -> int:
        """How many page background tasks wait for a slot."""
        return len(self._child.waiting)

    def is_idle(self) -> bool:
        """Nothing runs, waits, or is on its way back; held tasks and abandoned threads do not count."""
        return len(self._slots.entries) == len(self._slots.held)

    def drain(self, timeout_s: float) -> bool:
        """Wait until all that was asked for has run and been delivered, without an event loop.

        Args:
            timeout_s: how long, in seconds of the real time, because threads know no other.
        Returns:
            Whether the hub is idle now.
        """
        end = monotonic() + timeout_s
        while True:
            self._slots.some_ended.clear()
            self._deliver_posted()
            self.check_time()
            left = end - monotonic()
            if self.is_idle() or left <= 0:
                return self.is_idle()
            self._slots.some_ended.wait(min(left, LOOK_SECONDS))

    def close(self, timeout_s: float = GRACE_SECONDS) -> bool:
        """End the hub with the program: cancel all reads, finish all writes; reads asked for later do not begin.

        Returns:
            Whether every thread ended in time. When one ignores everything, call `leave_at_once` in the end:
            an ordinary exit waits for the threads of a pool, however long they take.
        """
        self._closed = True
        for entry in list(self._slots.entries.values()):
            if entry.lane is not self._write:
                self._slots.drop(entry)
        end = monotonic() + timeout_s
        idle = self.drain(timeout_s)
        self._slots.stop()
        for owner in [owner for owner in self._owners if shiboken6.isValid(owner)]:
            owner.destroyed.disconnect(self._on_owner_destroyed)
        self._owners.clear()
        # Those that were abandoned before have had their grace already.
        end = min(end, monotonic() + LOOK_SECONDS) if self._slots.abandoned else end
        left_ms = max(0, int((end - monotonic()) * 1000))
        return all(lane.pool.waitForDone(left_ms) for lane in self._lanes) and idle

    def check_time(self) -> None:
        """Start held tasks, end tasks whose time is over, and free the slots of those that did not end when told."""
        self._slots.check_time()

    # ---- how it works

    def _accept(self, owner: Any, entry: Entry, delay_ms: int = 0) -> int:
        if self._closed and entry.lane is not self._write:
            self._sessions.ended(entry, Ending.CANCELLED)
            return entry.task_id
        if isinstance(owner, QObject) and owner not in self._owners:
            self._owners.add(owner)
            owner.destroyed.connect(self._on_owner_destroyed)
        self._slots.add(entry, delay_ms)
        return entry.task_id

    @Slot(object)
    def _tell_writes(self, lane: Lane) -> None:
        if lane is self._write:
            self.writes_changed.emit(len(lane.waiting) + len(lane.running))

    @Slot(object)
    def _on_time_over(self, entry: Entry) -> None:
        callback = delivery.callback_of(entry, entry.on_error)
        self._slots.drop(entry, Ending.TIMEOUT)
        if callback is not None and entry.child is not None:
            callback(entry.task_id, timeout_error(), entry.child.error_level)

    @Slot(object)
    def _on_finished(self, message: tuple[int, Outcome]) -> None:
        task_id, outcome = message
        entry = self._slots.take_ended(task_id)
        if entry is None:
            return
        try:
            delivery.deliver(entry, outcome, self.on_lost_write if entry.lane is self._write else None)
        finally:
            self._sessions.ended(entry, delivery.ending_of(outcome), outcome.error)

    @Slot(int)
    def _on_stopped(self, task_id: int) -> None:
        entry = self._untold.pop(task_id, None)
        if entry is not None:
            delivery.tell_stopped(entry)

    @Slot()
    def _on_owner_destroyed(self) -> None:
        self._forget(delivery.is_owner_gone)

    def _forget(self, is_meant: Callable[[Entry], bool]) -> None:
        for task_id in [task_id for task_id, entry in self._untold.items() if is_meant(entry)]:
            del self._untold[task_id]
        for entry in [entry for entry in self._slots.entries.values() if is_meant(entry)]:
            if entry.lane is self._write:
                entry.wanted = False
            else:
                self._slots.drop(entry)

    def _deliver_posted(self) -> None:
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)


def leave_at_once(code: int) -> NoReturn:
    """End the process without waiting for its threads; the company, logs and output are left in order."""
    with suppress(Exception):
        close_company()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _ignore_token(work: Callable[[], Any], user_id: str, _token: CancelToken) -> Any:
    return run_write(work, user_id)
