"""Texts in the roles of the look: caption, body, subtitle, title, display."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from ui.icons import pixmap
from ui.theme import theme

__all__ = ["ElidedLabel", "IconLabel", "Label", "set_style_property"]

UNKNOWN = -1  # a width that has not been measured


def set_style_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and have the widget drawn anew if it has changed.

    A property that was never set is as good as False or "", and a widget that was never shown gets its look later.
    """
    if (widget.property(name) or "") == (value or ""):
        return
    widget.setProperty(name, value)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


class Label(QLabel):
    """A text whose font follows the theme and the scale; plain text unless ``rich`` is asked for."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        tone: str = "",
        *,
        tabular: bool = False,
        wrap: bool = False,
        rich: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._role = role
        self._tabular = tabular
        self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setProperty("tone", tone)
        self.setText(text)
        self._retheme()
        theme().changed.connect(self._retheme)

    def set_tone(self, tone: str) -> None:
        """Give the text another colour: "" (normal), fg2, fg3, accent, info, ok, warn, err, disabled."""
        set_style_property(self, "tone", tone)

    def _retheme(self) -> None:
        self.setFont(theme().font(self._role, self._tabular))


class ElidedLabel(Label):
    """One line of text that ends in "…" when the place is too narrow; the tooltip then has it all."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        tone: str = "",
        *,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self._text_width = UNKNOWN
        super().__init__(text, role, tone, tabular=tabular, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self._text_width = UNKNOWN
        if self.isVisible():  # else its size comes later
            self._explain()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def shown_text(self) -> str:
        """Return the text as it fits now."""
        return self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._explain()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        role = self.foregroundRole()
        place: QRect = self.contentsRect()
        flags = int(self.alignment()) | int(Qt.TextFlag.TextSingleLine)
        self.style().drawItemText(
            painter,
            place,
            flags,
            option.palette,
            bool(option.state & QStyle.StateFlag.State_Enabled),
            self.shown_text(),
            role,
        )

    def _retheme(self) -> None:
        super()._retheme()
        self._text_width = UNKNOWN

    def _explain(self) -> None:
        if self._text_width == UNKNOWN:
            self._text_width = self.fontMetrics().horizontalAdvance(self.text())
        wanted = "" if self._text_width <= self.contentsRect().width() else self.text()
        if wanted != self.toolTip():
            self.setToolTip(wanted)


class IconLabel(QLabel):
    """A drawing that follows the theme and the scale; give it a name where it says more than its text."""

    def __init__(
        self,
        name: str,
        token: str = "fg3",
        size: int = 16,
        filled: bool = False,
        *,
        name_for_readers: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._drawing = (name, token, size, filled)
        self.setAccessibleName(name_for_readers)
        self._retheme()
        theme().changed.connect(self._retheme)

    def set_icon(self, name: str, token: str = "fg3", filled: bool = False) -> None:
        """Show another drawing of the same size."""
        self._drawing = (name, token, self._drawing[2], filled)
        self._retheme()

    def _retheme(self) -> None:
        name, token, size, filled = self._drawing
        side = theme().px(size)
        self.setPixmap(pixmap(name, token, side, filled, self.devicePixelRatioF()))
        self.setFixedSize(side, side)
