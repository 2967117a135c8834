"""Progress: the thin bar that is painted in lists, and the line with bar and words on a page."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.motion import STILL_PHASE, Motion
from ui.widgets.painting import draw_text, fill_rounded
from ui.widgets.remaining_time import RemainingTime, spoken_duration

__all__ = ["ProgressLine", "paint_progress", "progress_text"]

BAR_HEIGHT = 4
NOT_DONE_AT_MOST = 0.99
SWEEP_WIDTH = 0.28


def paint_progress(painter: QPainter, rect: QRectF, share: float | None, phase: float = STILL_PHASE) -> None:
    """Draw a bar, 4 px high, in the vertical middle of ``rect``.

    ``share`` is 0 to 1, or None when the total is not known; then ``phase`` (0 to 1) is where the moving part is.
    """
    height = float(theme().px(BAR_HEIGHT))
    bar = QRectF(rect.left(), round(rect.center().y() - height / 2), rect.width(), height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill_rounded(painter, bar, height / 2, "skeleton")
    if share is None:
        begin = bar.left() + bar.width() * (phase * (1 + SWEEP_WIDTH) - SWEEP_WIDTH)
        part = QRectF(begin, bar.top(), bar.width() * SWEEP_WIDTH, height).intersected(bar)
    else:
        part = QRectF(bar.left(), bar.top(), bar.width() * min(max(share, 0.0), 1.0), height)
    if part.width() > 0:
        fill_rounded(painter, part, min(height, part.width()) / 2, "accent")
    painter.restore()


def progress_text(done: int, total: int | None, unit: str = "rows", seconds_left: int | None = None) -> str:
    """Return e.g. "1,248 of 2,010 rows · about 40 s left"; without a total "1,248 rows"."""
    if total is None:
        return f"{done:,} {unit}"
    text = f"{done:,} of {total:,} {unit}"
    return f"{text} · about {spoken_duration(seconds_left)} left" if seconds_left is not None else text


class ProgressLine(QWidget):
    """A bar with its words above it.

    The bar never runs backwards and never stands at 100 % while work goes on. ``clock`` gives monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._remaining = RemainingTime(clock)
        self._share: float | None = None
        self._text = ""
        self._tone = "fg2"
        self._motion = Motion(self, clock=clock)
        self._motion.frame.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.reset()
        theme().changed.connect(self._retheme)

    @property
    def text(self) -> str:
        """The words above the bar."""
        return self._text

    @property
    def tone(self) -> str:
        """The colour of the words: "err" after a failure, else "fg2"."""
        return self._tone

    @property
    def share(self) -> float | None:
        """How much of the bar is filled, 0 to 1; None while the total is not known."""
        return self._share

    @property
    def moving(self) -> bool:
        """True while the bar without a total moves."""
        return self._motion.active

    def reset(self, text: str = "") -> None:
        """Begin anew with an empty bar."""
        self._remaining.restart()
        self._show(0.0, text)

    def set_counting(self, text: str = "Counting rows…") -> None:
        """Say that the total is being found out."""
        self._show(None, text)

    def set_waiting(self, text: str) -> None:
        """Say what the work waits for, e.g. "Waiting for shop.example.com · 12 s"; a known share stays."""
        self._show(self._share, text)

    def set_progress(self, done: int, total: int | None, unit: str = "rows") -> None:
        """Show how much is done, of how much; ``total`` None when that is not known."""
        if not total:
            self._show(None, progress_text(done, None, unit))
            return
        seconds = self._remaining.update(done, total)
        share = max(min(done / total, NOT_DONE_AT_MOST), self._share or 0.0)
        self._show(share, progress_text(done, total, unit, seconds))

    def finish(self, text: str) -> None:
        """Say what has come of it, e.g. "Imported 2,007 records, 3 need attention", with a full bar."""
        self._show(1.0, text)

    def stop(self, text: str) -> None:
        """Say how far it came, as it was stopped on purpose; the bar stays where it was."""
        self._show(self._share or 0.0, text)

    def fail(self, text: str) -> None:
        """Say why the work has stopped; the bar stays where it was."""
        self._show(self._share or 0.0, text, "err")

    def sizeHint(self) -> QSize:
        return QSize(theme().px(260), self._text_height() + theme().px(BAR_HEIGHT + 6))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(80), self.sizeHint().height())

    def _show(self, share: float | None, text: str, tone: str = "fg2") -> None:
        self._share, self._text, self._tone = share, text, tone
        percent = f", {int(share * 100)} percent" if share is not None and text else ""
        self.setAccessibleName(f"Progress: {text}{percent}" if text else "Progress")
        self.setToolTip(text)
        self._motion.move(share is None)
        self.update()

    def _text_height(self) -> int:
        return theme().px(18)

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        words = QRectF(0, 0, self.width(), self._text_height())
        draw_text(painter, words, self._text, "caption", self._tone, tabular=True)
        bar = QRectF(0, self._text_height() + theme().px(1), self.width(), theme().px(BAR_HEIGHT + 2))
        paint_progress(painter, bar, self._share, self._motion.phase)
