"""What the preview tells about the columns of a file, and how a person acts on it: suggestions, values, two files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.imports.integrations.definition import Choices
from desktop.imports.preview import PreviewColumn
from tests.ui.imports.conftest import rows
from tests.ui.imports.integration_cards import choose
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.import_dialog import ImportDialog, JobFeed, open_import_dialog
from ui.import_dialog.notes import DRAWN
from ui.import_dialog.preview_table import column_help, column_words
from ui.integration_setup.from_file_dialog import FromFileDialog

ORDERS = "Order;Customer\nA1;C1\nA2;C2\n"
LINES = "Order;Item;Pieces\nA2;I1;3\nA1;I1;5\nA1;I2;1\n"


@pytest.fixture
def opened(
    window: QWidget, context: PageContext, foreground: ForegroundRunner, feed: JobFeed, qtbot: QtBot
) -> Callable[..., ImportDialog]:
    """Opens the dialog with a file of this text."""

    def open_it(path: Path, text: str, integration: str = "CUSTOMERS") -> ImportDialog:
        path.write_text(text, encoding="utf-8")
        made = open_import_dialog(
            window, context, foreground, path=path, integration_code=integration, feed=feed
        )
        settled(made, qtbot)
        return made

    return open_it


def settled(dialog: ImportDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not dialog.preview_step.is_looking)
    preview = dialog.preview_step.preview
    if preview is not None and preview.integration:
        qtbot.waitUntil(lambda: dialog.preview_step.offered is not None)


def column(dialog: ImportDialog, header: str) -> PreviewColumn:
    shown = dialog.preview_pane.shown
    assert shown is not None
    return next(column for column in shown.columns if column.header == header)


def test_what_is_not_sure_says_so_in_the_head_of_its_column(
    opened: Callable[..., ImportDialog], tmp_path: Path
) -> None:
    dialog = opened(tmp_path / "c.csv", "No.,Name,Country\nC1,Wagner,DE\nC2,Meyer,XX\nC3,Braun,YY\n")
    preview = dialog.preview_step.preview
    assert preview is not None
    assert column_words(preview, 0) == ("No.", "→ No.")
    country = column(dialog, "Country")
    assert country.certainty != "certain", "two of three values have no match"
    assert column_words(preview, 2)[1].endswith(f"· {country.certainty}")
    assert "33% of the rows looked at fit" in column_help(country)


def test_suggestions_are_taken_at_once(
    opened: Callable[..., ImportDialog], tmp_path: Path, qtbot: QtBot
) -> None:
    text = "No.,Name,Adress,Nonsense\n" + "".join(f"C{n},Wagner {n},Wall {n},x{n % 2}\n" for n in range(1, 9))
    dialog = opened(tmp_path / "c.csv", text)
    preview = dialog.preview_step.preview
    assert preview is not None
    assert column_words(preview, 2)[1].startswith("Address?")
    assert dialog.preview_pane.suggest_button.text() == "Use 1 suggestion"
    QTest.mouseClick(dialog.preview_pane.suggest_button, Qt.MouseButton.LeftButton)
    settled(dialog, qtbot)
    assert column(dialog, "Adress").path == "address"
    assert column(dialog, "Nonsense").path == ""
    assert not dialog.preview_pane.suggest_button.isVisible()


def test_values_without_a_match_are_listed_with_their_rows(
    opened: Callable[..., ImportDialog], tmp_path: Path
) -> None:
    text = "No.,Name,Country/Region Code\n" + "".join(
        f"C{number},Wagner,{code}\n" for number, code in enumerate(["XX", "DE", "YY", "XX", "XX"])
    )
    dialog = opened(tmp_path / "c.csv", text)
    pane = dialog.preview_pane
    assert pane.warnings.lines[0].startswith("2 values in Country/Region Code have no match")
    (button,) = pane.warnings.buttons
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pane.values is not None
    model = pane.values.table.model()
    shown = [[model.index(row, place).data() for place in (0, 1)] for row in range(model.rowCount())]
    assert shown == [["XX", "3"], ["YY", "1"]]
    assert "Country" in pane.values.title_label.text()
    said = "There is no such Country/Region. After the import, each of them can be mapped"
    assert pane.values.advice.text().startswith(said)
    QTest.keyClick(pane.values.table, Qt.Key.Key_Escape)
    assert not pane.values.is_open
    assert dialog.isVisible(), "Escape closes what stands over the dialog first"


def test_numbers_that_are_written_otherwise_are_read_so_with_one_click(
    opened: Callable[..., ImportDialog], tmp_path: Path, qtbot: QtBot
) -> None:
    text = "No.;Name;Credit Limit (LCY)\n" + "".join(f"C{n};Wagner;{n}.000,50\n" for n in range(1, 9))
    dialog = opened(tmp_path / "c.csv", text)
    pane = dialog.preview_pane
    assert pane.warnings.lines[0].startswith("“c.csv” writes numbers with “,”"), "it explains what follows"
    assert not dialog.import_button.isEnabled(), "1.000 would be another number in silence"
    assert len(pane.warnings.lines) > 3
    assert (
        pane.panel.rows["decimal_separator"].editor.accessibleDescription().startswith("The file has Comma")
    )
    QTest.mouseClick(pane.warnings.buttons[0], Qt.MouseButton.LeftButton)
    settled(dialog, qtbot)
    assert not any("Numbers" in line or "not a number" in line for line in pane.warnings.lines)
    assert pane.panel.decimal_combo.currentData() == ","
    assert dialog.preview_step.choices.decimal_separator == ","
    assert dialog.import_button.isEnabled()


def test_who_knows_better_than_the_file_reads_it_as_the_integration_says(
    opened: Callable[..., ImportDialog], tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = opened(tmp_path / "c.csv", "No.;Name;Credit Limit (LCY)\nC1;Wagner;1,5\nC2;Meyer;2\n")
    assert not dialog.import_button.isEnabled()
    choose(dialog.preview_pane.panel.decimal_combo, ".")
    settled(dialog, qtbot)
    assert dialog.import_button.isEnabled()
    assert any("not a number" in line for line in dialog.preview_pane.warnings.lines)


def test_each_of_two_files_has_options_of_its_own(
    opened: Callable[..., ImportDialog], tmp_path: Path, qtbot: QtBot
) -> None:
    """The orders are written by a new program, their lines by an old one."""
    head = "Order No.,Customer No.,Order Date,Shipment Date\nA1,C1,2026-11-20,2026-11-21\n"
    dialog = opened(tmp_path / "orders.csv", head, "SALES-ORDERS")
    lines = tmp_path / "lines.csv"
    lines.write_bytes("Order No.;Item No.;Description;Quantity\nA1;I1;Größe;1,5\n".encode("cp1252"))
    dialog.preview_step.take_lines(str(lines))
    settled(dialog, qtbot)
    pane, options = dialog.preview_pane, dialog.options
    assert "waits for a choice of yours" in pane.warnings.lines[0]
    assert not dialog.import_button.isEnabled()
    assert pane.panel.isVisible()
    assert options.lines_variant.isVisible()
    assert "a guess" in options.lines_variant.combo.currentText()
    assert "a guess" not in options.variant_combo.currentText()

    pane.parts.setCurrentIndex(1)
    panel = pane.shown_panel
    assert panel is pane.lines_panel
    assert (panel.isVisible(), pane.panel.isVisible()) == (True, False)
    assert panel.delimiter_combo.itemText(0) == "Detect (Semicolon, certain)"
    assert panel.delimiter_combo.findData(DRAWN) < 0
    QTest.mouseClick(pane.warnings.buttons[0], Qt.MouseButton.LeftButton)
    settled(dialog, qtbot)
    assert dialog.preview_step.choices.decimal_separator is None, "the first file is read as before"
    assert dialog.preview_step.choices.lines == Choices(decimal_separator=",")
    assert dialog.import_button.isEnabled()
    QTest.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.run_id is not None)
    staged = rows("SELECT payload FROM integration_record ORDER BY id")
    assert staged[1] == ('["A1","I1","Größe","1,5"]',)


def test_orders_and_their_lines_come_from_two_files(
    opened: Callable[..., ImportDialog], tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = opened(tmp_path / "orders.csv", ORDERS, "SALES-ORDERS")
    assert dialog.options.lines_row.isVisible()
    lines = tmp_path / "lines.csv"
    lines.write_text(LINES, encoding="utf-8")
    dialog.preview_step.take_lines(str(lines))
    settled(dialog, qtbot)
    pane = dialog.preview_pane
    assert [pane.parts.tabText(place) for place in range(pane.parts.count())] == ["orders.csv", "lines.csv"]
    levels = {field.level for field in pane.table._fields}
    assert levels == {0}, "the first file has the headers"
    assert any("lines.csv has" in line and "choose its tab" in line for line in pane.warnings.lines)
    pane.parts.setCurrentIndex(1)
    assert {field.level for field in pane.table._fields} == {1}
    assert pane.table.preview is not None
    assert pane.table.preview.header == ["Order", "Item", "Pieces"]
    dialog.preview_step.choose_field(2, "1.quantity")
    settled(dialog, qtbot)
    assert column(dialog, "Pieces").path == "1.quantity", "the second file stays in sight"
    QTest.mouseClick(dialog.options.no_lines_button, Qt.MouseButton.LeftButton)
    settled(dialog, qtbot)
    assert not pane.parts.isVisible()
    assert dialog.options.lines_path is None


def test_a_file_that_no_integration_knows_gets_one_of_its_own(
    opened: Callable[..., ImportDialog], tmp_path: Path, qtbot: QtBot
) -> None:
    text = "Kennung,Zweite\n" + "".join(f"K{n},{n}\n" for n in range(5))
    dialog = opened(tmp_path / "strange.csv", text, "")
    pane = dialog.preview_pane
    assert pane.table.model().rowCount() == 5
    assert not pane.table.can_choose
    QTest.mouseClick(pane.create_button, Qt.MouseButton.LeftButton)
    (making,) = dialog.findChildren(FromFileDialog)
    qtbot.waitUntil(lambda: making.looked is not None)
    making.reject()
    dialog._on_integration_made("CUSTOMERS")
    settled(dialog, qtbot)
    assert dialog.options.integration_combo.currentData() == "CUSTOMERS"
    assert not pane.create_button.isVisible()
    assert pane.table.can_choose
    assert dialog.focusWidget() is dialog._next_deed(), "the keyboard goes on to what the file needs now"


def test_a_column_that_is_missing_says_where_to_choose_it(
    opened: Callable[..., ImportDialog], tmp_path: Path
) -> None:
    dialog = opened(tmp_path / "c.csv", "Kennung,Name\nC1,Wagner\n")
    lines = dialog.preview_pane.warnings.lines
    assert "has no column “No.”" in lines[0]
    assert any("choose the field there" in line for line in lines)
    assert rows("SELECT COUNT(*) FROM import_run") == [(0,)]


def test_a_shorter_file_takes_the_place_of_a_longer_one(
    opened: Callable[..., ImportDialog], tmp_path: Path, qtbot: QtBot
) -> None:
    long = "No.,Name,City,Address\n" + "".join(f"C{n},Wagner,Bremen,Wall {n}\n" for n in range(150))
    dialog = opened(tmp_path / "long.csv", long)
    model = dialog.preview_pane.table.model()
    short = tmp_path / "short.csv"
    short.write_text("No.,Name\nC1,Wagner\n", encoding="utf-8")
    with qtbot.captureExceptions() as errors:
        dialog.take_file(short)
        settled(dialog, qtbot)
    assert errors == []
    assert (model.rowCount(), model.columnCount()) == (1, 2)
    assert model.headerData(100, Qt.Orientation.Vertical) is None, "asked about while the headers change"
    assert model.headerData(3, Qt.Orientation.Horizontal) is None
