"""What the hub keeps of each piece of work, and the pools on which they run."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from desktop.sessions.session import CancelToken
from desktop.tasks.monitor import ChildSessionState, Ending
from desktop.tasks.task import ErrorLevel, TaskRequest
from desktop.tasks.trial import Trial

if TYPE_CHECKING:
    from PySide6.QtCore import QThreadPool


@dataclass(slots=True, eq=False)
class Entry:
    """One piece of work from its submission until its thread is done with it; only the GUI thread changes it."""

    task_id: int
    lane: Lane
    run: Callable[[CancelToken], Any]
    owner: weakref.ref[Any]
    on_done: weakref.WeakMethod[Any]
    on_error: weakref.WeakMethod[Any]
    key: str | None = None
    token: CancelToken = field(default_factory=CancelToken)
    child: ChildSession | None = None  # what only a page background task has
    state: ChildSessionState = ChildSessionState.WAITING
    wanted: bool = True  # somebody still waits for the outcome


@dataclass(slots=True, eq=False)
class ChildSession:
    """What the hub knows of a page background task beyond other work."""

    request: TaskRequest
    page: str
    error_level: ErrorLevel
    on_stopped: weakref.WeakMethod[Any] | None
    since: datetime
    trial: Trial | None = None
    started_at: float | None = None  # on the clock's monotonic scale
    ending: Ending | None = None  # decided before its thread has ended


@dataclass(slots=True, eq=False)
class Lane:
    """A pool with its slots and its queue; the queue is ours, so that nothing vanishes from it unseen.

    Args:
        slots: how many may run at this moment.
    """

    name: str
    slots: Callable[[], int]
    pool: QThreadPool
    waiting: deque[Entry] = field(default_factory=deque)
    running: dict[int, Entry] = field(default_factory=dict)

    def next(self) -> Entry | None:
        """Take the one that has waited longest and give it a slot; None when none waits or no slot is free."""
        if not self.waiting or len(self.running) >= self.slots():
            return None
        entry = self.waiting.popleft()
        self.running[entry.task_id] = entry
        return entry


def bound_method(method: Callable[..., Any]) -> weakref.WeakMethod[Any]:
    """The callback, held weakly.

    Raises:
        TypeError: when it is no bound method, which would outlive its page.
    """
    if not hasattr(method, "__self__") or not hasattr(method, "__func__"):
        raise TypeError(f"a callback must be a bound method, so that it ends with its page; not {method!r}")
    return weakref.WeakMethod(method)
