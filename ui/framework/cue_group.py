"""Cues: figures of a Role Centre, computed in the background, that open what they count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.changes import EVERYTHING
from desktop.formats import updated_text
from desktop.tasks.task import TaskError
from models.changes import Change
from ui.framework.context import PageContext
from ui.framework.part import STOPPED, Part, PartTask, Results
from ui.later import SIGN_AFTER_MS, later
from ui.theme import theme
from ui.widgets.cue_tile import CueTile, CueTone

GAP = 16


@dataclass(frozen=True, slots=True)
class Figure:
    """What a tile shows.

    Args:
        value: the figure as text.
        tone: the tile's edge; `err` paints the figure too.
        note: said after the age, e.g. "newest 09:12".
        delta: a change beside the figure: its text, whether it points up, whether that is good.
        curve: the last values, oldest first.
        narrowed: what a click opens it with besides the cue's own arguments, so that it shows what was counted.
    """

    value: str
    tone: CueTone = "accent"
    note: str = ""
    delta: tuple[str, bool, bool] | None = None
    curve: tuple[float, ...] = ()
    narrowed: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cue:
    """One tile.

    Args:
        caption: what people read.
        icon: its drawing.
        codeunit: what computes it.
        read: turns the codeunit's results into a figure; the moment is now.
        page, arguments: what a click opens.
        tables: it is computed anew when records of these tables change.
    """

    caption: str
    icon: str
    codeunit: str
    read: Callable[[Mapping[str, str], datetime], Figure]
    page: str
    tables: frozenset[str]
    arguments: Mapping[str, object] = field(default_factory=dict)


class CueGroup(Part):
    """Tiles whose figures belong together: they come when the last of their tasks has ended.

    A slow cue stands in a group of its own, so that no other waits for it. Cues of one codeunit share its task.
    """

    def __init__(self, context: PageContext, cues: Sequence[Cue], parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.cues = tuple(cues)
        self.tiles: list[CueTile] = []
        self._feet = [""] * len(self.cues)
        self._narrowed: list[Mapping[str, object]] = [{}] * len(self.cues)
        self._row = QHBoxLayout()
        self.body.addLayout(self._row)
        for place, cue in enumerate(self.cues):
            tile = CueTile(cue.caption, cue.icon)
            tile.setObjectName(str(place))
            tile.clicked.connect(self._open)
            tile.retry_requested.connect(self.refresh)
            self._row.addWidget(tile)
            self.tiles.append(tile)
        self._spinner = later(self, SIGN_AFTER_MS, self._show_busy)
        theme().changed.connect(self._retheme_group)
        self._retheme_group()

    def part_tasks(self) -> Sequence[PartTask]:
        return [PartTask(codeunit) for codeunit in dict.fromkeys(cue.codeunit for cue in self.cues)]

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        tables = {change.table for change in changes}
        if EVERYTHING in tables or any(cue.tables & tables for cue in self.cues):
            self.follow_changes()

    def show_loading(self) -> None:
        if not self._spinner.isActive():
            self._spinner.start()

    def show_results(self, results: Results, computed_at: datetime) -> None:
        self._spinner.stop()
        now = self.context.clock.now()
        for place, (cue, tile) in enumerate(zip(self.cues, self.tiles, strict=True)):
            figure = cue.read(results[cue.codeunit], now)
            self._feet[place] = " · ".join(filter(None, (updated_text(computed_at, now), figure.note)))
            self._narrowed[place] = figure.narrowed
            tile.set_value(figure.value, self._feet[place])
            tile.set_tone(figure.tone)
            text, up, good = figure.delta or ("", True, True)
            tile.set_delta(text, up=up, good=good)
            tile.set_sparkline(figure.curve)

    def show_error(self, error: TaskError) -> None:
        self._spinner.stop()
        for tile in self.tiles:
            tile.set_error(error.text, stopped=error.code == STOPPED.code)

    def _show_busy(self) -> None:
        for foot, tile in zip(self._feet, self.tiles, strict=True):
            tile.set_busy(foot or "Calculating…")

    def _open(self) -> None:
        place = int(self.sender().objectName())
        cue = self.cues[place]
        self.context.navigate(cue.page, **{**cue.arguments, **self._narrowed[place]})

    def _retheme_group(self) -> None:
        self._row.setSpacing(theme().px(GAP))
