"""The line at the bottom: which company file, which worker is there, whether a trial is on, the work date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.scheduler.workers import OnlineWorker
from ui.sessions.trial_sign import TrialSign
from ui.shell.worker_words import workers_text, workers_tooltip
from ui.theme import theme
from ui.widgets.labels import IconLabel, Label


class StatusLine(QWidget):
    """See the module's docstring."""

    def __init__(self, company_file: str, work_date: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._file = company_file
        self._saved = Label("", "caption", "fg3")
        self._worker_icon = IconLabel("clock", "fg3", 14)
        self._worker = Label("Worker starting…", "caption", "fg3")
        self.trial = TrialSign()
        px = theme().px
        row = QHBoxLayout(self)
        row.setContentsMargins(px(24), 0, px(24), 0)
        row.setSpacing(px(6))
        row.addWidget(IconLabel("database", "fg3", 14))
        row.addWidget(self._saved)
        row.addSpacing(px(12))
        row.addWidget(self._worker_icon)
        row.addWidget(self._worker)
        row.addSpacing(px(12))
        row.addWidget(self.trial)
        row.addStretch(1)
        row.addWidget(Label(f"Work date {work_date:%d %b %Y}".replace(" 0", " "), "caption", "fg3"))
        self.show_saving(0)

    def show_saving(self, writes: int) -> None:
        """Say whether everything that was typed is in the company file."""
        self._saved.setText(f"{self._file} · {'saving…' if writes else 'saved'}")

    def saved_text(self) -> str:
        """What the line says about saving."""
        return self._saved.text()

    def show_workers(self, workers: Sequence[OnlineWorker]) -> None:
        """Say who works: this window, another one or a service, and how many of their slots are busy."""
        if workers:
            self._worker_icon.set_icon("checkmark_circle", "ok")
        else:
            self._worker_icon.set_icon("warning", "warn", filled=True)
        self._worker.setText(workers_text(workers))
        self._worker.setToolTip(workers_tooltip(workers))
        self._worker_icon.setToolTip(workers_tooltip(workers))

    def worker_text(self) -> str:
        """What the line says about workers."""
        return self._worker.text()
