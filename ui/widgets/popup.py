"""Panels that open under a button: the jobs chip, the bell, the answers of Tell Me."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.labels import Label

__all__ = ["Popup"]

GAP = 4
MARGIN = 8


class Popup(QFrame):
    """A panel inside the window, under its anchor; Esc or a click outside closes it.

    It is part of the window and no window of its own, so a field above it keeps the keyboard
    (``takes_focus=False``). Fill ``body``; ``closed`` tells that it has gone. ``floats`` lets it reach out of a small
    window such as a dialog; it never takes the keyboard then.
    """

    closed = Signal()

    def __init__(
        self,
        window: QWidget,
        title: str = "",
        *,
        width: int = 380,
        takes_focus: bool = True,
        floats: bool = False,
    ) -> None:
        super().__init__(window)
        self._window, self._floats = window, floats
        if floats:
            self.setWindowFlags(Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
            takes_focus = False
        self._width = width
        self._takes_focus = takes_focus
        self._anchor: QWidget | None = None
        self._align_right = True
        self._focus_before: QWidget | None = None
        self.setProperty("popup", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title or "Popup")
        self.body = QVBoxLayout(self)
        self.title_label = Label(title, "subtitle")
        self.body.addWidget(self.title_label)
        self.title_label.setVisible(bool(title))
        self.hide()
        self._retheme()
        theme().changed.connect(self._retheme)

    @property
    def is_open(self) -> bool:
        """True while the panel is shown."""
        return not self.isHidden()

    def open_under(self, anchor: QWidget, *, align_right: bool = True) -> None:
        """Show the panel under ``anchor``, its right (or left) edge on the anchor's."""
        self._anchor, self._align_right = anchor, align_right
        if not self.is_open:
            self._focus_before = QApplication.focusWidget()
            _application().installEventFilter(self)
        self.show()
        self.place()
        self.raise_()
        if self._takes_focus:
            self._first_focusable().setFocus(Qt.FocusReason.PopupFocusReason)

    def toggle_under(self, anchor: QWidget, *, align_right: bool = True) -> None:
        """Open the panel, or close it when it is open."""
        if self.is_open:
            self.close_popup()
        else:
            self.open_under(anchor, align_right=align_right)

    def close_popup(self) -> None:
        """Hide the panel and give the keyboard back to where it was."""
        if not self.is_open:
            return
        _application().removeEventFilter(self)
        focused = QApplication.focusWidget()
        had_focus = focused is not None and (focused is self or self.isAncestorOf(focused))
        if had_focus and self._focus_before is not None:
            self._focus_before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()  # not before: what hides with the keyboard in it gives it to the next stop of Tab on the way
        self._focus_before = None
        self.closed.emit()

    def place(self) -> None:
        """Fit the panel to its content and put it under its anchor, inside the window."""
        if self._anchor is None:
            return
        self.body.activate()
        room = self._window.screen().availableGeometry() if self._floats else self._window.rect()
        under = QPoint(0, self._anchor.height())
        corner = self._anchor.mapToGlobal(under) if self._floats else self._anchor.mapTo(self._window, under)
        wanted = max(theme().px(self._width), self.minimumSizeHint().width())
        width = min(wanted, room.width() - 2 * MARGIN)
        top = corner.y() + theme().px(GAP)
        height = (
            self.body.totalHeightForWidth(width)
            if self.body.hasHeightForWidth()
            else self.sizeHint().height()
        )
        height = min(height, room.bottom() + 1 - top - MARGIN)
        left = corner.x() + self._anchor.width() - width if self._align_right else corner.x()
        left = max(room.left() + MARGIN, min(left, room.right() + 1 - width - MARGIN))
        self.setGeometry(QRect(left, top, width, height))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self.is_open:
            self.place()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            if isinstance(watched, QWidget) and self._is_outside(watched, event):
                self.close_popup()
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:  # it closes this, not the page behind it
                event.accept()
                return True
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and watched is not self._window.window().windowHandle():
                self.close_popup()
                return True
        elif kind in (QEvent.Type.Resize, QEvent.Type.Move) and watched is self._window:
            self.place()
        return super().eventFilter(watched, event)

    def _first_focusable(self) -> QWidget:
        for child in self.findChildren(QWidget):
            if (
                child.focusPolicy() & Qt.FocusPolicy.TabFocus
                and child.isVisibleTo(self)
                and child.isEnabled()
            ):
                return child
        return self

    def _is_outside(self, watched: QWidget, event: QMouseEvent) -> bool:
        if watched.window() is not self._window.window():
            return False
        point = event.globalPosition().toPoint()
        on_panel = self.rect().contains(self.mapFromGlobal(point))
        anchor = self._anchor
        on_anchor = anchor is not None and anchor.rect().contains(anchor.mapFromGlobal(point))
        return not (on_panel or on_anchor)

    def _retheme(self) -> None:
        px = theme().px
        self.body.setContentsMargins(px(12), px(12), px(12), px(12))
        self.body.setSpacing(px(8))
        if self.is_open:
            self.place()


def _application() -> QCoreApplication:
    app = QCoreApplication.instance()
    if app is None:
        raise RuntimeError("A popup needs a running application.")
    return app
