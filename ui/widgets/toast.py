"""Toasts: short words at the bottom right about something the person has just done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.later import later
from ui.theme import theme
from ui.widgets.announce import announce
from ui.widgets.banner import ICONS, Severity
from ui.widgets.buttons import Button, IconButton
from ui.widgets.labels import IconLabel, Label

__all__ = ["Toast", "Toasts"]

PLAIN_MS, UNDO_MS = 5_000, 8_000
MARGIN, GAP = 16, 8
LARGEST_WIDTH = 520
MOST_VISIBLE = 3


class Toast(QFrame):
    """One message; it goes by itself, but not while the pointer or the keyboard is on it."""

    action_triggered = Signal()
    closed = Signal()

    def __init__(
        self, text: str, severity: Severity = "ok", action: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("toast", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        icon, spoken = ICONS[severity]
        self.setAccessibleName(f"{spoken}: {text}")
        self._row = QHBoxLayout(self)
        self._row.addWidget(IconLabel(icon, severity, 20, filled=True, name_for_readers=spoken))
        self.text_label = Label(text, "body", "fg", wrap=True)
        self._row.addWidget(self.text_label, 1)
        self.action_button: Button | None = None
        if action:
            self.action_button = Button(action, "link", small=True)
            self.action_button.clicked.connect(self._on_action)
            self._row.addWidget(self.action_button)
        self.close_button = IconButton("dismiss", "Close message", size=16)
        self.close_button.clicked.connect(self.dismiss)
        self._row.addWidget(self.close_button)
        for child in (self.close_button, self.action_button):
            if child is not None:
                child.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                child.installEventFilter(self)
        self.life = later(self, UNDO_MS if action else PLAIN_MS, self.dismiss)
        self.life.start()
        self._retheme()
        theme().changed.connect(self._retheme)

    @property
    def text(self) -> str:
        """The words shown."""
        return self.text_label.text()

    def one_line_width(self) -> int:
        """How wide it would be with its words in one line, in px."""
        words = self.text_label.fontMetrics().horizontalAdvance(self.text)
        return self.sizeHint().width() - self.text_label.sizeHint().width() + words + theme().px(4)

    def dismiss(self) -> None:
        """Take the message away now."""
        self.life.stop()
        self.hide()
        self.closed.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.life.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._resume()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.life.stop()
        elif event.type() == QEvent.Type.FocusOut:
            self._resume()
        return super().eventFilter(watched, event)

    def _resume(self) -> None:
        if not self.isHidden() and not self.underMouse():
            self.life.start()

    def _on_action(self) -> None:
        self.action_triggered.emit()
        self.dismiss()

    def _retheme(self) -> None:
        px = theme().px
        self._row.setContentsMargins(px(12), px(8), px(6), px(8))
        self._row.setSpacing(px(10))
        self.setMinimumHeight(px(44))


class Toasts(QObject):
    """The toasts of one window, stacked at its bottom right, newest at the bottom; they never take the focus."""

    action_triggered = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._toasts: list[Toast] = []
        window.installEventFilter(self)
        theme().changed.connect(self._arrange)

    @property
    def visible(self) -> list[Toast]:
        """The messages that are there now, oldest first."""
        return list(self._toasts)

    def show_toast(self, text: str, severity: Severity = "ok", *, action: str = "", key: str = "") -> Toast:
        """Say something for 5 s, or 8 s with an ``action`` such as "Undo".

        When the action is chosen, ``action_triggered`` gives ``key``.
        """
        toast = Toast(text, severity, action, self._window)
        toast.setObjectName(key)
        toast.action_triggered.connect(self._on_action)
        toast.closed.connect(self._on_closed)
        toast.installEventFilter(self)
        self._toasts.append(toast)
        for old in self._toasts[:-MOST_VISIBLE]:
            old.dismiss()
        toast.show()
        self._arrange()
        toast.raise_()
        announce(self._window, toast.accessibleName(), assertive=severity == "err")
        return toast

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == (QEvent.Type.Resize if watched is self._window else QEvent.Type.LayoutRequest):
            self._arrange()
        return super().eventFilter(watched, event)

    def _on_action(self) -> None:
        self.action_triggered.emit(self.sender().objectName())

    def _on_closed(self) -> None:
        toast = self.sender()
        if isinstance(toast, Toast) and toast in self._toasts:
            self._toasts.remove(toast)
            toast.deleteLater()
        self._arrange()

    def _arrange(self) -> None:
        px = theme().px
        bottom = self._window.height() - px(MARGIN) - px(28)
        for toast in reversed(self._toasts):
            width = min(toast.one_line_width(), px(LARGEST_WIDTH), self._window.width() - 2 * px(MARGIN))
            height = max(toast.heightForWidth(width), toast.minimumHeight())
            toast.setGeometry(self._window.width() - px(MARGIN) - width, bottom - height, width, height)
            bottom -= height + px(GAP)
