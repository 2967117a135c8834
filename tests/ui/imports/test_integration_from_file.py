"""An integration is made from a sample file: what its columns fill is proposed, corrected and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.imports.conftest import rows
from tests.ui.imports.integration_cards import choose
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.integration_setup.from_file_dialog import FromFileDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing")


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
    qtbot.waitUntil(dialog.create_button.isEnabled)
    assert dialog.code.text() == "SHOP-2026"
    model = dialog.model
    texts = [[model.index(row, place).data() for place in range(4)] for row in range(model.rowCount())]
    assert texts[0] == ["No.", "K1, K2", "No.", "certain, the same name"]
    assert texts[3][2] == "Not imported"
    name = [row[0] for row in texts].index("Company")
    model.choose(name, "name")
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
    qtbot.waitUntil(dialog.create_button.isEnabled)
    dialog.model.choose(2, "name")
    assert [column.path for column in dialog.model.columns] == ["no", "", "name"]
    dialog.reject()


def test_what_is_wrong_with_file_or_code_is_said_in_the_dialog(
    dialog: FromFileDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    dialog.take_file(empty)
    qtbot.waitUntil(lambda: "empty" in dialog.said.text().lower())
    assert not dialog.create_button.isEnabled()
    path = tmp_path / "customers.csv"
    path.write_text("No.,Name\nK1,Meyer\n")
    dialog.take_file(path)
    qtbot.waitUntil(dialog.create_button.isEnabled)
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
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 6)
    assert [column.path for column in dialog.model.columns][3:] == ["1.order_no", "1.item_no", "1.quantity"]
    dialog.reject()


def test_the_keyboard_goes_from_the_choice_of_a_file_to_its_columns(
    dialog: FromFileDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    assert dialog.focusWidget() is dialog.file_button
    assert dialog.file_edit.isReadOnly(), "a path that was typed would not be looked at"
    path = tmp_path / "x.csv"
    long = "A remark that takes more room than others"
    path.write_text(f"No.,Remark\nK1,{long}\n")
    dialog.take_file(path)
    qtbot.waitUntil(dialog.create_button.isEnabled)
    assert dialog.focusWidget() is dialog.columns
    dialog.columns.setCurrentIndex(dialog.model.index(1, 0))
    QTest.keyClick(dialog.columns, Qt.Key.Key_Return)
    choose(dialog.columns.chooser, "address")
    dialog.columns.chooser.hidePopup()
    assert dialog.model.columns[1].path == "address", "Enter opens the choice wherever one stands in the row"
    assert dialog.said.text().endswith("2 of 2 columns fill a field.")
    dialog.model.choose(1, "")
    assert dialog.said.text().endswith("1 of 2 columns fills a field.")
    widths = [dialog.columns.columnWidth(place) for place in range(4)]
    assert sum(widths) == dialog.columns.viewport().width()
    assert widths[1] > dialog.columns.fontMetrics().horizontalAdvance(long), "others have room to give"
    dialog.reject()
