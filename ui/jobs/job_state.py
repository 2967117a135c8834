"""How one job stands: its status, how far it is, what has become of it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.jobs.wording import Progress
from ui.theme import theme
from ui.widgets.labels import Label
from ui.widgets.motion import Motion
from ui.widgets.pill import StatusPill
from ui.widgets.progress import paint_progress


class _Bar(QWidget):
    """The bar under the words."""

    def __init__(self) -> None:
        super().__init__()
        self._share: float | None = None
        self._motion = Motion(self)
        self._motion.frame.connect(self.update)
        self._motion.move(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._retheme)

    def show_share(self, share: float | None) -> None:
        """Fill so much of it; None for a part that moves."""
        if share != self._share:
            self._share = share
            self._motion.move(share is None)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(120), theme().px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_progress(QPainter(self), QRectF(self.rect()), self._share, self._motion.phase)

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()


class JobState(QWidget):
    """The pill, the words and the bar of one job."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self.pill = StatusPill()
        self.words = Label("", wrap=True, tabular=True)
        self.bar = _Bar()
        top = QHBoxLayout()
        top.addWidget(self.pill)
        top.addWidget(self.words, 1)
        self._top = top
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.bar)
        self._column = column
        theme().changed.connect(self._rescale)
        self._rescale()

    def show_state(self, status: str, progress: Progress) -> None:
        """Show how it stands now."""
        if self.pill.status != status:
            self.pill.set_status(status)
        self.words.setText(progress.text)
        self.words.set_tone(progress.tone)
        self.bar.setVisible(progress.bar)
        self.bar.show_share(progress.share)
        percent = f", {int(progress.share * 100)} percent" if progress.share is not None else ""
        self.setAccessibleName(f"Status: {status}. {progress.text}{percent}")

    def _rescale(self) -> None:
        self._top.setSpacing(theme().px(12))
        self._column.setSpacing(theme().px(8))
