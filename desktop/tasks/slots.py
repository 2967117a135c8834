"""All work on its way, and the slots that it waits for, takes, gives back, or loses when it does not obey."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QThreadPool, Signal, Slot

from desktop.clock import Clock
from desktop.tasks.child_sessions import ChildSessions
from desktop.tasks.lanes import Entry, Lane
from desktop.tasks.monitor import ChildSessionState, Ending
from desktop.tasks.task import Outcome, outcome_of
from desktop.tasks.watch import Watch

GRACE_SECONDS: Final = 2.0  # a cancelled task that has not ended by then gives its slot to the next
MANY_THREADS: Final = 10_000
_log = logging.getLogger(__name__)


def _run(entry: Entry, report: Callable[[tuple[int, Outcome]], None]) -> None:
    """The thread's side; it owns nothing that lives in the window."""
    outcome = outcome_of(partial(entry.run, entry.token), entry.token)
    # A task that was abandoned may end when the program has ended already.
    with suppress(RuntimeError):
        report((entry.task_id, outcome))


def new_lane(name: str, slots: Callable[[], int]) -> Lane:
    """A lane with a pool of its own.

    Args:
        slots: how many may run at this moment.
    """
    pool = QThreadPool()
    pool.setObjectName(name)
    # The slots are counted here; the pool never queues, so an abandoned thread keeps nobody waiting.
    pool.setMaxThreadCount(MANY_THREADS)
    return Lane(name, slots, pool)


class Slots(QObject):
    """Starts what may start, and ends what must end; only the GUI thread calls it.

    Its signals keep it from holding the hub, which would make a circle of both with the pages in between.

    Args:
        sessions: the rules of page background tasks.
        parent: the hub.

    Attributes:
        entries: all work that has not ended, by id; what is held is among it.
        held: what may not start yet.
        abandoned: what has lost its slot, but not ended.
        synchronous: run the work inside the call that starts it.
        some_ended: set by threads when they have reported.
    """

    finished = Signal(object)  # (task id, Outcome); the one signal that threads emit
    time_over = Signal(object)  # an entry whose time is over while somebody still wants its outcome
    changed = Signal(object)  # a lane that has more or less to do

    def __init__(self, clock: Clock, sessions: ChildSessions, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: dict[int, Entry] = {}
        self.held: dict[int, Entry] = {}
        self.abandoned: dict[int, Entry] = {}
        self.synchronous = False
        self.some_ended = threading.Event()
        self._clock = clock
        self._sessions = sessions
        self._watch = Watch(self, clock, self.check_time)

    def add(self, entry: Entry, delay_ms: int = 0) -> None:
        """Start it when a slot is free, and no sooner than the delay says."""
        self.entries[entry.task_id] = entry
        if delay_ms <= 0:
            self._enqueue(entry)
            return
        entry.state = ChildSessionState.HELD
        self.held[entry.task_id] = entry
        self._watch.at(entry.task_id, self._clock.monotonic() + delay_ms / 1000)

    def drop(self, entry: Entry, ending: Ending = Ending.CANCELLED) -> None:
        """Nobody wants its outcome any more: take it out of its queue, or tell it to end."""
        if not entry.wanted:
            return
        entry.wanted = False
        self._sessions.decided(entry, ending)
        if entry.state is ChildSessionState.RUNNING:
            entry.state = ChildSessionState.STOPPING
            self._watch.at(entry.task_id, self._clock.monotonic() + GRACE_SECONDS)
            entry.token.cancel()
            return
        if self.held.pop(entry.task_id, None) is None:
            entry.lane.waiting.remove(entry)
        self._watch.forget(entry.task_id)
        del self.entries[entry.task_id]
        self._sessions.ended(entry, ending)

    def take_ended(self, task_id: int) -> Entry | None:
        """Its thread is done with it: its slot is free for the next.

        Returns:
            The entry; None when it was abandoned before, and comes too late.
        """
        entry = self.entries.get(task_id)
        if entry is None:
            self.abandoned.pop(task_id, None)
            return None
        self._release(entry)
        return entry

    @Slot()
    def check_time(self) -> None:
        """Start held work, end work whose time is over, and free the slots of what did not end when told."""
        with self._watch.looking():
            while (task_id := self._watch.take_due()) is not None:
                entry = self.entries.get(task_id)
                if entry is not None:
                    self._look_at(entry)

    def stop(self) -> None:
        """Look at no time any more."""
        self._watch.stop()

    def _look_at(self, entry: Entry) -> None:
        if entry.state is ChildSessionState.HELD:
            del self.held[entry.task_id]
            self._enqueue(entry)
        elif entry.state is ChildSessionState.STOPPING:
            self._abandon(entry)
        else:
            self.time_over.emit(entry)

    def _enqueue(self, entry: Entry) -> None:
        entry.state = ChildSessionState.WAITING
        entry.lane.waiting.append(entry)
        self._fill(entry.lane)
        self.changed.emit(entry.lane)

    def _fill(self, lane: Lane) -> None:
        while (entry := lane.next()) is not None:
            entry.state = ChildSessionState.RUNNING
            deadline = self._sessions.started(entry)
            if deadline is not None:
                self._watch.at(entry.task_id, deadline)
            if self.synchronous:
                self._report((entry.task_id, outcome_of(partial(entry.run, entry.token), entry.token)))
            else:
                # Not a QRunnable: one that ends before `start` has returned is never freed.
                lane.pool.start(partial(_run, entry, self._report))

    def _report(self, message: tuple[int, Outcome]) -> None:
        self.finished.emit(message)
        self.some_ended.set()

    def _abandon(self, entry: Entry) -> None:
        """Its slot is free for the next, whatever its thread does."""
        _log.warning("task %d ignores that it was cancelled; its slot goes on without it", entry.task_id)
        entry.state = ChildSessionState.ABANDONED
        self.abandoned[entry.task_id] = entry
        self._release(entry)
        self._sessions.abandoned(entry)

    def _release(self, entry: Entry) -> None:
        self._watch.forget(entry.task_id)
        self.entries.pop(entry.task_id, None)
        if entry.lane.running.pop(entry.task_id, None) is not None:
            self._fill(entry.lane)
            self.changed.emit(entry.lane)
