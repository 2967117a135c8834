"""What a schedule means: its sentence, and the next ten runs, while it is being edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.formats import exact_text, when_text
from ui.theme import theme
from ui.widgets.labels import Label

COUNT = 10


class NextRuns(QWidget):
    """The list beside the fields of a schedule."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self.title = Label("Next runs", "body_strong")
        self.sentence = Label("", "caption", "fg2", wrap=True)
        self.lines = [Label("", "body", "fg2", tabular=True) for _ in range(COUNT)]
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.title)
        self._column.addWidget(self.sentence)
        for line in self.lines:
            self._column.addWidget(line)
        self._column.addStretch(1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def show_runs(
        self, sentence: str, runs: Sequence[datetime], now: datetime, *, elsewhere: bool = False
    ) -> None:
        """Show when it runs, by this computer's clock; `elsewhere` says that the schedule has a zone of its own."""
        self.title.setText("Next runs, by this computer's clock" if elsewhere else "Next runs")
        self.sentence.setText(f"{sentence}.")
        self.sentence.set_tone("fg2")
        for place, line in enumerate(self.lines):
            run = runs[place] if place < len(runs) else None
            line.setVisible(run is not None)
            if run is not None:
                line.setText(f"{run.astimezone():%a}  {when_text(run, now)}")
                line.setToolTip(exact_text(run))
        if not runs:
            self._say("It has no run any more.")

    def show_none(self, reason: str) -> None:
        """Say why there are no runs to show."""
        self.sentence.setText(reason)
        self.sentence.set_tone("fg3")
        for line in self.lines:
            line.setVisible(False)

    def shown_runs(self) -> list[str]:
        """The runs as they are read."""
        return [line.text() for line in self.lines if not line.isHidden()]

    def _say(self, text: str) -> None:
        self.lines[0].setText(text)
        self.lines[0].setVisible(True)

    def _rescale(self) -> None:
        self._column.setSpacing(theme().px(3))
        self.setMinimumWidth(theme().px(230))
