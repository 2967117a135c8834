"""What happens with a file that has been read: the question of Business Central's import, with three answers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.imports.dry_run import DryRun
from models.integration import ExecutionMode
from ui.icons import pixmap
from ui.import_dialog.dry_run_pane import headline
from ui.theme import theme
from ui.widgets.buttons import click_once
from ui.widgets.labels import IconLabel, Label
from ui.widgets.painting import draw_focus_ring, draw_text, fill_rounded, rounded_path

__all__ = ["BACKGROUND", "NOW", "QUESTION", "RESULTS", "AfterReading", "Choice"]

QUESTION: Final = "The import has been completed. What would you like to do?"
NOW, BACKGROUND, RESULTS = "now", "background", "results"
_CHOICES: Final = (
    (NOW, "Process now", "Wait for completion and watch the counts grow.", "play"),
    (
        BACKGROUND,
        "Process in background",
        "Continue working; a message tells you when it is done.",
        "arrow_sync",
    ),
    (RESULTS, "Open import results", "Look at the rows first; nothing is processed yet.", "table_simple"),
)
HEIGHT = 60


class Choice(QAbstractButton):
    """One answer: a drawing, a line, and what follows from it; the preselected one is filled."""

    def __init__(self, key: str, text: str, detail: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self._detail, self._icon = key, detail, icon
        self._primary = False
        self.setText(text)
        self.setObjectName(key)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_primary(False)
        theme().changed.connect(self._retheme)

    @property
    def primary(self) -> bool:
        """Whether the integration's execution mode preselects this answer."""
        return self._primary

    def set_primary(self, primary: bool) -> None:
        """Fill it, or not."""
        self._primary = primary
        self.setAccessibleName(f"{self.text()}: {self._detail}")
        self.setAccessibleDescription("Preselected by the integration" if primary else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(360), theme().px(HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            click_once(self, event)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        px, primary = theme().px, self._primary
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        pressed, over = self.isDown(), self.underMouse() and self.isEnabled()
        if primary and self.isEnabled():
            ground = "accent_pressed" if pressed else "accent_hover" if over else "accent"
        else:
            ground = "pressed" if pressed else "hover" if over else "surface"
        fill_rounded(painter, area, px(6), ground)
        title, detail = ("on_accent", "on_accent") if primary and self.isEnabled() else ("fg", "fg2")
        if not self.isEnabled():
            title = detail = "fg_disabled"
        if not primary:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().colour("border_strong"), 1))
            painter.drawPath(rounded_path(area.adjusted(0.5, 0.5, -0.5, -0.5), px(6)))
        glyph = pixmap(self._icon, title if primary else "accent_text", px(20), dpr=self.devicePixelRatioF())
        painter.drawPixmap(QPointF(px(16), area.center().y() - px(10)), glyph)
        words = area.adjusted(px(48), px(9), -px(16), -px(9))
        half = words.height() / 2
        draw_text(
            painter, QRectF(words.left(), words.top(), words.width(), half), self.text(), "body_strong", title
        )
        below = QRectF(words.left(), words.top() + half, words.width(), half)
        draw_text(painter, below, self._detail, "caption", detail)
        if self.hasFocus():
            inner = area.adjusted(3, 3, -3, -3) if primary else area
            draw_focus_ring(painter, inner, px(4 if primary else 6), "on_accent" if primary else "accent")

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()


class AfterReading(QWidget):
    """The question; `chosen` tells the key of the answer."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)
        self._done = IconLabel("checkmark_circle", "ok", 40, filled=True)
        self._column.addWidget(self._done, 0, Qt.AlignmentFlag.AlignHCenter)
        self.question = Label(QUESTION, "subtitle", wrap=True)
        self.counts = Label("", "body", "fg2", wrap=True)
        for label in (self.question, self.counts):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._column.addWidget(label)
        self._column.addSpacing(theme().px(8))
        self._host = QWidget()
        self._host.setProperty("plain", True)
        self._list = QVBoxLayout(self._host)
        self._list.setContentsMargins(0, 0, 0, 0)
        self.choices: dict[str, Choice] = {}
        for key, text, detail, icon in _CHOICES:
            choice = Choice(key, text, detail, icon)
            choice.clicked.connect(self._on_clicked)
            self.choices[key] = choice
            self._list.addWidget(choice)
        self._column.addWidget(self._host, 0, Qt.AlignmentFlag.AlignHCenter)
        self.problem = Label("", "body", "err", wrap=True)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.problem.hide()
        self._column.addWidget(self.problem)
        self._column.addStretch(2)
        theme().changed.connect(self._retheme)
        self._retheme()

    def ask(self, file_name: str, rows: int, execution_mode: str, *, tried: DryRun | None = None) -> None:
        """Ask about a file that was read; the mode of its integration is preselected and has the keyboard.

        Args:
            tried: what a dry run has found, where there was one.
        """
        read = (
            f"{rows:,} row of {file_name} was read"
            if rows == 1
            else f"{rows:,} rows of {file_name} were read"
        )
        self.counts.setText(f"{read}. Nothing is in the company yet.")
        if tried is not None:
            self.counts.setText(f"{self.counts.text()} Dry run: {headline(tried)}")
        preselected = NOW if execution_mode == ExecutionMode.IMMEDIATE else BACKGROUND
        for key, choice in self.choices.items():
            choice.set_primary(key == preselected)
            choice.setEnabled(True)
        self.problem.hide()
        self.choices[preselected].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, text: str) -> None:
        """Say why what was chosen did not happen; another answer may be given."""
        self.problem.setText(text)
        self.problem.show()
        for choice in self.choices.values():
            choice.setEnabled(True)

    def _on_clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, Choice):
            for choice in self.choices.values():
                choice.setEnabled(False)
            self.chosen.emit(sender.key)

    def _retheme(self) -> None:
        px = theme().px
        self._column.setSpacing(px(8))
        self._list.setSpacing(px(8))
        self._host.setFixedWidth(px(440))
