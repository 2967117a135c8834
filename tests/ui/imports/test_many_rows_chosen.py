"""A person selects more rows than the list has loaded, and does something with all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from models.database import connected, database
from models.lookups import Country
from tests.ui.imports.conftest import Told, rows
from tests.ui.imports.shown_records import Shown, counts, work_the_queue
from ui.import_results.chosen_rows import ChosenRows

GOOD = 498  # with the two that are wrong 500 rows, of which the list has loaded 400


@pytest.fixture
def many(shown: Shown, staged: Callable[..., int]) -> int:
    """The page shows 500 rows, two of which have had an error and wait; the run's id."""
    run_id = staged(GOOD)
    shown.open(run_id=run_id)
    return run_id


def select_all(shown: Shown) -> None:
    view = shown.page.table.view
    assert view is not None
    view.selectAll()
    assert isinstance(shown.page.table.chosen(), ChosenRows)


def select_from(shown: Shown, first: int) -> None:
    """From a row to the last one, as Shift+End does."""
    view = shown.page.table.view
    assert view is not None
    model = view.model()
    part = QItemSelection(model.index(first, 0), model.index(model.rowCount() - 1, model.columnCount() - 1))
    view.selectionModel().select(part, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def test_all_rows_are_left_out_and_taken_in_again_also_those_that_were_never_loaded(
    shown: Shown, many: int, told: Told
) -> None:
    select_all(shown)
    shown.page.exclude_selected()
    shown.tell()
    assert counts(many) == {"created": 0, "errors": 0, "excluded": 500, "ready": 0}
    notice = told.notices[-1]
    assert (notice.text, notice.action) == ("500 rows excluded.", "Undo")
    assert notice.on_action is not None
    notice.on_action()
    shown.tell()
    assert counts(many)["ready"] == 500
    select_all(shown)
    shown.page.exclude_selected()
    shown.tell()
    select_all(shown)
    shown.page.include_selected()
    shown.tell()
    assert counts(many)["ready"] == 500


def test_undo_takes_in_again_only_what_was_left_out_with_it(shown: Shown, many: int, told: Told) -> None:
    shown.select(0, 1)
    shown.page.exclude_selected()
    shown.tell()
    select_all(shown)
    shown.page.exclude_selected()
    shown.tell()
    assert told.notices[-1].text == "498 rows excluded."
    assert told.notices[-1].on_action is not None
    told.notices[-1].on_action()
    shown.tell()
    assert counts(many)["excluded"] == 2


def test_all_rows_are_processed_those_with_errors_and_those_left_out_too(shown: Shown, many: int) -> None:
    shown.page.process_all()
    shown.settle()
    work_the_queue()
    shown.tell()
    with connected():
        Country.create(code="XX", name="Xanadu")
    assert counts(many) == {"created": GOOD, "errors": 2, "excluded": 0, "ready": 0}
    select_all(shown)
    shown.page.process_selected()
    shown.settle()
    work_the_queue()
    assert counts(many) == {"created": 500, "errors": 0, "excluded": 0, "ready": 0}


def test_a_part_is_known_by_its_places_and_nothing_is_done_with_other_rows_than_were_selected(
    shown: Shown, many: int
) -> None:
    select_from(shown, 100)
    shown.page.exclude_selected()
    shown.tell()
    excluded = "SELECT MIN(record_id), COUNT(*) FROM integration_record_status WHERE status = 5"
    assert rows(excluded) == [(101, 400)]
    shown.page.tabs.choose("ready")
    shown.settle()
    assert shown.page.table.model is not None
    assert shown.page.table.model.total == 100


def test_where_the_list_has_changed_meanwhile_a_person_is_asked_to_select_again(
    shown: Shown, many: int
) -> None:
    shown.page.tabs.choose("ready")
    shown.settle()
    select_from(shown, 100)
    with connected():
        database.execute_sql("UPDATE integration_record_status SET status = 5 WHERE record_id = 1")
    shown.page.exclude_selected()
    shown.settle()
    assert counts(many)["excluded"] == 0, "the counter of the run, which nobody has moved"
    assert [text for _, text, *_ in shown.page.banners.shown()] == [
        "That did not work. The list has changed since these rows were selected. Select them again."
    ]


def test_the_last_row_stands_in_the_pane_when_it_has_come(shown: Shown, many: int, qtbot: QtBot) -> None:
    view = shown.page.table.view
    assert view is not None
    qtbot.keyClick(view, Qt.Key.Key_End)
    shown.settle()
    assert shown.page.row.detail is not None
    assert shown.page.row.detail.line_no == 501
