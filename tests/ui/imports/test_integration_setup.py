"""A consultant sets an integration up with all that it can be told, and carries it from company to company."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from desktop.imports.integrations import setup
from desktop.imports.integrations.definition import Transforms
from desktop.imports.integrations.definition_file import LARGEST
from models.integration import Integration
from models.record_edit import create_record
from tests.ui.imports.conftest import Told, rows
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.integration_setup.code_dialog import CodeDialog
from ui.integration_setup.field_dialog import FieldDialog
from ui.integration_setup.fixed_columns import columns_text, typed_columns
from ui.integration_setup.from_file_dialog import FromFileDialog
from ui.integration_setup.integration_actions import IntegrationActions
from ui.integration_setup.key_editor import KeyEditor, KeysDialog
from ui.pages.integration_card import IntegrationCard

SETTLED_MS = 10_000
Open = Callable[[str], IntegrationCard]


@pytest.fixture
def card(context: PageContext, qtbot: QtBot) -> Open:
    """Opens the card of an integration."""

    def make(key: str) -> IntegrationCard:
        page = IntegrationCard(context, key)
        qtbot.addWidget(page)
        page.resize(1200, 800)
        page.show()
        page.open_page()
        qtbot.waitUntil(context.hub.is_idle, timeout=SETTLED_MS)
        return page

    return make


@pytest.fixture
def orders(company: Path) -> str:
    """An integration of orders with their lines."""
    create_record(Integration, {"code": "WEB", "description": "Web shop", "target_table": "sales_header"})
    setup.add_missing_fields("WEB")
    return "WEB"


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


def field_dialog(page: IntegrationCard, target: str, level: int = 0) -> FieldDialog:
    select(page, target, level)
    page.mapping.edit_button.click()
    (dialog,) = page.window().findChildren(FieldDialog)
    return dialog


# --- one field ----------------------------------------------------------------------------------


def test_a_formula_is_tried_before_it_is_kept(
    card: Open, orders: str, context: PageContext, qtbot: QtBot
) -> None:
    page = card(orders)
    dialog = field_dialog(page, "unit_price", 1)
    choose(dialog.column_type, "Formula")
    assert not dialog.formula.isHidden()
    assert dialog.transforms.isHidden(), "a formula says itself what is done to its texts"
    dialog.formula.setText("[Total] / nothing")
    dialog.save_button.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "position 11" in dialog.problem.text()
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
    card: Open, orders: str, context: PageContext, qtbot: QtBot
) -> None:
    page = card(orders)
    dialog = field_dialog(page, "item_no", 1)
    edit = dialog.transforms
    choose(edit.letter_case, "Upper")
    edit.pad_length.setValue(6)
    edit.replace.setItem(0, 0, QTableWidgetItem("-"))
    assert edit.replace.rowCount() == 2, "an empty row waits for the next pair"
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
    card: Open,
    orders: str,
    context: PageContext,
    qtbot: QtBot,
    kind: str,
    fill: tuple[str, str],
    words: str,
) -> None:
    page = card(orders)
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
    card: Open, orders: str, context: PageContext, qtbot: QtBot
) -> None:
    page = card(orders)
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
    page.close_page()


# --- what belongs together ----------------------------------------------------------------------


def test_a_limit_is_asked_where_the_policy_has_one(
    card: Open, orders: str, context: PageContext, qtbot: QtBot
) -> None:
    page = card(orders)
    assert page.editor("error_limit").read_only
    choose(page.editor("error_policy").widget, "Stop at Percent")
    qtbot.waitUntil(lambda: not page.editor("error_limit").read_only)
    assert "of 100 records" in page.editor("error_limit").widget.accessibleDescription()
    assert page.editor("post_processing_trigger").read_only
    choose(page.editor("post_processing_codeunit").widget, "release_sales_orders")
    qtbot.waitUntil(lambda: not page.editor("post_processing_trigger").read_only)
    assert rows("SELECT post_processing_codeunit, error_policy FROM integration WHERE code = 'WEB'") == [
        ("release_sales_orders", "Stop at Percent")
    ]
    page.close_page()


def test_only_codeunits_that_can_follow_an_import_are_offered(
    card: Open, orders: str, context: PageContext
) -> None:
    page = card(orders)
    combo = page.editor("post_processing_codeunit").widget
    offered = [combo.itemData(place) for place in range(combo.count())]  # type: ignore[attr-defined]
    assert {"", "release_sales_orders", "recalculate_balances"} <= set(offered)
    assert not {"process_import", "watch_folder", "preview_file"} & set(offered)
    page.close_page()


def test_several_fields_together_can_tell_a_record(card: Open, context: PageContext, qtbot: QtBot) -> None:
    page = card("CUSTOMERS")
    key = page.editor("match_field")
    assert isinstance(key, KeyEditor)
    choose(key.combo, "…")
    (dialog,) = page.window().findChildren(KeysDialog)
    assert dialog.boxes["no"].isChecked()
    dialog.boxes["no"].setChecked(False)
    assert not dialog.use_button.isEnabled(), "nothing tells no record"
    dialog.boxes["name"].setChecked(True)
    dialog.boxes["city"].setChecked(True)
    dialog.use_button.click()
    qtbot.waitUntil(context.hub.is_idle)
    assert rows("SELECT match_field FROM integration WHERE code = 'CUSTOMERS'") == [("name,city",)]
    assert key.text() == "Name + City"
    page.close_page()


def test_each_kind_of_file_shows_what_can_be_said_about_it(
    card: Open, context: PageContext, qtbot: QtBot
) -> None:
    page = card("CUSTOMERS")

    def shown() -> set[str]:
        return {name for name, row in page.reading.rows.items() if not row.isHidden()}

    choose(page.editor("source_type").widget, "JSON")
    qtbot.waitUntil(lambda: shown() == {"array_path", "flatten"})
    choose(page.editor("source_type").widget, "Fixed Width")
    qtbot.waitUntil(lambda: "fixed_columns" in shown() and "delimiter" not in shown())
    edit = page.reading.fixed_columns
    edit.setText("No. 1-6; Name 7")
    edit.editingFinished.emit()
    qtbot.waitUntil(context.hub.is_idle)
    reading = json.loads(rows("SELECT reading FROM integration WHERE code = 'CUSTOMERS'")[0][0])
    assert [column["length"] for column in reading["fixed_columns"]] == [6, 1]
    edit.setText("No. 6-1")
    edit.editingFinished.emit()
    assert "ends before it begins" in page.reading.rows["fixed_columns"].error
    page.close_page()


def test_columns_are_typed_as_they_are_shown() -> None:
    columns, problem = typed_columns(" Code 1-6;Name of all 7–46 ; Flag 47;")
    assert not problem
    assert [(column.name, column.start, column.length) for column in columns] == [
        ("Code", 1, 6),
        ("Name of all", 7, 40),
        ("Flag", 47, 1),
    ]
    assert typed_columns(columns_text(columns)) == (columns, "")
    assert typed_columns("") == ((), "")
    assert "names no positions" in typed_columns("Code")[1]
    assert "before 1" in typed_columns("Code 0-4")[1]


def test_a_folder_is_watched_until_a_person_ends_it(
    card: Open, context: PageContext, told: Told, tmp_path: Path, qtbot: QtBot
) -> None:
    page = card("CUSTOMERS")
    page.trigger("watch")
    assert not rows("SELECT id FROM job_queue_entry"), "no folder is named yet"
    edit = page.editor("watched_folder").widget
    folder = tmp_path / "drop"
    folder.mkdir()
    edit.setText(str(folder))  # type: ignore[attr-defined]
    edit.editingFinished.emit()  # type: ignore[attr-defined]
    qtbot.waitUntil(context.hub.is_idle)
    page.trigger("watch")
    qtbot.waitUntil(lambda: page.watch.watching.active, timeout=SETTLED_MS)
    assert "taken by themselves" in edit.accessibleDescription()
    assert rows("SELECT codeunit, recurring FROM job_queue_entry") == [("watch_folder", 1)]
    page.trigger("watch_job")
    assert told.opened[-1] == ("job_queue_entry_card", {"key": page.watch.watching.job_id})
    page.trigger("unwatch")
    qtbot.waitUntil(lambda: not page.watch.watching.active, timeout=SETTLED_MS)
    page.close_page()


def test_a_folder_that_is_not_there_is_refused_in_words(
    card: Open, context: PageContext, qtbot: QtBot
) -> None:
    page = card("CUSTOMERS")
    edit = page.editor("watched_folder").widget
    edit.setText("/nowhere/at/all")  # type: ignore[attr-defined]
    edit.editingFinished.emit()  # type: ignore[attr-defined]
    qtbot.waitUntil(context.hub.is_idle)
    page.trigger("watch")
    qtbot.waitUntil(lambda: "watching" in page.banners.keys)
    page.close_page()


# --- whole integrations -------------------------------------------------------------------------


def test_an_integration_is_copied_under_another_code(
    card: Open, orders: str, context: PageContext, told: Told, qtbot: QtBot
) -> None:
    page = card(orders)
    page.trigger("copy")
    (dialog,) = page.window().findChildren(CodeDialog)
    dialog.make_button.click()
    assert "Code is empty" in dialog.code_row.error
    dialog.code.setText("customers")
    dialog.make_button.click()
    qtbot.waitUntil(lambda: "already" in dialog.code_row.error)
    dialog.code.setText("web2")
    with qtbot.waitSignal(dialog.made):
        dialog.make_button.click()
    assert told.opened[-1] == ("integration_card", {"key": "WEB2"})
    assert rows("SELECT description FROM integration WHERE code = 'WEB2'") == [("Web shop",)]
    page.close_page()


def test_a_definition_goes_through_a_file(
    card: Open, orders: str, context: PageContext, told: Told, tmp_path: Path, qtbot: QtBot
) -> None:
    page = card(orders)
    actions: IntegrationActions = page.actions_of_setup
    path = tmp_path / "web.json"
    actions.export_to(orders, path)
    qtbot.waitUntil(path.exists)
    qtbot.waitUntil(lambda: bool(told.notices))
    actions.import_from(path)
    qtbot.waitUntil(lambda: bool(page.window().findChildren(CodeDialog)))
    (dialog,) = page.window().findChildren(CodeDialog)
    assert (dialog.code.text(), dialog.description.text()) == ("WEB", "Web shop")
    dialog.code.setText("WEB-NEW")
    with qtbot.waitSignal(dialog.made):
        dialog.make_button.click()
    assert rows("SELECT COUNT(*) FROM integration_field WHERE integration_code = 'WEB-NEW'") == rows(
        "SELECT COUNT(*) FROM integration_field WHERE integration_code = 'WEB'"
    )
    page.close_page()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{}", b"{" * (LARGEST + 10), None])
def test_a_file_that_is_no_definition_is_refused_in_words(
    card: Open, orders: str, tmp_path: Path, qtbot: QtBot, content: bytes | None
) -> None:
    page = card(orders)
    path = tmp_path / "wrong.json"
    if content is not None:
        path.write_bytes(content)
    page.actions_of_setup.import_from(path)
    qtbot.waitUntil(lambda: "setup" in page.banners.keys)
    assert not page.window().findChildren(CodeDialog)
    page.close_page()


def test_a_folder_that_cannot_be_written_is_told(
    card: Open, orders: str, tmp_path: Path, qtbot: QtBot
) -> None:
    page = card(orders)
    with qtbot.waitSignal(page.actions_of_setup.refused) as refused:
        page.actions_of_setup.export_to(orders, tmp_path / "no folder" / "x.json")
    assert "x.json could not be written" in refused.args[1]
    page.close_page()


def test_a_deleted_integration_comes_back_with_undo(
    card: Open, orders: str, context: PageContext, told: Told, qtbot: QtBot
) -> None:
    page = card(orders)
    page.trigger("delete")
    qtbot.waitUntil(lambda: bool(told.notices))
    assert not rows("SELECT * FROM integration_field WHERE integration_code = 'WEB'")
    undo = told.notices[-1].on_action
    assert undo is not None
    undo()
    qtbot.waitUntil(lambda: "is there again" in told.notices[-1].text)
    assert rows("SELECT COUNT(*) FROM integration_field WHERE integration_code = 'WEB'") != [(0,)]


# --- from a file --------------------------------------------------------------------------------


@pytest.fixture
def dialog(context: PageContext, foreground: ForegroundRunner, qtbot: QtBot, window: Any) -> FromFileDialog:
    """The dialog, open over a window."""
    made = FromFileDialog(window, context, foreground)
    made.open()
    return made


def test_a_file_that_is_dropped_proposes_what_its_columns_fill(
    dialog: FromFileDialog, context: PageContext, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "Shop 2026.csv"
    path.write_text("No.;Company;City;Remark\nK1;Meyer;Dresden;x\nK2;Schmidt;Hamburg;y\n", encoding="utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drop = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    dialog.dropEvent(drop)
    qtbot.waitUntil(dialog.create_button.isEnabled, timeout=SETTLED_MS)
    assert dialog.code.text() == "SHOP-2026"
    model = dialog.model
    texts = [[model.index(row, place).data() for place in range(4)] for row in range(model.rowCount())]
    assert texts[0] == ["No.", "K1, K2", "No.", "certain, the same name"]
    assert texts[3][2] == "Not imported"
    name = [row[0] for row in texts].index("Company")
    model.setData(model.index(name, 2), "name")
    assert model.index(name, 3).data() in ("chosen by you", "likely, another name of it")
    with qtbot.waitSignal(dialog.made) as made:
        dialog.create_button.click()
    assert made.args == ["SHOP-2026"]
    assert ("Company", "name") in rows(
        "SELECT source_column, target_field FROM integration_field WHERE integration_code = 'SHOP-2026'"
    )


def test_a_field_is_filled_by_one_column(dialog: FromFileDialog, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "x.csv"
    path.write_text("No.,Name,Nickname\nK1,Meyer,Max\n")
    dialog.take_file(path)
    qtbot.waitUntil(dialog.create_button.isEnabled, timeout=SETTLED_MS)
    dialog.model.choose(2, "name")
    assert [column.path for column in dialog.model.columns] == ["no", "", "name"]
    dialog.reject()


def test_what_is_wrong_with_file_or_code_is_said_in_the_dialog(
    dialog: FromFileDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    dialog.take_file(empty)
    qtbot.waitUntil(lambda: "empty" in dialog.said.text().lower(), timeout=SETTLED_MS)
    assert not dialog.create_button.isEnabled()
    path = tmp_path / "customers.csv"
    path.write_text("No.,Name\nK1,Meyer\n")
    dialog.take_file(path)
    qtbot.waitUntil(dialog.create_button.isEnabled, timeout=SETTLED_MS)
    dialog.code.setText("")
    dialog.create_button.click()
    assert "Code is empty" in dialog.code_row.error
    dialog.code.setText("CUSTOMERS")
    dialog.create_button.click()
    qtbot.waitUntil(lambda: "already" in dialog.code_row.error)
    dialog.model.choose(0, "")
    dialog.code.setText("NEW")
    dialog.create_button.click()
    qtbot.waitUntil(lambda: "nothing tells which" in dialog.said.text())
    dialog.reject()


def test_orders_can_have_a_file_of_their_own_for_the_lines(
    dialog: FromFileDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    assert dialog.lines_row.isHidden()
    choose(dialog.table_combo, "sales_header")
    assert not dialog.lines_row.isHidden()
    orders, lines = tmp_path / "orders.csv", tmp_path / "lines.csv"
    orders.write_text("Order No.,Customer No.,Order Date\nA1,C1,2026-11-02\n")
    lines.write_text("Order No.,Item No.,Quantity\nA1,I2,1\n")
    dialog.take_file(orders)
    dialog.take_file(lines, lines=True)
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 6, timeout=SETTLED_MS)
    assert [column.path for column in dialog.model.columns][3:] == ["1.order_no", "1.item_no", "1.quantity"]
    dialog.reject()
