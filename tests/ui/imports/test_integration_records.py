"""A person looks at what an import came to: which rows failed and why; mends them, and retries just those."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.imports import service
from desktop.imports.afterwards.undo import undo
from desktop.imports.mending.error_file import is_error_file
from desktop.imports.processing import process
from models.database import connected, database
from models.import_rows import STATUS_WORDS, import_run
from models.integration_record import ImportRun, RecordStatus
from tests.ui.imports.conftest import Signals, Told, new_session, rows
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.framework.table_model import VALUE_ROLE
from ui.import_results.heal_dialog import CorrectDialog, CreateDialog, MapDialog
from ui.pages.integration_records import IntegrationRecords
from ui.widgets.buttons import Button

SHOWN_MS = 10_000


class Shown:
    """The page as a person sees it, with the application's signals told by hand."""

    def __init__(self, qtbot: QtBot, context: PageContext, signals: Signals) -> None:
        self.qtbot, self.context, self.signals = qtbot, context, signals

    def open(self, **arguments: object) -> IntegrationRecords:
        self.page = IntegrationRecords(self.context, **arguments)  # type: ignore[arg-type]
        self.qtbot.addWidget(self.page)
        self.page.resize(1400, 760)
        self.page.show()
        self.page.open_page()
        self.signals.records_changed.connect(self.page.records_changed)
        self.settle()
        return self.page

    def settle(self) -> None:
        def settled() -> bool:
            model = self.page.table.model
            still = self.context.hub.is_idle() and (model is None or model.is_settled())
            return still and not self.page._soon.isActive() and not self.page.table._soon.isActive()

        self.qtbot.waitUntil(settled, timeout=SHOWN_MS)

    def tell(self) -> None:
        """Let the page hear what was written, and wait until it shows it."""
        self.settle()
        self.signals.tell()
        self.settle()

    def column(self, name: str) -> list[object]:
        model = self.page.table.model
        assert model is not None
        place = model.column_index(name)
        return [model.index(row, place).data() for row in range(model.rowCount())]

    def select(self, *places: int) -> None:
        view = self.page.table.view
        assert view is not None
        view.clearSelection()
        for place in places:
            view.selectionModel().select(
                view.model().index(place, 0),
                view.selectionModel().SelectionFlag.Select | view.selectionModel().SelectionFlag.Rows,
            )
        view.selectionModel().setCurrentIndex(
            view.model().index(places[-1], 0), view.selectionModel().SelectionFlag.NoUpdate
        )
        self.settle()


@pytest.fixture
def shown(qtbot: QtBot, context: PageContext, signals: Signals) -> Shown:
    """Opens the page."""
    return Shown(qtbot, context, signals)


def work_the_queue() -> None:
    """Do what the worker would do with the job that is Ready."""
    for job_id, parameters, run_id in rows(
        "SELECT id, parameters, record_id FROM job_queue_entry WHERE status = 'Ready'"
    ):
        import json

        chosen = json.loads(parameters).get("records")
        process(new_session(), int(run_id), json.loads(chosen) if chosen else None)
        with connected(), database.atomic():
            database.execute_sql("UPDATE job_queue_entry SET status = 'Finished' WHERE id = ?", (job_id,))


def counts(run_id: int) -> dict[str, int]:
    summary = service.summary(run_id)
    return {name: getattr(summary, name) for name in ("created", "errors", "excluded", "ready")}


# --- looking ------------------------------------------------------------------------------------


def test_the_counts_add_up_to_the_rows(shown: Shown, staged: Callable[..., int]) -> None:
    page = shown.open(run_id=staged(processed=True))
    assert page.run_bar.counts.text() == "5 rows = 3 created + 2 errors"
    assert page.run_bar.pill.status == "Completed with errors"
    words = [page.tabs.tabText(place) for place in range(page.tabs.count()) if page.tabs.isTabVisible(place)]
    assert words == ["All 5", "Ready 0", "Errors 2", "Completed 3"]


def test_a_control_total_that_does_not_agree_is_told_where_the_rows_are(
    shown: Shown, staged: Callable[..., int]
) -> None:
    run_id = staged(processed=True)
    totals = {"control_file": Decimal(1500), "control_staged": Decimal(1000), "control_target": Decimal(1000)}
    with connected():
        ImportRun.update(totals).execute()
    page = shown.open(run_id=run_id)
    assert page.run_bar.note.text() == "Control total: 1,500.00 in the file, 1,000.00 in the records"
    with connected():
        ImportRun.update(control_target=Decimal(990)).execute()
    page.refresh()
    shown.settle()
    assert page.run_bar.note.text().endswith("It does not add up: the rows that became records say 1,000.00.")


def test_each_row_has_its_line_its_status_and_the_cells_of_the_file(
    shown: Shown, staged: Callable[..., int]
) -> None:
    page = shown.open(run_id=staged(good=2, wrong=("XX",), processed=True))
    assert shown.column("line") == ["2", "3", "4"]
    assert shown.column("status") == ["Created", "Created", "Error"]
    assert shown.column("cell 1") == ["Customer 1", "Customer 2", "Wrong 1"]
    assert shown.column("error")[2] == "There is no Country/Region “XX”."
    assert page.table.count_label.text() == "3 rows"


def test_the_views_show_just_their_rows(shown: Shown, staged: Callable[..., int]) -> None:
    page = shown.open(run_id=staged(good=3, processed=True), status="Error")
    assert page.tabs.view == "errors"
    assert shown.column("line") == ["5", "6"]
    page.tabs.choose("ready")
    shown.settle()
    assert page.table.empty.isVisible()
    page.tabs.choose("all")
    shown.settle()
    assert len(shown.column("line")) == 5


def test_without_a_run_the_newest_is_shown_or_the_newest_with_errors(
    shown: Shown, staged: Callable[..., int]
) -> None:
    failed = staged(processed=True)
    newest = staged(good=1, wrong=())
    assert shown.open().current_record() == ("import_run", str(newest))
    assert shown.open(status="Error").current_record() == ("import_run", str(failed))


def test_another_run_can_be_chosen(shown: Shown, staged: Callable[..., int]) -> None:
    first, second = staged(good=1, wrong=()), staged(good=2, wrong=())
    page = shown.open(run_id=second)
    chooser = page.run_bar.chooser
    assert chooser.count() == 2
    chooser.activated.emit(chooser.findData(first))
    shown.settle()
    assert page.current_record() == ("import_run", str(first))
    assert shown.column("line") == ["2"]


def test_a_company_without_imports_says_what_to_do(shown: Shown, told: Told, qtbot: QtBot) -> None:
    page = shown.open()
    assert "No file has been imported yet" in page.table.empty.accessibleName()
    qtbot.mouseClick(page.table.empty.action_button, Qt.MouseButton.LeftButton)
    assert told.imports == [(None, "")]


def test_rows_that_the_job_has_in_hand_are_shown_as_processing(
    shown: Shown, staged: Callable[..., int]
) -> None:
    run_id = staged(good=600, wrong=())
    service.start_processing(run_id, "MARIA")
    with connected():
        first = rows("SELECT MIN(id) FROM integration_record")[0][0]
        ImportRun.update(state="Processing", cursor=first + 49).where(ImportRun.id == run_id).execute()
    page = shown.open(run_id=run_id)
    assert page.run_bar.pill.status == "Processing"
    model = page.table.model
    assert model is not None
    status = model.column_index("status")
    assert model.index(60, status).data(VALUE_ROLE) == "Processing"
    assert shown.column("status")[:60].count("Ready") == 50, "what the cursor has passed waits"


def test_every_status_has_a_word() -> None:
    assert set(STATUS_WORDS) == set(RecordStatus)


# --- mending ------------------------------------------------------------------------------------


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
    assert told.notices[-1].text == "1 row being processed."
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
    assert not view.edit_cell(model.column_index("line")), "neither can what is not of the file"


def test_completed_rows_and_those_left_out_have_views_of_their_own(
    shown: Shown, staged: Callable[..., int]
) -> None:
    page = shown.open(run_id=staged(processed=True))
    page.tabs.choose("completed")
    shown.settle()
    assert shown.column("line") == ["2", "3", "4"]
    page.tabs.choose("errors")
    shown.settle()
    shown.select(0)
    page.trigger("exclude")
    shown.settle()
    page.tabs.choose("excluded")
    shown.settle()
    assert shown.column("line") == ["5"]
    assert page.tabs.tabText(4) == "Excluded 1"
    shown.select(0)
    page.trigger("include")
    shown.settle()
    assert page.run_bar.counts.text() == "5 rows = 3 created + 1 error + 1 ready"


def test_a_row_is_shown_as_it_stands_in_the_file_beside_what_was_written(
    shown: Shown, staged: Callable[..., int]
) -> None:
    page = shown.open(run_id=staged(processed=True), status="Error")
    page.side.record.cells[2].edit.setText("Bergen")
    page.side.record.save_now()
    shown.settle()
    page.trigger("source")
    assert page.source_line is not None
    assert page.source_line.windowTitle() == "Row 5 of customers.csv"
    lines = page.source_line.cells.table.rows.rows
    assert [(line.caption, line.original, line.now) for line in lines[2:]] == [
        ("City", "Oslo", "Bergen"),
        ("Country/Region Code", "XX", "XX"),
    ]
    page.source_line.accept()


def test_only_what_makes_sense_for_the_selected_rows_is_offered(
    shown: Shown, staged: Callable[..., int], told: Told
) -> None:
    run_id = staged(processed=True)
    page = shown.open(run_id=run_id)
    shown.select(0)
    offered = {action.key for action in page.actions_of_page()}
    assert "target" in offered
    assert not {"process", "exclude", "include"} & offered
    page.trigger("target")
    page.trigger("run")
    assert told.opened == [
        ("customer_card", {"key": "C00001"}),
        ("import_run_card", {"key": str(run_id)}),
    ]
    shown.select(4)
    offered = {action.key for action in page.actions_of_page()}
    assert {"process", "exclude"} <= offered
    assert not {"target", "include"} & offered


def test_a_view_holds_the_rows_of_its_run_alone(shown: Shown, staged: Callable[..., int]) -> None:
    staged(good=2, wrong=(), processed=True)
    middle = staged(good=4, wrong=("XX",), processed=True)
    staged(good=1, wrong=(), processed=True)
    page = shown.open(run_id=middle)
    page.tabs.choose("completed")
    shown.settle()
    assert shown.column("line") == ["2", "3", "4", "5"]


# --- many rows ----------------------------------------------------------------------------------


def test_process_all_takes_what_is_ready(shown: Shown, staged: Callable[..., int]) -> None:
    run_id = staged()
    page = shown.open(run_id=run_id)
    page.trigger("process_all")
    shown.tell()
    assert page.run_bar.pill.status == "Waiting"
    assert "process_all" not in {action.key for action in page.actions_of_page()}
    work_the_queue()
    shown.tell()
    assert page.run_bar.counts.text() == "5 rows = 3 created + 2 errors"


def test_process_selected_takes_just_those(shown: Shown, staged: Callable[..., int]) -> None:
    run_id = staged()
    page = shown.open(run_id=run_id)
    shown.select(0, 2)
    page.trigger("process")
    shown.settle()
    work_the_queue()
    shown.tell()
    assert counts(run_id) == {"created": 2, "errors": 0, "excluded": 0, "ready": 3}
    assert rows("SELECT no FROM customer ORDER BY no") == [("C00001",), ("C00003",)]


def test_nothing_is_processed_of_an_import_that_was_undone(shown: Shown, staged: Callable[..., int]) -> None:
    run_id = staged(processed=True)
    undo(new_session(), run_id)
    page = shown.open(run_id=run_id, status="Error")
    assert page.run_bar.pill.status == "Undone"
    shown.select(0)
    offered = {action.key for action in page.actions_of_page()}
    assert not {"process_all", "process", "retry", "exclude", "include"} & offered
    assert {"source", "export", "run"} <= offered


def test_excluding_can_be_undone(shown: Shown, staged: Callable[..., int], told: Told) -> None:
    run_id = staged(processed=True)
    page = shown.open(run_id=run_id, status="Error")
    shown.select(0, 1)
    page.trigger("exclude")
    shown.settle()
    assert counts(run_id)["excluded"] == 2
    assert told.notices[-1].text == "2 rows excluded."
    assert told.notices[-1].on_action is not None
    told.notices[-1].on_action()
    shown.settle()
    assert counts(run_id) == {"created": 3, "errors": 0, "excluded": 0, "ready": 2}


def test_a_job_that_is_under_way_is_told_and_not_doubled(shown: Shown, staged: Callable[..., int]) -> None:
    run_id = staged()
    page = shown.open(run_id=run_id)
    service.start_processing(run_id, "MARIA")
    page.process_all()
    shown.settle()
    assert page.banners.keys == ["write"]
    assert rows("SELECT COUNT(*) FROM job_queue_entry") == [(1,)]


# --- causes -------------------------------------------------------------------------------------


def test_causes_are_listed_by_their_number(shown: Shown, staged: Callable[..., int]) -> None:
    page = shown.open(run_id=staged(wrong=("YY", "XX", "XX"), processed=True))
    groups = page.side.causes.groups
    assert [(group.group.value, group.where.text()) for group in groups] == [
        ("XX", "Country/Region Code · 2 records"),
        ("YY", "Country/Region Code · 1 record"),
    ]
    assert page.side.tabs.tabText(1) == "Causes 2"


def test_the_keyboard_stays_among_the_causes_where_it_was_when_one_of_them_is_dealt_with(
    shown: Shown, staged: Callable[..., int]
) -> None:
    page = shown.open(run_id=staged(wrong=("YY", "XX", "XX", "ZZ", "ZZ", "ZZ"), processed=True))
    page.side.show_causes_tab()
    causes = page.side.causes
    causes.groups[1].heal_buttons["Map"].setFocus()
    before = causes.causes
    assert before is not None
    causes.show_causes(before._replace(groups=[before.groups[0], before.groups[2]]))
    assert [group.group.value for group in causes.groups] == ["ZZ", "YY"]
    assert page.window().focusWidget() is next(iter(causes.groups[1].heal_buttons.values()))


def test_more_causes_than_can_be_listed_are_counted(shown: Shown, staged: Callable[..., int]) -> None:
    codes = tuple(f"Q{number}" for number in range(60))
    page = shown.open(run_id=staged(wrong=codes, processed=True))
    assert len(page.side.causes.groups) == 50
    assert page.side.tabs.tabText(1) == "Causes 60"
    assert page.side.causes.more.text() == "10 more causes follow when these are dealt with."


def test_the_list_can_show_the_rows_of_one_cause(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    page = shown.open(run_id=staged(good=1, wrong=("YY", "XX", "XX"), processed=True))
    qtbot.mouseClick(page.side.causes.groups[1].show_button, Qt.MouseButton.LeftButton)
    shown.settle()
    assert page.tabs.view == "errors"
    assert shown.column("cell 3") == ["YY"]
    qtbot.mouseClick(page.side.causes.groups[1].show_button, Qt.MouseButton.LeftButton)
    shown.settle()
    assert len(shown.column("line")) == 3


def deed(page: IntegrationRecords, place: int, action: str) -> Button:
    """The button of a cause."""
    return page.side.causes.groups[place].heal_buttons[action]


def test_saying_what_a_value_means_heals_all_its_rows_and_the_next_file(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    run_id = staged(wrong=("XX", "XX", "YY"), processed=True)
    page = shown.open(run_id=run_id)
    qtbot.mouseClick(deed(page, 0, "Map"), Qt.MouseButton.LeftButton)
    (dialog,) = page.window().findChildren(MapDialog)
    qtbot.mouseClick(dialog.heal_button, Qt.MouseButton.LeftButton)
    assert "is empty" in dialog.editor.row.error
    assert isinstance(dialog.editor.widget, QLineEdit)
    dialog.editor.widget.setText("ZZ")
    qtbot.mouseClick(dialog.heal_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "There is no Country/Region" in dialog.problem.text())
    assert rows("SELECT COUNT(*) FROM integration_value_map WHERE external_value = 'XX'") == [(0,)], (
        "nothing yet"
    )
    dialog.editor.widget.setText("NO")
    qtbot.mouseClick(dialog.heal_button, Qt.MouseButton.LeftButton)
    shown.settle()
    work_the_queue()
    shown.tell()
    assert counts(run_id) == {"created": 5, "errors": 1, "excluded": 0, "ready": 0}
    assert rows(
        "SELECT external_value, internal_value FROM integration_value_map WHERE integration_code = 'CUSTOMERS'"
    ) == [("XX", "NO")]
    assert [group.group.value for group in page.side.causes.groups] == ["YY"]


def test_creating_what_is_missing_heals_all_its_rows(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    run_id = staged(wrong=("XX", "XX", "YY"), processed=True)
    page = shown.open(run_id=run_id)
    qtbot.mouseClick(deed(page, 0, "Create"), Qt.MouseButton.LeftButton)
    (dialog,) = page.window().findChildren(CreateDialog)
    shown.settle()
    fields = {editor.rule.name: editor.widget for editor in dialog.editors}
    code, name = fields["code"], fields["name"]
    assert isinstance(code, QLineEdit)
    assert isinstance(name, QLineEdit)
    assert code.text() == "XX"
    name.setText("Xanadu")
    qtbot.mouseClick(dialog.heal_button, Qt.MouseButton.LeftButton)
    shown.settle()
    work_the_queue()
    shown.tell()
    assert rows("SELECT code, name FROM country WHERE code = 'XX'") == [("XX", "Xanadu")]
    assert counts(run_id) == {"created": 5, "errors": 1, "excluded": 0, "ready": 0}


def test_one_text_corrects_all_cells_of_a_cause_and_leaves_the_next_files_alone(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    run_id = staged(wrong=("XX", "XX", "YY"), processed=True)
    page = shown.open(run_id=run_id)
    qtbot.mouseClick(deed(page, 0, "Correct"), Qt.MouseButton.LeftButton)
    (dialog,) = page.window().findChildren(CorrectDialog)
    assert dialog.windowTitle() == "What should Country/Region Code say instead of “XX”?"
    assert isinstance(dialog.editor.widget, QLineEdit)
    dialog.editor.widget.setText("SE")
    qtbot.mouseClick(dialog.heal_button, Qt.MouseButton.LeftButton)
    shown.settle()
    work_the_queue()
    shown.tell()
    assert counts(run_id) == {"created": 5, "errors": 1, "excluded": 0, "ready": 0}
    assert rows("SELECT DISTINCT country_code FROM customer WHERE no LIKE 'X%'") == [("SE",)]
    assert rows("SELECT COUNT(*) FROM integration_value_map WHERE integration_code = 'CUSTOMERS'") == [(0,)]


def test_all_rows_of_a_cause_can_be_left_out_and_taken_in_again(
    shown: Shown, staged: Callable[..., int], told: Told, qtbot: QtBot
) -> None:
    run_id = staged(wrong=("XX", "XX", "YY"), processed=True)
    page = shown.open(run_id=run_id)
    qtbot.mouseClick(deed(page, 0, "Exclude"), Qt.MouseButton.LeftButton)
    shown.settle()
    assert counts(run_id) == {"created": 3, "errors": 1, "excluded": 2, "ready": 0}
    assert told.notices[-1].text == "2 rows excluded."
    assert told.notices[-1].on_action is not None
    told.notices[-1].on_action()
    shown.settle()
    assert counts(run_id)["ready"] == 2


def test_retry_of_a_cause_leaves_the_others_alone(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    run_id = staged(wrong=("XX", "YY"), processed=True)
    page = shown.open(run_id=run_id)
    with connected(), database.atomic():
        database.execute_sql("INSERT INTO country (code, name) VALUES ('YY', 'Yland')")
    group = next(group for group in page.side.causes.groups if group.group.value == "YY")
    qtbot.mouseClick(group.retry_button, Qt.MouseButton.LeftButton)
    shown.settle()
    work_the_queue()
    shown.tell()
    assert counts(run_id) == {"created": 4, "errors": 1, "excluded": 0, "ready": 0}


def test_retrying_errors_leaves_rows_that_nobody_has_asked_for(
    shown: Shown, staged: Callable[..., int], told: Told
) -> None:
    run_id = staged(processed=True)
    page = shown.open(run_id=run_id)
    shown.select(3)
    page.trigger("exclude")
    shown.settle()
    page._include_one(page.table.current_id())
    shown.settle()
    page.trigger("retry")
    shown.settle()
    assert told.notices[-1].text == "1 row being processed."
    work_the_queue()
    assert counts(run_id) == {"created": 3, "errors": 1, "excluded": 0, "ready": 1}


# --- the failed rows as a file ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["errors.xlsx", "errors.csv"])
def test_exactly_the_failed_rows_are_written_with_what_is_wrong(
    shown: Shown,
    staged: Callable[..., int],
    foreground: ForegroundRunner,
    told: Told,
    tmp_path: Path,
    qtbot: QtBot,
    name: str,
) -> None:
    shown.context.foreground = foreground
    page = shown.open(run_id=staged(wrong=("XX", "YY"), processed=True))
    page.trigger("export")
    assert page.error_files.dialog is not None
    page.error_files.dialog.fileSelected.emit(str(tmp_path / name))
    page.error_files.dialog.reject()
    qtbot.waitUntil(lambda: bool(told.notices))
    assert told.notices[-1].text.startswith(f"2 rows written to {name}.")
    assert is_error_file(tmp_path / name)
    assert page.banners.keys == []


def test_a_folder_that_cannot_be_written_to_is_told(
    shown: Shown, staged: Callable[..., int], foreground: ForegroundRunner, tmp_path: Path, qtbot: QtBot
) -> None:
    shown.context.foreground = foreground
    page = shown.open(run_id=staged(processed=True))
    page.error_files.export(int(page.current_record()[1]), tmp_path / "gone" / "e.xlsx")
    qtbot.waitUntil(lambda: page.banners.keys == ["write"])


# --- while a job runs ---------------------------------------------------------------------------


def test_progress_of_the_own_job_moves_the_bar(shown: Shown, staged: Callable[..., int]) -> None:
    run_id = staged(good=100, wrong=())
    page = shown.open(run_id=run_id)
    job_id = service.start_processing(run_id, "MARIA")
    with connected():
        ImportRun.update(state="Processing").where(ImportRun.id == run_id).execute()
    shown.tell()
    page.on_job_progressed(job_id, 50, 100, "Importing customers.csv")
    assert page.run_bar.line.text == "50 of 100 records"
    page.on_job_progressed("another job", 99, 100, "")
    assert page.run_bar.line.text == "50 of 100 records"


def test_a_run_knows_how_its_job_stands(staged: Callable[..., int]) -> None:
    run_id = staged()
    job_id = service.start_processing(run_id, "MARIA")
    with connected():
        run = import_run(run_id)
        assert run is not None
        assert (run.job_id, run.job_waits, run.job_under_way, run.job_ended) == (job_id, True, True, False)
        database.execute_sql("UPDATE job_queue_entry SET status = 'Error', error_text = 'No luck.'")
        run = import_run(run_id)
    assert run is not None
    assert (run.job_error, run.job_under_way, run.job_ended) == ("No luck.", False, True)
