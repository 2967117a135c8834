"""A person tries an import before it is done: they see what would come of it, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.imports import service
from desktop.imports.processing import process
from tests.ui.imports.conftest import InlineRunner, Told, new_session, rows
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.import_dialog import ImportDialog, JobFeed, open_import_dialog
from ui.widgets.text_table import TextTable, shared_widths


@pytest.fixture
def dialog(
    window: QWidget,
    context: PageContext,
    foreground: ForegroundRunner,
    feed: JobFeed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> ImportDialog:
    """The dialog for customers, without a file."""
    monkeypatch.setenv("BACKDESK_HOME", str(tmp_path / "home"))
    return open_import_dialog(window, context, foreground, integration_code="CUSTOMERS", feed=feed)


def tried(dialog: ImportDialog, qtbot: QtBot, path: Path) -> None:
    """Choose a file and press Dry run."""
    dialog.take_file(path)
    qtbot.waitUntil(dialog.try_button.isEnabled)
    QTest.mouseClick(dialog.try_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.steps.has_tried)


def texts(table: QWidget) -> list[list[str]]:
    model = table.model()  # type: ignore[attr-defined]
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


@pytest.mark.parametrize(
    ("wanted", "room", "widths"),
    [
        ([80, 300, 200], 1_000, [80, 300, 620]),  # all fit; the last one takes what is left
        ([80, 100, 900], 600, [80, 100, 420]),  # only the widest is cut
        ([80, 500, 900], 680, [80, 300, 300]),
        ([], 600, []),
    ],
)
def test_columns_of_a_table_of_texts_share_its_width_by_what_stands_in_them(
    wanted: list[int], room: int, widths: list[int]
) -> None:
    assert shared_widths(wanted, room) == widths


def test_no_column_of_a_result_is_cut_while_another_has_room(qtbot: QtBot) -> None:
    table = TextTable(("Records", "What is wrong", "What to do"), "What is wrong", numbers=(0,))
    qtbot.addWidget(table)
    table.resize(1_000, 300)
    with qtbot.waitActive(table):
        table.show()
        table.activateWindow()
    table.show_rows([("1,503", "There is no country.", "Create it or correct the column of the file. " * 2)])
    table.setFocus(Qt.FocusReason.TabFocusReason)
    assert table.selectionModel().selectedRows(), "somebody who comes by Tab sees where they are"
    widths = [table.columnWidth(column) for column in range(3)]
    assert sum(widths) == table.viewport().width()
    wanted = table.fontMetrics().horizontalAdvance(table.model().index(0, 2).data())
    assert widths[2] > wanted
    aligned = table.model().index(0, 0).data(Qt.ItemDataRole.TextAlignmentRole)
    assert aligned & Qt.AlignmentFlag.AlignRight


def test_a_dry_run_says_what_would_come_of_it_and_writes_nothing(
    dialog: ImportDialog, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    tried(dialog, qtbot, customers())
    pane = dialog.steps.dry_run
    assert pane.headline.text() == "3 rows would be created, 2 have errors."
    assert pane.counts.text() == "5 rows = 3 created + 2 errors"
    ((count, field, what, to_do),) = texts(pane.causes)
    assert "Retry" not in to_do, "there is nothing to retry before the import"
    assert (count, field) == ("2", "Country/Region Code")
    assert "XX" in what
    assert rows("SELECT COUNT(*) FROM customer") == [(0,)]
    assert rows("SELECT ready, created FROM import_run") == [(5, 0)]


def test_values_that_are_too_long_in_the_same_way_are_told_apart(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f"No.,Name\nC1,{'a' * 120}\nC2,{'b' * 120}\n", encoding="utf-8")
    tried(dialog, qtbot, path)
    first, second = texts(dialog.steps.dry_run.causes)
    assert first[2] == f"“{'a' * 40}…”: Name has 120 characters; at most 100 fit."
    assert second[2].startswith("“bbbb")


def test_old_and_new_of_what_would_change_are_shown(
    dialog: ImportDialog, customers: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    run_id = service.read(customers(good=2, wrong=()), "CUSTOMERS", new_session())
    process(new_session(), run_id)
    path = tmp_path / "again.csv"
    path.write_text("No.,Name,City\nC00001,Wagner,Bremen\nC00002,Customer 2,Bremen\n", encoding="utf-8")
    tried(dialog, qtbot, path)
    pane = dialog.steps.dry_run
    assert pane.counts.text() == "2 rows = 1 updated + 1 unchanged"
    assert texts(pane.changes) == [["C00001", "Name", "Customer 1", "Wagner"]]
    assert pane.tabs.currentIndex() == 1, "nothing is wrong, so what would change is looked at"
    assert "Name (1)" in pane.more.text()


def test_after_a_dry_run_the_same_rows_are_imported_without_another_reading(
    dialog: ImportDialog, customers: Callable[..., Path], runner: InlineRunner, qtbot: QtBot
) -> None:
    tried(dialog, qtbot, customers())
    assert dialog.import_button.text() == "Continue"
    QTest.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    assert "Dry run: 3 rows would be created" in dialog.after_reading.counts.text()
    QTest.mouseClick(dialog.after_reading.choices["background"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows("SELECT COUNT(*) FROM job_queue_entry") == [(1,)])
    assert [request.codeunit for request in runner.asked].count("read_file") == 1
    assert rows("SELECT COUNT(*) FROM integration_record") == [(5,)]


def test_whoever_presses_continue_twice_or_holds_enter_is_asked_once_and_answers_nothing_by_it(
    dialog: ImportDialog, customers: Callable[..., Path], runner: InlineRunner, qtbot: QtBot
) -> None:
    tried(dialog, qtbot, customers())
    QTest.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    second = QMouseEvent(
        QEvent.Type.MouseButtonDblClick,
        QPointF(5, 5),
        dialog.try_button.mapToGlobal(QPointF(5, 5)),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(dialog.try_button, second)
    QTest.mouseRelease(dialog.try_button, Qt.MouseButton.LeftButton)
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=True
    )
    for button in (dialog.after_reading.choices["background"], dialog.cancel_button):
        QApplication.sendEvent(button, held)
    assert [request.codeunit for request in runner.asked].count("dry_run_import") == 1
    assert dialog.isVisible()
    assert dialog.after_reading.choices["background"].isEnabled(), "nobody has chosen it"
    assert rows("SELECT COUNT(*) FROM job_queue_entry") == [(0,)]


def test_who_sees_that_the_mapping_is_wrong_gives_the_rows_back_and_mends_it(
    dialog: ImportDialog, customers: Callable[..., Path], told: Told, qtbot: QtBot
) -> None:
    tried(dialog, qtbot, customers())
    QTest.mouseClick(dialog.back_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.run_id is None)
    assert rows("SELECT COUNT(*) FROM import_run") == [(0,)]
    assert rows("SELECT COUNT(*) FROM integration_record") == [(0,)]
    assert dialog.focusWidget() is dialog.import_button
    dialog.preview_step.choose_field(3, "")
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    QTest.mouseClick(dialog.try_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.steps.has_tried)
    assert dialog.steps.dry_run.headline.text() == "5 rows would be created."
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert [notice.text for notice in told.notices] == ["5 rows of customers.csv wait to be processed."]


def test_a_dry_run_that_is_cancelled_comes_back_to_the_question(
    dialog: ImportDialog, customers: Callable[..., Path], runner: InlineRunner, qtbot: QtBot
) -> None:
    dialog.take_file(customers())
    qtbot.waitUntil(dialog.import_button.isEnabled)
    QTest.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.run_id is not None)
    runner.gate.clear()
    QTest.mouseClick(dialog.try_button, Qt.MouseButton.LeftButton)
    assert dialog.steps.is_trying
    QTest.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert dialog.steps.dry_run.line.text == "Stopping…"
    qtbot.waitUntil(lambda: not dialog.steps.is_trying)
    assert dialog.steps.currentWidget() is dialog.after_reading
    assert rows("SELECT ready FROM import_run") == [(5,)]


def test_a_dry_run_that_fails_says_why_and_may_be_tried_again(
    dialog: ImportDialog, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    dialog.take_file(customers())
    qtbot.waitUntil(dialog.import_button.isEnabled)
    dialog.read()
    qtbot.waitUntil(lambda: dialog.run_id is not None)
    rows("UPDATE import_run SET ready = 0, excluded = 5")
    QTest.mouseClick(dialog.try_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.steps.has_tried)
    assert "No record of “customers.csv” is ready" in dialog.steps.dry_run.error_text
    rows("UPDATE import_run SET ready = 5, excluded = 0")
    QTest.mouseClick(dialog.steps.dry_run.error.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.steps.dry_run.found is not None)
