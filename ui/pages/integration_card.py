"""The card of one integration: what it reads, which fields it fills, and how its records are processed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QWidget

from models.changes import Change
from models.integration import Integration
from models.integration_rows import Mapping
from models.record_edit import Values
from models.tables import TABLES
from ui.framework.card_page import CardPage, Tab
from ui.framework.command_bar import Action
from ui.framework.editors import FieldEditor, OptionFieldEditor
from ui.integration_setup.key_editor import KeyFieldEditor
from ui.integration_setup.mapping_part import MappingPart
from ui.integration_setup.reading_part import ReadingPart


class IntegrationCard(CardPage):
    """One integration."""

    NAME = "integration_card"
    TITLE = "Integration Card"
    RECORD = Integration
    TABS = (
        Tab(
            "General",
            ("code", "description", "target_table", "source_type"),
            summary=("description", "source_type"),
        ),
        Tab(
            "Reading",
            ("null_text", "decimal_separator", "date_format"),
            summary=("decimal_separator", "date_format"),
        ),
        Tab(
            "Processing",
            ("execution_mode", "match_field", "match_mode", "category_code"),
            summary=("execution_mode", "match_mode"),
        ),
    )

    def make_editor(self, name: str, *, read_only: bool) -> FieldEditor:
        if name == "match_field":
            self.key_editor = KeyFieldEditor(self.RECORD.rule(name), read_only=read_only)
            return self.key_editor
        made = super().make_editor(name, read_only=read_only)
        if name == "target_table" and isinstance(made, OptionFieldEditor):
            made.committed.connect(self._on_table_chosen)
            for place in range(made.combo.count()):
                made.combo.setItemText(place, TABLES[made.combo.itemData(place)].CAPTION_PLURAL)
        return made

    def lower_parts(self) -> Iterable[QWidget]:
        self.mapping = MappingPart(self.context, self.banners)
        self.reading = ReadingPart(self.context, self.banners)
        self.mapping.loaded.connect(self._on_mapping)
        return (self.mapping, self.reading)

    def defaults(self) -> Values:
        return {
            "target_table": "customer",
            "source_type": "Any",
            "execution_mode": "Deferred Job Queue",
            "match_field": "no",
            "match_mode": "Create and Update",
            "decimal_separator": ".",
            "date_format": "YYYY-MM-DD",
        }

    def editable(self, name: str) -> bool:
        if name == "target_table":
            return not self.key  # its fields are the table's from then on
        return super().editable(name)

    def card_actions(self) -> Sequence[Action]:
        return (
            Action("import", "Import…", "arrow_import", self._import, enabled=bool(self.key), primary=True),
            Action("records", "Records", "table_simple", self._open_records, "Ctrl+F7"),
        )

    def on_open(self) -> None:
        super().on_open()
        self.mapping.show_integration(self.key)
        if not self.key:
            self._offer_keys(self.values["target_table"])

    def on_after_get_current_record(self, values: Values) -> None:
        self.mapping.show_integration(self.key)
        self.set_action_enabled("import", True)

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        super().on_records_changed(changes)
        self.mapping.on_records_changed(changes)

    def on_close(self) -> None:
        self.mapping.commit()
        super().on_close()
        self.mapping.close_part()
        self.reading.close_part()

    def _on_mapping(self, mapping: Mapping | None) -> None:
        self.reading.show_mapping(mapping)
        if mapping is not None and mapping.fields:
            self.key_editor.offer([(field.target_field, field.caption) for field in mapping.fields])

    def _on_table_chosen(self, _name: str) -> None:
        """A new integration is for another table: records are found by its key, unless a person says otherwise."""
        if not self.key:
            self._offer_keys(str(self.editor("target_table").typed_value()))

    def _offer_keys(self, table: str) -> None:
        record = TABLES[table]
        self.key_editor.offer([(rule.name, rule.caption) for rule in record.RULES if rule.editable])
        self._values["match_field"] = record.key_field()
        self.key_editor.show_value(record.key_field())

    def _on_created(self, key: str) -> None:
        super()._on_created(key)
        self.mapping.begin(key)

    def _import(self) -> None:
        self.context.import_file(integration_code=self.key)

    def _open_records(self) -> None:
        self.context.navigate("integration_records", integration=self.key)
