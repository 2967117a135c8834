"""Callbacks of background tasks: which one runs now, and what it may not do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from desktop.errors import CallbackNotAllowedError


@dataclass(frozen=True, slots=True)
class TaskOrigin:
    """A task as its page keeps it.

    Args:
        codeunit: its name in the registry.
        chain: how many callbacks led to it, one out of the other; 0 for a task that no callback enqueued.
    """

    codeunit: str
    chain: int = 0


_running: list[TaskOrigin] = []


@contextmanager
def callback_of(origin: TaskOrigin) -> Iterator[None]:
    """While a page is told of the end of this task.

    Raises:
        CallbackNotAllowedError: the callback has opened a dialog of Qt's own, which asks nobody whether it may; it
            is closed again.
    """
    _running.append(origin)
    before = QApplication.activeModalWidget()
    try:
        yield
        opened = QApplication.activeModalWidget()
        if opened is not None and opened is not before:
            title = opened.windowTitle()
            opened.close()
            check_screen_allowed(type(opened).__name__, title)
    finally:
        _running.pop()


def running_callback() -> TaskOrigin | None:
    """The task of whose end a page is being told at this moment; None when nobody is told anything."""
    return _running[-1] if _running else None


def check_screen_allowed(call: str, what: str) -> None:
    """Refuse a dialog or page that nobody at the screen has asked for; each of them asks this first.

    Args:
        call: what is called, e.g. "Confirm" or "Page.Run".
        what: the question, or the page's name.
    Raises:
        CallbackNotAllowedError: the callback of a background task, or code of a child session, makes the call.
    """
    # A child process has one thread, but no application.
    if threading.current_thread() is not threading.main_thread() or QCoreApplication.instance() is None:
        raise CallbackNotAllowedError(
            f"{call} (“{what}”) was called in a child session, which has no screen.",
            "Return a result, and let the page show it.",
            call=call,
        )
    if _running:
        raise CallbackNotAllowedError(
            f"{call} (“{what}”) was called when the background task “{_running[-1].codeunit}” ended. Nobody had "
            "asked for it just then, so it may not take the screen.",
            "Show a banner or a notice with an action instead.",
            call=call,
        )
