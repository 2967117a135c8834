"""How an outcome reaches who asked for it, or nobody when that one is gone."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6.QtCore import QObject

from desktop.tasks.lanes import Entry
from desktop.tasks.monitor import Ending
from desktop.tasks.task import Outcome, TaskError

_log = logging.getLogger(__name__)


def deliver(entry: Entry, outcome: Outcome, on_lost: Callable[[TaskError], None] | None) -> None:
    """Call back who asked, if the outcome is wanted still.

    Args:
        on_lost: told an error that nobody else would hear of.
    """
    if outcome.cancelled:
        return
    error = outcome.error
    callback = callback_of(entry, entry.on_done if error is None else entry.on_error)
    if callback is None:
        if error is not None and on_lost is not None:
            on_lost(error)
        return
    if error is not None and not error.expected:
        _log.error("%s failed: %s", entry.lane.name, error.call_stack)
    if entry.child is None:
        callback(outcome.value if error is None else error)
    elif error is None:
        callback(entry.task_id, outcome.value)
    else:
        callback(entry.task_id, error, entry.child.error_level)


def callback_of(entry: Entry, method: weakref.WeakMethod[Any]) -> Callable[..., None] | None:
    """The bound method to call, or None when its page is gone or wants the outcome no more."""
    return _living(entry, method) if entry.wanted else None


def tell_stopped(entry: Entry) -> None:
    """Tell the page that somebody else has cancelled its task."""
    method = entry.child.on_stopped if entry.child is not None else None
    callback = None if method is None else _living(entry, method)
    if callback is not None:
        callback(entry.task_id)


def ending_of(outcome: Outcome) -> Ending:
    """What to call the end of a child session with this outcome."""
    if outcome.cancelled:
        return Ending.CANCELLED
    if outcome.error is None:
        return Ending.COMPLETED
    return Ending.TIMEOUT if outcome.timed_out else Ending.FAILED


def is_owner_gone(entry: Entry) -> bool:
    """Whether the one who asked does not exist any more, in Python or in Qt."""
    owner = entry.owner()
    return owner is None or (isinstance(owner, QObject) and not shiboken6.isValid(owner))


def _living(entry: Entry, method: weakref.WeakMethod[Any]) -> Callable[..., None] | None:
    found: Callable[..., None] | None = method()
    if found is None or entry.owner() is None:
        return None
    receiver = getattr(found, "__self__", None)
    return None if isinstance(receiver, QObject) and not shiboken6.isValid(receiver) else found
