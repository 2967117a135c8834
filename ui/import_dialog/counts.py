"""The counts of an import as a line that adds up: 91 rows = 67 created + 24 errors."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.labels import Label
from ui.widgets.pill import PillLook, StatusPill

__all__ = ["CountChips", "Counted", "counts_text"]


class Counted(Protocol):
    """Whatever has the counts of a run."""

    @property
    def rows(self) -> int: ...
    @property
    def ready(self) -> int: ...
    @property
    def created(self) -> int: ...
    @property
    def updated(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def errors(self) -> int: ...
    @property
    def excluded(self) -> int: ...
    @property
    def reversed(self) -> int: ...


_PARTS: Final[tuple[tuple[str, str, PillLook], ...]] = (
    ("created", "created", PillLook("ok", "checkmark_circle")),
    ("updated", "updated", PillLook("ok", "arrow_sync")),
    ("unchanged", "unchanged", PillLook("idle", "checkmark")),
    ("errors", "error", PillLook("err", "error_circle")),
    ("excluded", "excluded", PillLook("idle", "prohibited")),
    ("reversed", "reversed", PillLook("idle", "arrow_undo")),
    ("ready", "ready", PillLook("info", "clock")),
)


def counts_text(run: Counted) -> str:
    """The same in words, for screen readers and tests."""
    return f"{_rows(run)} = " + " + ".join(text for text, _ in _shown(run))


class CountChips(QWidget):
    """The rows of a run, and a pill for each way in which they ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Counted | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._rows = Label("", "body_strong", tabular=True)
        self._equals = Label("=", "body", "fg3")
        self._row.addWidget(self._rows)
        self._row.addWidget(self._equals)
        self._pills: list[StatusPill] = []
        self._plus: list[Label] = []
        for number in range(len(_PARTS)):
            if number:
                plus = Label("+", "body", "fg3")
                self._plus.append(plus)
                self._row.addWidget(plus)
            pill = StatusPill()
            self._pills.append(pill)
            self._row.addWidget(pill)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setProperty("plain", True)
        theme().changed.connect(self._retheme)
        self._retheme()
        self.set_run(None)

    def set_run(self, run: Counted | None) -> None:
        """Show the counts of a run; None shows nothing."""
        self._run = run
        shown = _shown(run) if run is not None else []
        self._rows.setText(_rows(run) if run is not None else "")
        self._equals.setVisible(bool(shown))
        for place, pill in enumerate(self._pills):
            there = place < len(shown)
            pill.setVisible(there)
            if there:
                pill.set_status(*shown[place])
            if place:
                self._plus[place - 1].setVisible(there)
        self.setAccessibleName(counts_text(run) if run is not None else "No import")

    def text(self) -> str:
        """What it says."""
        return self.accessibleName()

    def _retheme(self) -> None:
        self._row.setSpacing(theme().px(6))
        # As high before the counts are known: a window that grows while it comes up may lose its place on the screen.
        self.setMinimumHeight(self._pills[0].sizeHint().height())


def _rows(run: Counted) -> str:
    return f"{run.rows:,} row" if run.rows == 1 else f"{run.rows:,} rows"


def _shown(run: Counted) -> list[tuple[str, PillLook]]:
    """What there is any of; where nothing is, none created, so that the line still adds up."""
    found = []
    for name, word, look in _PARTS:
        number: int = getattr(run, name)
        if number:
            many = "s" if word == "error" and number != 1 else ""
            found.append((f"{number:,} {word}{many}", look))
    return found or [("0 created", _PARTS[0][2])]
