"""The base of all cards: one record in FastTabs, saved field by field while a person goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.tasks.task import TaskError
from models.changes import MANY, Change
from models.list_query import ListQuery
from models.record import Record
from models.record_edit import Values, missing_fields
from ui.framework.card_tabs import CardTabs, Tab
from ui.framework.card_work import Delete, Load, Loaded, Neighbour, Restore
from ui.framework.command_bar import Action
from ui.framework.context import Notice, PageContext
from ui.framework.lines_part import LinesPart
from ui.framework.part import Part
from ui.later import later
from ui.theme import theme
from ui.widgets.fast_tab import FastTab
from ui.widgets.scroller import Scroller

__all__ = ["CardPage", "Tab"]

FACT_WIDTH: Final = 300
REFRESH_MS: Final = 250
NEXT_TAB_MS: Final = 10
FACTS_BESIDE: Final = 1000  # px of page width below which the FactBoxes make room for the fields


class CardPage(CardTabs):
    """One record.

    Class attributes:
        RECORD: what the card is of.
        TABS: its FastTabs.
        SERIES: the number series of new records; empty where people choose the key.
        READ_ONLY: fields that only the program fills, besides those whose rule says so.
        DELETABLE: whether the card offers Delete.

    Args:
        key: of the record; "" for a new one.
        within: the list that the card was opened from; Ctrl+Down goes on in its order.
        values: what a new record begins with.
    """

    DELETABLE: ClassVar[bool] = True

    def __init__(
        self,
        context: PageContext,
        key: str = "",
        within: ListQuery | None = None,
        values: Values | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self._key = key
        self._within = within
        self._values = dict(values or {})
        self._titled = ""  # the key of the record whose name stands in the title
        self._begun = False  # the keyboard has been put into the first field
        self._soon = later(self, REFRESH_MS, self._load)
        self._tabs_to_show: list[FastTab] = []
        self._appearing = later(self, NEXT_TAB_MS, self._show_next_tab)
        self.parts: list[Part] = list(self.create_parts())
        self._arrange()

    # ---- what a card overrides

    def create_parts(self) -> Iterable[Part]:
        """The FactBoxes beside the card, made once."""
        return ()

    def card_actions(self) -> Sequence[Action]:
        """The card's own actions, shown first."""
        return ()

    def lower_parts(self) -> Iterable[QWidget]:
        """Widgets between the first FastTab and the others, such as the lines of a document."""
        return ()

    # ---- what others ask

    def refresh_is_due(self) -> bool:
        """Whether the record is about to be read anew, because it may have changed."""
        return self._soon.isActive()

    def is_appearing(self) -> bool:
        """Whether FastTabs below the first are about to be shown."""
        return bool(self._tabs_to_show) and self._opened and not self._closed

    def show_record(self, key: str) -> None:
        """Show another record; what was entered in this one is saved first."""
        self.commit_all()
        self.cancel_background_tasks()
        for part in self.parts:
            part.stop()
        for lines in self.findChildren(LinesPart):
            lines.cancel_background_tasks()
        self._added.clear()
        self._key = key
        self._expected = {}
        self._saving = {}
        self._creating = False
        self.banners.clear()
        for editor in self._editors.values():
            editor.row.clear_error()
        self._show_saved()
        self._load()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        made = [
            *self.card_actions(),
            Action("new", "New", "add", self._new, "Alt+N"),
        ]
        if self.DELETABLE:
            made.append(Action("delete", "Delete", "delete", self._delete, "Ctrl+Del", enabled=False))
        made += [
            Action("previous", "Previous record", "arrow_up", self._previous, "Ctrl+Up", shown=False),
            Action("next", "Next record", "arrow_down", self._next, "Ctrl+Down", shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
            Action("close", "Save and close", "save", self._save_and_close, "Ctrl+Return", shown=False),
            *self.tab_actions(),
        ]
        if self.parts:
            made.append(
                Action("facts", "FactBox pane", "panel_right", self._toggle_facts, "Alt+F2", shown=False)
            )
        return made

    def on_open(self) -> None:
        self._appearing.start()
        self._load()
        self._show_facts()

    def on_close(self) -> None:
        self.commit_all()
        if not self._key and not self._creating and self._has_entries():
            missing = " and ".join(missing_fields(self.RECORD, self._values, self.SERIES))
            what = f"The new {self.RECORD.CAPTION.lower()} was not saved"
            self.context.notify(Notice(f"{what}: {missing} is empty." if missing else f"{what}.", "warn"))
        self._soon.stop()
        self._appearing.stop()
        for part in self.parts:
            part.close_part()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        ids = {change.record_id for change in changes if change.table == self.RECORD.table()}
        if self._key and self._key in ids:
            self._load()
        elif self._key and MANY in ids and not self._soon.isActive():
            self._soon.start()  # an import writes many records many times a second
        for part in self.parts:
            part.on_records_changed(changes)

    def refresh(self) -> None:
        """Read the record anew; refused values give way to what is stored."""
        for editor in self._editors.values():
            if editor.row.error:
                editor.row.clear_error()
                editor.undo()
        self._show_error_counts()
        self._show_saved()
        if self._key:
            self._load()
        for part in self.parts:
            part.refresh()

    # ---- reading

    def _load(self) -> None:
        if not self._key:
            self._show_new()
            return
        self._soon.stop()
        if self._titled != self._key:
            self.set_title(self._key, "")
        load = Load(self.RECORD, self._key)
        self.context.hub.query(self, load, self._on_loaded, self._on_load_error, key="record")

    def _show_new(self) -> None:
        self._values = {**self.defaults(), **self._values}
        self.set_title(
            f"New {self.RECORD.CAPTION.lower()}", "It is saved as soon as its required fields are filled."
        )
        self._show_values()
        if self.SERIES and self._key_name() in self._editors:
            self._editors[self._key_name()].set_given("Given when it is saved")
        self._begin()

    def _begin(self) -> None:
        """Put the keyboard into the first field that may be changed, unless a person was quicker."""
        if self._begun:
            return
        self._begun = True
        given = self._key_name() if self.SERIES else ""  # a person types the key where no series gives it
        fields = (editor for name, editor in self._editors.items() if name != given)
        first = next((editor.widget for editor in fields if not editor.read_only), None)
        if first is not None and self.focusWidget() in (None, self):
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_loaded(self, loaded: Loaded) -> None:
        if loaded.key != self._key:
            return
        if loaded.values is None:
            self._show_gone()
            return
        self._values = loaded.values
        self.banners.remove("load")
        self._show_values()
        self._show_facts()
        name = self._values.get(self.RECORD.NAME_FIELD) or ""
        self._titled = self._key
        self.set_title(f"{self._key} · {name}" if name else self._key)
        if self.DELETABLE:
            self.set_action_enabled("delete", True)
        self._begin()
        self._tell_record()

    def _show_values(self) -> None:
        for name, editor in self._editors.items():
            if editor.is_changed() or name in self._saving or editor.row.error:
                continue  # what a person is writing is not overwritten
            editor.show_value(self._values.get(name))
            self._expected[name] = self._values.get(name)
            read_only = not self._may_edit(name)
            if read_only != editor.read_only:
                editor.set_read_only(read_only)
        self._show_summaries()

    def _show_gone(self) -> None:
        self.banners.show_banner(
            "load",
            "warn",
            f"{self.RECORD.CAPTION} {self._key} is not there any more.",
            "Somebody has deleted it.",
            [("close", "Close")],
            closable=False,
        )
        for editor in self._editors.values():
            editor.set_read_only(True)
        if self.DELETABLE:
            self.set_action_enabled("delete", False)

    def _on_load_error(self, error: TaskError) -> None:
        self.banners.show_banner(
            "load", "err", "The record could not be read.", error.text, [("retry", "Retry")]
        )

    def on_banner_action(self, key: str, action: str) -> None:
        if (key, action) == ("load", "retry"):
            self.refresh()
        elif (key, action) == ("load", "close"):
            self.request_close()

    # ---- whole records

    def _new(self) -> None:
        self.context.navigate(self.NAME, key="")

    def _delete(self) -> None:
        if self._key:
            delete = Delete(self.RECORD, self._key)
            self.context.hub.write(self, delete, self._on_deleted, self._on_delete_failed)

    def _on_deleted(self, values: Values) -> None:
        undo = _Undo(self.context, self.RECORD, values)
        text = f"{self.RECORD.CAPTION} {self._key} was deleted."
        self.context.notify(Notice(text, "ok", "Undo", undo.restore))
        for editor in self._editors.values():
            editor.undo()
        self.request_close()

    def _on_delete_failed(self, error: TaskError) -> None:
        self.banners.show_banner("delete", "warn", "The record was not deleted.", error.text)

    def _previous(self) -> None:
        self._go(-1)

    def _next(self) -> None:
        self._go(1)

    def _go(self, step: int) -> None:
        if not self._key:
            return
        self.commit_all()
        query = self._within or ListQuery(
            self.RECORD.table(),
            self._key_name(),
            (),
            search_column="search_text" if self.RECORD.SEARCHED else "",
        )
        find = Neighbour(query, self._key, step)
        self.context.hub.query(self, find, self._on_neighbour, self._on_load_error, key="neighbour")

    def _on_neighbour(self, key: str | None) -> None:
        if key is None:
            self.context.notify(Notice("There are no more records in this direction.", "info"))
        else:
            self.show_record(key)

    def _save_and_close(self) -> None:
        self.commit_all()
        first = next((editor for editor in self._editors.values() if editor.row.error), None)
        if first is not None:
            first.widget.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.request_close()

    # ---- how it looks

    def _arrange(self) -> None:
        # Each room stands in the page before it is filled: a widget that is put into another one takes the look of
        # all that is in it anew, which would cost a card 20 ms more.
        row = QHBoxLayout()
        self.body.addLayout(row, 1)
        self._scroll = Scroller()
        row.addWidget(self._scroll, 1)
        self.fact_pane = QWidget()
        self.fact_pane.setProperty("plain", True)
        row.addWidget(self.fact_pane)
        host = QWidget()
        host.setProperty("plain", True)
        self._scroll.setWidget(host)
        self._column = QVBoxLayout(host)
        self._column.setContentsMargins(0, 0, 0, 0)
        for place, tab in enumerate(self.TABS):
            fast_tab = self._make_tab(tab, host)
            self._column.addWidget(fast_tab)
            if place == 0:
                for widget in self.lower_parts():
                    self._column.addWidget(widget)
            else:
                # To show a whole card at once would hold up the window for longer than to show it FastTab by FastTab.
                fast_tab.hide()
                self._tabs_to_show.append(fast_tab)
        self._column.addStretch(1)
        facts = QVBoxLayout(self.fact_pane)
        facts.setContentsMargins(0, 0, 0, 0)
        for part in self.parts:
            facts.addWidget(part)
        facts.addStretch(1)
        self._panes = row
        self._facts_wanted = True
        theme().changed.connect(self._retheme_card)
        self._retheme_card()

    def _show_next_tab(self) -> None:
        if self._tabs_to_show:
            self._tabs_to_show.pop(0).show()
            self._appearing.start()

    def _toggle_facts(self) -> None:
        self._facts_wanted = not self._facts_wanted
        self._show_facts()

    def _show_facts(self) -> None:
        room = self.width() >= theme().px(FACTS_BESIDE)
        self.fact_pane.setVisible(bool(self.parts and self._key) and self._facts_wanted and room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_facts()

    def _retheme_card(self) -> None:
        px = theme().px
        self._panes.setSpacing(px(16))
        self._column.setSpacing(px(12))
        self.fact_pane.setFixedWidth(px(FACT_WIDTH))


class _Undo:
    """Takes a deletion back; it lives in the toast, because the card is closed by then."""

    def __init__(self, context: PageContext, record: type[Record], values: Values) -> None:
        self._context, self._record, self._values = context, record, values

    def restore(self) -> None:
        work = Restore(self._record, self._values)
        self._context.hub.write(self, work, self._on_restored, self._on_failed)

    def _on_restored(self, key: str) -> None:
        self._context.notify(Notice(f"{self._record.CAPTION} {key} is there again."))

    def _on_failed(self, error: TaskError) -> None:
        self._context.notify(Notice(error.text, "err"))
