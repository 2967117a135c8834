"""Whether an import adds up: one quiet line when it does, and a loud one when it does not."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.formats import amount_text
from desktop.imports.afterwards.reconciliation import Reconciliation
from models.import_run_lists import RunCard
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import IconLabel, Label

__all__ = ["ReconciliationStrip"]


class ReconciliationStrip(QWidget):
    """The answer of `reconcile`, and the control total where one is compared.

    Signals:
        count_requested: a person wants everything to be counted once more.
    """

    count_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self._ok = IconLabel("checkmark_circle", "ok", 16, filled=True, name_for_readers="It adds up")
        self._wrong = IconLabel("error_circle", "err", 16, filled=True, name_for_readers="It does not add up")
        self.words = Label("", "body", "fg2", wrap=True, tabular=True)
        self.total = Label("", "caption", "fg2", wrap=True, tabular=True)
        self.count_button = Button("Count again", "link", small=True)
        self.count_button.clicked.connect(self.count_requested)
        self._row = QHBoxLayout()
        for sign in (self._ok, self._wrong):
            self._row.addWidget(sign)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.count_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._row)
        column.addWidget(self.total)
        self._column = column
        theme().changed.connect(self._retheme)
        self._retheme()
        self.show_counting()

    def show_counting(self) -> None:
        """The answer is on its way."""
        self._say("Counting the rows once more…", ok=False, wrong=False)

    def show_uncounted(self) -> None:
        """There is too much to count it unasked: say what the counts of the run say."""
        self._say("The counts add up; Count again looks at every row once more.", ok=False, wrong=False)
        self.count_button.show()

    def show_job(self) -> None:
        """It takes long, so a job does it."""
        self._say("The rows are being counted by a job; its log entry has the answer.", ok=False, wrong=False)

    def show_card(self, card: RunCard, caption: str) -> None:
        """Show the control total while its records are there; `caption` is that of its field."""
        if card.control_file is None or card.row.reversed:
            self.total.hide()
            return
        parts = [f"{amount_text(card.control_file)} in the file"]
        if card.control_staged is not None:
            parts.append(f"{amount_text(card.control_staged)} in the rows that became records")
        if card.control_target is not None:
            parts.append(f"{amount_text(card.control_target)} in these records")
        self.total.setText(f"Control total of {caption}: {', '.join(parts)}")
        self.total.show()

    def show_found(self, found: Reconciliation) -> None:
        """Show the answer."""
        self._say(found.text, ok=not found.differs, wrong=found.differs)
        self.words.setToolTip(
            "\n".join(f"{check.what}: {check.expected}, counted {check.counted}" for check in found.checks)
        )

    def _say(self, text: str, *, ok: bool, wrong: bool) -> None:
        self._ok.setVisible(ok)
        self._wrong.setVisible(wrong)
        self.words.setText(f"This import does not add up. {text}" if wrong else text)
        self.words.set_tone("err" if wrong else "fg2")
        self.words.setToolTip("")
        self.count_button.setVisible(ok or wrong)

    def _retheme(self) -> None:
        self._row.setSpacing(theme().px(8))
        self._column.setSpacing(theme().px(2))
