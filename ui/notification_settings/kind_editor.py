"""One kind of notification: whether one is told of it, by which ways, and from how many on."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QSpinBox, QWidget

from desktop.notifications.kinds import KINDS, NotificationKind
from desktop.notifications.preferences import MOST_THRESHOLD, Preference
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.labels import Label

WAYS = {
    "enabled": "Tell me",
    "banner": "In the window",
    "operating_system": "By the system",
    "email": "By e-mail",
}


class _Threshold(QSpinBox):
    """Turns with the wheel only while it has the focus, so that who scrolls the page changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class KindEditor(Card):
    """A card with the choices of one kind.

    Signals:
        chosen: the kind, and what a person has changed by name.
        reset_requested: the kind whose own choice is to be forgotten.
    """

    chosen = Signal(object, object)
    reset_requested = Signal(object)

    def __init__(self, kind: NotificationKind, parent: QWidget | None = None) -> None:
        super().__init__(kind.value, parent=parent)
        self.kind = kind
        self.checks = {name: QCheckBox(words) for name, words in WAYS.items()}
        self.threshold = _Threshold()
        self.threshold.setRange(1, MOST_THRESHOLD)
        self.threshold.setKeyboardTracking(False)
        self.threshold.setSpecialValueText("At once")
        self.threshold.setPrefix("From ")
        self.threshold.setSuffix(" unread on")
        self.threshold.setAccessibleName(f"{kind.value}: from how many unread ones on")
        self.threshold.setToolTip("Until there are so many that you have not read, only the bell has them.")
        self.reset = Button("Back to usual", "link", small=True)
        self._arrange()
        for name, check in self.checks.items():
            check.setAccessibleName(f"{kind.value}: {check.text()}")
            check.clicked.connect(self._on_check)
            check.setObjectName(name)
        self.threshold.valueChanged.connect(self._on_threshold)
        self.reset.clicked.connect(self._on_reset)
        self._showing = False

    def show_preference(self, preference: Preference, *, editable: bool) -> None:
        """Show how it is now."""
        self._showing = True
        for name, check in self.checks.items():
            check.setChecked(getattr(preference, name))
            check.setEnabled(editable and (name == "enabled" or preference.enabled))
        self.checks["email"].setVisible(KINDS[self.kind].can_email)
        self.threshold.setValue(preference.threshold)
        self.threshold.setEnabled(editable and preference.enabled)
        self.reset.setVisible(editable and preference.is_own)
        self._showing = False

    def _arrange(self) -> None:
        self.body.addWidget(Label(KINDS[self.kind].description, "body", "fg2", wrap=True))
        self._line = QHBoxLayout()
        for check in self.checks.values():
            self._line.addWidget(check)
        self._line.addWidget(self.threshold)
        self._line.addStretch(1)
        self._line.addWidget(self.reset)
        self.body.addLayout(self._line)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _rescale(self) -> None:
        self._line.setSpacing(theme().px(16))
        for widget in (*self.checks.values(), self.threshold):
            widget.setFont(theme().font("body"))
        self.threshold.setMinimumWidth(theme().px(190))
        for inner in self.threshold.findChildren(QLineEdit):
            # The style sheet's padding does not reach the line edit inside a spin box.
            inner.setTextMargins(theme().px(6), 0, 0, 0)

    def _on_check(self, checked: bool) -> None:
        sender = self.sender()
        if sender is not None:
            self._tell({sender.objectName(): checked})

    def _on_threshold(self, number: int) -> None:
        if not self._showing:
            self._tell({"threshold": number})

    def _tell(self, values: dict[str, Any]) -> None:
        self.chosen.emit(self.kind, values)

    def _on_reset(self) -> None:
        self.reset_requested.emit(self.kind)
