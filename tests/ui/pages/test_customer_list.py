"""The list of customers, used as a person uses it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from models.changes import Change
from models.customer import Customer
from models.database import connected
from models.sales_order import SalesHeader
from ui.framework.page import Page
from ui.widgets.empty_state import EmptyKind

OpenPage = Callable[..., Any]
Settle = Callable[[Page], None]


def test_it_opens_sorted_with_the_first_row_current_and_its_figures(open_page: OpenPage) -> None:
    page = open_page("customer_list")
    assert page.count_label.text() == "60 customers"
    assert page.current_key() == "C00001"
    facts = {row.caption: row.value for row in page.statistics.box.rows}
    assert facts["Balance"] == "397.25"
    assert facts["Credit limit"] == "5,000.00"


def test_searching_finds_beginnings_of_words_and_then_any_part(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("customer_list")
    page.trigger("search")
    qtbot.keyClicks(page.search_box, "harb trad")
    qtbot.keyClick(page.search_box, Qt.Key.Key_Return)
    settle(page)
    assert page.count_label.text() == "1 customer"
    assert page.current_key() == "C00010"
    assert page.view.hasFocus()
    page.search_box.setText("bour")
    qtbot.keyClick(page.search_box, Qt.Key.Key_Return)
    settle(page)
    assert page.count_label.text() == "6 customers"
    assert page.note_label.text() == "No word begins with “bour”; found inside words."


def test_searching_does_not_care_for_capitals_of_any_alphabet(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("customer_list")
    page.search_box.setText("ÅLESUND LTD")
    qtbot.keyClick(page.search_box, Qt.Key.Key_Return)
    settle(page)
    assert page.model.rowCount() > 0
    assert all(row[2].startswith("Ålesund") for row in page.model.loaded_rows())


def test_a_search_without_a_match_says_so_and_can_be_cleared(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("customer_list", filters={"city": "Nantes"}, search="xyz")
    assert page.stack.currentWidget() is page.empty
    assert page.empty.kind is EmptyKind.NO_MATCH
    assert page.empty.accessibleName() == "No customers match “xyz” and 1 filter"
    qtbot.mouseClick(page.empty.link_button, Qt.MouseButton.LeftButton)
    settle(page)
    assert page.count_label.text() == "60 customers"
    assert page.stack.currentWidget() is page.view


def test_filtering_to_the_value_of_a_cell_and_resetting(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("customer_list")
    page.view.setCurrentIndex(page.model.index(0, page.model.column_index("city")))
    page.trigger("filter_value")
    settle(page)
    assert page.filter_pane.isVisible()
    assert page.count_label.text() == "20 customers"
    assert {row[3] for row in page.model.loaded_rows()} == {"London"}
    page.trigger("reset_filters")
    settle(page)
    assert page.count_label.text() == "60 customers"


def test_a_filter_on_blocked_customers_opens_with_the_page(open_page: OpenPage) -> None:
    page = open_page("customer_list", filters={"blocked": "<>''"})
    assert [page.model.key(place) for place in range(3)] == ["C00007", "C00020", "C00033"]
    assert page.count_label.text() == "3 customers"


def test_a_filter_that_cannot_be_read_says_why_under_the_field(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("customer_list")
    page.set_filter("balance", "much")
    settle(page)
    field = page.filter_pane._fields["balance"]
    assert field.row.error == "“much” is not a number. Write it like 1,234.50."
    assert page.count_label.text() == "60 customers"
    page.set_filter("balance", ">8,000")
    settle(page)
    assert field.row.error == ""
    assert all(row[7] > 80_000_000 for row in page.model.loaded_rows())


def test_a_click_on_a_header_sorts_and_a_second_turns_it_round(
    open_page: OpenPage, settle: Settle, qtbot: QtBot
) -> None:
    page = open_page("customer_list")
    header = page.view.horizontalHeader()
    place = page.model.column_index("balance")
    x = header.sectionViewportPosition(place) + 30
    for _ in range(2):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=header.rect().topLeft() + _at(x))
        settle(page)
    balances = [row[7] for row in page.model.loaded_rows()]
    assert balances == sorted(balances, reverse=True)
    assert (header.sorted_column, header.descending) == (place, True)
    assert page.view.currentIndex().row() == page.model.place_of("C00001")


def test_enter_opens_the_card_and_alt_n_begins_a_new_one(
    open_page: OpenPage, qtbot: QtBot, window: Any
) -> None:
    page = open_page("customer_list")
    qtbot.keyClick(page.view, Qt.Key.Key_Down)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    page.trigger("new")
    (first, opened), second = window.opened
    assert (first, opened["key"]) == ("customer_card", "C00002")
    assert second == ("customer_card", {"key": ""})


def test_the_card_goes_on_in_the_order_of_the_list_it_came_from(
    open_page: OpenPage, qtbot: QtBot, window: Any, settle: Settle
) -> None:
    page = open_page("customer_list", filters={"blocked": "<>''"})
    page.sort_by("name", descending=True)
    settle(page)
    order = [page.model.key(place) for place in range(3)]
    page.view.select_row(0)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    name, arguments = window.opened[0]
    card = open_page(name, **arguments)
    for expected in order[1:]:
        card.trigger("next")
        qtbot.waitUntil(lambda expected=expected: card.key == expected)
    card.trigger("next")
    settle(card)
    assert card.key == order[-1]
    assert window.notices[-1].text == "There are no more records in this direction."


def test_copied_rows_are_text_that_a_spreadsheet_takes(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page("customer_list")
    qtbot.keyClick(page.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0].split("\t")[:2] == ["No.", "Name"]
    assert [line.split("\t")[0] for line in lines[1:]] == ["C00001", "C00002"]
    assert lines[1].split("\t")[6] == "397.25"


def test_a_record_that_somebody_else_changes_is_shown_and_the_place_is_kept(
    open_page: OpenPage, settle: Settle
) -> None:
    page = open_page("customer_list")
    page.view.select_row(40)
    page.view.scrollTo(page.model.index(40, 0))
    settle(page)
    scrolled = page.view.verticalScrollBar().value()
    resets: list[bool] = []
    page.model.modelReset.connect(lambda: resets.append(True))
    with connected():
        customer = Customer.get_by_id("C00042")
        customer.name = "Zephyr Ltd."
        customer.save()
    page.records_changed([Change(1, "customer", "C00042")])
    settle(page)
    assert page.model.index(41, page.model.column_index("name")).data() == "Zephyr Ltd."
    assert page.current_key() == "C00041"
    assert page.view.verticalScrollBar().value() == scrolled
    assert not resets


def test_a_new_record_above_pushes_the_rows_down_but_not_the_selection(
    open_page: OpenPage, settle: Settle
) -> None:
    page = open_page("customer_list")
    page.view.select_row(40)
    page.view.scrollTo(page.model.index(40, 0))
    settle(page)
    on_screen = page.view.rowViewportPosition(40)
    with connected():
        Customer.create(no="A00001", name="First of all")
    page.records_changed([Change(1, "customer", "A00001")])
    settle(page)
    assert page.count_label.text() == "61 customers"
    assert page.current_key() == "C00041"
    assert page.view.currentIndex().row() == 41
    assert page.view.rowViewportPosition(41) == on_screen


def test_moving_on_shows_only_the_figures_of_the_row_where_one_stays(
    open_page: OpenPage, settle: Settle, qtbot: QtBot
) -> None:
    page = open_page("customer_list")
    for _ in range(5):
        qtbot.keyClick(page.view, Qt.Key.Key_Down)
    settle(page)
    assert page.statistics.box.rows[0].value == "2,382.25"


def test_screen_readers_hear_the_column_with_the_value(open_page: OpenPage) -> None:
    page = open_page("customer_list")
    index = page.model.index(6, page.model.column_index("blocked"))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Blocked: All"
    assert page.view.accessibleName() == "Customers"


def _open_orders(no: str) -> tuple[str, str]:
    with connected():
        orders = list(
            SalesHeader.select().where(
                SalesHeader.customer_no == no, SalesHeader.status.in_(("Open", "Released"))
            )
        )
        return str(len(orders)), f"{sum((order.amount for order in orders), Decimal(0)):,.2f}"


def _shown_orders(page: Any, no: str) -> tuple[str, str]:
    place = page.model.place_of(no)
    columns = (page.model.column_index("open_orders"), page.model.column_index("open_amount"))
    first, second = (page.model.index(place, column).data() for column in columns)
    return first, second


def test_open_orders_stand_beside_each_customer_and_follow_what_others_enter(
    open_page: OpenPage, settle: Settle
) -> None:
    page = open_page("customer_list")
    page.context.settings.task_min_interval_ms = 0
    _, last = page.view.visible_rows()
    for place in range(last + 1):
        no = page.model.key(place)
        assert _shown_orders(page, no) == _open_orders(no)
    assert _shown_orders(page, "C00002") != ("0", "0.00")
    with connected():
        SalesHeader.update(status="Shipped").where(SalesHeader.customer_no == "C00002").execute()
    page.records_changed([Change(1, "sales_header", "SO00001")])
    settle(page)
    assert _shown_orders(page, "C00002") == ("0", "0.00")


def test_where_there_is_no_room_columns_that_yield_go_and_none_is_cut_off(
    open_page: OpenPage, settle: Settle
) -> None:
    page = open_page("customer_list")
    contact = page.model.column_index("contact")
    page.resize(1800, 700)
    settle(page)
    assert not page.view.isColumnHidden(contact)
    page.resize(1000, 600)
    settle(page)
    assert page.view.isColumnHidden(contact)
    assert not page.view.isColumnHidden(page.model.column_index("open_orders"))
    assert page.view.horizontalScrollBar().maximum() == 0
    assert "Contact" in page.view.copy_rows()


def _at(x: int) -> Any:
    from PySide6.QtCore import QPoint

    return QPoint(x, 10)
