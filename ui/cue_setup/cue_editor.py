"""The thresholds and styles of one cue, with what they mean at once."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from desktop.formats import count_text
from models.cue_setup import CAPTIONS, CueColours, CueState, CueStyle, Source, check_colours
from models.errors import FieldError
from ui.cue_setup.bands import Bands
from ui.jobs.typed import typed_count
from ui.parts.cues import TONES
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.cue_tile import CueTile
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label

LOW, FIRST, MIDDLE, SECOND, HIGH = "low", "threshold_1", "middle", "threshold_2", "high"
FIELDS: Final = (
    (LOW, "Style below threshold 1"),
    (FIRST, "Threshold 1"),
    (MIDDLE, "Style between them"),
    (SECOND, "Threshold 2"),
    (HIGH, "Style above threshold 2"),
)
ICONS: Final = {"tasks_failed": "error_circle", "tasks_in_process": "arrow_sync", "tasks_in_queue": "clock"}
TILE_WIDTH = 220
SAID: Final = {
    Source.PERSON: "Your own colours",
    Source.COMPANY: "The company's colours",
    Source.PROGRAM: "The default colours",
}


class CueEditor(Card):
    """Fields, a tile as it looks with the figure of now, and the three ranges.

    What is entered counts as soon as it makes sense; until then the reason stands under its field.

    Signals:
        entered: the cue and new colours that make sense.
        reset_requested: the cue whose own colours the person wants to forget.
    """

    entered = Signal(str, object)  # CueColours
    reset_requested = Signal(str)

    def __init__(self, cue: str, parent: QWidget | None = None) -> None:
        super().__init__(CAPTIONS[cue], parent=parent)
        self.cue = cue
        self._shown: CueColours | None = None
        self._figure: int | None = None
        self.source = Label("", "caption", "fg3")
        self.reset = Button("", "link", small=True)
        self.reset.clicked.connect(self._on_reset)
        self.add_header_widget(self.source)
        self.add_header_widget(self.reset)
        self.tile = CueTile(CAPTIONS[cue], ICONS[cue])
        self.tile.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tile.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.bands = Bands()
        self.styles = {name: QComboBox() for name in (LOW, MIDDLE, HIGH)}
        self.thresholds = {name: QLineEdit() for name in (FIRST, SECOND)}
        self.rows: dict[str, FieldRow] = {}
        self._grid = QGridLayout()
        for place, (name, caption) in enumerate(FIELDS):
            widget: QWidget = self._style(name) if name in self.styles else self._threshold(name)
            self.rows[name] = FieldRow(caption, widget, above=True)
            self._grid.addWidget(self.rows[name], 0, place)
        self._grid.addWidget(self.bands, 1, 0, 1, len(FIELDS))
        self._line = QHBoxLayout()
        self._line.addWidget(self.tile, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addLayout(self._grid, 1)
        self._line.setAlignment(self._grid, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(self._line)
        theme().changed.connect(self._rescale)
        self._rescale()

    def show_state(self, state: CueState, figure: int | None, *, for_all: bool, may_change: bool) -> None:
        """Show what holds.

        Args:
            figure: the figure of now, if it is known.
            for_all: it is about everybody who has no colours of their own.
            may_change: False shows it only.
        """
        colours = state.company if for_all else state.colours
        self._figure = figure
        self._show(colours)
        own = state.company_changed if for_all else state.source is Source.PERSON
        if for_all:
            self.source.setText("Changed for everybody" if own else SAID[Source.PROGRAM])
            self.reset.setText("Back to default")
        else:
            self.source.setText(SAID[state.source])
            self.reset.setText("Back to the company's" if state.company_changed else "Back to default")
        self.reset.setVisible(own and may_change)
        for widget in (*self.styles.values(), *self.thresholds.values()):
            widget.setEnabled(may_change)

    def colours(self) -> CueColours | None:
        """What is entered, or None while it makes no sense; the reason stands under its field then."""
        numbers: dict[str, int] = {}
        for name, line in self.thresholds.items():
            self.rows[name].clear_error()
            try:
                numbers[name] = typed_count(line.text().replace(",", ""))
            except FieldError as error:
                self.rows[name].set_error(str(error))
        if len(numbers) < len(self.thresholds):
            return None
        style = {name: CueStyle(str(combo.currentData())) for name, combo in self.styles.items()}
        found = CueColours(style[LOW], numbers[FIRST], style[MIDDLE], numbers[SECOND], style[HIGH])
        try:
            check_colours(found)
        except FieldError as error:
            self.rows[FIRST if error.text.startswith("Threshold 1") else SECOND].set_error(str(error))
            return None
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tile.setVisible(self.width() >= theme().px(1_000))

    # ---- how it works

    def _style(self, name: str) -> QComboBox:
        combo = self.styles[name]
        for style in CueStyle:
            combo.addItem(style.value, style.value)
        combo.currentIndexChanged.connect(self._preview)
        combo.activated.connect(self._enter)
        return combo

    def _threshold(self, name: str) -> QLineEdit:
        line = self.thresholds[name]
        line.textEdited.connect(self._preview)
        line.editingFinished.connect(self._enter)
        return line

    def _show(self, colours: CueColours) -> None:
        self._shown = colours
        for name, combo in self.styles.items():
            with QSignalBlocker(combo):
                combo.setCurrentIndex(combo.findData(getattr(colours, name).value))
        for name, line in self.thresholds.items():
            if not line.hasFocus() or not line.isModified():
                line.setText(count_text(getattr(colours, name)))
            self.rows[name].clear_error()
        self._preview()

    def _preview(self) -> None:
        """Show what is entered, whether it is saved or not."""
        colours = self.colours()
        if colours is None:
            return
        self.bands.show_colours(colours, self._figure)
        if self._figure is not None:
            style = colours.style(self._figure)
            self.tile.set_value(count_text(self._figure), style.value)
            self.tile.set_tone(TONES[style])

    def _enter(self) -> None:
        colours = self.colours()
        if colours is not None and colours != self._shown:
            self._shown = colours
            for line in self.thresholds.values():
                line.setModified(False)
            self.entered.emit(self.cue, colours)

    def _on_reset(self) -> None:
        for line in self.thresholds.values():
            line.setModified(False)
        self.reset_requested.emit(self.cue)

    def _rescale(self) -> None:
        px = theme().px
        self.tile.setFixedWidth(px(TILE_WIDTH))
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(10))
        self._line.setSpacing(px(16))
        for place in range(len(FIELDS)):
            self._grid.setColumnStretch(place, 3 if place % 2 == 0 else 2)
