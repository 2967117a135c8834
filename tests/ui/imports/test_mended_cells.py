"""Cells of an import are mended beside the row, or in the list itself, and checked at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.imports import service
from desktop.imports.processing import process
from tests.ui.imports.conftest import Told, new_session, rows
from tests.ui.imports.shown_records import Shown, counts, work_the_queue


def test_the_error_stands_beside_its_cell(shown: Shown, staged: Callable[..., int]) -> None:
    page = shown.open(run_id=staged(processed=True), status="Error")
    wrong = [cell for cell in page.side.record.cells if cell.row.error]
    assert [cell.row.caption_label.text() for cell in wrong] == ["Country/Region Code"]
    assert "There is no Country/Region “XX”." in wrong[0].row.error


def test_a_mended_cell_is_saved_when_it_is_left_and_retry_makes_the_record(
    shown: Shown, staged: Callable[..., int], told: Told, qtbot: QtBot
) -> None:
    run_id = staged(processed=True)
    page = shown.open(run_id=run_id, status="Error")
    pane = page.side.record
    page._on_activated(page.table.current_id())
    cell = pane.cells[3]
    assert cell.edit.hasFocus() or page.isActiveWindow() is False
    cell.edit.setText("NO")
    cell.edit.editingFinished.emit()
    shown.settle()
    assert pane.note.text() == "Edited; the file's own values are kept."
    assert (pane.pill.status, pane.retry_button.text()) == ("Ready", "Process")
    assert told.notices[-1].text == "Row 5 is right now, and waits to be processed."
    qtbot.mouseClick(pane.retry_button, Qt.MouseButton.LeftButton)
    shown.settle()
    assert told.notices[-1].text == "1 row is being processed."
    work_the_queue()
    shown.tell()
    assert counts(run_id) == {"created": 4, "errors": 1, "excluded": 0, "ready": 0}
    assert page.run_bar.counts.text() == "5 rows = 4 created + 1 error"
    assert shown.column("line") == ["6"]
    assert rows("SELECT country_code FROM customer WHERE no = 'X00001'") == [("NO",)]


def test_what_is_being_written_is_not_lost_when_the_rows_are_read_anew(
    shown: Shown, staged: Callable[..., int]
) -> None:
    page = shown.open(run_id=staged(processed=True), status="Error")
    cell = page.side.record.cells[1]
    cell.edit.setText("Half a na")
    page.refresh()
    shown.settle()
    assert cell.edit.text() == "Half a na"


def test_a_cell_that_was_not_left_is_saved_with_the_page(shown: Shown, staged: Callable[..., int]) -> None:
    page = shown.open(run_id=staged(processed=True), status="Error")
    page.side.record.cells[1].edit.setText("Mended")
    page.close_page()
    shown.qtbot.waitUntil(page.context.hub.is_idle)
    assert (
        "Mended"
        in rows("SELECT edited_payload FROM integration_record WHERE edited_payload IS NOT NULL")[0][0]
    )


def test_a_comma_without_quotes_is_healed_by_joining_two_cells(
    shown: Shown, company: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(
        "No.,Name,Address,City\nC1,One,Road 1,Bremen\nC2,Two,Road 2,Bremen\nC3,Three,24, place Kléber,Strasbourg\n",
        encoding="utf-8",
    )
    run_id = service.read(path, "CUSTOMERS", new_session())
    process(new_session(), run_id)
    page = shown.open(run_id=run_id, status="Error")
    pane = page.side.record
    assert "The row has 5 cells" in pane.problems.text()
    assert len(pane.cells) == 5
    assert pane.cells[4].row.caption_label.text() == "Cell 5 (no column)"
    qtbot.mouseClick(pane.cells[2].join, Qt.MouseButton.LeftButton)
    shown.settle()
    assert [cell.edit.text() for cell in pane.cells] == ["C3", "Three", "24, place Kléber", "Strasbourg"]
    assert not any(cell.join.isVisible() for cell in pane.cells)
    page.trigger("process_all")
    shown.settle()
    work_the_queue()
    shown.tell()
    assert counts(run_id)["created"] == 3
    assert rows("SELECT address FROM customer WHERE no = 'C3'") == [("24, place Kléber",)]


def test_a_row_that_has_become_a_record_is_read_only_and_opens_its_card(
    shown: Shown, staged: Callable[..., int], told: Told, qtbot: QtBot
) -> None:
    page = shown.open(run_id=staged(processed=True))
    pane = page.side.record
    assert all(cell.edit.isReadOnly() for cell in pane.cells)
    assert not pane.retry_button.isVisible()
    qtbot.mouseClick(pane.target_button, Qt.MouseButton.LeftButton)
    assert told.opened == [("customer_card", {"key": "C00001"})]


# --- in the list itself -------------------------------------------------------------------------


def write_in_place(shown: Shown, column: int, text: str) -> None:
    """F2 on a cell, another text, Enter: as a person does it with the keyboard."""
    view = shown.page.table.view
    assert view is not None
    view.setFocus()
    view.setCurrentIndex(view.model().index(view.currentIndex().row(), column))
    shown.qtbot.keyClick(view, Qt.Key.Key_F2)
    editor = view.findChild(QLineEdit)
    assert editor is not None, "the cell opened"
    editor.selectAll()
    shown.qtbot.keyClicks(editor, text)
    shown.qtbot.keyClick(editor, Qt.Key.Key_Return)
    shown.qtbot.waitUntil(lambda: view.state() is not view.State.EditingState)
    shown.settle()


def test_a_cell_is_mended_in_the_list_and_the_row_goes_through(
    shown: Shown, staged: Callable[..., int]
) -> None:
    run_id = staged(wrong=("XX",), processed=True)
    page = shown.open(run_id=run_id, status="Error")
    model = page.table.model
    assert model is not None
    country = model.column_index("cell 3")
    assert model.fault(0, country) == "There is no Country/Region “XX”.", "the cell is marked"
    write_in_place(shown, country, "ZZ")
    assert shown.column("cell 3") == ["ZZ"]
    assert shown.column("error") == ["There is no Country/Region “ZZ”."], (
        "the row was looked at again at once"
    )
    assert page.side.record.cells[3].edit.text() == "ZZ", "the pane shows the same"
    write_in_place(shown, country, "NO")
    assert page.run_bar.counts.text() == "4 rows = 3 created + 1 ready"
    page.trigger("process_all")
    shown.settle()
    work_the_queue()
    shown.tell()
    assert counts(run_id)["errors"] == 0
    assert rows("SELECT country_code FROM customer WHERE no = 'X00001'") == [("NO",)]


def test_a_row_that_was_right_and_is_spoilt_says_so_before_it_is_processed(
    shown: Shown, staged: Callable[..., int]
) -> None:
    run_id = staged(good=2, wrong=())
    page = shown.open(run_id=run_id)
    model = page.table.model
    assert model is not None
    write_in_place(shown, model.column_index("cell 3"), "QQ")
    shown.tell()
    assert shown.column("status") == ["Error", "Ready"]
    assert counts(run_id) == {"created": 0, "errors": 1, "excluded": 0, "ready": 1}
    assert rows("SELECT COUNT(*) FROM customer") == [(0,)], "nothing was written to find that out"


def test_what_is_written_into_a_cell_outlives_a_refresh(shown: Shown, staged: Callable[..., int]) -> None:
    page = shown.open(run_id=staged(processed=True), status="Error")
    view, model = page.table.view, page.table.model
    assert view is not None
    assert model is not None
    view.setCurrentIndex(model.index(0, model.column_index("cell 1")))
    shown.qtbot.keyClick(view, Qt.Key.Key_F2)
    editor = view.findChild(QLineEdit)
    assert editor is not None
    shown.qtbot.keyClicks(editor, "Half a na")
    page.refresh()
    shown.settle()
    assert editor.text() == "Half a na"
    shown.qtbot.keyClick(editor, Qt.Key.Key_Escape)
    shown.qtbot.waitUntil(lambda: view.state() is not view.State.EditingState)
    assert shown.column("cell 1")[0] == "Wrong 1", "Esc leaves the cell as it was"


def test_typing_on_a_cell_replaces_what_stands_in_it(shown: Shown, staged: Callable[..., int]) -> None:
    page = shown.open(run_id=staged(processed=True), status="Error")
    view, model = page.table.view, page.table.model
    assert view is not None
    assert model is not None
    view.setFocus()
    view.setCurrentIndex(model.index(0, model.column_index("cell 1")))
    shown.qtbot.keyClicks(view, "B")
    editor = view.findChild(QLineEdit)
    assert editor is not None
    shown.qtbot.keyClicks(editor, "ergen")
    shown.qtbot.keyClick(editor, Qt.Key.Key_Return)
    shown.qtbot.waitUntil(lambda: view.state() is not view.State.EditingState)
    shown.settle()
    assert page.side.record.cells[1].edit.text() == "Bergen"


def test_rows_that_have_become_records_cannot_be_written_into(
    shown: Shown, staged: Callable[..., int], told: Told
) -> None:
    page = shown.open(run_id=staged(processed=True))
    view, model = page.table.view, page.table.model
    assert view is not None
    assert model is not None
    view.setCurrentIndex(model.index(0, model.column_index("cell 1")))
    shown.qtbot.keyClick(view, Qt.Key.Key_F2)
    assert view.findChild(QLineEdit) is None
    view.setCurrentIndex(model.index(0, model.column_index("line")))
    shown.qtbot.keyClick(view, Qt.Key.Key_F2)
    assert view.findChild(QLineEdit) is None, "neither can what is not of the file"
