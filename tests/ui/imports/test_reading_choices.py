"""What a person changes beside the preview: the preview follows, and the file is read as they saw it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.imports.conftest import rows
from tests.ui.imports.integration_cards import choose
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.import_dialog import ImportDialog, JobFeed, open_import_dialog
from ui.import_dialog.notes import notes_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing")


@pytest.fixture
def dialog(
    window: QWidget, context: PageContext, foreground: ForegroundRunner, feed: JobFeed, qtbot: QtBot
) -> ImportDialog:
    """The dialog for customers, without a file."""
    made = open_import_dialog(window, context, foreground, integration_code="CUSTOMERS", feed=feed)
    qtbot.waitUntil(lambda: made.options.integration_combo.count() > 1)
    return made


def settled(dialog: ImportDialog, qtbot: QtBot) -> None:
    step = dialog.preview_step
    qtbot.waitUntil(lambda: not step.is_looking and step.offered is not None)


def looked_at(dialog: ImportDialog, qtbot: QtBot, path: Path) -> None:
    dialog.take_file(path)
    settled(dialog, qtbot)


def payloads(dialog: ImportDialog, qtbot: QtBot) -> list[list[str]]:
    """Import, and say what was staged."""
    QTest.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.run_id is not None)
    return [json.loads(payload) for (payload,) in rows("SELECT payload FROM integration_record ORDER BY id")]


def header(dialog: ImportDialog) -> list[str]:
    preview = dialog.preview_pane.table.preview
    assert preview is not None
    return preview.header


def test_a_column_is_given_another_field_in_its_head(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "strange.csv"
    path.write_text("Kennung,Bezeichnung,Ort\nC1,Wagner,Bremen\n", encoding="utf-8")
    looked_at(dialog, qtbot, path)
    assert not dialog.import_button.isEnabled()
    assert "has no column" in dialog.preview_pane.warnings.lines[0]
    table = dialog.preview_pane.table
    for section, field in enumerate(("no", "name", "city")):
        table.choose_field(section)
        assert table.chooser.accessibleName() == f"Field for the column {header(dialog)[section]}"
        choose(table.chooser, field)
        table.chooser.hidePopup()
        settled(dialog, qtbot)
    assert dialog.import_button.isEnabled()
    assert payloads(dialog, qtbot) == [["C1", "Wagner", "Bremen"]]
    assert '"source_column":"Bezeichnung"' in rows("SELECT definition FROM import_run")[0][0]


def test_a_column_that_is_not_to_be_imported_leaves_its_field_alone(
    dialog: ImportDialog, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    looked_at(dialog, qtbot, customers())
    table = dialog.preview_pane.table
    table.choose_field(header(dialog).index("City"))
    choose(table.chooser, "")
    table.chooser.hidePopup()
    settled(dialog, qtbot)
    assert table.preview is not None
    assert table.preview.columns[2].target_field == ""
    assert any("City" in line and "not be imported" in line for line in dialog.preview_pane.warnings.lines)


def test_the_field_of_a_column_is_chosen_with_the_keyboard_alone(
    dialog: ImportDialog, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    looked_at(dialog, qtbot, customers())
    table = dialog.preview_pane.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Right)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert table.chooser.section == 1
    assert table.chooser.currentData() == "name"
    table.chooser.hidePopup()
    assert not table.chooser.isVisible()


def test_another_delimiter_changes_the_preview_at_once(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("No.;Name, with comma\nC1;Wagner, Bremen\nC2;Meyer, Kiel\n", encoding="utf-8")
    looked_at(dialog, qtbot, path)
    panel = dialog.preview_pane.panel
    assert panel.delimiter_combo.itemText(0).startswith("Detect (")
    choose(panel.delimiter_combo, ",")
    settled(dialog, qtbot)
    assert header(dialog) == ["No.;Name", "with comma"]
    choose(panel.delimiter_combo, ";")
    settled(dialog, qtbot)
    assert header(dialog) == ["No.", "Name, with comma"]


def test_lines_above_the_header_and_below_the_rows_are_left_out(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "report.csv"
    path.write_text("No.,Name\nNo.,Name\nC1,Wagner\nC2,Meyer\nSum,2\n", encoding="utf-8")
    looked_at(dialog, qtbot, path)
    panel = dialog.preview_pane.panel
    panel.skip_spin.setValue(1)
    panel.footer_spin.setValue(1)
    qtbot.waitUntil(lambda: dialog.preview_pane.rows_note.text() == "All 2 rows")
    assert payloads(dialog, qtbot) == [["C1", "Wagner"], ["C2", "Meyer"]]


def test_texts_that_stand_as_formulas_are_read_or_left_as_the_person_likes(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "zeros.csv"
    path.write_text('No.,Name\n="00123",Wagner\n', encoding="utf-8")
    panel = dialog.preview_pane.panel
    assert panel.formulas_check.isHidden(), "no file, no question"
    looked_at(dialog, qtbot, path)
    assert not panel.formulas_check.isHidden()
    panel.formulas_check.click()
    settled(dialog, qtbot)
    assert not panel.formulas_check.isHidden()
    panel.formulas_check.click()
    settled(dialog, qtbot)
    assert payloads(dialog, qtbot) == [["00123", "Wagner"]]


def test_columns_that_were_guessed_are_read_as_the_person_saw_them(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "printed.txt"
    rows = [("C1", "Wagner", "Bremen"), ("C2", "Meyerhofer", "Kiel"), ("C3", "Abel", "Ulm")]
    lines = [f"{no:<6}{name:<20}{city:<10}" for no, name, city in (("No.", "Name", "City"), *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    looked_at(dialog, qtbot, path)
    assert header(dialog) == ["No.", "Name", "City"]
    assert payloads(dialog, qtbot) == [list(cells) for cells in rows]


def test_what_is_not_what_it_seems_stands_among_the_warnings(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "phones.csv"
    path.write_text("No.,Name,Phone No.\nC1,Wagner,4.9E+11\n---,---,---\n", encoding="utf-8")
    looked_at(dialog, qtbot, path)
    preview = dialog.preview_pane.table.preview
    assert preview is not None
    tones = {note.text: note.tone for note in notes_of(preview)}
    (doubt,) = (text for text in tones if "has shortened them" in text)
    assert tones[doubt] == "warn"
    assert tones["1 border line is left out: line 3."] == "info"


def test_detect_all_again_forgets_what_was_chosen(
    dialog: ImportDialog, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    looked_at(dialog, qtbot, customers())
    before = header(dialog)
    panel = dialog.preview_pane.panel
    choose(panel.delimiter_combo, ";")
    settled(dialog, qtbot)
    assert len(header(dialog)) == 1
    QTest.mouseClick(panel.detect_button, Qt.MouseButton.LeftButton)
    settled(dialog, qtbot)
    assert header(dialog) == before
    assert dialog.preview_step.choices.delimiter is None


def test_the_columns_of_a_file_of_fixed_width_are_drawn(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "fixed.txt"
    path.write_text("C1WAGNER    BREMEN\nC2MEYER     KIEL  \n", encoding="utf-8")
    looked_at(dialog, qtbot, path)
    pane = dialog.preview_pane
    choose(pane.panel.delimiter_combo, "drawn")
    qtbot.waitUntil(lambda: pane.is_ruled)
    settled(dialog, qtbot)
    if pane.panel.header_check.isChecked():
        pane.panel.header_check.click()
        settled(dialog, qtbot)
    for _ in range(2):
        QTest.keyClick(pane.ruler, Qt.Key.Key_Right)
    QTest.keyClick(pane.ruler, Qt.Key.Key_Space)
    settled(dialog, qtbot)
    assert header(dialog) == ["Column 1", "Column 2", "Column 3"]
    for section, field in enumerate(("no", "name", "city")):
        dialog.preview_step.choose_field(section, field)
        settled(dialog, qtbot)
    assert payloads(dialog, qtbot) == [["C1", "WAGNER", "BREMEN"], ["C2", "MEYER", "KIEL"]]


def test_the_records_of_a_json_file_are_found_by_their_path(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "customers.json"
    new = [{"no": "C1", "name": "Wagner"}, {"no": "C2", "name": "Meyer"}]
    path.write_text(json.dumps({"new": new, "old": [{"no": "C9", "name": "Alt"}]}), encoding="utf-8")
    looked_at(dialog, qtbot, path)
    panel = dialog.preview_pane.panel
    assert panel.rows["array_path"].isVisible()
    assert not panel.rows["delimiter"].isVisible()
    assert panel.path_combo.currentText() == "new"
    panel.path_combo.setCurrentIndex(panel.path_combo.findText("old"))
    panel.path_combo.activated.emit(panel.path_combo.currentIndex())
    settled(dialog, qtbot)
    assert payloads(dialog, qtbot) == [["C9", "Alt"]]


def test_rows_that_were_copied_are_pasted(dialog: ImportDialog, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setText("No.\tName\nC1\tWagner\nC2\tMeyer\n")
    QGuiApplication.clipboard().setMimeData(data)
    QTest.keyClick(dialog, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog.preview_step.preview is not None)
    pasted = dialog.options.path
    assert pasted is not None
    assert dialog.options.file_edit.text().startswith("Clipboard 20")
    settled(dialog, qtbot)
    assert payloads(dialog, qtbot) == [["C1", "Wagner"], ["C2", "Meyer"]]
    assert rows("SELECT source FROM import_run") == [("Clipboard",)]
    QTest.mouseClick(dialog.after_reading.choices["results"], Qt.MouseButton.LeftButton)
    assert not pasted.exists(), "what was copied may be nobody else's business"


def test_a_file_that_was_copied_is_pasted_as_that_file(
    dialog: ImportDialog, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    path = customers()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    QGuiApplication.clipboard().setMimeData(data)
    QTest.mouseClick(dialog.drop_area.paste_button, Qt.MouseButton.LeftButton)
    settled(dialog, qtbot)
    assert dialog.options.path == path


def test_an_empty_clipboard_says_what_to_do(dialog: ImportDialog) -> None:
    QGuiApplication.clipboard().clear()
    dialog.paste()
    assert "then paste" in dialog.frame.note.text()


def test_what_was_chosen_for_one_file_is_not_kept_for_the_next(
    dialog: ImportDialog, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    looked_at(dialog, qtbot, customers(name="one.csv"))
    choose(dialog.preview_pane.panel.delimiter_combo, ";")
    dialog.preview_step.choose_field(0, "")
    settled(dialog, qtbot)
    looked_at(dialog, qtbot, customers(name="two.csv"))
    assert dialog.preview_step.choices.delimiter is None
    assert dialog.preview_step.choices.columns == {}
    assert dialog.import_button.isEnabled()


def test_options_stay_under_the_pointer_when_the_file_tells_more_or_less(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "totals.csv"
    path.write_text("No.,Name,Credit Limit\nC1,Wagner,7\nC2,Meyer,8\nTotal,,15.50\n", encoding="utf-8")
    looked_at(dialog, qtbot, path)
    panel = dialog.preview_pane.panel
    place = panel.footer_spin.mapTo(panel, panel.footer_spin.rect().topLeft())
    assert "The file has Point" in panel.decimal_combo.accessibleDescription()
    panel.footer_spin.stepUp()
    nothing = "No number in the file tells it"
    qtbot.waitUntil(lambda: panel.decimal_combo.accessibleDescription() == nothing)
    assert panel.footer_spin.mapTo(panel, panel.footer_spin.rect().topLeft()) == place
