"""Who runs, waits and is planned in the category that is chosen: a box beside the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.clock import Clock
from desktop.formats import when_text
from desktop.tasks.task import TaskError
from models.job_categories import SHOWN_JOBS, CategoryJob, CategoryRow, category_jobs
from ui.framework.context import PageContext
from ui.widgets.fact_box import FactBox, FactRow

TITLE: Final = "Runs and waits"


@dataclass(frozen=True, slots=True)
class _Read:
    code: str
    clock: Clock

    def __call__(self) -> tuple[str, list[CategoryJob]]:
        return self.code, category_jobs(self.code, self.clock.now())


class CategoryJobs(QWidget):
    """See the module's docstring.

    Signals:
        opened: the id of the job queue entry whose line was pressed.
    """

    opened = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self._context = context
        self._row: CategoryRow | None = None
        self.box = FactBox(TITLE)
        self.box.row_activated.connect(self.opened)
        self.box.retry_requested.connect(self._read)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)
        self.show_category(None)

    def show_category(self, row: CategoryRow | None) -> None:
        """Be about another category, or about new values of this one; None for none."""
        if row is not None and row == self._row:
            return
        known, self._row = self._row, row
        self.box.set_title(row.code if row is not None else TITLE)
        if row is None:
            self._context.hub.cancel_key(self, "jobs")
            self.box.set_rows(())
            self.box.set_foot("Choose a category to see its jobs.")
            return
        if known is None or known.code != row.code:
            self.box.set_loading()
        self._read()

    def close_box(self) -> None:
        """The page is closed."""
        self._context.hub.forget(self)

    def _read(self) -> None:
        if self._row is not None:
            work = _Read(self._row.code, self._context.clock)
            self._context.hub.query(self, work, self._on_read, self._on_error, key="jobs")

    def _on_read(self, found: tuple[str, list[CategoryJob]]) -> None:
        code, jobs = found
        row = self._row
        if row is None or row.code != code:
            return
        self.box.set_rows(_facts(jobs, self._context.clock.now()))
        more = row.running + row.waiting + row.planned - len(jobs)
        if not jobs:
            self.box.set_foot("Nothing runs, waits or is planned here.")
        elif more > 0 and len(jobs) == SHOWN_JOBS:
            self.box.set_foot(f"and {more:,} more")
        else:
            self.box.set_foot("")

    def _on_error(self, error: TaskError) -> None:
        self.box.set_error(error.text, keep_rows=True)


def _facts(jobs: Sequence[CategoryJob], now: datetime) -> list[FactRow]:
    """A line for each job: what runs, its place in the line, or when it is planned."""
    rows, place = [], 0
    for job in jobs:
        if job.running:
            said = "Running"
        elif job.due:
            place += 1
            said = "Next" if place == 1 else f"Waits, no. {place}"
        else:
            said = when_text(job.not_before, now)
        rows.append(FactRow(job.name, said, job.job_id))
    return rows
