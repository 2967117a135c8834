"""A person looks back: which files were imported, what came of each, and what is still to be done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from models import changes
from models.database import connected, database
from models.import_run_lists import RunView, run_list
from models.integration import Integration
from models.integration_record import ImportRun
from tests.ui.imports.conftest import Told, rows
from tests.ui.imports.shown_runs import ShownRuns, texts


def test_each_file_has_a_line_that_adds_up_the_newest_first(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    staged(processed=True)
    staged(good=1, wrong=())
    page = shown_runs.runs()
    assert texts(page, "result") == ["1 row = 1 ready", "5 rows = 3 created + 2 errors"]
    assert texts(page, "status") == ["Ready", "Completed with errors"]
    assert page.count_label.text() == "2 imports"


def test_the_views_and_the_search_find_what_needs_somebody(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    failed = staged(processed=True)
    waiting = staged(good=1, wrong=())
    page = shown_runs.runs(view="With errors")
    assert [row.id for row in page.list.table.rows.rows] == [failed]
    page.views.setCurrentIndex(3)
    shown_runs.settle()
    assert [row.id for row in page.list.table.rows.rows] == [waiting]
    page.views.setCurrentIndex(0)
    with connected():
        ImportRun.update(state="Undone").execute()
        waiting_for_nobody = run_list(view=RunView.ERRORS) + run_list(view=RunView.TO_PROCESS)
    assert waiting_for_nobody == []
    page.search.setText("maria nothing-like-this")
    page.search.search_now()
    shown_runs.settle()
    assert "No imports match" in page.list.nothing.accessibleName()


def test_a_company_without_imports_offers_to_import(shown_runs: ShownRuns, told: Told, qtbot: QtBot) -> None:
    page = shown_runs.runs()
    assert "No file has been imported yet" in page.list.nothing.accessibleName()
    qtbot.mouseClick(page.list.nothing.action_button, Qt.MouseButton.LeftButton)
    assert told.imports == [(None, "")]


def test_the_first_import_that_comes_into_an_empty_list_is_chosen_and_has_the_keyboard(
    shown_runs: ShownRuns, staged: Callable[..., int], qtbot: QtBot
) -> None:
    page = shown_runs.runs()
    page.list.nothing.action_button.setFocus()
    run_id = staged(processed=True)
    shown_runs.signals.tell()
    qtbot.waitUntil(lambda: [row.id for row in page.chosen()] == [run_id])
    assert page.focusWidget() is page.list.table
    assert {"open", "records", "undo"} <= {action.key for action in page.actions_of_page()}


def test_enter_opens_the_card_and_the_rows_are_one_key_away(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told, qtbot: QtBot
) -> None:
    run_id = staged(processed=True)
    page = shown_runs.runs()
    page.list.choose(run_id)
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    page.trigger("records")
    assert told.opened == [
        ("import_run_card", {"key": str(run_id)}),
        ("integration_records", {"run_id": run_id}),
    ]


def test_a_run_that_was_left_goes_on_and_is_not_started_twice(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    run_id = staged()
    page = shown_runs.runs()
    page.list.choose(run_id)
    page.trigger("go_on")
    shown_runs.settle()
    shown_runs.signals.tell()
    shown_runs.settle()
    assert rows("SELECT status FROM job_queue_entry") == [("Ready",)]
    assert texts(page, "status") == ["Waiting"]
    assert "go_on" not in {action.key for action in page.actions_of_page()}


def test_repeat_opens_the_same_file_again_or_says_where_it_was(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told, tmp_path: Path
) -> None:
    run_id = staged(processed=True)
    page = shown_runs.runs()
    page.list.choose(run_id)
    page.trigger("repeat")
    shown_runs.settle()
    assert told.imports == [(tmp_path / "customers.csv", "CUSTOMERS")]
    (tmp_path / "customers.csv").unlink()
    page.trigger("repeat")
    shown_runs.settle()
    assert page.banners.keys == ["refused"]
    assert "customers.csv" in page.banners.shown()[0][1]
    assert len(told.imports) == 1


def test_what_belongs_to_a_deleted_integration_is_not_repeated_with_another_one(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    page = shown_runs.card(staged(processed=True))
    assert page.tabs.facts["integration"] == "CUSTOMERS  Customers from CSV or Excel"
    with connected(), database.atomic():
        Integration.delete().where(Integration.code == "CUSTOMERS").execute()
        changes.touch("integration", "CUSTOMERS")
    shown_runs.signals.tell()
    shown_runs.qtbot.waitUntil(lambda: page.tabs.facts["integration"] == "CUSTOMERS  deleted since")
    assert "integration" not in {action.key for action in page.actions_of_page()}
    page.trigger("repeat")
    shown_runs.settle()
    assert "The integration CUSTOMERS is no longer there." in page.banners.shown()[0][1]
    assert told.imports == []


def test_the_folder_of_the_file_is_opened(
    shown_runs: ShownRuns, staged: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    run_id = staged(processed=True)
    page = shown_runs.runs()
    page.list.choose(run_id)
    page.trigger("folder")
    shown_runs.settle()
    assert opened == [str(tmp_path)]
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    page.trigger("folder")
    shown_runs.settle()
    assert page.banners.shown()[0][1].startswith(f"The folder could not be opened. It is {tmp_path};")
    with connected():
        ImportRun.update(file_path=str(tmp_path / "gone" / "customers.csv")).execute()
    page.refresh()
    shown_runs.settle()
    page.trigger("folder")
    shown_runs.settle()
    assert "The folder is no longer there." in page.banners.shown()[0][1]
