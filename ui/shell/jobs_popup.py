"""What opens from the jobs chip: the running jobs with their bars and Stop."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from models.job_queue import EntryStatus
from models.job_rows import RunningJob
from ui.widgets.buttons import Button, IconButton
from ui.widgets.labels import ElidedLabel, Label
from ui.widgets.popup import Popup
from ui.widgets.progress import ProgressLine


class _JobRow(QWidget):
    """One running job."""

    def __init__(self, job: RunningJob) -> None:
        super().__init__()
        self.job_id = job.id
        self.name = ElidedLabel(job.description, "body_strong")
        self.progress = ProgressLine()
        self.stop = IconButton("dismiss_circle", f"Stop {job.description}")
        self.stop.setObjectName(job.id)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.name)
        texts.addWidget(self.progress)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.addLayout(texts, 1)
        row.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignVCenter)
        self.show_job(job)

    def show_job(self, job: RunningJob) -> None:
        """Show how far it is now."""
        if job.status == EntryStatus.CANCELLING:
            self.progress.set_waiting("Stopping…")
            self.stop.setEnabled(False)
        elif job.total or job.done:
            self.progress.set_progress(job.done, job.total or None)
        else:
            self.progress.set_counting(job.text or "Starting…")


class JobsPopup(Popup):
    """See the module's docstring."""

    stop_requested = Signal(str)
    open_requested = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "Running jobs", width=420)
        self._rows: dict[str, _JobRow] = {}
        self._nothing = Label(
            "No job is running. What you start in the background appears here.", tone="fg2", wrap=True
        )
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self._all = Button("Open Job Queue Entries", "link")
        self._all.clicked.connect(self._on_open)
        self.body.addWidget(self._nothing)
        self.body.addLayout(self._list)
        self.body.addWidget(self._all, 0, Qt.AlignmentFlag.AlignLeft)

    def show_jobs(self, jobs: Sequence[RunningJob]) -> None:
        """Show these jobs; rows that stay keep their place, so that nothing moves under the pointer."""
        wanted = {job.id for job in jobs}
        for job_id in [job_id for job_id in self._rows if job_id not in wanted]:
            row = self._rows.pop(job_id)
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        for job in jobs:
            if job.id in self._rows:
                self._rows[job.id].show_job(job)
                continue
            row = _JobRow(job)
            row.stop.clicked.connect(self._on_stop)
            self._rows[job.id] = row
            self._list.addWidget(row)
        self._nothing.setVisible(not jobs)
        if self.is_open:
            self.place()

    def _on_stop(self) -> None:
        sender = self.sender()
        if isinstance(sender, IconButton):
            sender.setEnabled(False)
            self.stop_requested.emit(sender.objectName())

    def _on_open(self) -> None:
        self.close_popup()
        self.open_requested.emit()
