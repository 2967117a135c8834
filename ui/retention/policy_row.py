"""One retention policy: whether it is on, how many days, and what it would delete now."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.formats import count_text
from desktop.jobqueue.retention import PolicyState
from models.errors import FieldError
from models.retention import FEWEST_DAYS, MOST_DAYS, Kind
from ui.jobs.typed import typed_count
from ui.theme import theme
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label

DAYS_WIDTH, NOW_WIDTH = 120, 150


class PolicyRow(QWidget):
    """See the module's docstring.

    Args:
        last: no line divides it from a next one.

    Signals:
        entered: the kind's name, whether it is on, and the days; only what makes sense.
    """

    entered = Signal(str, bool, int)

    def __init__(self, kind: Kind, *, last: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last = last
        self.kind = kind
        self._stored: tuple[bool, int] | None = None
        self.setProperty("plain", True)
        self.switch = QCheckBox(kind.caption)
        self.switch.setToolTip("Delete what is older")
        self.switch.toggled.connect(self._on_switched)
        self.explanation = Label(kind.explanation, "caption", "fg2", wrap=True)
        self.days = QLineEdit()
        self.days.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.days.setAccessibleName(f"Days for which {kind.caption} are kept")
        self.days.editingFinished.connect(self._enter)
        self.field = FieldRow("Days kept", self.days, above=True)
        self.now = Label("", "caption", "fg2", tabular=True, wrap=True)
        self.now.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._words = QVBoxLayout()
        self._words.addWidget(self.switch)
        self._words.addWidget(self.explanation)
        self._words.addStretch(1)
        self._line = QHBoxLayout(self)
        self._line.addLayout(self._words, 1)
        self._line.addWidget(self.field, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addWidget(self.now, 0, Qt.AlignmentFlag.AlignTop)
        theme().changed.connect(self._rescale)
        self._rescale()

    def show_state(self, state: PolicyState) -> None:
        """Show what holds, unless the person is just typing another number."""
        policy = state.policy
        self._stored = (policy.enabled, policy.keep_days)
        with QSignalBlocker(self.switch):
            self.switch.setChecked(policy.enabled)
        if not self.days.isModified():
            self.days.setText(str(policy.keep_days))
            self.field.clear_error()
        self.days.setEnabled(policy.enabled)
        number = state.would_delete
        if not policy.enabled:
            text = "Everything is kept."
        elif number:
            text = f"{count_text(number)} would go now."
        else:
            text = "Nothing is older."
        self.now.setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._last:
            return
        painter = QPainter(self)
        painter.setPen(theme().colour("border"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    # ---- how it works

    def _on_switched(self, _on: bool) -> None:
        self._enter(switched=True)

    def _enter(self, *, switched: bool = False) -> None:
        if self._stored is None:
            return
        try:
            number = typed_count(self.days.text().replace(",", ""))
            if not FEWEST_DAYS <= number <= MOST_DAYS:
                raise FieldError(
                    f"It is at least {FEWEST_DAYS} and at most {count_text(MOST_DAYS)} days.",
                    "",
                    "OutOfRange",
                )
        except FieldError as error:
            if not switched:
                self.field.set_error(str(error))
                return
            number = self._stored[1]
        self.days.setModified(False)
        self.field.clear_error()
        wanted = (self.switch.isChecked(), number)
        if wanted != self._stored:
            self.entered.emit(self.kind.name, *wanted)

    def _rescale(self) -> None:
        px = theme().px
        self.switch.setFont(theme().font("body_strong"))
        self._words.setSpacing(px(2))
        self._words.setContentsMargins(0, 0, 0, 0)
        self.explanation.setContentsMargins(px(30), 0, 0, 0)
        self._line.setSpacing(px(16))
        self._line.setContentsMargins(px(16), px(10), px(16), px(10))
        self.field.setFixedWidth(px(DAYS_WIDTH))
        self.now.setFixedWidth(px(NOW_WIDTH))
        self.now.setContentsMargins(0, px(4), 0, 0)
