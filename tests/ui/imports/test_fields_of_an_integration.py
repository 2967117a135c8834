"""One field of an integration: its formula, what is done to its values, where they come from, its place."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.imports.integrations.definition import Transforms
from tests.ui.imports.conftest import OpenCard
from tests.ui.imports.integration_cards import choose, field_dialog, select, stored, write_pair
from ui.framework.context import PageContext


def test_a_formula_is_tried_before_it_is_kept(
    open_card: OpenCard, orders: str, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card(orders)
    dialog = field_dialog(page, "unit_price", 1)
    choose(dialog.column_type, "Formula")
    assert not dialog.formula.isHidden()
    assert dialog.transforms.isHidden(), "a formula says itself what is done to its texts"
    dialog.formula.setText("[Total] / nothing")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: bool(dialog.formula_row.error))
    assert "position 11" in dialog.formula_row.error, "it stands below the formula"
    assert dialog.focusWidget() is dialog.formula, "the keyboard is where the mistake is"
    dialog.formula.setText("[Total] / [Qty]")
    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()
    qtbot.waitUntil(context.hub.is_idle)
    kept = stored(orders, "unit_price", 1)
    assert (kept["column_type"], kept["expression"]) == ("Formula", "[Total] / [Qty]")
    texts = [page.mapping.model.index(row, 0).data() for row in range(page.mapping.model.rowCount())]
    assert "= [Total] / [Qty]" in texts
    page.close_page()


def test_what_is_done_to_a_value_on_the_way_is_kept_and_told(
    open_card: OpenCard, orders: str, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card(orders)
    dialog = field_dialog(page, "item_no", 1)
    edit = dialog.transforms
    choose(edit.letter_case, "Upper")
    edit.pad_length.setValue(6)
    write_pair(edit.replace, "-", "")
    assert edit.replace.model().rowCount() == 2, "an empty row waits for the next pair"
    choose(dialog.lookup_missing, "Create")
    wanted = edit.transforms()
    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()
    qtbot.waitUntil(context.hub.is_idle)
    kept = stored(orders, "item_no", 1)
    assert msgspec.json.decode(kept["transforms"], type=Transforms) == Transforms(
        replace=(("-", ""),), letter_case="Upper", pad_length=6
    )
    assert kept["lookup_missing"] == "Create"
    model = page.mapping.model
    row = next(place for place, field in enumerate(model.fields) if field.path == "1.item_no")
    assert model.index(row, 4).data() == "No., created if missing"
    assert model.index(row, 6).data() == "1 replaced, UPPER CASE, 6 characters with “0”"
    again = field_dialog(page, "item_no", 1)
    assert again.transforms.transforms() == wanted
    again.reject()
    page.close_page()


@pytest.mark.parametrize(
    ("kind", "fill", "words"),
    [
        ("Dynamic", ("dynamic", "Today"), "Today"),
        ("Constant", ("constant", "2026-11-21"), "Always “2026-11-21”"),
    ],
)
def test_a_value_need_not_come_from_the_file(
    open_card: OpenCard,
    orders: str,
    context: PageContext,
    qtbot: QtBot,
    kind: str,
    fill: tuple[str, str],
    words: str,
) -> None:
    page = open_card(orders)
    dialog = field_dialog(page, "order_date")
    choose(dialog.column_type, kind)
    if fill[0] == "dynamic":
        choose(dialog.dynamic, fill[1])
    else:
        dialog.constant.setText(fill[1])
    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()
    qtbot.waitUntil(context.hub.is_idle)
    assert stored(orders, "order_date")["column_type"] == kind
    model = page.mapping.model
    row = next(place for place, field in enumerate(model.fields) if field.path == "order_date")
    assert model.index(row, 0).data() == words
    assert not model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsEditable, "no column is named here"
    page.close_page()


def test_fields_are_moved_and_added_with_the_keyboard_and_the_menu(
    open_card: OpenCard, orders: str, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card(orders)
    model, table = page.mapping.model, page.mapping.table
    before = [field.path for field in model.fields]
    select(page, before[1])
    qtbot.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: [field.path for field in model.fields][:2] == [before[1], before[0]])
    current = table.current_field()
    assert current is not None
    assert current.path == before[1], "the keyboard stays on the field that moved"
    assert not page.mapping.up_button.isEnabled()
    action = next(act for act in page.mapping.add_menu.actions() if act.text() == "Line: Line No.")
    page.mapping.add_menu.triggered.emit(action)
    qtbot.waitUntil(lambda: "1.line_no" in [field.path for field in model.fields])
    assert stored(orders, "line_no", 1)["column_type"] == "Line Numbers"
    qtbot.waitUntil(lambda: (field := table.current_field()) is not None and field.path == "1.line_no")
    assert page.focusWidget() is table, "Enter opens what was added"
    page.close_page()
