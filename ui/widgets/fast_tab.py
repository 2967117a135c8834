"""FastTabs: the folding sections of a card page."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from ui.icons import pixmap
from ui.later import later
from ui.theme import theme
from ui.widgets.labels import set_style_property
from ui.widgets.painting import draw_focus_ring, draw_text, fill_rounded
from ui.widgets.pill import PillLook, paint_pill, pill_width
from ui.widgets.scroller import Scroller

__all__ = ["FastTab"]

HEADER_HEIGHT = 44
ERROR_LOOK = PillLook("err", "error_circle")


class FastTab(QFrame):
    """A section with a title that folds; folded, it shows a summary of its most important values."""

    toggled = Signal(bool)

    def __init__(self, title: str, *, expanded: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.header = _Header(title, self)
        self.content = QWidget(self)
        self.content.setProperty("plain", True)
        self.body = QVBoxLayout(self.content)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(self.content)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._unfolded = later(self, 0, self._come_into_sight)  # when it has its height
        self.header.toggled.connect(self._on_toggled)
        self.header.setChecked(expanded)
        self.content.setVisible(expanded)
        self._retheme()
        theme().changed.connect(self._retheme)

    @property
    def title(self) -> str:
        """The words on the header."""
        return self.header.text()

    @property
    def expanded(self) -> bool:
        """True while the content is shown."""
        return self.header.isChecked()

    @property
    def error_count(self) -> int:
        """The number of fields with an error inside."""
        return self.header.errors

    def set_expanded(self, expanded: bool) -> None:
        """Fold or unfold the section."""
        self.header.setChecked(expanded)

    def set_summary(self, *values: str) -> None:
        """Tell what stands on the header while the section is folded, the most important value first."""
        self.header.summary = "   ".join(value for value in values if value)
        self.header.refresh()

    def set_error_count(self, count: int) -> None:
        """Tell how many fields inside have an error; 0 takes the badge away."""
        self.header.errors = count
        self.header.refresh()
        set_style_property(self, "edge", "error" if count else "")

    def add_widget(self, widget: QWidget) -> None:
        """Put a widget below the ones that are there."""
        self.body.addWidget(widget)

    def focus_header(self) -> None:
        """Move the keyboard to the header, as F6 does."""
        self.header.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_toggled(self, expanded: bool) -> None:
        self.content.setVisible(expanded)
        self.header.refresh()
        self.toggled.emit(expanded)
        if expanded and self.isVisible():
            self._unfolded.start()

    def _come_into_sight(self) -> None:
        """Scroll so that a person who has unfolded it sees what is in it."""
        room = self.parentWidget()
        while room is not None and not isinstance(room, Scroller):
            room = room.parentWidget()
        if room is not None:
            room.bring_into_sight(self)

    def _retheme(self) -> None:
        px = theme().px
        self.body.setContentsMargins(px(16), px(4), px(16), px(16))
        self.body.setSpacing(px(8))
        self.header.updateGeometry()


class _Header(QAbstractButton):
    """The clickable row on top; Enter, Space, Left and Right work on it."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.summary = ""
        self.errors = 0
        self.setText(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()
        theme().changed.connect(self.update)

    def refresh(self) -> None:
        """Renew what screen readers say and what is painted."""
        state = "expanded" if self.isChecked() else "collapsed"
        errors = f", {self._error_words()}" if self.errors else ""
        summary = f": {self.summary}" if self.summary and not self.isChecked() else ""
        self.setAccessibleName(f"{self.text()}, {state}{errors}{summary}")
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(theme().font("subtitle")).horizontalAdvance(self.text()) + theme().px(60)
        return QSize(width, theme().px(HEADER_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle()
        elif event.key() == Qt.Key.Key_Left:
            self.setChecked(False)
        elif event.key() == Qt.Key.Key_Right:
            self.setChecked(True)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self.isDown() or self.underMouse():
            fill_rounded(painter, area, px(7), "pressed" if self.isDown() else "hover")
        middle = area.center().y()
        arrow = "chevron_down" if self.isChecked() else "chevron_right"
        image = pixmap(arrow, "fg2", px(16), dpr=self.devicePixelRatioF())
        painter.drawPixmap(QPointF(px(14), middle - px(8)), image)
        title = area.adjusted(px(38), 0, -px(16), 0)
        left = title.left() + draw_text(painter, title, self.text(), "subtitle", "fg") + px(12)
        if self.errors:
            words = self._error_words()
            room = QRectF(left, area.top(), min(pill_width(words), area.right() - left), area.height())
            left = paint_pill(painter, room, words, ERROR_LOOK).right() + px(12)
        if self.summary and not self.isChecked():
            room = QRectF(left, area.top(), area.right() - px(16) - left, area.height())
            if room.width() > 0:
                draw_text(painter, room, self.summary, "body", "fg2", align=Qt.AlignmentFlag.AlignRight)
        if self.hasFocus():
            draw_focus_ring(painter, area, px(7))

    def _error_words(self) -> str:
        return "1 error" if self.errors == 1 else f"{self.errors} errors"
