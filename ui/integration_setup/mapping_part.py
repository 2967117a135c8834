"""The FastTab "Field mapping" of an integration: which column fills which field, and what values mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.imports import setup
from desktop.tasks.task import TaskError
from models.changes import Change
from models.integration import Integration
from models.integration_rows import MappedField, Mapping, mapping
from ui.framework.context import PageContext
from ui.integration_setup.mapping_table import MappingModel, MappingTable
from ui.integration_setup.value_map_dialog import ValueMapDialog
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
        self.model = MappingModel()
        self.table = MappingTable(self.model)
        self.tab = FastTab("Field mapping")
        self.hint = Label("", "body", "fg3", wrap=True)
        self.add_button = Button("Add missing fields", "ghost", "add", small=True)
        self.values_button = Button("Value map…", "ghost", "arrow_swap", small=True)
        self.remove_button = Button("Remove field", "ghost", "delete", small=True)
        bar = QHBoxLayout()
        for button in (self.add_button, self.values_button, self.remove_button):
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
        self.table.current_changed.connect(self._enable)
        self.add_button.clicked.connect(self._add)
        self.values_button.clicked.connect(self._ask_values_of_current)
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
        self.model.show(found)
        fields = found.fields if found is not None else []
        self.hint.setVisible(not fields)
        self.hint.setText(
            "No field is mapped yet: add the table's fields, then name the columns of the file."
            if self._code
            else "The fields follow when the integration is saved."
        )
        self.table.setVisible(bool(fields))
        in_file = sum(bool(field.source_column) for field in fields)
        self.tab.set_summary(
            f"{len(fields)} fields", f"{in_file} from the file"
        ) if fields else self.tab.set_summary()
        self._enable()

    def _enable(self) -> None:
        current = self.table.current_field()
        self.add_button.setEnabled(bool(self._code))
        self.values_button.setEnabled(current is not None)
        self.remove_button.setEnabled(current is not None)

    def _on_edited(self, field_id: int, name: str, value: str | bool) -> None:
        self._write(partial(setup.set_field, field_id, name, value))

    def _add(self) -> None:
        self._write(partial(setup.add_missing_fields, self._code))

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

    def _write(self, work: Callable[[], Any]) -> None:
        self._context.hub.write(self, work, self._on_written, self._on_refused)

    def _on_written(self, _value: object) -> None:
        self._banners.remove("mapping")
        self.read()

    def _on_refused(self, error: TaskError) -> None:
        self._banners.show_banner("mapping", "err", "The mapping was not changed.", error.text)
        self.read()

    def _on_error(self, error: TaskError) -> None:
        self._banners.show_banner("mapping", "err", "The mapping could not be read.", error.text)
