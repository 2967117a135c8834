"""A file of failed rows was mended elsewhere and is dropped: the same records are corrected and tried again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.imports.mending.error_export import export_errors
from models.database import connected
from tests.ui.imports.conftest import Told, rows
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.import_dialog import ImportDialog, JobFeed, open_import_dialog


@pytest.fixture
def mended(staged: Callable[..., int], tmp_path: Path) -> Path:
    """The failed rows of an import, with a country that is there."""
    run_id = staged(good=1, wrong=("XX", "YY"), processed=True)
    path = tmp_path / "failed rows.csv"
    with connected():
        export_errors(run_id, path)
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("Oslo,XX", "Oslo,NO").replace("Oslo;XX", "Oslo;NO"), encoding="utf-8-sig")
    return path


@pytest.fixture
def dialog(
    window: QWidget,
    context: PageContext,
    foreground: ForegroundRunner,
    feed: JobFeed,
    mended: Path,
    qtbot: QtBot,
) -> ImportDialog:
    """The dialog with that file."""
    made = open_import_dialog(window, context, foreground, path=mended, feed=feed)
    qtbot.waitUntil(made.take_back.take_button.isVisible)
    return made


def test_the_file_is_known_and_nothing_happens_before_it_is_wanted(dialog: ImportDialog) -> None:
    assert dialog.take_back.headline.text() == "failed rows.csv has the failed rows of an earlier import."
    assert not dialog.import_button.isVisible()
    assert rows("SELECT COUNT(*) FROM import_run") == [(1,)]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_corrections_go_into_the_same_records_which_are_tried_again(
    dialog: ImportDialog, told: Told, qtbot: QtBot
) -> None:
    QTest.mouseClick(dialog.take_back.take_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.take_back.retry_button.isVisible)
    taken = dialog.take_back.taken
    assert taken is not None
    assert (taken.changed, taken.unchanged) == (1, 1)
    assert "1 unchanged row stays an error" in dialog.take_back.detail.text()
    assert rows("SELECT COUNT(*) FROM integration_record") == [(3,)]
    QTest.mouseClick(dialog.take_back.retry_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(told.notices))
    assert told.notices[0].text == "1 row of customers.csv was queued."
    assert rows("SELECT COUNT(*) FROM job_queue_entry WHERE status = 'Ready'") == [(1,)]


def test_the_results_are_opened_instead(dialog: ImportDialog, told: Told, qtbot: QtBot) -> None:
    dialog.take_back.take()
    qtbot.waitUntil(dialog.take_back.results_button.isVisible)
    QTest.mouseClick(dialog.take_back.results_button, Qt.MouseButton.LeftButton)
    assert told.opened == [("integration_records", {"run_id": 1})]
    assert rows("SELECT COUNT(*) FROM job_queue_entry") == [(0,)]


def test_who_wants_it_as_a_new_file_gets_a_preview(dialog: ImportDialog, qtbot: QtBot) -> None:
    QTest.mouseClick(dialog.take_back.new_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.preview_step.preview is not None)
    assert dialog.preview_pane.isVisible()


def test_rows_of_an_import_that_is_gone_say_what_to_do(dialog: ImportDialog, qtbot: QtBot) -> None:
    with connected():
        rows("UPDATE import_run SET file_sha256 = 'ffffffffffff'")
    dialog.take_back.take()
    qtbot.waitUntil(dialog.take_back.problem.isVisible)
    assert "this company does not have" in dialog.take_back.problem.text()
    assert dialog.take_back.take_button.isVisible()
