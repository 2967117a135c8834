"""A person works with the rights of their sets: what they lack is told where they are, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from models.customer import Customer
from models.database import connected
from models.sales_order import SalesHeader, SalesLine
from ui.framework.page import Page
from ui.sales.line_dialog import LineDialog
from ui.widgets.labels import Label

OpenPage = Callable[..., Any]
Settle = Callable[[Page], None]
Give = Callable[..., None]


def _write(page: Any, name: str, text: str) -> None:
    editor = page.editor(name)
    editor.edit.setText(text)
    editor.edit.editingFinished.emit()


def _said(page: Any) -> str:
    return " ".join(words for _severity, words in page.banners.shown())


def _customer(no: str) -> Customer:
    with connected():
        return Customer.get_by_id(no)


def test_a_reader_looks_at_every_page_and_is_told_nothing_bad(open_page: OpenPage, give: Give) -> None:
    give("READER")
    for name in ("customer_list", "item_list", "vendor_list", "sales_order_list", "users", "permission_sets"):
        page = open_page(name)
        assert page.model.rowCount() > 0
        assert page.banners.keys == []
    page = open_page("customer_card", key="C00002")
    assert page.editor("name").text() == _customer("C00002").name
    assert page.banners.keys == []


def test_a_reader_who_changes_a_field_reads_under_it_which_right_is_missing(
    open_page: OpenPage, give: Give, settle: Settle
) -> None:
    give("READER")
    before = _customer("C00001").name
    page = open_page("customer_card", key="C00001")
    _write(page, "name", "Petersen")
    settle(page)
    assert page.editor("name").row.error == (
        "User MARIA does not have the following permissions on TableData Customer: Modify. "
        "Ask a user with the permission set SUPER for a set that allows it."
    )
    assert page.saved_text() == "1 field is not saved"
    assert _customer("C00001").name == before


def test_a_reader_creates_no_customer_and_no_number_is_lost(
    open_page: OpenPage, give: Give, settle: Settle
) -> None:
    give("READER")
    page = open_page("customer_card", key="")
    _write(page, "name", "Petersen")
    settle(page)
    assert "TableData Customer: Insert" in _said(page)
    with connected():
        assert Customer.select().where(Customer.name == "Petersen").count() == 0


def test_an_order_processor_sells_and_changes_customers_but_deletes_none(
    open_page: OpenPage, give: Give, settle: Settle
) -> None:
    give("ORDER PROCESSOR")
    page = open_page("customer_card", key="C00001")
    _write(page, "name", "Petersen")
    settle(page)
    assert _customer("C00001").name == "Petersen"
    page.trigger("delete")
    settle(page)
    assert "TableData Customer: Delete" in _said(page)
    assert _customer("C00001").name == "Petersen"


def test_an_order_processor_creates_an_order_with_a_line(
    open_page: OpenPage, give: Give, settle: Settle, qtbot: Any
) -> None:
    give("ORDER PROCESSOR")
    page = open_page("sales_order_card", key="")
    _write(page, "customer_no", "C00002")
    settle(page)
    assert page.key
    dialog = LineDialog(page, page.context, page.key)
    qtbot.addWidget(dialog)
    dialog.item.show_value("I00001")
    dialog.quantity.show_value(Decimal(2))
    dialog.save()
    settle(page)
    with connected():
        order = SalesHeader.get_by_id(page.key)
        assert order.order_date == date(2026, 11, 21)
        assert [line.item_no for line in SalesLine.select().where(SalesLine.order_no == order.no)] == [
            "I00001"
        ]


def test_somebody_without_a_set_sees_no_customers_and_why(open_page: OpenPage, give: Give) -> None:
    give()
    page = open_page("customer_list")
    assert page.model.rowCount() == 0
    assert "User MARIA does not have the following permissions on TableData Customer: Read." in " ".join(
        label.text() for label in page.empty.findChildren(Label)
    )


def test_everybody_may_do_everything_until_somebody_has_a_set(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("customer_card", key="C00001")
    _write(page, "name", "Petersen")
    settle(page)
    assert _customer("C00001").name == "Petersen"
