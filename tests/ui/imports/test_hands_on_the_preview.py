"""The dialog under a person's hands: what Esc closes, where Tab goes, what Enter does next, and what is cut short."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.import_dialog import ImportDialog, JobFeed, open_import_dialog
from ui.import_dialog.notes import DRAWN, Note, notes_of
from ui.import_dialog.warnings import Warnings
from ui.theme import Theme
from ui.widgets.labels import Label

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing")

FIXED = "".join(f"{number:05}  Wagner & Sohn  Bremen   \n" for number in range(1, 31))


@pytest.fixture
def dialog(
    window: QWidget, context: PageContext, foreground: ForegroundRunner, feed: JobFeed, qtbot: QtBot
) -> ImportDialog:
    """The dialog, open and empty."""
    made = open_import_dialog(window, context, foreground, feed=feed)
    qtbot.waitUntil(lambda: made.options.integration_combo.count() > 1)
    return made


@pytest.fixture
def looked_at(dialog: ImportDialog, tmp_path: Path, qtbot: QtBot) -> Callable[..., ImportDialog]:
    """Looks at a file of this text."""

    def look(text: str, name: str = "some.csv") -> ImportDialog:
        (tmp_path / name).write_text(text, encoding="utf-8")
        dialog.take_file(tmp_path / name)
        qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
        return dialog

    return look


def test_esc_leaves_the_choice_of_a_field_and_the_head_of_the_column_is_seen_again(
    looked_at: Callable[..., ImportDialog], qtbot: QtBot
) -> None:
    dialog = looked_at("No.,Name\nC1,Wagner\n")
    qtbot.waitUntil(lambda: dialog.preview_pane.table.can_choose)
    table = dialog.preview_pane.table
    table.choose_field(1)
    QTest.keyClick(table.chooser.view(), Qt.Key.Key_Escape)
    assert not table.chooser.view().isVisible()
    assert not table.chooser.isVisible(), "the box would cover the head of the column"
    assert dialog.isVisible()


def test_tab_leaves_the_preview_rather_than_going_through_its_cells(
    looked_at: Callable[..., ImportDialog],
) -> None:
    dialog = looked_at("No.,Name\nC1,Wagner\nC2,Meyer\n")
    table = dialog.preview_pane.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Tab)
    assert dialog.focusWidget() is not table


def test_notes_that_are_all_seen_are_no_stop_for_tab_and_those_that_scroll_are(qtbot: QtBot) -> None:
    warnings = Warnings()
    qtbot.addWidget(warnings)
    warnings.resize(600, 600)
    warnings.show()
    warnings.show_notes([Note("A column is not imported.")])
    assert warnings.focusPolicy() == Qt.FocusPolicy.NoFocus
    warnings.show_notes([Note(f"The column {number} is not imported.") for number in range(12)])
    assert warnings.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_notes_that_scroll_end_with_a_whole_line(qtbot: QtBot) -> None:
    warnings = Warnings()
    qtbot.addWidget(warnings)
    warnings.resize(400, 400)
    warnings.show()
    short = [Note(f"The column {number} is not imported.") for number in range(12)]
    warnings.show_notes([Note("2 values in Country have no match.", "warn", "Show values"), *short])
    host = warnings.widget()
    assert host is not None
    warnings.resize(400, warnings.sizeHint().height())
    ends = [label.mapTo(host, label.rect().bottomLeft()).y() for label in host.findChildren(Label)]
    height = warnings.viewport().height()
    cut = [end for end in ends if end - warnings.fontMetrics().height() + 1 < height <= end]
    assert len([end for end in ends if end < height]) >= 3
    assert not cut


def test_a_file_of_two_encodings_is_a_warning(dialog: ImportDialog, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "mixed.csv").write_bytes(b"No.,Name\nC1,M\xc3\xbcller\nC2,M\xfcller\n")
    dialog.take_file(tmp_path / "mixed.csv")
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    preview = dialog.preview_step.preview
    assert preview is not None
    first = notes_of(preview)[0]
    assert (first.tone, first.text.partition(":")[0]) == ("warn", "The file mixes encodings")


def test_a_long_file_name_shows_its_beginning_and_its_ending(
    looked_at: Callable[..., ImportDialog], qtbot: QtBot
) -> None:
    name = f"customers {'of the old program ' * 8}part 12.csv"
    field = looked_at("No.,Name\nC1,Wagner\n", name).options.file_edit
    assert field.isReadOnly(), "a name that was typed would not be looked at"
    assert field.text() == name
    assert field.toolTip().endswith(name)
    shown = field.shown_text()
    assert shown.startswith("cust")
    assert shown.endswith(".csv")
    assert field.fontMetrics().horizontalAdvance(shown) <= field.width()
    cut = field.grab().toImage()
    field.setText(shown)
    assert field.grab().toImage() == cut, "it looks like any other field"


def test_the_preview_says_whether_these_are_all_rows(looked_at: Callable[..., ImportDialog]) -> None:
    for text, words in (
        ("No.,Name\n", "There is no row to import."),
        ("No.,Name\nC1,Wagner\n", "The only row of the file"),
        ("No.,Name\n" + "C1,Wagner\n" * 91, "All 91 rows"),
        ("No.,Name\n" + "C1,Wagner\n" * 830, "The first 200 of 830 rows"),
        ("No.,Name\n" + "C1,Wagner\n" * 1_200, "The first 200 rows"),
        ("Foo,Bar\n" + "C1,Wagner\n" * 830, "The first 200 rows"),
    ):
        assert looked_at(text).preview_pane.rows_note.text() == words


def test_an_order_without_lines_asks_for_the_file_that_has_them(
    dialog: ImportDialog, shared_file, qtbot: QtBot
) -> None:
    dialog.take_file(shared_file("northwind/orders.csv"))
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    (choose,) = dialog.preview_pane.warnings.buttons
    assert dialog.focusWidget() is choose
    QTest.keyClick(choose, Qt.Key.Key_Return)
    (chooser,) = dialog.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(shared_file("northwind/order-details.csv")))
    chooser.close()
    qtbot.waitUntil(dialog.import_button.isEnabled)
    assert dialog.focusWidget() is dialog.import_button
    assert dialog.preview_step.file_names == "orders.csv and order-details.csv"


def test_a_file_of_names_only_cannot_be_imported_and_says_so(looked_at: Callable[..., ImportDialog]) -> None:
    dialog = looked_at("No.,Name\n", "names.csv")
    assert dialog.preview_pane.warnings.lines[0].startswith("“names.csv” names columns but has no rows.")
    assert not dialog.import_button.isEnabled()
    assert not dialog.try_button.isEnabled()


def test_a_workbook_that_cannot_be_opened_is_not_asked_for_its_delimiter(
    looked_at: Callable[..., ImportDialog],
) -> None:
    dialog = looked_at("hello", "damaged.xlsx")
    assert dialog.preview_pane.error_text
    rows = dialog.preview_pane.panel.rows
    assert rows["delimiter"].isHidden()
    assert not rows["header"].isHidden()
    assert not looked_at("", "empty.csv").preview_pane.panel.rows["delimiter"].isHidden()


def test_a_file_that_vanishes_before_it_is_read_says_so_and_another_is_one_key_away(
    looked_at: Callable[..., ImportDialog], tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = looked_at("No.,Name\nC1,Wagner\n", "short-lived.csv")
    (tmp_path / "short-lived.csv").unlink()
    QTest.keyClick(dialog.import_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.preview_pane.error_text != "")
    assert "short-lived.csv was not imported. There is no file" in dialog.preview_pane.error_text
    assert dialog.focusWidget() is dialog.preview_pane.error.action_button


def test_two_sheets_of_one_workbook_are_told_apart_by_their_names(
    dialog: ImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    book = Workbook()
    orders = book.active
    orders.title = "Orders"
    orders.append(["Order No.", "Customer No.", "Order Date"])
    orders.append(["A1", "C1", "2026-11-01"])
    lines = book.create_sheet("Lines")
    lines.append(["Order No.", "Item No.", "Quantity"])
    lines.append(["A1", "I1", 1])
    path = tmp_path / "orders.xlsx"
    book.save(path)
    dialog.options.fix_integration("SALES-ORDERS")
    dialog.take_file(path)
    dialog.preview_step.take_lines(str(path))
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    parts = dialog.preview_pane.parts
    assert [parts.tabText(place) for place in (0, 1)] == ["orders.xlsx: Orders", "orders.xlsx: Lines"]
    assert dialog.preview_step.file_names == "orders.xlsx"


def test_enter_goes_on_with_what_the_file_needs(looked_at: Callable[..., ImportDialog]) -> None:
    dialog = looked_at("No.,Name\nC1,Wagner\n")
    assert dialog.focusWidget() is dialog.import_button
    dialog = looked_at("Foo,Bar\n1,2\n", "unknown.csv")
    assert dialog.focusWidget() is dialog.preview_pane.create_button
    dialog = looked_at("", "empty.csv")
    assert dialog.focusWidget() is dialog.preview_pane.error.action_button


def test_lines_that_look_like_fixed_width_are_put_under_the_ruler_at_once(
    looked_at: Callable[..., ImportDialog], qtbot: QtBot
) -> None:
    dialog = looked_at(FIXED, "bank.txt")
    pane = dialog.preview_pane
    (draw,) = pane.warnings.buttons
    assert draw.text() == "Draw the columns"
    pane.panel_button.setFocus()
    QTest.keyClick(pane.panel_button, Qt.Key.Key_Tab)
    assert dialog.focusWidget() is draw, "it stands above the rows"
    QTest.mouseClick(draw, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.is_ruled and not dialog.preview_step.is_looking)
    assert pane.panel.delimiter_combo.currentData() == DRAWN
    assert len(pane.ruler.columns) > 1
    assert dialog.focusWidget() is pane.ruler


def test_the_keyboard_goes_on_to_import_when_numbers_are_read_as_the_file_writes_them(
    looked_at: Callable[..., ImportDialog], qtbot: QtBot
) -> None:
    dialog = looked_at("No.;Name;Credit Limit (LCY)\nC1;Wagner;1.234,50\nC2;Meyer;99,00\n")
    (read_so,) = dialog.preview_pane.warnings.buttons
    assert dialog.focusWidget() is read_so
    QTest.keyClick(read_so, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.import_button.isEnabled)
    assert dialog.focusWidget() is dialog.import_button


def test_an_integration_that_is_gone_is_named_and_no_other_takes_its_place_by_itself(
    window: QWidget,
    context: PageContext,
    foreground: ForegroundRunner,
    feed: JobFeed,
    customers: Callable[..., Path],
    qtbot: QtBot,
) -> None:
    dialog = open_import_dialog(window, context, foreground, integration_code="GONE", feed=feed)
    qtbot.waitUntil(lambda: dialog.options.integration_combo.count() > 2)
    dialog.take_file(customers())
    qtbot.waitUntil(lambda: dialog.preview_pane.error_text != "")
    assert "GONE" in dialog.preview_pane.error_text
    assert not dialog.import_button.isEnabled()
    combo = dialog.options.integration_combo
    combo.setCurrentIndex(combo.findData("CUSTOMERS"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(dialog.import_button.isEnabled)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_no_option_of_reading_is_wider_than_the_room_for_them(
    dialog: ImportDialog, look: Theme, scale: float
) -> None:
    look.set_scale(scale)
    panel = dialog.preview_pane.panel
    host = panel.widget()
    assert host is not None
    assert host.minimumSizeHint().width() <= panel.width()


def test_a_long_choice_ends_with_a_sign_that_there_is_more(dialog: ImportDialog) -> None:
    combo = dialog.options.integration_combo
    combo.addItem(
        "THE-LONGEST – Everything that a wholesale dealer has ever written into a file", "THE-LONGEST"
    )
    combo.setCurrentIndex(combo.count() - 1)
    combo.resize(200, 30)
    assert combo.shown_text().endswith("…")
    combo.resize(1_000, 30)
    assert combo.shown_text() == combo.currentText()


@pytest.mark.parametrize(("there", "shown"), [(True, "Documents"), (False, "")])
def test_files_are_looked_for_in_the_documents_or_else_in_the_persons_own_folder(
    dialog: ImportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, shown: str
) -> None:
    if there:
        (tmp_path / "Documents").mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _where: str(tmp_path / "Documents"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    dialog.choose()
    (chooser,) = dialog.findChildren(QFileDialog)
    assert Path(chooser.directory().absolutePath()) == tmp_path / shown
    chooser.close()


def test_a_greek_file_can_be_read_as_greek(dialog: ImportDialog, shared_file, qtbot: QtBot) -> None:
    dialog.take_file(shared_file("delimited/table-infer-iso-8859-7.csv"))
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    combo = dialog.options.variant_combo
    combo.setCurrentIndex(combo.findText("Greek (Windows-1253)"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    shown = dialog.preview_pane.shown
    assert shown is not None
    assert shown.rows[0].cells[2] == "Λεωνιδας"


def test_large_texts_leave_the_buttons_in_sight_in_a_small_window(
    looked_at: Callable[..., ImportDialog], look: Theme, window: QWidget
) -> None:
    dialog = looked_at("No.,Name,Country/Region Code\n" + "".join(f"C{n},,X{n}\n" for n in range(9)))
    window.resize(1024, 640)
    look.set_scale(1.5)
    room = dialog.minimumSizeHint()
    assert room.width() <= 1024
    assert room.height() <= 600
    dialog.setMinimumSize(0, 0)  # as where the screen is no larger
    dialog.resize(960, 600)
    foot = dialog.import_button
    assert foot.mapTo(dialog, foot.rect().bottomLeft()).y() < 600
