"""One cue: the tile with its task, its age, and what it opens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desktop.formats import updated_text
from desktop.tasks.task import TaskError
from ui.framework.context import PageContext
from ui.framework.part import Part, PartTask, Results
from ui.parts.cues import Cue
from ui.widgets.cue_tile import CueTile

SPINNER_AFTER_MS = 450  # shorter work shows no sign of itself


class CuePart(Part):
    """See the module's docstring."""

    def __init__(self, context: PageContext, cue: Cue, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.cue = cue
        self.tile = CueTile(cue.caption, cue.icon)
        self.tile.clicked.connect(self._open)
        self.tile.retry_requested.connect(self.refresh)
        self.body.addWidget(self.tile)
        self._foot = ""
        self._spinner = QTimer(self)
        self._spinner.setSingleShot(True)
        self._spinner.setInterval(SPINNER_AFTER_MS)
        self._spinner.timeout.connect(self._show_busy)

    def part_tasks(self) -> Sequence[PartTask]:
        return (PartTask(self.cue.codeunit),)

    def show_loading(self) -> None:
        if not self._spinner.isActive():
            self._spinner.start()

    def show_results(self, results: Results, computed_at: datetime) -> None:
        self._spinner.stop()
        now = self.context.clock.now()
        figure = self.cue.read(results[self.cue.codeunit], now)
        self._foot = " · ".join(filter(None, (updated_text(computed_at, now), figure.note)))
        self.tile.set_value(figure.value, self._foot)
        self.tile.set_tone(figure.tone)
        text, up, good = figure.delta or ("", True, True)
        self.tile.set_delta(text, up=up, good=good)
        self.tile.set_sparkline(figure.curve)

    def show_error(self, error: TaskError) -> None:
        self._spinner.stop()
        self.tile.set_error(error.text)

    def _show_busy(self) -> None:
        self.tile.set_busy(self._foot or "Calculating in the background…")

    def _open(self) -> None:
        self.context.navigate(self.cue.page, **self.cue.arguments)
