"""FactBoxes: figures and facts beside a list or a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.labels import ElidedLabel, Label
from ui.widgets.skeleton import Skeleton
from ui.widgets.trouble_line import TroubleLine

__all__ = ["FactBox", "FactRow"]

ROW_HEIGHT = 26


@dataclass(frozen=True)
class FactRow:
    """One fact: its caption and value; with a ``key`` the value is a link that drills down."""

    caption: str
    value: str
    key: str = ""
    tone: str = ""


class FactBox(Card):
    """A caption and rows of facts; grey bars while they are loaded, a reason and Retry when they failed.

    Facts that are no longer fresh may stay beside the reason; a line at the foot says how old they are.
    """

    row_activated = Signal(str)
    retry_requested = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self._title = title
        self._rows: tuple[FactRow, ...] = ()
        self._grid_host: QWidget | None = None
        self._grid: QGridLayout | None = None
        self._skeleton = Skeleton(4, f"{title}: loading")
        self._trouble = TroubleLine(title)
        self._trouble.retry_requested.connect(self.retry_requested)
        self.retry_button = self._trouble.retry_button
        self.body.addWidget(self._skeleton)
        self.body.addWidget(self._trouble)
        self._foot = Label("", "caption", "fg3", tabular=True)
        self._foot.hide()
        self.body.addWidget(self._foot)
        self.body.addStretch(1)
        self.set_loading()
        theme().changed.connect(self._rescale)

    @property
    def rows(self) -> tuple[FactRow, ...]:
        """The facts that are shown."""
        return self._rows

    @property
    def loading(self) -> bool:
        """True while grey bars stand for the facts."""
        return not self._skeleton.isHidden()

    @property
    def error(self) -> str:
        """Why there are no facts; "" when there is no error."""
        return self._trouble.reason

    @property
    def foot(self) -> str:
        """How old the facts are; "" where that is not said."""
        return self._foot.text()

    def set_foot(self, text: str) -> None:
        """Say under the facts how old they are; "" says nothing."""
        self._foot.setText(text)
        self._foot.setVisible(bool(text))

    def set_loading(self) -> None:
        """Show grey bars until ``set_rows`` or ``set_error``."""
        self._replace_rows(())
        self.set_foot("")
        self._skeleton.show()
        self._trouble.say("")
        self.setAccessibleName(f"{self._title}: loading")

    def set_busy(self, foot: str) -> None:
        """The facts stay while fresh ones are worked out, which the line at the foot says; an error goes."""
        self._trouble.say("")
        self.set_foot(foot)

    def set_rows(self, rows: Sequence[FactRow]) -> None:
        """Show facts."""
        self._skeleton.hide()
        self._trouble.say("")
        self._replace_rows(tuple(rows))
        said = ". ".join(f"{row.caption}: {row.value}" for row in rows)
        self.setAccessibleName(f"{self._title}. {said}" if said else self._title)

    def set_error(self, reason: str, *, keep_rows: bool = False, stopped: bool = False) -> None:
        """Say in one line why there are no facts, or no fresh ones, and offer Retry.

        Args:
            keep_rows: the facts that are shown stay.
            stopped: somebody wanted it so, which is no error.
        """
        if not keep_rows:
            self._replace_rows(())
            self.set_foot("")
        self._skeleton.hide()
        self._trouble.say(reason, stopped=stopped)
        self.setAccessibleName(f"{self._title}: {'' if stopped else 'error. '}{reason}")

    def _replace_rows(self, rows: tuple[FactRow, ...]) -> None:
        if rows == self._rows and (self._grid_host is not None or not rows):
            return
        self._rows = rows
        if self._grid_host is not None:
            self.body.removeWidget(self._grid_host)
            self._grid_host.hide()
            self._grid_host.deleteLater()
            self._grid_host = self._grid = None
        if not rows:
            return
        self._grid_host = QWidget()
        self._grid_host.setProperty("plain", True)
        grid = QGridLayout(self._grid_host)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        for place, row in enumerate(rows):
            grid.addWidget(ElidedLabel(row.caption, "body", "fg2"), place, 0)
            grid.addWidget(self._value_widget(row), place, 1, Qt.AlignmentFlag.AlignRight)
        self.body.insertWidget(0, self._grid_host)
        self._grid = grid
        self._rescale()

    def _rescale(self) -> None:
        if self._grid is None:
            return
        self._grid.setHorizontalSpacing(theme().px(12))
        for place in range(len(self._rows)):
            self._grid.setRowMinimumHeight(place, theme().px(ROW_HEIGHT))

    def _value_widget(self, row: FactRow) -> QWidget:
        if not row.key:
            return Label(row.value, "body", row.tone, tabular=True)
        link = Button(row.value, "link", small=True)
        link.setObjectName(row.key)
        link.setProperty("flush", True)
        link.setAccessibleName(f"{row.caption}: {row.value}")
        link.clicked.connect(self._on_link)
        return link

    def _on_link(self) -> None:
        self.row_activated.emit(self.sender().objectName())
