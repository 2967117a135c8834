"""A person imports a file: looks at it, reads it, and says what happens with its rows; nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from models.database import connected
from models.integration import ExecutionMode, Integration
from models.integration_record import ImportRun
from tests.ui.imports.conftest import InlineRunner, Told, rows
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.import_dialog import ImportDialog, JobFeed, ProgressWindow, open_import_dialog
from ui.import_dialog.after_reading import QUESTION
from ui.import_dialog.preview_table import column_words


@pytest.fixture
def dialog(
    window: QWidget, context: PageContext, foreground: ForegroundRunner, feed: JobFeed, qtbot: QtBot
) -> ImportDialog:
    """The dialog, open and empty."""
    made = open_import_dialog(window, context, foreground, feed=feed)
    qtbot.waitUntil(lambda: made.options.integration_combo.count() > 1)
    return made


def looked_at(dialog: ImportDialog, qtbot: QtBot, path: Path) -> None:
    dialog.take_file(path)
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)


def read(dialog: ImportDialog, qtbot: QtBot, path: Path) -> int:
    looked_at(dialog, qtbot, path)
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog._run_id is not None)
    assert dialog._run_id is not None
    return dialog._run_id


def runs() -> list[tuple[int, str, int, str]]:
    return rows("SELECT id, state, rows, job_id FROM import_run")


# --- looking ------------------------------------------------------------------------------------


def test_the_columns_say_which_fields_they_fill(dialog: ImportDialog, shared_file, qtbot: QtBot) -> None:
    looked_at(dialog, qtbot, shared_file("northwind/customers.csv"))
    preview = dialog.preview_pane.table.preview
    assert preview is not None
    assert dialog.options.integration_combo.currentData() == "NORTHWIND-CUSTOMERS"
    assert column_words(preview, 1) == ("companyName", "→ Name")
    assert column_words(preview, 3) == ("contactTitle", "not imported")
    assert dialog.preview_pane.warnings.lines[0].startswith("24 of 91 rows: The row has 12 cells")
    assert "1 column will not be imported: contactTitle." in dialog.preview_pane.warnings.lines
    assert dialog.import_button.isEnabled()
    model = dialog.preview_pane.table.model()
    assert model.headerData(0, Qt.Orientation.Vertical) == "2"


def test_a_person_chooses_the_file_without_being_blocked(
    dialog: ImportDialog, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    qtbot.mouseClick(dialog.drop_area.choose_button, Qt.MouseButton.LeftButton)
    (chooser,) = dialog.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(customers()))
    chooser.close()
    qtbot.waitUntil(dialog.import_button.isEnabled)
    assert dialog.options.integration_combo.currentData() == "CUSTOMERS"


def test_a_file_may_be_dropped_on_the_dialog(
    dialog: ImportDialog, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(customers()))])
    left = Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, Qt.KeyboardModifier.NoModifier)
    dialog.drop_area.dropEvent(event)
    qtbot.waitUntil(dialog.import_button.isEnabled)


def test_a_file_that_cannot_be_read_says_why_and_another_may_be_chosen(
    dialog: ImportDialog, customers: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    looked_at(dialog, qtbot, tmp_path / "nowhere.csv")
    assert "There is no file" in dialog.preview_pane.error_text
    assert "Check its name and folder." in dialog.preview_pane.error_text
    assert not dialog.import_button.isEnabled()
    looked_at(dialog, qtbot, customers())
    assert dialog.preview_pane.error_text == ""
    assert dialog.import_button.isEnabled()
    assert runs() == []


def test_a_protected_workbook_says_what_to_do(dialog: ImportDialog, shared_file, qtbot: QtBot) -> None:
    looked_at(dialog, qtbot, shared_file("workbooks/pass_protected.xlsx"))
    assert "remove the password" in dialog.preview_pane.error_text


def test_columns_that_no_integration_knows_ask_for_one(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "strange.csv"
    path.write_text("alpha,beta\n1,2\n", encoding="utf-8")
    looked_at(dialog, qtbot, path)
    assert dialog.preview_pane.warnings.lines[0].startswith(
        "No integration has the columns of “strange.csv”."
    )
    assert not dialog.import_button.isEnabled()
    assert dialog.preview_pane.table.model().rowCount() == 1, "the person sees what the file has"
    combo = dialog.options.integration_combo
    combo.setCurrentIndex(combo.findData("CUSTOMERS"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    assert not dialog.import_button.isEnabled()
    assert "has no column" in dialog.preview_pane.warnings.lines[0]


def test_the_encoding_that_a_person_chooses_is_used(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "müller.csv"
    path.write_bytes("No.,Name\nC1,Müller\n".encode("cp850"))
    looked_at(dialog, qtbot, path)
    combo = dialog.options.variant_combo
    assert "a guess" in combo.currentText()
    combo.setCurrentIndex(combo.findData("cp850"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    assert dialog.preview_pane.table.model().index(0, 1).data() == "Müller"
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog._run_id is not None)
    assert rows("SELECT payload FROM integration_record") == [('["C1","Müller"]',)]


def test_a_guessed_encoding_that_the_person_has_seen_is_used(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "cafe.csv"
    path.write_bytes("No.,Name\nC1,Café\n".encode("cp1252"))
    read(dialog, qtbot, path)
    assert rows("SELECT payload FROM integration_record") == [('["C1","Café"]',)]


def test_another_sheet_may_be_chosen(dialog: ImportDialog, shared_file, qtbot: QtBot) -> None:
    combo = dialog.options.integration_combo
    combo.setCurrentIndex(combo.findData("CUSTOMERS"))
    combo.activated.emit(combo.currentIndex())
    looked_at(dialog, qtbot, shared_file("workbooks/sheets.xlsx"))
    sheets = dialog.options.variant_combo
    assert dialog.options.variant_row.caption_label.text() == "Sheet"
    assert sheets.count() > 1
    before = dialog.preview_pane.description.text()
    sheets.setCurrentIndex(sheets.count() - 1)
    sheets.activated.emit(sheets.currentIndex())
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    assert dialog.preview_pane.description.text() != before or dialog.preview_pane.error_text


def test_only_the_newest_look_is_shown(
    dialog: ImportDialog, runner: InlineRunner, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    dialog.take_file(customers(good=1, wrong=(), name="old.csv"))
    dialog.take_file(customers(good=2, wrong=(), name="new.csv"))
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    preview = dialog.preview_pane.table.preview
    assert preview is not None
    assert preview.file_name == "new.csv"


# --- reading ------------------------------------------------------------------------------------


def test_reading_tells_its_rows_and_can_be_cancelled(
    dialog: ImportDialog, runner: InlineRunner, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    looked_at(dialog, qtbot, customers())
    runner.gate.clear()
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    dialog.reading_pane.set_progress(12_000, 0)
    assert dialog.reading_pane.text == "Reading customers.csv · 12,000 rows"
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert dialog.reading_pane.text.startswith("Stopping…")
    qtbot.waitUntil(lambda: dialog._reading is None)
    assert dialog.isVisible()
    assert dialog.import_button.isEnabled()
    assert dialog.focusWidget() is dialog.import_button
    assert runs() == []


def test_the_question_is_asked_in_its_own_words_with_the_integrations_mode_preselected(
    dialog: ImportDialog, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    read(dialog, qtbot, customers())
    after = dialog.after_reading
    assert after.question.text() == QUESTION == "The import has been completed. What would you like to do?"
    assert [choice.text() for choice in after.choices.values()] == [
        "Process now",
        "Process in background",
        "Open import results",
    ]
    assert [key for key, choice in after.choices.items() if choice.primary] == ["background"]
    assert dialog.focusWidget() is after.choices["background"]


def test_an_immediate_integration_preselects_process_now(
    window: QWidget,
    context: PageContext,
    foreground: ForegroundRunner,
    customers: Callable[..., Path],
    qtbot: QtBot,
) -> None:
    with connected():
        Integration.update(execution_mode=ExecutionMode.IMMEDIATE).execute()
    dialog = open_import_dialog(window, context, foreground, path=customers(), integration_code="CUSTOMERS")
    qtbot.waitUntil(dialog.import_button.isEnabled)
    dialog.read()
    qtbot.waitUntil(lambda: dialog._run_id is not None)
    assert dialog.after_reading.choices["now"].primary
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


# --- what happens with the rows -----------------------------------------------------------------


def test_process_in_background_queues_a_job_and_says_so(
    dialog: ImportDialog, customers: Callable[..., Path], told: Told, qtbot: QtBot
) -> None:
    run_id = read(dialog, qtbot, customers())
    qtbot.keyClick(dialog.after_reading.choices["background"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(told.notices))
    assert told.notices[0].text == "Import customers.csv was queued."
    assert told.notices[0].on_action is not None
    told.notices[0].on_action()
    assert told.opened == [("integration_records", {"run_id": run_id})]
    assert rows("SELECT description, status, record_id FROM job_queue_entry") == [
        ("Import customers.csv", "Ready", str(run_id))
    ]


def test_process_now_shows_the_progress_window(
    dialog: ImportDialog, window: QWidget, customers: Callable[..., Path], told: Told, qtbot: QtBot
) -> None:
    read(dialog, qtbot, customers())
    qtbot.mouseClick(dialog.after_reading.choices["now"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.findChildren(ProgressWindow)))
    (shown,) = window.findChildren(ProgressWindow)
    qtbot.waitUntil(lambda: shown.counts.text() == "5 rows = 5 ready")
    shown.close()
    assert [notice.text for notice in told.notices] == ["Import customers.csv continues in the background."]


def test_open_import_results_processes_nothing(
    dialog: ImportDialog, customers: Callable[..., Path], told: Told, qtbot: QtBot
) -> None:
    run_id = read(dialog, qtbot, customers())
    qtbot.mouseClick(dialog.after_reading.choices["results"], Qt.MouseButton.LeftButton)
    assert told.opened == [("integration_records", {"run_id": run_id})]
    assert runs() == [(run_id, "Ready", 5, "")]


def test_closing_the_question_keeps_the_rows_and_says_where(
    dialog: ImportDialog, customers: Callable[..., Path], told: Told, qtbot: QtBot
) -> None:
    run_id = read(dialog, qtbot, customers())
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert told.notices[0].text == "5 rows of customers.csv wait to be processed."
    assert runs() == [(run_id, "Ready", 5, "")]


def test_a_job_that_cannot_be_created_says_why_and_another_answer_may_be_given(
    dialog: ImportDialog, customers: Callable[..., Path], told: Told, qtbot: QtBot
) -> None:
    run_id = read(dialog, qtbot, customers())
    with connected():
        ImportRun.update(ready=0, excluded=5).where(ImportRun.id == run_id).execute()
    qtbot.mouseClick(dialog.after_reading.choices["background"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.after_reading.problem.isVisible)
    assert "No record of “customers.csv” is ready" in dialog.after_reading.problem.text()
    qtbot.mouseClick(dialog.after_reading.choices["results"], Qt.MouseButton.LeftButton)
    assert told.opened == [("integration_records", {"run_id": run_id})]
