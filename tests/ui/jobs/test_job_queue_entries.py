"""A person looks at the job queue: what runs, how far it is, what waits and why; live, and no row jumps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from models.job_queue import EntryStatus
from tests.ui.jobs.conftest import cell, shown
from ui.framework.context import PageContext
from ui.jobs.wording import LiveJob
from ui.pages.job_queue_entries import JobQueueEntries
from ui.widgets.empty_state import EmptyKind


def test_what_runs_stands_on_top_and_what_has_ended_below(page: JobQueueEntries) -> None:
    assert shown(page) == [
        "Import customers.csv",
        "Import prices.csv",
        "Send letters",
        "Post invoices",
        "Recalculate inventory",
        "Report pack",
        "Import vendors.csv",
    ]
    assert page.views.tabText(0) == "All  7"
    assert page.views.tabText(1) == "Mine  7"
    assert page.views.tabText(2) == "Running  1"
    assert page.count_label.text() == "7 entries"


def test_each_row_says_how_it_stands_and_why(page: JobQueueEntries, queue: dict[str, str]) -> None:
    assert cell(page, queue["running"], "progress") == "1,248 of 2,010 rows"
    assert cell(page, queue["failed"], "progress").startswith("Row 14: there is no item 1896-X.")
    assert cell(page, queue["ready"], "progress").startswith("It does not start before its time: Today ")
    assert cell(page, queue["again"], "progress").startswith("Retry 1 of 3: Today ")
    assert cell(page, queue["again"], "progress").endswith(". The mail server does not answer.")
    assert cell(page, queue["held"], "progress") == "It is On Hold: set it to Ready to let it run."
    assert cell(page, queue["held"], "next") == "–"
    assert cell(page, queue["running"], "next") == "Now"
    assert cell(page, queue["ready"], "next").startswith("Today ")
    assert cell(page, queue["ready"], "recurs") == "Once"
    assert cell(page, queue["done"], "progress") == "14 documents printed · 1 min 12 s"
    assert cell(page, queue["running"], "attempts") == "1 of 4"


def test_a_screen_reader_hears_the_status_with_its_word(page: JobQueueEntries, queue: dict[str, str]) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    assert cell(page, queue["failed"], "status", role) == "Status: Error"
    assert cell(page, queue["running"], "progress", role) == "Progress: 1,248 of 2,010 rows, 62 percent"


def test_live_progress_repaints_one_cell_however_fast_it_comes(
    page: JobQueueEntries, queue: dict[str, str], qtbot: QtBot
) -> None:
    rows = page.list.table.rows
    told: list[tuple[int, int, int, int]] = []

    def on_changed(first: QModelIndex, last: QModelIndex) -> None:
        told.append((first.row(), first.column(), last.row(), last.column()))

    rows.dataChanged.connect(on_changed)
    with qtbot.waitSignal(rows.dataChanged):
        for done in range(1300, 1700, 2):
            page.on_job_progressed(queue["running"], done, 2010, "Importing customers.csv")
    line, column = rows.index_of(queue["running"]).row(), rows.column_of("progress")
    assert told == [(line, column, line, column)]
    assert cell(page, queue["running"], "progress") == "1,698 of 2,010 rows"
    rows.dataChanged.disconnect(on_changed)


def test_progress_of_a_job_that_another_process_runs_comes_from_the_database(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], elsewhere: Callable[..., Any]
) -> None:
    moved = []
    page.list.table.rows.rows_replaced.connect(lambda: moved.append(True))
    page.records_changed(elsewhere(queue["running"], progress_done=1900))
    settle(page)
    assert cell(page, queue["running"], "progress") == "1,900 of 2,010 rows"
    assert not moved


def test_the_bar_never_runs_backwards_and_never_stands_full(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], elsewhere: Callable[..., Any]
) -> None:
    live = page.list._live[queue["running"]]
    for done in (2010, 1000):
        page.on_job_progressed(queue["running"], done, 2010, "")
        page.list._show_news()
        assert live.share == 0.99
    page.records_changed(elsewhere(queue["running"], attempts=2, progress_done=0))
    settle(page)
    assert live.share == 0.0


def test_the_time_left_is_told_after_a_while_and_silence_is_said(
    page: JobQueueEntries, queue: dict[str, str], context: PageContext
) -> None:
    seconds = [100.0]
    clock = replace(context.clock, monotonic=lambda: seconds[0])
    live = LiveJob(clock.monotonic)
    row = page.list.table.rows.row_of(queue["running"])
    live.begin(row)
    page.list._live[row.id] = live
    for step in range(1, 9):
        seconds[0] += 1
        page.on_job_progressed(row.id, 1248 + step * 20, 2010, "")
        page.list._show_news()
    assert cell(page, row.id, "progress") == "1,408 of 2,010 rows · about 40 s left"
    seconds[0] += 12
    page.list.renew_words()
    assert cell(page, row.id, "progress") == "1,408 of 2,010 rows · no news for 12 s"
    page.list.mark_stopping([row.id])
    assert cell(page, row.id, "progress") == "Stopping…"
    seconds[0] += 11
    page.list.renew_words()
    assert cell(page, row.id, "progress").startswith("Stopping by force")


def test_a_row_never_moves_under_the_pointer(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    elsewhere: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = shown(page)
    monkeypatch.setattr(page.list.table, "pointer_is_over", lambda: True)
    page.records_changed(elsewhere(queue["held"], status="In Process"))
    settle(page)
    assert shown(page) == before
    assert cell(page, queue["held"], "status") == "In Process"
    page.list.table.pointer_left.emit()
    assert shown(page)[:2] == ["Import customers.csv", "Recalculate inventory"]


def test_a_new_job_of_another_process_appears_and_the_selection_stays(
    page: JobQueueEntries,
    queue: dict[str, str],
    make_job: Callable[..., str],
    settle: Callable[..., None],
    elsewhere: Callable[..., Any],
) -> None:
    page.list.choose(queue["held"])
    new = make_job("Count stock", EntryStatus.IN_PROCESS, attempts=1)
    page.records_changed(elsewhere(new))
    settle(page)
    assert "Count stock" in shown(page)
    assert page.views.tabText(2) == "Running  2"
    assert [row.id for row in page.list.chosen()] == [queue["held"]]


def test_views_and_search_narrow_the_list_and_say_when_nothing_is_left(
    page: JobQueueEntries, settle: Callable[..., None], qtbot: QtBot
) -> None:
    for place, names in enumerate(
        (
            ["Import customers.csv"],
            ["Import prices.csv"],
            ["Send letters", "Post invoices"],
            ["Report pack", "Import vendors.csv"],
        ),
        start=2,
    ):
        page.views.setCurrentIndex(place)
        settle(page)
        assert shown(page) == names
    page.views.setCurrentIndex(0)
    qtbot.keyClicks(page.search, "import csv")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    settle(page)
    assert len(shown(page)) == 3
    page.search.setText("zebra")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    settle(page)
    assert page.list.nothing.kind is EmptyKind.NO_MATCH
    assert page.list.nothing.accessibleName() == "No jobs match “zebra”"
    qtbot.mouseClick(page.list.nothing.action_button, Qt.MouseButton.LeftButton)
    settle(page)
    assert len(shown(page)) == 7
    assert page.search.text() == ""


def test_a_click_on_a_title_sorts_and_a_second_click_turns_it_round(
    page: JobQueueEntries, settle: Callable[..., None]
) -> None:
    header = page.list.table.horizontalHeader()
    header.sectionClicked.emit(0)
    settle(page)
    first = shown(page)
    assert first == sorted(first, key=str.lower)
    header.sectionClicked.emit(0)
    settle(page)
    assert shown(page) == sorted(first, key=str.lower, reverse=True)


def test_rows_are_copied_as_a_spreadsheet_takes_them(
    page: JobQueueEntries, queue: dict[str, str], qtbot: QtBot
) -> None:
    page.list.choose(queue["done"])
    qtbot.keyClick(page.list.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    titles, row = QApplication.clipboard().text().splitlines()
    assert titles.split("\t")[:3] == ["Description", "Status", "Progress"]
    assert row.split("\t")[:2] == ["Report pack", "Finished"]


def test_an_empty_queue_says_what_it_is_for(open_page: Callable[..., Any]) -> None:
    page = open_page("job_queue_entries")
    assert page.list.nothing.kind is EmptyKind.FIRST_USE
    assert page.list.nothing.action_button.text() == "Import data"


def test_a_job_named_by_who_opens_the_page_is_selected(
    queue: dict[str, str], open_page: Callable[..., Any]
) -> None:
    page = open_page("job_queue_entries", job_id=queue["again"])
    assert [row.id for row in page.list.chosen()] == [queue["again"]]
