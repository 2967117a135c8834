"""A consultant sets an integration up: its fields, what values mean, how files are read; each change is saved."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.formats import date_text
from desktop.imports.integrations import setup
from desktop.imports.integrations.mapped_fields import mapping
from models import owners
from models.changes import Change
from models.database import connected, database
from models.errors import BackdeskError, FieldError
from models.integration import Integration
from tests.ui.imports.conftest import NOW, OpenCard, Told, rows
from tests.ui.imports.integration_cards import write_pair
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.integration_setup.code_dialog import CodeDialog
from ui.integration_setup.from_file_dialog import FromFileDialog
from ui.integration_setup.mapping_table import MappingModel
from ui.integration_setup.value_map_dialog import ValueMapDialog
from ui.pages.integration_list import IntegrationList, count_words, key_words
from ui.theme import theme


def field(code: str, target: str) -> dict[str, object]:
    names = ("source_column", "required", "default_value", "constant", "lookup_by")
    found = rows(
        f"SELECT {', '.join(names)} FROM integration_field WHERE integration_code = ? AND target_field = ?",
        code,
        target,
    )
    return dict(zip(names, found[0], strict=True))


def place(model: MappingModel, target: str) -> int:
    return [row.target_field for row in model.fields].index(target)


# --- the list -----------------------------------------------------------------------------------


def test_the_list_says_what_each_came_to_last(
    context: PageContext, staged: Callable[..., int], qtbot: QtBot
) -> None:
    staged(processed=True)
    page = IntegrationList(context)
    qtbot.addWidget(page)
    page.open_page()
    qtbot.waitUntil(lambda: page.model.rowCount() == 10 and page.model.is_settled())
    names = [column.name for column in page.COLUMNS]
    shown = {
        page.model.index(row, 0).data(): {
            name: page.model.index(row, column).data() for column, name in enumerate(names)
        }
        for row in range(page.model.rowCount())
    }
    customers = shown["CUSTOMERS"]
    assert customers["read_at"] == date_text(NOW.now().astimezone().date())
    assert {name: customers[name] for name in names if name not in ("code", "read_at")} == {
        "description": "Customers from CSV or Excel",
        "target_table": "Customers",
        "status": "Completed with errors",
        "counts": "3 created, 2 errors",
        "source_type": "Any",
        "execution_mode": "Deferred Job Queue",
        "match_field": "No.",
    }
    assert shown["ITEMS"]["status"] == shown["ITEMS"]["counts"] == ""
    page.close_page()


def test_the_list_says_at_once_that_the_program_ended_in_the_middle_of_the_last_import(
    context: PageContext, staged: Callable[..., int], qtbot: QtBot
) -> None:
    staged()
    here = owners.this_process()
    with connected(), database.atomic():
        database.execute_sql("UPDATE import_run SET state = 'Reading', owner = ?", (here,))
    page = IntegrationList(context)
    qtbot.addWidget(page)
    page.open_page()
    qtbot.waitUntil(lambda: page.model.rowCount() == 10 and page.model.is_settled())
    names = [column.name for column in page.COLUMNS]
    place = names.index("status")

    def words() -> list[str]:
        return sorted(page.model.index(row, place).data() or "" for row in range(page.model.rowCount()))

    assert words()[-1] == "Reading"
    with connected(), database.atomic():
        database.execute_sql("UPDATE import_run SET owner = ?", (f"{here.partition('/')[0]}/1/1",))
    page.records_changed([Change(1, "import_run", "1")])
    qtbot.waitUntil(lambda: words()[-1] == "Interrupted")


def test_in_a_narrow_window_the_description_is_read_rather_than_how_the_integration_works(
    context: PageContext, qtbot: QtBot
) -> None:
    page = IntegrationList(context)
    qtbot.addWidget(page)
    page.resize(1_000, 540)
    page.show()
    page.open_page()
    qtbot.waitUntil(lambda: page.model.rowCount() == 10 and page.model.is_settled())
    names = [column.name for column in page.COLUMNS]
    hidden = {name for place, name in enumerate(names) if page.view.isColumnHidden(place)}
    assert {"match_field", "execution_mode"} <= hidden
    assert not hidden & {"description", "status", "counts"}
    assert page.view.columnWidth(names.index("description")) >= theme().px(300)
    page.close_page()


def test_a_company_without_integrations_says_what_one_is_and_makes_the_first_from_a_file(
    context: PageContext, foreground: ForegroundRunner, qtbot: QtBot
) -> None:
    context.foreground = foreground
    with connected():
        Integration.delete().execute()
    page = IntegrationList(context)
    qtbot.addWidget(page)
    page.open_page()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    assert page.empty.accessibleName().startswith("There are no integrations yet An integration says how")
    QTest.mouseClick(page.empty.action_button, Qt.MouseButton.LeftButton)
    (dialog,) = page.window().findChildren(FromFileDialog)
    dialog.reject()
    page.close_page()


def test_the_list_imports_with_the_integration_it_is_on(
    context: PageContext, told: Told, qtbot: QtBot
) -> None:
    page = IntegrationList(context)
    qtbot.addWidget(page)
    page.show()
    page.open_page()
    qtbot.waitUntil(lambda: page.current_key() == "CUSTOMERS")
    page.trigger("import")
    page.trigger("records")
    assert told.imports == [(None, "CUSTOMERS")]
    assert told.opened == [("integration_records", {"integration": "CUSTOMERS"})]
    page.close_page()


def test_the_list_copies_an_integration_with_its_description_and_rows_as_text(
    context: PageContext, qtbot: QtBot
) -> None:
    page = IntegrationList(context)
    qtbot.addWidget(page)
    page.show()
    page.open_page()
    qtbot.waitUntil(lambda: page.current_key() == "CUSTOMERS")
    page.trigger("copy")
    assert "Customers from CSV or Excel" in QGuiApplication.clipboard().text()
    assert page.window().findChildren(CodeDialog) == []
    page.trigger("copy_integration")
    (dialog,) = page.window().findChildren(CodeDialog)
    assert dialog.description.text() == "Customers from CSV or Excel"
    dialog.reject()
    page.close_page()


def test_counts_and_keys_are_told_in_words() -> None:
    assert count_words("1,0,0,1,0,0".replace(",", " ")) == "1 created, 1 error"
    assert count_words(None) == ""
    assert key_words("customer.no") == "No."
    assert key_words("nowhere.field") == "field"


# --- the card -----------------------------------------------------------------------------------


def test_the_card_shows_which_column_fills_which_field(open_card: OpenCard) -> None:
    page = open_card("NORTHWIND-CUSTOMERS")
    model = page.mapping.model
    texts = [[model.index(row, column).data() for column in (0, 1, 4, 5)] for row in range(model.rowCount())]
    assert texts[1] == ["companyName", "Name", "", "Add…"]
    assert texts[place(model, "country_code")] == ["country", "Country/Region Code", "Name", "2 values"]
    assert page.editor("target_table").widget.currentText() == "Customers"  # type: ignore[attr-defined]
    assert page.editor("match_field").text() == "No."
    page.close_page()


def test_a_column_a_default_and_required_are_changed_in_place(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("NORTHWIND-CUSTOMERS")
    model = page.mapping.model
    city = place(model, "city")
    assert model.setData(model.index(city, 0), " Town ")
    assert model.setData(model.index(city, 3), "Bremen")
    assert model.setData(model.index(city, 2), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    qtbot.waitUntil(context.hub.is_idle)
    assert field("NORTHWIND-CUSTOMERS", "city") == {
        "source_column": "Town",
        "required": 1,
        "default_value": "Bremen",
        "constant": "",
        "lookup_by": "",
    }
    assert page.banners.keys == []
    page.close_page()


def test_a_default_that_the_field_would_refuse_is_refused_here(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("CUSTOMERS")
    model = page.mapping.model
    terms = place(model, "payment_terms_code")
    model.setData(model.index(terms, 3), "99 YEARS")
    qtbot.waitUntil(context.hub.is_idle)
    assert page.banners.keys == ["mapping"]
    assert model.fields[terms].default_value == ""
    page.close_page()


def test_values_of_the_file_are_given_a_meaning(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("NORTHWIND-CUSTOMERS")
    table = page.mapping.table
    row = place(page.mapping.model, "country_code")
    table.setCurrentIndex(page.mapping.model.index(row, 0))
    qtbot.mouseClick(page.mapping.values_button, Qt.MouseButton.LeftButton)
    (dialog,) = page.window().findChildren(ValueMapDialog)
    qtbot.waitUntil(lambda: dialog.table.model().rowCount() == 3)
    write_pair(dialog.table, "Holland", "NL")
    assert dialog.table.model().rowCount() == 4, "an empty row waits for the next pair"
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(context.hub.is_idle)
    assert rows(
        "SELECT external_value, internal_value FROM integration_value_map"
        " WHERE integration_code = 'NORTHWIND-CUSTOMERS' ORDER BY external_value"
    ) == [
        ("Holland", "NL"),
        ("UK", "GB"),
        ("USA", "US"),
    ]
    page.close_page()


def test_a_meaning_that_does_not_exist_is_refused_and_nothing_is_lost(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("CUSTOMERS")
    shown = next(row for row in page.mapping.model.fields if row.target_field == "country_code")
    page.mapping._ask_values(shown)
    (dialog,) = page.window().findChildren(ValueMapDialog)
    qtbot.waitUntil(lambda: dialog.table.model().rowCount() == 1)
    write_pair(dialog.table, "Atlantis", "AT1")
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "There is no Country/Region “AT1”." in dialog.problem.text()
    assert dialog.pairs() == [("Atlantis", "AT1")]
    dialog.reject()
    page.close_page()


def test_the_file_format_is_fixed_where_a_person_says_so(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("CUSTOMERS")
    combo = page.reading.delimiter
    combo.setCurrentIndex(combo.findData(";"))
    combo.activated.emit(combo.currentIndex())
    page.reading.header_line.setValue(3)
    page.reading.header_line.editingFinished.emit()
    qtbot.waitUntil(context.hub.is_idle)
    stored = json.loads(rows("SELECT reading FROM integration WHERE code = 'CUSTOMERS'")[0][0])
    assert (stored["delimiter"], stored["header_line"]) == (";", 3)
    page.close_page()


def test_a_new_integration_begins_with_all_fields_of_the_table_that_is_chosen(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("")
    code, table = page.editor("code").widget, page.editor("target_table").widget
    assert page.focusWidget() is code, "no series gives the code: it is typed first"
    assert table.currentIndex() == 0, "the keyboard goes down to all tables"  # type: ignore[attr-defined]
    code.setText("countries")  # type: ignore[attr-defined]
    code.editingFinished.emit()  # type: ignore[attr-defined]
    qtbot.waitUntil(context.hub.is_idle)
    assert rows("SELECT code FROM integration WHERE code = 'COUNTRIES'") == [], "it is of no table yet"
    table.setCurrentIndex(table.findData("country"))  # type: ignore[attr-defined]
    table.activated.emit(table.currentIndex())  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.mapping.model.rowCount() == 2)
    qtbot.waitUntil(context.hub.is_idle)
    assert rows("SELECT target_table, match_field FROM integration WHERE code = 'COUNTRIES'") == [
        ("country", "code")
    ]
    assert [row.source_column for row in page.mapping.model.fields] == ["Code", "Name"]
    page.close_page()


def test_a_field_can_be_removed_but_not_the_match_key(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("CUSTOMERS")
    count = page.mapping.model.rowCount()
    for target in ("no", "city"):
        row = place(page.mapping.model, target)
        page.mapping.table.setCurrentIndex(page.mapping.model.index(row, 0))
        qtbot.mouseClick(page.mapping.remove_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(context.hub.is_idle)
    assert page.mapping.model.rowCount() == count - 1
    assert "no" in {row.target_field for row in page.mapping.model.fields}
    page.close_page()


# --- without a window ---------------------------------------------------------------------------


def test_what_is_gone_meanwhile_is_told(company: object) -> None:
    for work in (
        lambda: setup.set_field(9_999, "constant", "x"),
        lambda: setup.add_missing_fields("NOWHERE"),
        lambda: setup.set_value_map("NOWHERE", "city", []),
        lambda: setup.set_reading("NOWHERE", sheet="x"),
    ):
        with pytest.raises(BackdeskError, match="changed or deleted meanwhile"):
            work()
    with connected():
        assert mapping("NOWHERE") is None


def test_a_constant_is_checked_by_the_fields_own_rule(company: object) -> None:
    with connected():
        found = mapping("CUSTOMERS")
    assert found is not None
    limit = next(row for row in found.fields if row.target_field == "credit_limit")
    with pytest.raises(FieldError):
        setup.set_field(limit.id, "constant", "plenty")
    setup.set_field(limit.id, "constant", "5000")
    with pytest.raises(ValueError, match="not changed here"):
        setup.set_field(limit.id, "target_field", "name")


def test_an_integration_of_unreadable_options_reads_with_the_defaults(company: object) -> None:
    with connected():
        Integration.update(reading="{broken").where(Integration.code == "CUSTOMERS").execute()
    setup.set_reading("CUSTOMERS", sheet="Data")
    assert rows("SELECT reading FROM integration WHERE code = 'CUSTOMERS'")[0][0].count("Data") == 1
