"""The FastTabs of a card, with the card's own fields and those that extensions add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from desktop.errors import ExtensionError
from ui.framework.card_saving import CardSaving
from ui.framework.choice_editors import make_editor
from ui.framework.context import PageContext
from ui.framework.editors import FieldEditor
from ui.framework.extension_fields import AddedFields
from ui.framework.field_grid import FieldGrid
from ui.framework.page_extension import ExtensionField, PageExtension
from ui.framework.tab_keys import TabKeys
from ui.widgets.fast_tab import FastTab
from ui.widgets.field import FieldRow


@dataclass(frozen=True, slots=True)
class Tab:
    """One FastTab of a card.

    Args:
        title: its header.
        fields: names of the record's fields, in order.
        summary: those whose values stand on the header while it is folded.
        expanded: whether it is open at first.
    """

    title: str
    fields: tuple[str, ...]
    summary: tuple[str, ...] = ()
    expanded: bool = True


class CardTabs(TabKeys, CardSaving):
    """The part of a card that makes the fields and folds them.

    Class attributes:
        TABS: its FastTabs.
        READ_ONLY: fields that only the program fills, besides those whose rule says so.
    """

    TABS: ClassVar[tuple[Tab, ...]] = ()
    READ_ONLY: ClassVar[tuple[str, ...]] = ()

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._tabs: list[tuple[Tab, FastTab]] = []
        self._grids: dict[str, FieldGrid] = {}  # by the title of their FastTab
        self._added = AddedFields()

    # ---- what a card overrides

    def editable(self, name: str) -> bool:
        """Whether a field of the record that is shown may be changed."""
        return self.RECORD.rule(name).editable and name not in self.READ_ONLY

    def make_editor(self, name: str, *, read_only: bool) -> FieldEditor:
        """The editor of a field; by its rule, unless the card knows better."""
        return make_editor(self.RECORD.rule(name), self.context.clock, self.context.hub, read_only=read_only)

    # ---- fields of extensions

    def extension_text(self, name: str) -> str:
        """What a field of an extension shows.

        Raises:
            KeyError: there is no such field.
        """
        return self._added.editor(name).text()

    def extension_editor(self, name: str) -> FieldEditor:
        """The field of an extension.

        Raises:
            KeyError: there is no such field.
        """
        return self._added.editor(name)

    def check_extension_field(self, field: ExtensionField) -> None:
        tab = self._tab_of(field)
        if tab is None:
            titles = ", ".join(f"“{known.title}”" for known in self.TABS)
            raise ExtensionError(f"{self.TITLE} has no FastTab “{field.tab}”.", f"It has {titles}.")
        if field.after and field.after not in (*tab.fields, *self._added.names_on(tab.title)):
            raise ExtensionError(
                f"“{tab.title}” has no field “{field.after}”.", f"It has {', '.join(tab.fields)}."
            )
        other = self._added.owner_of(field.name)
        if other is not None or field.name in self._editors:
            whose = f"of the extension “{other.extension_name}”" if other else "of the card"
            raise ExtensionError(f"There is a field “{field.name}” already, {whose}.", "Choose another name.")

    def add_extension_field(self, extension: PageExtension, field: ExtensionField) -> None:
        tab = self._tab_of(field)
        if tab is None:
            return
        editor = self._added.add(extension, field, tab.title, self.context)
        editor.committed.connect(self._on_added_committed)
        after = self._editors.get(field.after) or self._added.editor(field.after) if field.after else None
        self._grids[tab.title].insert_row(editor.row, after.row if after else None)

    def show_extension_value(self, extension: PageExtension, name: str, value: Any) -> None:
        self._added.show(extension, name, value)

    def show_extension_pending(self, extension: PageExtension, name: str) -> None:
        self._added.show_pending(extension, name)

    def _tab_of(self, field: ExtensionField) -> Tab | None:
        return next((tab for tab in self.TABS if field.tab in ("", tab.title)), None)

    def _on_added_committed(self, _name: str) -> None:
        self._show_error_counts()

    # ---- what headers say

    def folding_tabs(self) -> list[FastTab]:
        return [fast_tab for _, fast_tab in self._tabs]

    def _show_summaries(self) -> None:
        for tab, fast_tab in self._tabs:
            fast_tab.set_summary(*(self._editors[name].text() for name in tab.summary))

    def _show_error_counts(self) -> None:
        for tab, fast_tab in self._tabs:
            editors = [*(self._editors[name] for name in tab.fields), *self._added.editors_on(tab.title)]
            fast_tab.set_error_count(sum(bool(editor.row.error) for editor in editors))

    # ---- how it comes about

    def _make_tab(self, tab: Tab, room: QWidget) -> FastTab:
        fast_tab = FastTab(tab.title, expanded=tab.expanded, parent=room)
        rows: list[FieldRow] = []
        for name in tab.fields:
            editor = self.make_editor(name, read_only=not self._may_edit(name))
            editor.committed.connect(self._on_committed)
            self._editors[name] = editor
            rows.append(editor.row)
        self._grids[tab.title] = FieldGrid(rows, fast_tab.content)
        fast_tab.add_widget(self._grids[tab.title])
        self._tabs.append((tab, fast_tab))
        return fast_tab

    def _may_edit(self, name: str) -> bool:
        if name == self._key_name():
            return not self._key and self.editable(name)
        return self.editable(name)
