"""Something that is to happen once, a while after the last time it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, SignalInstance

__all__ = ["SIGN_AFTER_MS", "later"]

SIGN_AFTER_MS: Final = 450  # work that is over sooner shows no sign of itself


def later(owner: QObject, milliseconds: int, then: Callable[[], object] | SignalInstance) -> QTimer:
    """Make a timer that calls once; `start()` lets it wait, anew where it waits already.

    Args:
        owner: with which it ends.
        then: what is called, or the signal that is emitted.
    """
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(then)
    return timer
