"""Why rows of a run have errors, by cause: one fix heals all rows of a cause."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.imports.repair import ErrorGroup
from models.integration_record_lists import Cause
from ui.import_results.work import Causes
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import Label
from ui.widgets.scroller import Scroller

__all__ = ["CausesPane", "cause_of"]

_NOT_MAPPED: Final = frozenset({"DuplicateKey", "Exists", "KeyDiffers", "Required", "FormulaError"})
_LONGEST_VALUE: Final = 40


def cause_of(group: ErrorGroup) -> Cause:
    """What the records of a group have in common."""
    return Cause(group.target_field, group.code, group.value)


class _Group(QFrame):
    """One cause."""

    map_requested = Signal()
    retry_requested = Signal()
    show_requested = Signal()

    def __init__(self, group: ErrorGroup) -> None:
        super().__init__()
        self.group = group
        self.setProperty("card", True)
        plural = "" if group.count == 1 else "s"
        message = Label(group.message, "body_strong", wrap=True)
        where = " · ".join(
            part for part in (group.caption or group.source_column, f"{group.count:,} record{plural}") if part
        )
        self.where = Label(where, "caption", "fg2", wrap=True)
        self.setAccessibleName(f"{group.message} {where}")
        self.map_button = Button("Map to…", small=True)
        self.map_button.clicked.connect(self.map_requested)
        self.map_button.setVisible(bool(group.target_field and group.value) and group.code not in _NOT_MAPPED)
        value = group.value if len(group.value) <= _LONGEST_VALUE else group.value[:_LONGEST_VALUE] + "…"
        self.map_button.setToolTip(f"Say what “{value}” means, here and in the next files")
        self.retry_button = Button("Retry", small=True)
        self.retry_button.setToolTip(
            "Process these records again, e.g. when what was missing has been created"
        )
        self.retry_button.clicked.connect(self.retry_requested)
        self.show_button = Button("Show rows", "link", small=True)
        self.show_button.clicked.connect(self.show_requested)
        hint = Label(group.hint, "caption", "fg3", wrap=True)
        hint.setVisible(bool(group.hint))
        row = QHBoxLayout()
        row.addWidget(self.map_button)
        row.addWidget(self.retry_button)
        row.addWidget(self.show_button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        px = theme().px
        column.setContentsMargins(px(12), px(10), px(12), px(8))
        column.setSpacing(px(4))
        column.addWidget(message)
        column.addWidget(self.where)
        column.addWidget(hint)
        column.addLayout(row)

    def set_shown(self, shown: bool) -> None:
        """Whether the list shows just the rows of this cause."""
        self.show_button.setText("Show all rows" if shown else "Show rows")


class CausesPane(QWidget):
    """The causes, the most frequent first.

    Signals:
        map_requested, retry_requested: an `ErrorGroup`.
        cause_chosen: the `Cause` whose rows the list is to show; None for all.
    """

    map_requested = Signal(object)
    retry_requested = Signal(object)
    cause_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._causes: Causes | None = None
        self._chosen: Cause | None = None
        self.groups: list[_Group] = []
        self.nothing = Label("No row of this import has an error.", "body", "fg3", wrap=True)
        self.more = Label("", "caption", "fg3", wrap=True)
        host = QWidget()
        host.setProperty("plain", True)
        self._list = QVBoxLayout(host)
        self._list.addWidget(self.nothing)
        self._list.addWidget(self.more)
        self._list.addStretch(1)
        scroll = Scroller(host)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll, 1)
        theme().changed.connect(self._retheme)
        self._retheme()
        self.show_causes(Causes(0, "", [], 0))

    @property
    def causes(self) -> Causes | None:
        """What is shown."""
        return self._causes

    @property
    def chosen(self) -> Cause | None:
        """The cause whose rows the list shows; None for all."""
        return self._chosen

    def show_causes(self, causes: Causes) -> None:
        """Show the causes of a run; one whose records are healed is chosen no more."""
        if causes == self._causes:
            return
        same_run = self._causes is not None and self._causes.run_id == causes.run_id
        self._causes = causes
        for group in self.groups:
            self._list.removeWidget(group)
            group.hide()
            group.deleteLater()
        self.groups = [self._made(group) for group in causes.groups]
        for place, made in enumerate(self.groups):
            self._list.insertWidget(place, made)
        self.nothing.setVisible(not causes.groups)
        left = causes.total - len(causes.groups)
        self.more.setText(f"{left:,} more causes follow when these are dealt with.")
        self.more.setVisible(left > 0)
        if self._chosen is not None and (
            not same_run or all(cause_of(group) != self._chosen for group in causes.groups)
        ):
            self.choose(None)
        self._show_chosen()

    def choose(self, cause: Cause | None) -> None:
        """Show the rows of one cause only; None for all."""
        if cause != self._chosen:
            self._chosen = cause
            self._show_chosen()
            self.cause_chosen.emit(cause)

    def _made(self, group: ErrorGroup) -> _Group:
        made = _Group(group)
        made.map_requested.connect(self._on_map)
        made.retry_requested.connect(self._on_retry)
        made.show_requested.connect(self._on_show)
        return made

    def _on_map(self) -> None:
        sender = self.sender()
        if isinstance(sender, _Group):
            self.map_requested.emit(sender.group)

    def _on_retry(self) -> None:
        sender = self.sender()
        if isinstance(sender, _Group):
            self.retry_requested.emit(sender.group)

    def _on_show(self) -> None:
        sender = self.sender()
        if isinstance(sender, _Group):
            cause = cause_of(sender.group)
            self.choose(None if cause == self._chosen else cause)

    def _show_chosen(self) -> None:
        for group in self.groups:
            group.set_shown(cause_of(group.group) == self._chosen)

    def _retheme(self) -> None:
        px = theme().px
        self._list.setSpacing(px(8))
        self._list.setContentsMargins(0, 0, px(4), 0)
