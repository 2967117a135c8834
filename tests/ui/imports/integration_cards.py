"""The card of an integration, as tests of it work with it."""

from __future__ import annotations

from typing import Any

from tests.ui.imports.conftest import rows
from ui.integration_setup.field_dialog import FieldDialog
from ui.integration_setup.pairs_table import PairsTable
from ui.pages.integration_card import IntegrationCard


def stored(code: str, target: str, level: int = 0) -> dict[str, Any]:
    names = ("column_type", "constant", "expression", "transforms", "lookup_missing", "default_value")
    found = rows(
        f"SELECT {', '.join(names)} FROM integration_field"
        " WHERE integration_code = ? AND target_field = ? AND level = ?",
        code,
        target,
        level,
    )
    return dict(zip(names, found[0], strict=True))


def choose(combo: Any, value: str) -> None:
    """What a person does with a drop-down."""
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def select(page: IntegrationCard, target: str, level: int = 0) -> None:
    model = page.mapping.model
    row = [(field.level, field.target_field) for field in model.fields].index((level, target))
    page.mapping.table.setCurrentIndex(model.index(row, 1))


def write_pair(table: PairsTable, left: str, right: str) -> None:
    """What a person types into the empty row."""
    model = table.model()
    row = model.rowCount() - 1
    model.setData(model.index(row, 0), left)
    model.setData(model.index(row, 1), right)


def field_dialog(page: IntegrationCard, target: str, level: int = 0) -> FieldDialog:
    select(page, target, level)
    page.mapping.edit_button.click()
    (dialog,) = page.window().findChildren(FieldDialog)
    return dialog
