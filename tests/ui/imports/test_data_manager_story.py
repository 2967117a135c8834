"""The story of a data manager: a messy workbook, looked at, tried and imported, its errors mended, then taken back.

Everything is real: the window with its widgets, the worker, its child processes and the company file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from openpyxl import Workbook
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from desktop.imports import service
from desktop.imports.integrations.definition import Choices
from desktop.imports.processing import process
from desktop.settings import Settings
from models.customer import Customer
from models.database import connected
from models.integration import Integration
from models.record_edit import create_record
from tests.ui.imports.conftest import new_session, rows
from ui.application import Application
from ui.framework.page import Page
from ui.import_dialog import ImportDialog
from ui.import_dialog.preview_table import column_words
from ui.import_results.heal_dialog import CreateDialog, MapDialog
from ui.pages.customer_card import CustomerCard
from ui.pages.import_run_card import ImportRunCard
from ui.pages.integration_records import IntegrationRecords
from ui.widgets.buttons import Button

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing")

GOOD: Final = 2_000
LEFT: Final = Qt.MouseButton.LeftButton


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """What a colleague sends: a title above the names, a column without one, and rows that cannot be right."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "North"
    sheet.append(["Customers of the northern region"])
    sheet.merge_cells("A1:F1")
    sheet.append(["No.", None, "Name", "Ort", "Country", "Credit Limit"])
    good = [(f"C{number:05}", f"Customer {number}", "Bremen", "DE", 100) for number in range(1, GOOD + 1)]
    wrong: list[tuple[str, str, str, str, object]] = [
        ("N1", "Fjord 1", "Oslo", "Norge", 250.5),
        ("N2", "Fjord 2", "Oslo", "Norge", 250.5),
        ("N3", "Fjord 3", "Oslo", "Norge", 250.5),
        ("Q1", "Lagoon 1", "Port", "QQ", 10),
        ("Q2", "Lagoon 2", "Port", "QQ", 10),
        ("W1", "Weser", "Bremen", "DE", "a lot"),
        ("C00002", "Customer 2 once more", "Bremen", "DE", 100),
    ]
    for no, name, city, country, limit in (*good[:3], *wrong, *good[3:]):
        sheet.append([no, None, name, city, country, limit])
    path = tmp_path / "northern customers.xlsx"
    book.save(path)
    return path


@pytest.fixture
def company_at_work(company: Path) -> Path:
    """A company with two customers, of whom the workbook knows one; the sum of the limits is compared."""
    with connected():
        create_record(Customer, {"no": "C00001", "name": "Wagner", "city": "Kiel"})
        create_record(Customer, {"no": "OWN", "name": "Harbour master"})
        Integration.update(control_field="credit_limit").where(Integration.code == "CUSTOMERS").execute()
    return company


@pytest.fixture
def start(qapp: QApplication, company_at_work: Path, qtbot: QtBot) -> Iterator[Callable[[], Application]]:
    """Starts Backdesk with its worker."""
    made: list[Application] = []

    def start_it() -> Application:
        application = Application(qapp, company_at_work, Settings(theme="light", user_id="MARIA"))
        made.append(application)
        application.theme.set_reduced_motion(True)
        application.start()
        status = application.window.status_line
        qtbot.waitUntil(lambda: "Worker online" in status.worker_text())
        return application

    yield start_it
    for application in made:
        application.shutdown()
        application.theme.set_reduced_motion(None)


@pytest.fixture
def imported(company_at_work: Path, workbook: Path) -> int:
    """The workbook has been imported, and seven of its rows have errors; the run's id."""
    choices = Choices(columns={"city": "Ort"})
    run_id = service.read(workbook, "CUSTOMERS", new_session(), choices=choices)
    process(new_session(), run_id)
    return run_id


def drop(window: QWidget, path: Path) -> None:
    """Let a file fall on a window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at, plain, copy = window.rect().center(), Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(at, copy, data, LEFT, plain)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted(), "the window takes it"
    QApplication.sendEvent(window, QDropEvent(QPointF(at), copy, data, LEFT, plain))


def button(parent: QWidget, words: str) -> Button:
    """The visible button with these words."""
    return next(made for made in parent.findChildren(Button) if made.isVisible() and made.text() == words)


def write(edit: QWidget, text: str) -> None:
    """Write into a field and leave it with Enter."""
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def texts(view: QTableView, *columns: int) -> list[list[str]]:
    """What stands in some columns of a table."""
    model = view.model()
    return [[model.index(row, column).data() for column in columns] for row in range(model.rowCount())]


def choose_field(dialog: ImportDialog, header: str, path: str, qtbot: QtBot) -> None:
    """Click the head of a column of the preview, then the field that it is to fill."""
    step, table = dialog.preview_step, dialog.preview_pane.table
    assert step.preview is not None
    place = step.preview.header.index(header)
    assert column_words(step.preview, place) == (header, "not imported")
    head = table.horizontalHeader()
    x = head.sectionViewportPosition(place) + head.sectionSize(place) // 2
    QTest.mouseClick(head.viewport(), LEFT, pos=QPoint(x, head.height() // 2))
    assert table.chooser.section == place
    fields = table.chooser.view()
    qtbot.waitUntil(fields.isVisible)
    wanted = table.chooser.model().index(table.chooser.findData(path), 0)
    QTest.mouseClick(fields.viewport(), LEFT, pos=fields.visualRect(wanted).center())
    qtbot.waitUntil(
        lambda: step.can_import and step.preview is not None and step.preview.columns[place].path == path,
    )


def deed(page: IntegrationRecords, value: str, action: str) -> Button:
    """The button that heals the cause with this value."""
    group = next(made for made in page.side.causes.groups if made.group.value == value)
    return group.heal_buttons[action]


def shown(page: IntegrationRecords, name: str) -> list[str]:
    """What the list of rows shows in a column."""
    model = page.table.model
    if model is None:
        return []
    column = model.column_index(name)
    return [str(model.index(row, column).data() or "") for row in range(model.rowCount())]


def act(page: Page, key: str, qtbot: QtBot) -> None:
    """Press a button of a page as soon as it is allowed."""
    pressed = page.command_bar.button(key)
    qtbot.waitUntil(lambda: pressed.isVisible() and pressed.isEnabled())
    QTest.mouseClick(pressed, LEFT)


def click_cell(page: IntegrationRecords, row: int, caption: str) -> QModelIndex:
    """Click a cell of the list of rows."""
    view, model = page.table.view, page.table.model
    assert view is not None
    assert model is not None
    index = model.index(row, [column.caption for column in model.columns].index(caption))
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(index).center())
    return index


def write_cell(page: IntegrationRecords, row: int, caption: str, text: str, qtbot: QtBot) -> None:
    """Open a cell of the list with a double click, write into it, and leave it with Enter."""
    index, view = click_cell(page, row, caption), page.table.view
    assert view is not None
    QTest.mouseDClick(view.viewport(), LEFT, pos=view.visualRect(index).center())
    qtbot.waitUntil(lambda: view.state() is view.State.EditingState)
    editor = view.findChild(QLineEdit)
    assert editor is not None
    write(editor, text)
    qtbot.waitUntil(lambda: view.state() is not view.State.EditingState)


def open_card(application: Application, no: str, qtbot: QtBot) -> CustomerCard:
    """Open the card of a customer."""
    application.window.navigate("customer_card", key=no)
    card = application.window.current_page()
    assert isinstance(card, CustomerCard)
    qtbot.waitUntil(lambda: card.values.get("no") == no)
    return card


def test_a_messy_workbook_is_looked_at_mended_tried_and_imported_while_work_goes_on(
    start: Callable[[], Application], workbook: Path, qtbot: QtBot
) -> None:
    application = start()
    window = application.window
    card = open_card(application, "OWN", qtbot)

    drop(window, workbook)
    (dialog,) = window.findChildren(ImportDialog)
    step, pane = dialog.preview_step, dialog.preview_pane
    qtbot.waitUntil(lambda: step.can_import and step.offered is not None)
    assert dialog.options.integration_combo.currentData() == "CUSTOMERS", "its columns have told"
    assert pane.description.text() == "Workbook, sheet “North”, columns named in line 2"
    told = "\n".join(pane.warnings.lines)
    assert "2 values in Country have no match in Countries/Regions (5 of the first 1,000 rows)." in told
    assert "1 of the first 1,000 rows: “a lot” is not a number." in told
    assert "Column 2" not in told, "it has neither a name nor a value"
    assert "1 column will not be imported: Ort." in told

    choose_field(dialog, "Ort", "city", qtbot)
    assert "will not be imported" not in "\n".join(pane.warnings.lines)

    QTest.mouseClick(dialog.try_button, LEFT)
    qtbot.waitUntil(lambda: dialog.steps.has_tried)
    tried = dialog.steps.dry_run
    assert tried.headline.text() == "1,999 rows would be created, 1 would be updated, 7 have errors."
    assert texts(tried.causes, 0, 2) == [
        ["3", "There is no Country/Region “Norge”."],
        ["2", "There is no Country/Region “QQ”."],
        ["1", "“a lot” is not a number."],
        ["1", "Row 4 of the file has the same No. “C00002” already."],
    ]
    assert ["C00001", "Name", "Wagner", "Customer 1"] in texts(tried.changes, 0, 1, 2, 3)
    assert rows("SELECT no, name, city FROM customer ORDER BY no") == [
        ("C00001", "Wagner", "Kiel"),
        ("OWN", "Harbour master", ""),
    ], "nothing is written by trying"

    QTest.mouseClick(dialog.import_button, LEFT)
    qtbot.waitUntil(dialog.after_reading.choices["background"].isVisible)
    QTest.mouseClick(dialog.after_reading.choices["background"], LEFT)
    qtbot.waitUntil(lambda: not window.findChildren(ImportDialog))
    assert "Import northern customers.xlsx was queued." in [toast.text for toast in window.toasts.visible]

    write(card.editor("city").widget, "Kiel")
    qtbot.waitUntil(lambda: rows("SELECT city FROM customer WHERE no = 'OWN'") == [("Kiel",)])
    assert window.current_page() is card, "nothing has taken the person away from their work"

    qtbot.waitUntil(lambda: bool(card.banners.keys))
    assert card.banners.shown()[0][1].startswith(
        "Import complete: 1,999 records created, 1 record updated, 7 errors"
    )
    QTest.mouseClick(button(card, "Open results"), LEFT)
    page = window.current_page()
    assert isinstance(page, IntegrationRecords)
    qtbot.waitUntil(lambda: bool(page.side.causes.groups))
    assert page.run_bar.counts.text() == "2,007 rows = 1,999 created + 1 updated + 7 errors"
    assert page.run_bar.pill.status == "Completed with errors"
    assert rows("SELECT city, COUNT(*) FROM customer WHERE no LIKE 'C%' GROUP BY city") == [("Bremen", GOOD)]
    assert rows("SELECT COUNT(*) FROM import_run") == [(1,)], "the file was read once"
    qtbot.waitUntil(application.hub.is_idle)


def test_errors_are_mended_by_cause_and_one_by_one_it_adds_up_and_all_of_it_is_undone(
    start: Callable[[], Application], imported: int, qtbot: QtBot
) -> None:
    application = start()
    window = application.window
    window.navigate("integration_records", run_id=imported)
    page = window.current_page()
    assert isinstance(page, IntegrationRecords)

    def counted(*parts: str) -> None:
        wanted = f"2,007 rows = {' + '.join(parts)}"
        qtbot.waitUntil(lambda: page.run_bar.counts.text() == wanted)

    qtbot.waitUntil(
        lambda: (
            [made.where.text() for made in page.side.causes.groups]
            == [
                "Country/Region Code · 3 records",
                "Country/Region Code · 2 records",
                "Credit Limit (LCY) · 1 record",
                "No. · 1 record",
            ]
        ),
    )

    # What a word of the file means is said once, for this file and the next ones.
    QTest.mouseClick(deed(page, "Norge", "Map"), LEFT)
    (mapping,) = window.findChildren(MapDialog)
    assert isinstance(mapping.editor.widget, QLineEdit)
    QTest.keyClicks(mapping.editor.widget, "NO")
    QTest.mouseClick(mapping.heal_button, LEFT)
    counted("2,002 created", "1 updated", "4 errors")
    assert rows("SELECT internal_value FROM integration_value_map WHERE external_value = 'Norge'") == [
        ("NO",)
    ]

    # What the company does not have yet is made.
    qtbot.waitUntil(lambda: len(page.side.causes.groups) == 3)
    QTest.mouseClick(deed(page, "QQ", "Create"), LEFT)
    (creating,) = window.findChildren(CreateDialog)
    name = next(editor.widget for editor in creating.editors if editor.rule.name == "name")
    assert isinstance(name, QLineEdit)
    qtbot.waitUntil(lambda: name.text() == "QQ")
    name.selectAll()
    QTest.keyClicks(name, "Quiet Quay")
    QTest.mouseClick(creating.heal_button, LEFT)
    counted("2,004 created", "1 updated", "2 errors")
    assert rows("SELECT name FROM country WHERE code = 'QQ'") == [("Quiet Quay",)]

    # One cell is mended where it stands, and the row is right at once; the row that came twice is left out.
    page.tabs.choose("errors")
    qtbot.waitUntil(lambda: shown(page, "line") == ["11", "12"])
    write_cell(page, 0, "Credit Limit", "500", qtbot)
    counted("2,004 created", "1 updated", "1 error", "1 ready")
    assert window.toasts.visible[-1].text == "Row 11 is right now, and waits to be processed."
    qtbot.waitUntil(lambda: shown(page, "line") == ["12"])
    act(page, "retry", qtbot)
    counted("2,005 created", "1 updated", "1 error")
    assert rows("SELECT name, credit_limit / 10000 FROM customer WHERE no = 'W1'") == [("Weser", 500)]
    exclude = page.command_bar.button("exclude")
    qtbot.waitUntil(
        lambda: (
            shown(page, "line") == ["12"] and click_cell(page, 0, "No.").isValid() and exclude.isEnabled()
        ),
    )
    QTest.mouseClick(exclude, LEFT)
    counted("2,005 created", "1 updated", "1 excluded")
    qtbot.waitUntil(lambda: page.run_bar.pill.status == "Completed")

    # Somebody works on with what came, before it turns out that the file was the wrong one.
    edited = open_card(application, "N1", qtbot)
    write(edited.editor("city").widget, "Bergen")
    qtbot.waitUntil(
        lambda: rows("SELECT city, country_code FROM customer WHERE no = 'N1'") == [("Bergen", "NO")],
    )

    window.navigate("import_run_card", key=str(imported))
    card = window.current_page()
    assert isinstance(card, ImportRunCard)
    adds_up = "Every row is accounted for. The totals agree."
    qtbot.waitUntil(lambda: card.strip.words.text() == adds_up)
    assert card.strip.total.text() == (
        "Control total of Credit Limit (LCY): 200,871.50 in the file,"
        " 201,271.50 in the rows that became records, 201,271.50 in these records"
    ), "500 more were entered, and 100 left out"

    act(card, "undo", qtbot)
    question = card.run_actions.question
    assert question is not None
    QTest.mouseClick(button(question, "Undo import"), LEFT)
    qtbot.waitUntil(lambda: card.pill.status == "Undone")
    qtbot.waitUntil(card.tabs.tabs["Undo"].isVisible)
    (left,) = card.tabs.undo.table.rows.rows
    assert (left.group, left.row.key, left.row.reason) == ("Kept", "N1", "It was edited after the import.")
    assert card.counts.text() == "2,007 rows = 1 created + 1 excluded + 2,005 reversed"
    qtbot.waitUntil(lambda: card.strip.words.text() == "Every row is accounted for.")
    assert card.strip.total.isHidden(), "what was compared is no longer there"
    assert rows("SELECT no, name, city, country_code FROM customer ORDER BY no") == [
        ("C00001", "Wagner", "Kiel", None),
        ("N1", "Fjord 1", "Bergen", "NO"),
        ("OWN", "Harbour master", "", None),
    ], "what was there is as before, and what somebody has edited stays"
    qtbot.waitUntil(application.hub.is_idle)
