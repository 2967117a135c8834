"""A person writes a sales order: chooses a customer, adds items, corrects a quantity, takes a line out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from models.customer import Customer
from models.database import connected
from models.errors import BackdeskError, FieldError
from models.item import Item
from models.record_edit import create_record
from models.sales_document import add_line, change_quantity, delete_line
from models.sales_order import SalesHeader, SalesLine
from ui.framework.page import Page
from ui.sales.line_dialog import LineDialog

OpenPage = Callable[..., Any]
Settle = Callable[[Page], None]


@pytest.fixture
def order(company: object) -> str:
    values = {"customer_no": "C00002", "order_date": "2026-11-21", "status": "Open"}
    return create_record(SalesHeader, values, "SALES_ORDER")


def _order(no: str) -> SalesHeader:
    with connected():
        found: SalesHeader = SalesHeader.get_by_id(no)
    return found


def _lines(no: str) -> list[tuple[int, str, Decimal]]:
    with connected():
        lines = SalesLine.select().where(SalesLine.order_no == no).order_by(SalesLine.line_no)
        return [(line.line_no, line.item_no, line.amount) for line in lines]


def test_the_amount_of_an_order_is_the_sum_of_its_lines(order: str) -> None:
    with connected():
        price = Item.get_by_id("I00001").unit_price
    first = add_line(order, "i00001", Decimal(3))
    add_line(order, "I00002", Decimal(1))
    assert [line[:2] for line in _lines(order)] == [(10_000, "I00001"), (20_000, "I00002")]
    change_quantity(first, Decimal(2))
    assert _lines(order)[0][2] == price * 2
    assert _order(order).amount == sum(line[2] for line in _lines(order))
    delete_line(first)
    assert _order(order).amount == sum(line[2] for line in _lines(order))


def test_an_order_that_is_released_keeps_its_lines(order: str) -> None:
    line = add_line(order, "I00001", Decimal(3))
    with connected():
        SalesHeader.update(status="Released").where(SalesHeader.no == order).execute()
    before = _lines(order)
    for change in (
        lambda: add_line(order, "I00002", Decimal(1)),
        lambda: change_quantity(line, Decimal(9)),
        lambda: delete_line(line),
    ):
        with pytest.raises(BackdeskError, match="is Released"):
            change()
    assert _lines(order) == before


def test_nothing_is_sold_to_a_blocked_customer(company: object) -> None:
    with connected():
        Customer.update(blocked="All").where(Customer.no == "C00002").execute()
    with pytest.raises(FieldError, match=r"C00002 is blocked"):
        create_record(SalesHeader, {"customer_no": "C00002", "order_date": "2026-11-21"}, "SALES_ORDER")


def test_lines_are_added_one_after_the_other_from_the_card(
    qtbot: QtBot, open_page: OpenPage, settle: Settle, order: str
) -> None:
    page = open_page("sales_order_card", key=order)
    page.trigger("add_line")
    dialog = page.findChildren(LineDialog)[-1]
    qtbot.keyClicks(dialog.item.widget, "nothing")
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    settle(page)
    assert "There is no Item “NOTHING”" in dialog.item_row.error

    dialog.item.widget.clear()
    qtbot.keyClicks(dialog.item.widget, "I00003")
    dialog.quantity.widget.selectAll()
    qtbot.keyClicks(dialog.quantity.widget, "4")
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    settle(page)
    assert dialog.item_row.error == ""
    assert "I00003 was added" in dialog.said.text()
    dialog.reject()

    page.lines.model.refresh()
    settle(page)
    assert [row[1] for row in page.lines.model.loaded_rows()] == ["I00003"]
    page.lines.view.selectRow(0)
    page.trigger("delete_line")
    settle(page)
    assert _lines(order) == []
