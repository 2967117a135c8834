"""Items, vendors and sales orders: their lists and cards open, lead to each other, and save."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from models.database import connected
from models.item import Item
from models.sales_order import SalesHeader
from ui.framework.page import Page

OpenPage = Callable[..., Any]
Settle = Callable[[Page], None]


@pytest.mark.parametrize(
    ("name", "count", "first_fact"),
    [
        ("item_list", "30 items", ("Inventory", "7")),
        ("vendor_list", "8 vendors", ("Balance", "120.00")),
        ("sales_order_list", "40 sales orders", ("Balance", "794.25")),
    ],
)
def test_lists_open_with_their_figures(
    open_page: OpenPage, name: str, count: str, first_fact: tuple[str, str]
) -> None:
    page = open_page(name)
    assert page.count_label.text() == count
    fact = page.statistics.box.rows[0]
    assert (fact.caption, fact.value) == first_fact


def test_orders_come_newest_first_and_open_with_a_customers_filter(open_page: OpenPage) -> None:
    page = open_page("sales_order_list", filters={"customer_no": "'C00002'", "status": "Open|Released"})
    assert [row[2] for row in page.model.loaded_rows()] == ["C00002"] * page.model.rowCount()
    days = [row[4] for row in open_page("sales_order_list").model.loaded_rows()]
    assert days == sorted(days, reverse=True)


def test_a_vendor_leads_to_its_items(open_page: OpenPage, window: Any) -> None:
    page = open_page("vendor_card", key="V00003")
    page.trigger("items")
    assert window.opened == [("item_list", {"filters": {"vendor_no": "'V00003'"}})]


def test_blocking_an_item_saves_and_warns(open_page: OpenPage, qtbot: QtBot, settle: Settle) -> None:
    page = open_page("item_card", key="I00001")
    qtbot.mouseClick(page.editor("blocked").widget, Qt.MouseButton.LeftButton, pos=_middle(page, "blocked"))
    settle(page)
    with connected():
        assert Item.get_by_id("I00001").blocked is True
    assert page.banners.keys == ["blocked"]


def test_an_order_shows_its_lines_and_takes_another_date(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("sales_order_card", key="SO00003")
    assert page.title_label.text() == "SO00003 · Ålesund Supply Ltd."
    qtbot.waitUntil(lambda: page.lines.model.rowCount() == 3)
    edit = page.editor("shipment_date").widget
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    edit.selectAll()
    qtbot.keyClicks(edit, "t")
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    settle(page)
    assert edit.text() == "21 Nov 2026"
    with connected():
        assert SalesHeader.get_by_id("SO00003").shipment_date == date(2026, 11, 21)


def test_a_shipped_order_keeps_its_dates(open_page: OpenPage) -> None:
    page = open_page("sales_order_card", key="SO00020")
    assert page.values["status"] == "Invoiced"
    assert page.editor("order_date").read_only
    assert not page.editor("status").read_only


def test_a_new_order_is_made_for_the_customer_it_was_asked_for(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("sales_order_card", values={"customer_no": "C00003"})
    edit = page.editor("external_document_no").widget
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    qtbot.keyClicks(edit, "PO-77")
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    settle(page)
    assert page.key == "SO00041"
    with connected():
        order = SalesHeader.get_by_id("SO00041")
    assert (order.customer_no, order.status, order.order_date) == ("C00003", "Open", date(2026, 11, 21))
    assert order.customer_name == "Stone Supply B.V."


def _middle(page: Any, name: str) -> Any:
    from PySide6.QtCore import QPoint

    return QPoint(12, page.editor(name).widget.height() // 2)


def test_the_columns_of_a_list_give_way_before_the_last_one_is_cut_off(
    open_page: OpenPage, qtbot: QtBot
) -> None:
    page = open_page("sales_order_list")
    header = page.view.horizontalHeader()
    wide = header.sectionSize(page.model.column_index("customer_name"))
    room = page.view.viewport().width() - header.length()
    assert abs(room) < len(page.COLUMNS), "the list is as wide as its place"
    page.resize(page.width() - 90, page.height())
    qtbot.waitUntil(lambda: abs(page.view.viewport().width() - header.length()) < len(page.COLUMNS))
    assert header.sectionSize(page.model.column_index("customer_name")) < wide
