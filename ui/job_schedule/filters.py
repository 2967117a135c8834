"""By which category and which job queue entry a schedule is narrowed."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from models.job_calendar import CalendarJob, calendar_categories, calendar_jobs
from ui.theme import theme

ALL_CATEGORIES: Final = "All categories"
ALL_JOBS: Final = "All jobs"
CATEGORY_WIDTH, JOB_WIDTH = 150, 220


class Choices(NamedTuple):
    """What can be chosen."""

    categories: list[str]
    jobs: list[CalendarJob]


def read_choices() -> Choices:
    """What can be chosen now."""
    return Choices(calendar_categories(), calendar_jobs())


class ScheduleFilters(QWidget):
    """Two drop-downs.

    Signals:
        changed: something else was chosen by the person.

    Args:
        category, job_id: what is chosen at first; empty for all.
    """

    changed = Signal()

    def __init__(self, category: str = "", job_id: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self.category, self.job_id = category, job_id
        self._choices = Choices([], [])
        self.categories, self.jobs = QComboBox(), QComboBox()
        self.categories.setAccessibleName("Category")
        self.jobs.setAccessibleName("Job")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.categories)
        self._row.addWidget(self.jobs)
        self.show_choices(Choices([category] if category else [], []))
        self.categories.activated.connect(self._on_category)
        self.jobs.activated.connect(self._on_job)
        theme().changed.connect(self._rescale)
        self._rescale()

    def show_choices(self, choices: Choices) -> None:
        """Offer these; what is chosen stays."""
        if choices == self._choices and self.jobs.count():
            return
        self._choices = choices
        with QSignalBlocker(self.categories):
            self.categories.clear()
            self.categories.addItem(ALL_CATEGORIES, "")
            for code in choices.categories:
                self.categories.addItem(code, code)
            self.categories.setCurrentIndex(max(0, self.categories.findData(self.category)))
        self._offer_jobs()

    def choose_job(self, job_id: str) -> None:
        """Narrow to one job, or to none with ""."""
        self.job_id = job_id
        self._offer_jobs()
        self.changed.emit()

    def job_name(self) -> str:
        """The name of the job that is chosen; empty for all."""
        return next((job.description for job in self._choices.jobs if job.id == self.job_id), "")

    def _offer_jobs(self) -> None:
        with QSignalBlocker(self.jobs):
            self.jobs.clear()
            self.jobs.addItem(ALL_JOBS, "")
            for job in self._choices.jobs:
                if job.id == self.job_id or self.category in ("", job.category):
                    self.jobs.addItem(job.description, job.id)
            self.jobs.setCurrentIndex(max(0, self.jobs.findData(self.job_id)))

    def _on_category(self) -> None:
        self.category = str(self.categories.currentData())
        own = {job.id for job in self._choices.jobs if self.category in ("", job.category)}
        if self.job_id not in own:
            self.job_id = ""
        self._offer_jobs()
        self.changed.emit()

    def _on_job(self) -> None:
        self.job_id = str(self.jobs.currentData())
        self.changed.emit()

    def _rescale(self) -> None:
        px = theme().px
        self._row.setSpacing(px(8))
        self.categories.setFixedWidth(px(CATEGORY_WIDTH))
        self.jobs.setFixedWidth(px(JOB_WIDTH))
