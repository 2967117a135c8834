"""Why rows of a run have errors, by cause: one fix heals all rows of a cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.imports.mending.repair import CauseAction, ErrorGroup
from models.import_causes import DOCUMENT_REFUSED
from models.integration_record_lists import Cause
from ui.import_results.work import Causes
from ui.later import later
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import Label
from ui.widgets.scroller import Scroller

__all__ = ["CausesPane", "cause_of"]

_LONGEST_VALUE: Final = 40
_AT_ONCE: Final = 8  # as many as are on the screen; the others are made behind them, for fifty take too long
_DEEDS: Final = (
    (CauseAction.MAP, "Map to…", "Say what “{value}” means, here and in the next files"),
    (CauseAction.CREATE, "Create it…", "Create what “{value}” names"),
    (CauseAction.CORRECT, "Correct all to…", "Write another value into {column} of all these records"),
    (CauseAction.EXCLUDE, "Exclude", "Leave all these records out"),
)
_FOLLOW: Final = "Another row of the same document has an error."
_UNDONE: Final = "This import was undone: its rows are not processed any more. Import the file again."
_FOLLOW_HINT: Final = "These rows follow when that one is corrected or excluded."


def cause_of(group: ErrorGroup) -> Cause:
    """What the records of a group have in common."""
    return Cause(group.target_field, group.code, group.value)


class _Group(QFrame):
    """One cause, with what can be done about it."""

    heal_requested = Signal(str)
    retry_requested = Signal()
    show_requested = Signal()

    def __init__(self, group: ErrorGroup, *, mendable: bool) -> None:
        super().__init__()
        self.group, self.mendable = group, mendable
        self.setProperty("card", True)
        px = theme().px
        plural = "" if group.count == 1 else "s"
        follows = group.code == DOCUMENT_REFUSED
        message = _FOLLOW if follows else group.message
        value = group.value if len(group.value) <= _LONGEST_VALUE else group.value[:_LONGEST_VALUE] + "…"
        # What the message does not name tells apart causes that read alike, such as several texts that are too long.
        named = f"“{value}”" if value and not follows and group.value not in message else ""
        parts = (group.caption or group.source_column, named, f"{group.count:,} record{plural}")
        where = " · ".join(part for part in parts if part)
        self.where = Label(where, "caption", "fg2", wrap=True)
        self.setAccessibleName(f"{message} {where}")
        hint = _FOLLOW_HINT if follows else group.hint
        self.heal_buttons: dict[str, Button] = {}
        deeds = QGridLayout()
        deeds.setSpacing(px(4))
        deeds.setColumnStretch(0, 1)
        deeds.setColumnStretch(1, 1)
        for action, word, tip in _DEEDS:
            if mendable and action in group.actions:
                made = Button(word, small=True)
                made.setObjectName(action)
                made.setToolTip(tip.format(value=value, column=group.source_column or group.caption))
                made.clicked.connect(self._on_heal)
                self.heal_buttons[action] = made
                place = len(self.heal_buttons) - 1
                deeds.addWidget(made, place // 2, place % 2)
        self.retry_button = Button("Retry", "link", small=True)
        self.retry_button.setToolTip(
            "Process these records again, e.g. when what was missing has been created"
        )
        self.retry_button.clicked.connect(self.retry_requested)
        self.show_button = Button("Show rows", "link", small=True)
        self.show_button.clicked.connect(self.show_requested)
        row = QHBoxLayout()
        row.setSpacing(px(16))
        for link in (self.show_button, self.retry_button):
            link.setProperty("flush", True)
        row.addWidget(self.show_button)
        row.addWidget(self.retry_button)
        row.addStretch(1)
        if follows or not mendable:
            self.retry_button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(10), px(8), px(6))
        column.setSpacing(px(4))
        column.addWidget(Label(message, "body_strong", wrap=True))
        column.addWidget(self.where)
        if hint and mendable:
            column.addWidget(Label(hint, "caption", "fg3", wrap=True))
        if self.heal_buttons:
            column.addLayout(deeds)
        column.addLayout(row)

    def _on_heal(self) -> None:
        self.heal_requested.emit(self.sender().objectName())

    def take_keyboard(self) -> None:
        """Put the keyboard on the first thing that can be done."""
        first = next(iter(self.heal_buttons.values()), self.show_button)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_shown(self, shown: bool) -> None:
        """Whether the list shows just the rows of this cause."""
        self.show_button.setText("Show all rows" if shown else "Show rows")


class CausesPane(QWidget):
    """The causes, the most frequent first.

    Signals:
        heal_requested: an `ErrorGroup` and the `CauseAction` that a person has chosen.
        retry_requested: an `ErrorGroup`.
        cause_chosen: the `Cause` whose rows the list is to show; None for all.
        keyboard_left: the last cause, which the keyboard was on, is dealt with.
    """

    heal_requested = Signal(object, str)
    retry_requested = Signal(object)
    cause_chosen = Signal(object)
    keyboard_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._causes: Causes | None = None
        self._chosen: Cause | None = None
        self.groups: list[_Group] = []
        self._rest = later(self, 0, self._show_more)
        self.nothing = Label("No row of this import has an error.", "body", "fg3", wrap=True)
        self.undone = Label(_UNDONE, "body", "fg2", wrap=True)
        self.more = Label("", "caption", "fg3", wrap=True)
        host = QWidget()
        host.setProperty("plain", True)
        self._list = QVBoxLayout(host)
        self._list.addWidget(self.undone)
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
        before, place = self.groups, self._place_of_keyboard()
        known = {cause_of(made.group): made for made in before}
        self.groups = []
        self._show_groups(max(_AT_ONCE, len(before)), known)
        gone = [made for made in before if made not in self.groups]
        if place is not None and before[place] in gone:
            if self.groups:  # before it is lost with the group that it is on
                self.groups[min(place, len(self.groups) - 1)].take_keyboard()
            else:
                self.keyboard_left.emit()
        for group in gone:
            self._list.removeWidget(group)
            group.hide()
            group.deleteLater()
        self.undone.setVisible(not causes.mendable and bool(causes.groups))
        self.nothing.setVisible(bool(causes.run_id) and not causes.groups)
        left = causes.total - len(causes.groups)
        words = "1 more cause follows" if left == 1 else f"{left:,} more causes follow"
        self.more.setText(f"{words} when these are dealt with.")
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

    def _place_of_keyboard(self) -> int | None:
        for place, group in enumerate(self.groups):
            if group.isAncestorOf(self.window().focusWidget() or self):
                return place
        return None

    def _show_more(self) -> None:
        self._show_groups(len(self.groups) + _AT_ONCE, {})
        self._show_chosen()

    def _show_groups(self, until: int, known: Mapping[Cause, _Group]) -> None:
        """Show so many of the causes, those that are known as they are, and let the others follow."""
        causes = self._causes
        if causes is None:
            return
        for group in causes.groups[len(self.groups) : until]:
            made = known.get(cause_of(group))
            if made is None or (made.group, made.mendable) != (group, causes.mendable):
                made = self._made(group, mendable=causes.mendable)
            self.groups.append(made)
            if self._list.indexOf(made) != len(self.groups):
                self._list.insertWidget(len(self.groups), made)
        if len(self.groups) < len(causes.groups):
            self._rest.start()

    def _made(self, group: ErrorGroup, *, mendable: bool) -> _Group:
        made = _Group(group, mendable=mendable)
        made.heal_requested.connect(self._on_heal)
        made.retry_requested.connect(self._on_retry)
        made.show_requested.connect(self._on_show)
        return made

    def _on_heal(self, action: str) -> None:
        sender = self.sender()
        if isinstance(sender, _Group):
            self.heal_requested.emit(sender.group, action)

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
