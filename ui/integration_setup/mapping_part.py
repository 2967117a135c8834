"""The FastTab "Field mapping" of an integration: which column fills which field, and what values mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from desktop.imports.integrations import setup
from desktop.imports.integrations.mapped_fields import MappedField, Mapping, mapping
from desktop.tasks.task import TaskError
from models.changes import Change
from models.integration import Integration
from ui.framework.context import PageContext
from ui.integration_setup.field_dialog import FieldDialog
from ui.integration_setup.mapping_table import MappingModel, MappingTable
from ui.integration_setup.value_map_dialog import ValueMapDialog
from ui.integration_setup.wording import comes_from_column
from ui.widgets.banner import BannerBar
from ui.widgets.buttons import Button
from ui.widgets.fast_tab import FastTab
from ui.widgets.labels import Label

__all__ = ["MappingPart"]


class MappingPart(QWidget):
    """The fields of one integration; every change is saved at once.

    `loaded` gives the mapping whenever it was read.
    """

    loaded = Signal(object)  # Mapping | None

    def __init__(self, context: PageContext, banners: BannerBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._banners = context, banners
        self._code = ""
        self._absent = 0
        self._keep = 0  # the field on which the keyboard stays when the fields stand in another order
        self.model = MappingModel()
        self.table = MappingTable(self.model)
        self.tab = FastTab("Field mapping")
        self.hint = Label("", "body", "fg3", wrap=True)
        self.add_button = Button("Add field", "ghost", "add", small=True)
        self.add_menu = QMenu(self)
        self.add_button.setMenu(self.add_menu)
        self.edit_button = Button("Edit…", "ghost", "edit", small=True, shortcut="Return")
        self.values_button = Button("Value map…", "ghost", "arrow_swap", small=True)
        self.up_button = Button("Earlier", "ghost", "arrow_up", small=True, shortcut="Alt+Up")
        self.down_button = Button("Later", "ghost", "arrow_down", small=True, shortcut="Alt+Down")
        self.remove_button = Button("Remove", "ghost", "delete", small=True)
        self._of_one = (
            self.edit_button,
            self.values_button,
            self.up_button,
            self.down_button,
            self.remove_button,
        )
        bar = QHBoxLayout()
        for button in (self.add_button, *self._of_one):
            bar.addWidget(button)
        bar.addStretch(1)
        self.tab.body.addLayout(bar)
        self.tab.add_widget(self.hint)
        self.tab.add_widget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tab)
        self.setProperty("plain", True)
        self.model.edited.connect(self._on_edited)
        self.table.value_map_requested.connect(self._ask_values)
        self.table.field_requested.connect(self._ask_field)
        self.table.move_requested.connect(self._move)
        self.table.current_changed.connect(self._enable)
        self.add_menu.triggered.connect(self._on_add_chosen)
        self.edit_button.clicked.connect(self._ask_field_of_current)
        self.values_button.clicked.connect(self._ask_values_of_current)
        self.up_button.clicked.connect(self._move_up)
        self.down_button.clicked.connect(self._move_down)
        self.remove_button.clicked.connect(self._remove)
        self._show(None)

    # ---- what the card tells

    def show_integration(self, code: str) -> None:
        """Show the mapping of another integration; none for ""."""
        self._code = code
        if code:
            self.read()
        else:
            self._show(None)

    def begin(self, code: str) -> None:
        """A new integration: it fills all fields of its table from columns of their names, until told otherwise."""
        self._code = code
        self._add()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        """Read the mapping anew when the integration was changed."""
        if self._code and any(change.table == Integration.table() for change in changes):
            self.read()

    def read(self) -> None:
        """Read the mapping."""
        work = partial(mapping, self._code)
        self._context.hub.query(self, work, self._on_mapping, self._on_error, key="mapping")

    def commit(self) -> None:
        """Save what stands in a cell that has not been left yet."""
        self.table.setFocus()

    def close_part(self) -> None:
        """The card is closed."""
        self._context.hub.forget(self)

    # ---- how it works

    def _on_mapping(self, found: Mapping | None) -> None:
        if found is None or found.code == self._code:
            self._show(found)
            self.loaded.emit(found)

    def _show(self, found: Mapping | None) -> None:
        current = self.table.current_field()
        self.model.show(found)
        fields = found.fields if found is not None else []
        if any(field.id == self._keep for field in fields):
            self.table.select_field(self._keep)
            self._keep = 0
        elif current is not None:
            self.table.select_field(current.id)
        self.hint.setVisible(not fields)
        self.hint.setText(
            "No field is mapped yet: add the table's fields, then name the columns of the file."
            if self._code
            else "The fields follow when the integration is saved."
        )
        self.table.setVisible(bool(fields))
        self._offer_absent(found.absent if found is not None else [])
        self.show_summary()
        self._enable()

    def show_summary(self) -> None:
        """Say on the folded header how many fields there are."""
        fields = self.model.fields
        in_file = sum(comes_from_column(field) and bool(field.source_column) for field in fields)
        if fields:
            self.tab.set_summary(f"{len(fields)} fields", f"{in_file} from the file")
        else:
            self.tab.set_summary()

    def _offer_absent(self, absent: Sequence[tuple[int, str, str]]) -> None:
        self.add_menu.clear()
        self._absent = len(absent)
        if len(absent) > 1:
            self.add_menu.addAction(f"All {len(absent)} that are missing")
            self.add_menu.addSeparator()
        for level, name, caption in absent:
            self.add_menu.addAction(caption).setData((level, name))

    def _enable(self) -> None:
        field = self.table.current_field()
        self.add_button.setEnabled(bool(self._code and self._absent))
        for button in self._of_one:
            button.setEnabled(field is not None)
        if field is not None:
            self.up_button.setEnabled(self._neighbour(-1) is not None)
            self.down_button.setEnabled(self._neighbour(1) is not None)

    def _neighbour(self, step: int) -> MappedField | None:
        """The field with which the current one would change places: fields of lines stay below."""
        field = self.table.current_field()
        place = self.table.currentIndex().row() + step
        if field is None or not 0 <= place < len(self.model.fields):
            return None
        other = self.model.fields[place]
        return other if other.level == field.level else None

    def _on_edited(self, field_id: int, name: str, value: str | bool) -> None:
        self._write(partial(setup.set_field, field_id, name, value))

    def _add(self) -> None:
        self._write(partial(setup.add_missing_fields, self._code))

    def _on_add_chosen(self, action: QAction) -> None:
        if action.data() is None:
            self._add()
            return
        level, name = action.data()
        add = partial(setup.add_field, self._code, name, level)
        self._context.hub.write(self, add, self._on_added, self._on_refused)

    def _move_up(self) -> None:
        self._move(-1)

    def _move_down(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        field = self.table.current_field()
        if field is not None and self._neighbour(step) is not None:
            self._keep = field.id
            self._write(partial(setup.move_field, field.id, step))

    def _remove(self) -> None:
        field = self.table.current_field()
        if field is not None:
            self._write(partial(setup.remove_field, field.id))

    def _ask_values_of_current(self) -> None:
        field = self.table.current_field()
        if field is not None:
            self._ask_values(field)

    def _ask_values(self, field: MappedField) -> None:
        ValueMapDialog(self.window(), self._context, self._code, field).open()

    def _ask_field_of_current(self) -> None:
        field = self.table.current_field()
        if field is not None:
            self._ask_field(field)

    def _ask_field(self, field: MappedField) -> None:
        dialog = FieldDialog(self.window(), self._context, field)
        dialog.accepted.connect(self.read)
        dialog.open()

    def _write(self, work: Callable[[], Any]) -> None:
        self._context.hub.write(self, work, self._on_written, self._on_refused)

    def _on_added(self, field_id: int) -> None:
        """The keyboard goes to the new field, which comes from no column yet."""
        self._keep = field_id
        self.table.setFocus()
        self._on_written(None)

    def _on_written(self, _value: object) -> None:
        self._banners.remove("mapping")
        self.read()

    def _on_refused(self, error: TaskError) -> None:
        self._banners.show_banner("mapping", "err", "The mapping was not changed.", error.text)
        self.read()

    def _on_error(self, error: TaskError) -> None:
        self._banners.show_banner("mapping", "err", "The mapping could not be read.", error.text)
