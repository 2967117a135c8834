"""The run that the page is about: a chooser, how it stands, counts that add up, and its progress."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.clock import Clock
from desktop.formats import amount_text, when_text
from models.import_rows import ImportRunRow
from models.job_queue import EntryStatus
from ui.import_dialog.counts import CountChips
from ui.theme import theme
from ui.widgets.labels import ElidedLabel
from ui.widgets.pill import StatusPill
from ui.widgets.progress import ProgressLine

__all__ = ["RunBar"]

LONGEST_NAME = 32  # characters of a file's name that the chooser has room for


def _shortened(name: str) -> str:
    """The name of a file with its middle left out, because its end tells it from others of its kind."""
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"


def _note(run: ImportRunRow) -> tuple[str, str]:
    """What has to be said besides the counts, and its tone."""
    if run.job_status == EntryStatus.ERROR:
        return f"The last job failed: {run.job_error}", "err"
    if run.control_file is None or run.reversed:
        return "", "fg2"
    parts = [f"{amount_text(run.control_file)} in the file"]
    if run.control_target is not None:
        parts.append(f"{amount_text(run.control_target)} in the records")
    differs = not run.processing and run.control_staged != run.control_target
    text = f"Control total: {', '.join(parts)}"
    if differs and run.control_staged is not None:
        expected = amount_text(run.control_staged)
        return f"{text}. It does not add up: the rows that became records say {expected}.", "err"
    return text, "fg2"


class RunBar(QWidget):
    """`run_chosen` gives the id of the run that the person wants to see."""

    run_chosen = Signal(int)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._run: ImportRunRow | None = None
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Import run")
        self.chooser.setToolTip("Choose another import")
        self.chooser.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.chooser.activated.connect(self._on_activated)
        self.pill = StatusPill()
        self.counts = CountChips()
        self.line = ProgressLine()
        self.note = ElidedLabel("", "caption", "fg2")
        self._row = QHBoxLayout()
        self._row.addWidget(self.chooser)
        self._row.addWidget(self.pill)
        self._row.addWidget(self.counts, 1)
        self._row.addStretch(0)
        self._below = False  # the counts stand in a line of their own
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._column.addWidget(self.line)
        self._column.addWidget(self.note)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        theme().changed.connect(self._retheme)
        self._retheme()
        self.line.hide()
        self.note.hide()

    def show_runs(self, runs: Sequence[ImportRunRow], run: ImportRunRow | None) -> None:
        """Offer the newest runs, and show the chosen one."""
        offered = list(runs)
        if run is not None and all(each.id != run.id for each in offered):
            offered.append(run)
        if not self.chooser.view().isVisible():
            self.chooser.clear()
            for each in offered:
                when = when_text(each.created_at, self._clock.now())
                who = f" by {each.user_id}" if each.user_id else ""
                self.chooser.addItem(f"{_shortened(each.file_name)}  ·  {when}", each.id)
                place = self.chooser.count() - 1
                said = f"{each.file_name}, read {when[0].lower()}{when[1:]}{who} as {each.integration_code}"
                self.chooser.setItemData(place, said, Qt.ItemDataRole.ToolTipRole)
            if run is not None:
                self.chooser.setCurrentIndex(self.chooser.findData(run.id))
        self.show_run(run)

    def show_run(self, run: ImportRunRow | None) -> None:
        """Show how a run stands."""
        same = run is not None and self._run is not None and self._run.id == run.id
        self._run = run
        self.setVisible(run is not None)
        self.counts.set_run(run)
        if run is None:
            return
        waits = run.job_waits and not run.processing
        self.pill.set_status("Waiting" if waits and run.job_status == EntryStatus.READY else run.status)
        under_way = run.processing or run.job_under_way
        self.line.setVisible(under_way)
        if under_way:
            if not same:
                self.line.reset()
            self.set_progress(run.done, run.rows)
        text, tone = _note(run)
        self.note.setText(text)
        self.note.set_tone(tone)
        self.note.setVisible(bool(text))
        self._place_counts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_counts()

    def set_progress(self, done: int, total: int) -> None:
        """The job has come further."""
        run = self._run
        if run is None:
            return
        if run.job_status == EntryStatus.CANCELLING:
            self.line.set_waiting("Stopping… what is written already stays.")
        elif run.job_waits and not run.processing:
            self.line.set_counting("Waiting for a worker…")
        else:
            self.line.set_progress(done, total, "records")

    def _place_counts(self) -> None:
        """Give the counts a line of their own where they would be cut beside the chooser."""
        beside = self.chooser.minimumWidth() + self.pill.sizeHint().width() + 2 * self._row.spacing()
        below = beside + self.counts.sizeHint().width() > self.width()
        if below == self._below:
            return
        self._below = below
        if below:
            self._row.removeWidget(self.counts)
            self._column.insertWidget(1, self.counts)
        else:
            self._column.removeWidget(self.counts)
            self._row.insertWidget(2, self.counts, 1)

    def _on_activated(self, index: int) -> None:
        self.run_chosen.emit(int(self.chooser.itemData(index)))

    def _retheme(self) -> None:
        px = theme().px
        self._row.setSpacing(px(12))
        self._column.setSpacing(px(6))
        self.chooser.setFixedWidth(px(360))
