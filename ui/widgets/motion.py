"""What moves on the screen: frames for a drawing, only while it is seen and people want movement."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from ui.theme import theme

__all__ = ["SMOOTH_MS", "STILL_PHASE", "Motion"]

SMOOTH_MS: Final = 40
SWEEP_SECONDS: Final = 1.6
STILL_PHASE: Final = 0.48
"""Where the moving part of a bar stands while nothing may move."""


class Motion(QObject):
    """The frames of what moves in a widget.

    They come while `move` says so, the widget is seen, and the theme is not asked to reduce motion; a widget out of
    sight costs nothing.

    Args:
        widget: where it moves.
        frame_ms: how long a frame stands, in milliseconds.
        clock: gives monotonic seconds.

    Signals:
        frame: it is time for the next one.
    """

    frame = Signal()

    def __init__(
        self, widget: QWidget, frame_ms: int = SMOOTH_MS, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(widget)
        self._widget, self._clock, self._wanted = widget, clock, False
        self._frames = QTimer(self)
        self._frames.setInterval(frame_ms)
        self._frames.timeout.connect(self.frame)
        widget.installEventFilter(self)
        theme().changed.connect(self._settle)

    @property
    def active(self) -> bool:
        """Whether it moves just now."""
        return self._frames.isActive()

    @property
    def phase(self) -> float:
        """How far a bar without a known end has swept, 0 to 1."""
        return (self._clock() / SWEEP_SECONDS) % 1.0 if self.active else STILL_PHASE

    def move(self, wanted: bool) -> None:
        """Let it move from now on, as far as it is seen, or stand still."""
        self._wanted = wanted
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._settle()
        elif event.type() == QEvent.Type.Hide:
            self._frames.stop()
        return False

    def _settle(self) -> None:
        if not (self._wanted and self._widget.isVisible() and not theme().reduced_motion):
            self._frames.stop()
        elif not self.active:
            self._frames.start()
