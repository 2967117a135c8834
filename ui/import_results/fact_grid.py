"""Facts that are read and copied, never changed, on FastTabs that make them when they are first unfolded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QWidget

from desktop.formats import DASH
from ui.framework.field_grid import TWO_COLUMNS
from ui.theme import theme
from ui.widgets.fast_tab import FastTab
from ui.widgets.labels import ElidedLabel

__all__ = ["FactGrid", "FactTab"]

CAPTION_WIDTH: Final = 150


class FactTab(FastTab):
    """A FastTab of facts, and of what else is added to it.

    Args:
        captions: pairs of key and caption, in their order.
    """

    def __init__(
        self,
        title: str,
        captions: Sequence[tuple[str, str]],
        *,
        expanded: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, expanded=expanded, parent=parent)
        self._captions = tuple(captions)
        self._texts: dict[str, tuple[str, str]] = {}
        self._left_out: set[str] = set()
        self._facts: FactGrid | None = None
        self.toggled.connect(self._fill)
        if expanded:
            self._fill()

    @property
    def texts(self) -> dict[str, str]:
        """The values by key."""
        return {key: text for key, (text, _) in self._texts.items()}

    def set_fact(self, key: str, text: str, tip: str = "") -> None:
        """Show a value; a dash for none."""
        self._texts[key] = (text or DASH, tip or text)
        if self._facts is not None:
            self._facts.set_fact(key, *self._texts[key])

    def show_fact(self, key: str, shown: bool) -> None:
        """Show a fact, or leave it out."""
        self._left_out = self._left_out - {key} if shown else self._left_out | {key}
        if self._facts is not None:
            self._facts.show_fact(key, shown)

    def _fill(self) -> None:
        if self._facts is None and self._captions and self.expanded:
            self._facts = FactGrid(self._captions)
            for key, said in self._texts.items():
                self._facts.set_fact(key, *said)
            for key in self._left_out:
                self._facts.show_fact(key, shown=False)
            self.body.insertWidget(0, self._facts)


class FactGrid(QWidget):
    """Captions and their values: two columns where there is room, else one.

    Args:
        captions: pairs of key and caption, in their order.
    """

    def __init__(self, captions: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._captions: dict[str, ElidedLabel] = {}
        self._values: dict[str, QLineEdit] = {}
        self._hidden: set[str] = set()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for key, caption in captions:
            label = ElidedLabel(caption, "body", "fg2", parent=self)
            label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
            value = QLineEdit(self)
            value.setReadOnly(True)
            value.setProperty("readOnlyLook", True)
            value.setAccessibleName(caption)
            label.setBuddy(value)
            self._captions[key], self._values[key] = label, value
        theme().changed.connect(self._retheme)
        self._retheme()

    def set_fact(self, key: str, text: str, tip: str = "") -> None:
        """Show a value.

        Raises:
            KeyError: there is no such fact.
        """
        value = self._values[key]
        value.setText(text)
        value.setCursorPosition(0)
        value.setToolTip(tip)

    def show_fact(self, key: str, shown: bool) -> None:
        """Show a fact, or leave it out."""
        if shown == (key in self._hidden):
            self._hidden ^= {key}
            self._place(self._columns)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(200), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = 2 if self.width() >= theme().px(TWO_COLUMNS) else 1
        if columns != self._columns:
            self._place(columns)

    def _place(self, columns: int) -> None:
        self._columns = columns
        shown = [key for key in self._values if key not in self._hidden]
        half = -(-len(shown) // max(columns, 1))
        for key, value in self._values.items():
            label = self._captions[key]
            self._grid.removeWidget(label)
            self._grid.removeWidget(value)
            label.setVisible(key not in self._hidden)
            value.setVisible(key not in self._hidden)
        for place, key in enumerate(shown):
            row, column = place % half, 2 * (place // half)
            self._grid.addWidget(self._captions[key], row, column)
            self._grid.addWidget(self._values[key], row, column + 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1 if columns == 2 else 0)
        self.updateGeometry()

    def _retheme(self) -> None:
        self._grid.setHorizontalSpacing(theme().px(8))
        self._grid.setVerticalSpacing(theme().px(6))
        for label in self._captions.values():
            label.setFixedWidth(theme().px(CAPTION_WIDTH))
        self._place(self._columns or 2)
