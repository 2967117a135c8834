"""The card of a customer: what is typed is saved, refused or kept, and nothing else is written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.codeunits import customer_statistics
from desktop.sessions.session import Session
from models.changes import MANY, Change, last_number
from models.customer import Customer
from models.database import connected, database
from models.lookups import Country
from tests.waiting import WAIT
from ui.framework.page import Page

OpenPage = Callable[..., Any]
Settle = Callable[[Page], None]


def stored(key: str) -> Customer:
    with connected():
        found: Customer = Customer.get_by_id(key)
    return found


def write(qtbot: QtBot, page: Any, name: str, text: str) -> None:
    """Write into a field and leave it with Tab."""
    edit = page.editor(name).widget
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Tab)


def test_it_shows_the_customer_and_writes_nothing_by_that(open_page: OpenPage) -> None:
    with connected():
        before = last_number()
    page = open_page("customer_card", key="C00004")
    assert page.title_label.text() == "C00004 · Ålesund Supply Ltd."
    assert page.editor("balance").widget.text() == "1,588.25"
    assert page.editor("country_code").widget.text() == "GB"
    assert page.statistics.box.rows[0].value == "1,588.25"
    with connected():
        assert last_number() == before


def test_leaving_a_field_saves_it_while_the_person_goes_on(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("customer_card", key="C00004")
    write(qtbot, page, "city", "Bergen")
    assert page.saved_text() == "Saving…"
    settle(page)
    assert page.saved_text() == "Saved 09:45"
    assert stored("C00004").city == "Bergen"
    assert " bergen" in stored("C00004").search_text


def test_an_import_that_writes_all_the_time_lets_the_card_stand_still_and_shows_what_it_wrote(
    open_page: OpenPage, settle: Settle
) -> None:
    page = open_page("customer_card", key="C00004")
    titles: list[str] = []
    page.title_changed.connect(titles.append)
    with connected():
        Customer.update(city="Bergen").where(Customer.no == "C00004").execute()
    for number in range(20):
        page.records_changed([Change(number, "customer", MANY)])
    assert not page.context.hub.child_sessions()
    settle(page)
    assert page.editor("city").widget.text() == "Bergen"
    assert titles == ["C00004 · Ålesund Supply Ltd."], "read once, and its name has never gone"


def test_a_number_is_read_as_the_person_writes_it(open_page: OpenPage, qtbot: QtBot, settle: Settle) -> None:
    page = open_page("customer_card", key="C00004")
    write(qtbot, page, "credit_limit", "12 500,5".replace(",", "."))
    settle(page)
    assert stored("C00004").credit_limit == Decimal("12500.5")
    assert page.editor("credit_limit").widget.text() == "12,500.50"


def test_a_refused_value_stays_with_its_reason_until_it_is_right(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("customer_card", key="C00004")
    write(qtbot, page, "email", "nobody")
    settle(page)
    email = page.editor("email")
    assert email.row.error == "“nobody” is not a valid E-Mail. Write it like name@example.com."
    assert email.widget.property("edge") == "error"
    assert page.saved_text() == "1 field is not saved"
    assert [tab.error_count for _, tab in page._tabs] == [0, 1, 0]
    assert stored("C00004").email == "novak@supply.example"
    write(qtbot, page, "email", "nobody@example.com")
    settle(page)
    assert email.row.error == ""
    assert stored("C00004").email == "nobody@example.com"


def test_a_code_that_its_table_does_not_know_is_refused_by_the_database_side(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("customer_card", key="C00004")
    write(qtbot, page, "payment_terms_code", "never")
    settle(page)
    assert page.editor("payment_terms_code").row.error == (
        "There is no Payment Terms “NEVER”. Choose an existing Payment Terms, or create it first."
    )
    assert stored("C00004").payment_terms_code == "14 DAYS"


def test_somebody_elses_change_is_not_overwritten(open_page: OpenPage, qtbot: QtBot, settle: Settle) -> None:
    page = open_page("customer_card", key="C00004")
    with connected():
        other = Customer.get_by_id("C00004")
        other.city = "Oslo"
        other.save()
    write(qtbot, page, "city", "Bergen")
    settle(page)
    assert "was changed to “Oslo” by somebody else" in page.editor("city").row.error
    assert stored("C00004").city == "Oslo"
    page.trigger("refresh")
    settle(page)
    assert page.editor("city").row.error == ""
    assert page.editor("city").widget.text() == "Oslo"


def test_somebody_elses_change_shows_but_not_in_the_field_one_writes_in(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("customer_card", key="C00004")
    city = page.editor("city").widget
    city.setFocus()
    city.selectAll()
    qtbot.keyClicks(city, "Ber")
    with connected():
        other = Customer.get_by_id("C00004")
        other.city, other.contact = "Oslo", "Nina Berg"
        other.save()
    page.records_changed([Change(1, "customer", "C00004")])
    settle(page)
    assert city.text() == "Ber"
    assert page.editor("contact").widget.text() == "Nina Berg"


def test_a_deleted_customer_says_so_and_takes_no_more_entries(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("customer_card", key="C00050")
    with connected():
        Customer.delete_by_id("C00050")
    page.records_changed([Change(1, "customer", "C00050")])
    settle(page)
    assert page.banners.keys == ["load"]
    assert page.editor("name").read_only


def test_blocking_shows_a_banner_and_unblocking_takes_it_away(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("customer_card", key="C00004")
    combo = page.editor("blocked").widget
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_End)
    settle(page)
    assert stored("C00004").blocked == "All"
    assert page.banners.keys == ["blocked"]
    assert not page.command_bar.button("new_order").isEnabled()
    qtbot.keyClick(combo, Qt.Key.Key_Home)
    settle(page)
    assert stored("C00004").blocked == ""
    assert page.banners.keys == []


def test_the_next_customer_ends_the_figures_of_the_one_before(
    open_page: OpenPage, settle: Settle, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    page = open_page("customer_card", key="C00004")
    started, ended = threading.Event(), threading.Event()
    normally = customer_statistics.run

    def slow(session: Session) -> None:
        if session.parameters["customer"] != "C00004":
            return normally(session)
        started.set()
        try:
            endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c"
            database.execute_sql(endless).fetchone()
        finally:
            ended.set()
        return None

    monkeypatch.setattr(customer_statistics, "run", slow)
    page.statistics.refresh()
    assert started.wait(WAIT)
    page.trigger("next")
    qtbot.waitUntil(lambda: page.key == "C00005")
    settle(page)
    assert ended.wait(WAIT)
    assert page.statistics.box.rows[0].value == "1,985.25"
    page.trigger("previous")
    qtbot.waitUntil(lambda: page.key == "C00004")


def test_what_stands_in_a_field_is_saved_when_the_page_is_closed(
    open_page: OpenPage, qtbot: QtBot, hub: Any
) -> None:
    page = open_page("customer_card", key="C00004")
    city = page.editor("city").widget
    city.setFocus()
    city.selectAll()
    qtbot.keyClicks(city, "Bergen")
    page.close()
    assert hub.drain(WAIT)
    assert stored("C00004").city == "Bergen"


def test_esc_takes_back_what_was_written_in_a_field(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page("customer_card", key="C00004")
    city = page.editor("city").widget
    city.setFocus()
    qtbot.keyClicks(city, "xx")
    qtbot.keyClick(city, Qt.Key.Key_Escape)
    assert city.text() == "London"


def test_a_new_customer_gets_its_number_when_its_name_is_there(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("customer_card")
    assert page.focusWidget() is page.editor("name").widget
    write(qtbot, page, "city", "Bergen")
    settle(page)
    assert page.key == ""
    assert page.saved_text() == "Not saved yet"
    write(qtbot, page, "name", "Fjord Fisk AS")
    settle(page)
    assert page.key == "C00061"
    assert page.title_label.text() == "C00061 · Fjord Fisk AS"
    assert (stored("C00061").city, stored("C00061").name) == ("Bergen", "Fjord Fisk AS")


def test_a_new_customer_without_a_name_is_not_saved_and_that_is_said(
    open_page: OpenPage, qtbot: QtBot, window: Any
) -> None:
    page = open_page("customer_card")
    write(qtbot, page, "city", "Bergen")
    page.close()
    assert [notice.text for notice in window.notices] == ["The new customer was not saved: Name is empty."]


def test_a_deleted_customer_comes_back_with_undo(
    open_page: OpenPage, settle: Settle, window: Any, hub: Any
) -> None:
    page = open_page("customer_card", key="C00050")
    before = stored("C00050").__data__
    closed: list[bool] = []
    page.close_requested.connect(lambda: closed.append(True))
    page.trigger("delete")
    settle(page)
    assert closed
    with connected():
        assert Customer.get_or_none(Customer.no == "C00050") is None
    notice = window.notices[-1]
    assert (notice.text, notice.action) == ("Customer C00050 was deleted.", "Undo")
    page.close()
    notice.on_action()
    assert hub.drain(WAIT)
    assert stored("C00050").__data__ == before
    assert window.notices[-1].text == "Customer C00050 is there again."


def test_a_customer_with_orders_is_not_deleted_and_the_reason_is_said(
    open_page: OpenPage, settle: Settle
) -> None:
    page = open_page("customer_card", key="C00002")
    page.trigger("delete")
    settle(page)
    assert page.banners.keys == ["delete"]
    assert stored("C00002").no == "C00002"


def test_a_look_up_offers_what_fits_while_one_writes(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("customer_card", key="C00004")
    country = page.editor("country_code")
    country.widget.setFocus()
    country.widget.selectAll()
    qtbot.keyClicks(country.widget, "fr")
    qtbot.waitUntil(lambda: country._offers.stringList() == ["FR – France"])
    qtbot.keyClick(country.widget, Qt.Key.Key_Down)
    qtbot.keyClick(country.widget, Qt.Key.Key_Return)
    settle(page)
    assert stored("C00004").country_code == "FR"


def test_a_long_name_among_the_choices_is_read_to_its_end(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    with connected():
        name = "Saint Helena, Ascension and Tristan da Cunha and more"
        Country.create(code="QW", name=name)
    page = open_page("customer_card", key="C00004")
    country = page.editor("country_code")
    country.widget.setFocus()
    country.widget.selectAll()
    qtbot.keyClicks(country.widget, "qw")
    qtbot.waitUntil(lambda: country._list is not None and country._list.isVisible())
    offered = country._list
    assert offered.viewport().width() >= offered.fontMetrics().horizontalAdvance(f"QW – {name}")
    assert not offered.horizontalScrollBar().isVisible()
    qtbot.keyClick(country.widget, Qt.Key.Key_Escape)


def test_the_keyboard_walks_through_the_fast_tabs(open_page: OpenPage) -> None:
    page = open_page("customer_card", key="C00004")
    first, second = (tab for _, tab in page._tabs[:2])
    page.command_bar.button("delete").setFocus()
    page.trigger("next_tab")
    assert page.focusWidget() is first.header
    page.trigger("next_tab")
    assert page.focusWidget() is second.header
    page.trigger("fold_tab")
    assert not second.expanded
    page.trigger("previous_tab")
    assert page.focusWidget() is first.header
