"""Callbacks of background tasks: which one runs now, and what it may not do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDialog, QWidget

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


class _Screen(QObject):
    """Sees every window that opens while a callback runs, whoever makes it; it is closed again."""

    def __init__(self) -> None:
        super().__init__()
        self._opened: list[tuple[QWidget, tuple[str, str]]] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Show or not isinstance(watched, QWidget):
            return False
        if watched.isWindow() and watched.windowType() != Qt.WindowType.ToolTip:
            self._opened.append((watched, (type(watched).__name__, watched.windowTitle())))
            # Not now: a dialog that runs a loop of its own has not begun it yet.
            QTimer.singleShot(0, watched, partial(_close, watched))
        return False

    def refused(self) -> list[tuple[str, str]]:
        """Class and title of each window that was opened; those that are open still are closed."""
        names = []
        for window, name in self._opened:
            if shiboken6.isValid(window):
                if not window.isWindow():
                    continue  # it has its place in a window by now
                if window.isVisible():
                    _close(window)
            names.append(name)
        return names


def _close(window: QWidget) -> None:
    if window.isWindow() and isinstance(window, QDialog):
        window.done(QDialog.DialogCode.Rejected)  # a question without a Cancel would not close
    elif window.isWindow():
        window.close()


@contextmanager
def callback_of(origin: TaskOrigin) -> Iterator[None]:
    """While a page is told of the end of this task.

    Raises:
        CallbackNotAllowedError: the callback has opened a window that asked nobody whether it may; it is closed.
    """
    application = QCoreApplication.instance()
    screen = _Screen()
    _running.append(origin)
    if application is not None:
        application.installEventFilter(screen)
    try:
        yield
        for call, what in screen.refused():
            check_screen_allowed(call, what)
    finally:
        if application is not None:
            application.removeEventFilter(screen)
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
