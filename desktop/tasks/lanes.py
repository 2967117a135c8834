"""What the hub keeps of each piece of work, and the pools on which they run."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desktop.sessions.session import CancelToken
from desktop.tasks.task import ErrorLevel

if TYPE_CHECKING:
    from PySide6.QtCore import QThreadPool


@dataclass(slots=True, eq=False)
class Entry:
    """One piece of work from its submission until its thread is done with it."""

    task_id: int
    lane: Lane
    run: Callable[[CancelToken], Any]
    owner: weakref.ref[Any]
    on_done: weakref.WeakMethod[Any]
    on_error: weakref.WeakMethod[Any]
    page_task: bool = False
    error_level: ErrorLevel = ErrorLevel.ERROR
    timeout_s: float | None = None
    key: str | None = None
    token: CancelToken = field(default_factory=CancelToken)
    deadline: float | None = None  # when its time is over
    abandon_at: float | None = None  # when its slot is given away though its thread still runs
    wanted: bool = True  # somebody still waits for the outcome


@dataclass(slots=True, eq=False)
class Lane:
    """A pool with its slots and its queue; the queue is ours, so that nothing vanishes from it unseen."""

    name: str
    slots: int
    pool: QThreadPool
    waiting: deque[Entry] = field(default_factory=deque)
    running: dict[int, Entry] = field(default_factory=dict)


def bound_method(method: Callable[..., Any]) -> weakref.WeakMethod[Any]:
    """The callback, held weakly.

    Raises:
        TypeError: when it is no bound method, which would outlive its page.
    """
    if not hasattr(method, "__self__") or not hasattr(method, "__func__"):
        raise TypeError(f"a callback must be a bound method, so that it ends with its page; not {method!r}")
    return weakref.WeakMethod(method)
