"""The headline of a Role Centre: one sentence, worked out in the background."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.tasks.task import TaskError
from models.changes import Change
from ui.framework.context import PageContext
from ui.framework.part import Part, PartTask, Results
from ui.widgets.labels import Label


class HeadlinePart(Part):
    """Shows the results `text` and `emphasis`, the part of the text to stress, of a codeunit.

    It has no sign of work and no Retry: a page without its headline is complete, and the next one comes by itself.

    Args:
        codeunit: works the sentence out.
        tables: it is worked out anew when records of these tables change.
    """

    def __init__(
        self,
        context: PageContext,
        codeunit: str,
        tables: frozenset[str] = frozenset(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self._codeunit, self._tables = codeunit, tables
        self.label = Label("", tone="fg2", rich=True)
        self.body.addWidget(self.label)

    def part_tasks(self) -> Sequence[PartTask]:
        return (PartTask(self._codeunit),)

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        if {change.table for change in changes} & (self._tables | {EVERYTHING}):
            self.follow_changes()

    def show_loading(self) -> None:
        """The sentence of before stays."""

    def show_results(self, results: Results, computed_at: datetime) -> None:
        said = results[self._codeunit]
        text, stress = said["text"], said["emphasis"]
        self.label.setText(
            escape(text).replace(escape(stress), f"<b>{escape(stress)}</b>") if stress else escape(text)
        )
        self.label.setToolTip("")

    def show_error(self, error: TaskError) -> None:
        self.label.setToolTip(error.text)
