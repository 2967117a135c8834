"""A person looks at what an import came to: which rows failed and why; mends them, and retries just those."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.imports import service
from desktop.imports.afterwards.undo import undo
from models.database import connected, database
from models.import_rows import STATUS_WORDS, import_run
from models.integration_record import ImportRun, RecordStatus
from tests.ui.imports.conftest import Told, new_session, rows
from tests.ui.imports.shown_records import Shown, counts, work_the_queue
from ui.framework.table_model import VALUE_ROLE


def test_the_counts_add_up_to_the_rows(shown: Shown, staged: Callable[..., int]) -> None:
    page = shown.open(run_id=staged(processed=True))
    assert page.run_bar.counts.text() == "5 rows = 3 created + 2 errors"
    assert page.run_bar.pill.status == "Completed with errors"
    words = [page.tabs.tabText(place) for place in range(page.tabs.count()) if page.tabs.isTabVisible(place)]
    assert words == ["All 5", "Ready 0", "Errors 2", "Completed 3"]


def test_no_count_is_cut_in_a_small_window(shown: Shown, staged: Callable[..., int], qtbot: QtBot) -> None:
    page = shown.open(run_id=staged(processed=True))
    counts = page.run_bar.counts
    beside = counts.y()
    with connected():
        ImportRun.update(
            rows=1_000_000,
            created=300_000,
            updated=200_000,
            unchanged=400_000,
            errors=60_000,
            excluded=40_000,
        ).execute()
    page.resize(976, 600)
    page.refresh()
    shown.settle()
    qtbot.waitUntil(lambda: counts.y() > beside)
    assert counts.width() >= counts.sizeHint().width()
    page.resize(1600, 800)
    qtbot.waitUntil(lambda: counts.y() == beside)


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


def test_tab_goes_from_the_views_to_the_rows_and_on_to_the_causes(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    page = shown.open(run_id=staged(processed=True))
    page.activateWindow()
    for view in ("all", "errors"):
        page.tabs.choose(view)
        shown.settle()
        page.tabs.setFocus()
        qtbot.keyClick(page.tabs, Qt.Key.Key_Tab)
        assert page.table.view is not None
        assert page.table.view.hasFocus()
        qtbot.keyClick(page.table.view, Qt.Key.Key_Tab)
        assert page.side.tabs.hasFocus()


def test_records_that_could_not_be_post_processed_are_told_where_the_rows_are(
    shown: Shown, staged: Callable[..., int], told: Told
) -> None:
    run_id = staged(processed=True)
    page = shown.open(run_id=run_id)
    assert page.banners.keys == []
    with connected(), database.atomic():
        for key in ("SO1", "SO2"):
            database.execute_sql(
                "INSERT INTO post_process_entry (run_id, table_name, record_key, codeunit, status, created_at)"
                " VALUES (?, 'sales_header', ?, 'release_sales_orders', 'Error', '2026-11-21T09:00:00.000Z')",
                (run_id, key),
            )
    page.refresh()
    shown.settle()
    assert page.banners.shown()[0][1].startswith("2 records could not be post-processed.")
    page.banners.remove("post_errors")
    page.refresh()
    shown.settle()
    assert page.banners.keys == [], "what was closed does not come again"
    with connected():
        database.execute_sql("UPDATE post_process_entry SET status = 'Completed' WHERE record_key = 'SO1'")
    page.refresh()
    shown.settle()
    assert page.banners.shown()[0][1].startswith("1 record could not be post-processed.")
    page.banners.action_triggered.emit("post_errors", "open")
    assert told.opened == [("post_process_entries", {"run_id": run_id, "view": "Errors"})]


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


def test_rows_are_sorted_by_a_cell_while_others_are_written_all_the_time(
    shown: Shown, staged: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorting a million rows takes longer than the time between two refreshes."""
    page = shown.open(run_id=staged())
    model, view = page.table.model, page.table.view
    assert model is not None
    assert view is not None
    view.sort_requested.emit(model.column_index("cell 1"))
    asked = model.asked
    monkeypatch.setattr(model, "ask", pytest.fail)  # to ask anew is to begin anew
    page.table.refresh()
    shown.settle()
    assert model.query == asked
    assert shown.column("cell 1") == sorted(map(str, shown.column("cell 1")))


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


def test_the_columns_of_a_row_that_nobody_has_edited_are_named_in_full(
    shown: Shown, staged: Callable[..., int]
) -> None:
    page = shown.open(run_id=staged(processed=True), status="Error")
    page.trigger("source")
    assert page.source_line is not None
    table = page.source_line.cells.table
    needed = table.fontMetrics().horizontalAdvance("Country/Region Code") + 40
    assert table.columnWidth(0) >= needed
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
    (group, *_) = page.side.causes.groups
    assert group.heal_buttons == {}
    assert group.retry_button.isHidden()
    assert page.side.causes.undone.text().endswith("Import the file again.")
    assert not page.side.causes.undone.isHidden()
    assert page.side.record.retry_button.isHidden()
    assert page.side.record.note.text() == "This import was undone; its rows are not processed any more."
    model = page.table.model
    assert model is not None
    assert not model.is_editable(model.index(0, model.first_cell))


def test_what_can_be_mended_goes_when_somebody_undoes_the_import_meanwhile(
    shown: Shown, staged: Callable[..., int]
) -> None:
    run_id = staged(processed=True)
    page = shown.open(run_id=run_id, status="Error")
    model = page.table.model
    assert model is not None
    assert model.is_editable(model.index(0, model.first_cell))
    undo(new_session(), run_id)
    shown.tell()
    assert page.side.causes.groups[0].heal_buttons == {}
    assert not model.is_editable(model.index(0, model.first_cell))


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


def test_the_status_of_a_row_is_never_cut_whatever_becomes_of_it(
    shown: Shown, staged: Callable[..., int]
) -> None:
    page = shown.open(run_id=staged(processed=True))
    view, model = page.table.view, page.table.model
    assert view is not None
    assert model is not None
    place = model.column_index("status")
    for words in STATUS_WORDS.values():
        assert view.delegate.wanted_width(model.columns[place], words) <= view.columnWidth(place)
