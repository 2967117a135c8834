"""Fields that an extension shows on a card: where they stand, what they show, and how people fill them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from models.customer import Customer
from models.database import connected


def _captions(page: Any, tab: str) -> list[str]:
    return [row.caption for row in page._grids[tab]._rows]


def test_they_stand_last_or_behind_another_field(extend: Callable[..., ModuleType], open_page: Any) -> None:
    extend("Tides")
    page = open_page("customer_card", key="C00010")
    captions = _captions(page, "General")
    assert captions[:3] == ["No.", "Name", "Limit"]
    assert captions[-1] == "Result"


def test_they_show_values_as_the_cards_own_fields_do(
    extend: Callable[..., ModuleType], open_page: Any
) -> None:
    extend("Tides")
    page = open_page("customer_card", key="C00010")
    assert page.extension_text("tides_of") == "Tides C00010"
    assert page.extension_text("tides_limit") == "1,234.50"
    own = page.editor("credit_limit").widget.alignment()
    assert page.extension_editor("tides_limit").widget.alignment() == own == Qt.AlignmentFlag.AlignRight


def test_another_record_begins_with_empty_fields(
    extend: Callable[..., ModuleType], open_page: Any, settle: Any
) -> None:
    extend("Tides")
    page = open_page("customer_card", key="C00010")
    page.show_record("C00011")
    assert page.extension_text("tides_of") == ""
    settle(page)
    assert page.extension_text("tides_of") == "Tides C00011"


def test_an_empty_field_says_that_its_value_is_on_its_way(
    extend: Callable[..., ModuleType], open_page: Any
) -> None:
    module = extend("Tides")
    page = open_page("customer_card", key="C00010")
    field = page.extension_editor("tides_of")
    extension = page.extensions[0]
    extension.show_value("tides_of", None)
    extension.show_pending("tides_of")
    assert field.widget.placeholderText() == "Calculating…"
    extension.show_value("tides_of", "now")
    assert (field.widget.placeholderText(), field.text()) == ("", "now")
    with pytest.raises(KeyError):
        extension.show_value("name", "not its own")
    assert module.told


def test_what_a_person_enters_goes_to_the_extension_and_nowhere_else(
    extend: Callable[..., ModuleType], open_page: Any, qtbot: QtBot, settle: Any
) -> None:
    module = extend("Tides")
    page = open_page("customer_card", key="C00010")
    with connected():
        before = Customer.get_by_id("C00010").modified_at
    edit: QLineEdit = page.extension_editor("tides_limit").widget
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "2500,5x")
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert "is not a number" in page.extension_editor("tides_limit").row.error
    assert page._tabs[0][1].error_count == 1
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "2500.5")
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    settle(page)
    assert page.extension_editor("tides_limit").row.error == ""
    assert page._tabs[0][1].error_count == 0
    assert ("on_field_changed", "tides_limit", Decimal("2500.5")) in module.told
    assert edit.text() == "2,500.50"
    with connected():
        assert Customer.get_by_id("C00010").modified_at == before


def test_tab_comes_to_them_where_they_stand(
    extend: Callable[..., ModuleType], open_page: Any, qtbot: QtBot
) -> None:
    extend("Tides")
    page = open_page("customer_card", key="C00010")
    page.editor("name").widget.setFocus()
    qtbot.keyClick(page.editor("name").widget, Qt.Key.Key_Tab)
    assert page.focusWidget() is page.extension_editor("tides_limit").widget


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            'tab="General"),',
            'tab="Genral"),',
            "has no FastTab “Genral”. It has “General”, “Address & Contact”",
        ),
        ('after="name"', 'after="city"', "“General” has no field “city”. It has no, name, blocked"),
        ('"lower_limit", "Limit"', '"balance", "Limit"', "There is a field “balance” already, of the card"),
        ('"lower_limit", "Limit"', '"lower_of", "Limit"', "It has two fields “tides_of”"),
    ],
)
def test_a_field_without_a_place_is_told_and_nothing_is_half_there(
    extend: Callable[..., ModuleType], open_page: Any, old: str, new: str, reason: str
) -> None:
    module = extend("Tides", (old, new))
    page = open_page("customer_card", key="C00010")
    ((severity, words),) = page.banners.shown()
    assert severity == "err"
    assert words.startswith("The extension “Tides” has failed here.")
    assert reason in words
    assert _captions(page, "General")[-1] == "Currency Code"
    assert page.editor("name").text() != ""
    assert ("on_open",) not in module.told


def test_two_extensions_cannot_show_a_field_of_one_name(
    extend: Callable[..., ModuleType], open_page: Any
) -> None:
    extend("Harbour", number=50_500)
    extend("Tides", ('"lower_limit", "Limit"', '"harbour_limit", "Limit"'))
    page = open_page("customer_card", key="C00010")
    ((_, words),) = page.banners.shown()
    assert "“Tides” has failed" in words
    assert "There is a field “harbour_limit” already, of the extension “Harbour”" in words
    assert page.extension_text("harbour_of") == "Harbour C00010"


def test_a_page_that_is_no_card_shows_no_fields(extend: Callable[..., ModuleType], open_page: Any) -> None:
    extend("Tides", ('"customer_list": __name__ + ":OnList"', '"vendor_list": __name__ + ":Extended"'))
    page = open_page("vendor_list")
    assert "Vendors is no card, so it shows no field “Result”" in page.banners.shown()[0][1]
    assert page.model.rowCount() == 8
