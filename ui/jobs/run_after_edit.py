"""Which jobs must have ended before one runs, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from desktop.clock import Clock
from desktop.jobqueue.editing import set_run_after
from models.job_lists import JobRow, others_to_run_after
from models.job_queue import RunAfterRule
from ui.framework.context import PageContext
from ui.framework.form_dialog import FormDialog
from ui.jobs.entry_edit import EntryEdit
from ui.jobs.wording import status_text
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.combo import ChoiceBox
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label
from ui.widgets.search_box import SearchBox

HEIGHT = 260
RULES = (
    (RunAfterRule.FINISHED.value, "All of them have finished well"),
    (RunAfterRule.ENDED.value, "All of them have ended in any way"),
)
NOTHING = "It waits for no other job."


@dataclass(frozen=True, slots=True)
class _Read:
    job_id: str

    def __call__(self) -> list[JobRow]:
        return others_to_run_after(self.job_id)


@dataclass(frozen=True, slots=True)
class _Save:
    job_id: str
    after: tuple[str, ...]
    rule: RunAfterRule
    user_id: str
    clock: Clock

    def __call__(self) -> None:
        set_run_after(self.job_id, self.after, self.rule, user_id=self.user_id, clock=self.clock)


class RunAfterDialog(FormDialog):
    """All other entries, ticked where this one waits for them; a circle is refused in words.

    Args:
        chosen: the ids for which it waits now.
        rule: a value of `RunAfterRule`.
    """

    WIDTH = 520

    def __init__(
        self, parent: QWidget, context: PageContext, job_id: str, chosen: Sequence[str], rule: str
    ) -> None:
        super().__init__(parent, context, "Run after other jobs")
        self._job_id, self._chosen = job_id, frozenset(chosen)
        self.search = SearchBox("Search jobs", shortcut="")
        self.search.search_changed.connect(self._filter)
        self.jobs = QListWidget()
        self.jobs.setAccessibleName("Jobs to wait for")
        self.jobs.setMinimumHeight(theme().px(HEIGHT))
        self.rule = ChoiceBox(RULES, rule)
        self.save_button = self.arrange(
            "Save",
            self.save,
            self.search,
            self.jobs,
            FieldRow("It runs when", self.rule),
            text="Tick the jobs that must have ended before this one runs.",
            growing=self.jobs,
        )
        self.save_button.setEnabled(False)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        context.hub.query(self, _Read(job_id), self._on_read, self.on_refused)

    def ticked(self) -> list[str]:
        """The ids of the ticked entries, those for which it waited before among them."""
        items = [self.jobs.item(place) for place in range(self.jobs.count())]
        return [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        ]

    def save(self) -> None:
        """Write what is ticked."""
        self.begin()
        context = self.context
        rule = RunAfterRule(self.rule.stored)
        work = _Save(self._job_id, tuple(self.ticked()), rule, context.user_id, context.clock)
        context.hub.write(self, work, self._on_saved, self.on_refused)

    def _on_read(self, rows: list[JobRow]) -> None:
        for row in sorted(rows, key=self._is_not_chosen):
            item = QListWidgetItem(f"{row.description or row.codeunit}   ·   {status_text(row.status)}")
            item.setData(Qt.ItemDataRole.UserRole, row.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if row.id in self._chosen else Qt.CheckState.Unchecked)
            self.jobs.addItem(item)
        self.save_button.setEnabled(True)

    def _is_not_chosen(self, row: JobRow) -> bool:
        return row.id not in self._chosen

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for place in range(self.jobs.count()):
            item = self.jobs.item(place)
            item.setHidden(not all(word in item.text().casefold() for word in words))

    def _on_saved(self, _nothing: None) -> None:
        self.accept()


class RunAfterEdit(EntryEdit):
    """The names of the entries that one waits for, and a button to choose others."""

    def __init__(self, context: PageContext, job_id: str, parent: QWidget | None = None) -> None:
        super().__init__(context, job_id, parent)
        self._after: tuple[tuple[str, str], ...] = ()
        self._rule = RunAfterRule.FINISHED.value
        self.names = Label(NOTHING, wrap=True)
        self.button = Button("Choose jobs…", "default", "link")
        self.button.clicked.connect(self.choose)
        self.dialog: RunAfterDialog | None = None
        self._column.addWidget(self.names)
        self._column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_value(self, after: tuple[tuple[str, str], ...], rule: str, *, editable: bool) -> None:
        """Show for which entries it waits, ids and descriptions, and by which rule."""
        self._after, self._rule = after, rule
        self.button.setEnabled(editable)
        self.names.setText(self.text())

    def text(self) -> str:
        """For what it waits, in a sentence."""
        if not self._after:
            return NOTHING
        names = ", ".join(f"“{name}”" for _job_id, name in self._after)
        how = "have ended in any way" if self._rule == RunAfterRule.ENDED else "have finished well"
        return f"It runs when these {how}: {names}."

    def summary(self) -> str:
        """A few words for the folded section."""
        number = len(self._after)
        return "" if not number else self._after[0][1] if number == 1 else f"{number} jobs"

    def choose(self) -> None:
        """Open the dialog."""
        ids = [job_id for job_id, _name in self._after]
        self.dialog = RunAfterDialog(self, self._context, self._job_id, ids, self._rule)
        self.dialog.accepted.connect(self.saved)
        self.dialog.open()
