"""A consultant tells an integration what its files are like, what follows them, and which folder is watched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.imports.values.written_dates import date_pattern
from models.errors import FieldError
from models.integration import Integration
from tests.ui.imports.conftest import OpenCard, Told, rows
from tests.ui.imports.integration_cards import choose
from ui.framework.context import PageContext
from ui.integration_setup.fixed_columns import columns_text, typed_columns
from ui.integration_setup.key_editor import KeyEditor, KeysDialog


def test_a_limit_is_asked_where_the_policy_has_one(
    open_card: OpenCard, orders: str, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card(orders)
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


def test_a_folded_tab_says_when_there_is_nothing_in_it(
    open_card: OpenCard, orders: str, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card(orders)
    headers = {tab.title: tab.header for tab in page.folding_tabs()}
    assert headers["Post-processing"].summary == headers["Watched folder"].summary == "None"
    choose(page.editor("post_processing_codeunit").widget, "release_sales_orders")
    qtbot.waitUntil(lambda: "elease" in headers["Post-processing"].summary)
    page.close_page()


def test_only_codeunits_that_can_follow_an_import_are_offered(
    open_card: OpenCard, orders: str, context: PageContext
) -> None:
    page = open_card(orders)
    combo = page.editor("post_processing_codeunit").widget
    offered = [combo.itemData(place) for place in range(combo.count())]  # type: ignore[attr-defined]
    assert {"", "release_sales_orders", "recalculate_balances"} <= set(offered)
    assert not {"process_import", "watch_folder", "preview_file"} & set(offered)
    page.close_page()


def test_several_fields_together_can_tell_a_record(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("CUSTOMERS")
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


def test_how_numbers_and_days_are_written_is_said_in_words_and_examples(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("CUSTOMERS")
    choose(page.editor("decimal_separator").widget, ",")
    assert page.editor("decimal_separator").text() == "Comma: 1.234,50"
    days = page.editor("date_format")
    assert isinstance(days.widget, QLineEdit)
    days.widget.setText("month and day")
    days.widget.editingFinished.emit()
    assert days.row.error.endswith("such as DD.MM.YYYY.")
    days.widget.setText("D.M.YY")
    days.widget.editingFinished.emit()
    qtbot.waitUntil(context.hub.is_idle)
    assert rows("SELECT decimal_separator, date_format FROM integration WHERE code = 'CUSTOMERS'") == [
        (",", "D.M.YY")
    ]
    page.close_page()


@pytest.mark.parametrize("days", ["YYYY-MM-DD", "DD.MM.YYYY", "M/D/YY", "yyyymmdd", "SERIAL", "D. M. YYYY"])
def test_whatever_the_program_reads_as_days_may_be_typed(days: str) -> None:
    assert Integration.rule("date_format").check(days) == days
    date_pattern(days)


@pytest.mark.parametrize("days", ["", "MM.YYYY", "DD MMM YYYY", "DD.MM.YYYY HH:MM", "today"])
def test_what_names_no_day_may_not(days: str) -> None:
    with pytest.raises(FieldError):
        Integration.rule("date_format").check(days)
    with pytest.raises(ValueError, match="is not a date format"):
        date_pattern(days)


def test_each_kind_of_file_shows_what_can_be_said_about_it(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("CUSTOMERS")

    def shown() -> set[str]:
        return {name for name, row in page.reading.rows.items() if not row.isHidden()}

    assert page.reading.encoding.findText("Greek (Windows-1253)") > 0, "what the import dialog offers"
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
    open_card: OpenCard, context: PageContext, told: Told, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_card("CUSTOMERS")
    page.trigger("watch")
    assert not rows("SELECT id FROM job_queue_entry"), "no folder is named yet"
    edit = page.editor("watched_folder").widget
    folder = tmp_path / "drop"
    folder.mkdir()
    edit.setText(str(folder))  # type: ignore[attr-defined]
    edit.editingFinished.emit()  # type: ignore[attr-defined]
    qtbot.waitUntil(context.hub.is_idle)
    page.trigger("watch")
    qtbot.waitUntil(lambda: page.watch.watching.active)
    assert "New files are taken every 5 minutes by themselves" in edit.accessibleDescription()
    assert rows("SELECT codeunit, recurring FROM job_queue_entry") == [("watch_folder", 1)]
    page.trigger("watch_job")
    assert told.opened[-1] == ("job_queue_entry_card", {"key": page.watch.watching.job_id})
    page.trigger("unwatch")
    qtbot.waitUntil(lambda: not page.watch.watching.active)
    page.close_page()


def test_a_folder_that_is_not_there_is_refused_in_words(
    open_card: OpenCard, context: PageContext, qtbot: QtBot
) -> None:
    page = open_card("CUSTOMERS")
    edit = page.editor("watched_folder").widget
    edit.setText("/nowhere/at/all")  # type: ignore[attr-defined]
    edit.editingFinished.emit()  # type: ignore[attr-defined]
    qtbot.waitUntil(context.hub.is_idle)
    page.trigger("watch")
    qtbot.waitUntil(lambda: "watching" in page.banners.keys)
    page.close_page()
