"""The whole story with real child processes: choose a file, look, import, process now, mend a row, retry the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.imports import service
from desktop.settings import Settings
from tests.ui.held_child import FIRST
from tests.ui.imports.conftest import rows
from ui.application import Application
from ui.import_dialog import ImportDialog, ProgressWindow
from ui.pages.integration_records import IntegrationRecords


@pytest.fixture
def application(qapp: QApplication, company: Path) -> Iterator[Application]:
    """Backdesk on a company without customers, its worker running."""
    made = Application(qapp, company, Settings(theme="light", user_id="MARIA"))
    made.theme.set_reduced_motion(True)
    made.start()
    yield made
    made.shutdown()
    made.theme.set_reduced_motion(None)


def test_northwind_customers_from_the_file_to_the_last_mended_row(
    application: Application, shared_file: Callable[[str], Path], qtbot: QtBot
) -> None:
    window = application.window
    application.import_file(shared_file("northwind/customers.csv"))
    (dialog,) = window.findChildren(ImportDialog)
    qtbot.waitUntil(dialog.import_button.isEnabled)
    assert dialog.options.integration_combo.currentData() == "NORTHWIND-CUSTOMERS"
    assert dialog.preview_pane.warnings.lines[0].startswith("24 of 91 rows")
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.after_reading.choices["now"].isVisible)
    assert rows("SELECT COUNT(*) FROM customer") == [(0,)], "nothing is written before the person has chosen"
    qtbot.mouseClick(dialog.after_reading.choices["now"], Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: bool(window.findChildren(ProgressWindow)))
    (progress,) = window.findChildren(ProgressWindow)
    qtbot.waitUntil(lambda: progress.pill.status == "Completed with errors")
    assert progress.counts.text() == "91 rows = 67 created + 24 errors"
    qtbot.mouseClick(progress.results_button, Qt.MouseButton.LeftButton)

    page = window.current_page()
    assert isinstance(page, IntegrationRecords)
    qtbot.waitUntil(lambda: page.run_bar.counts.text() == "91 rows = 67 created + 24 errors")
    page.tabs.choose("errors")
    pane = page.side.record
    qtbot.waitUntil(lambda: pane.detail is not None and pane.detail.line_no == 8)
    assert pane.cells[4].edit.text() == "24"
    qtbot.mouseClick(pane.cells[4].join, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.cells[4].edit.text() == "24, place Kléber")
    qtbot.waitUntil(lambda: pane.pill.status == "Ready")

    page.trigger("retry")
    mended = "91 rows = 68 created + 23 errors"
    qtbot.waitUntil(lambda: page.run_bar.counts.text() == mended)
    assert rows("SELECT name, city, country_code FROM customer WHERE no = 'BLONP'") == [
        ("Blondesddsl père et fils", "Strasbourg", "FR")
    ]
    assert service.summary(1).text == "68 records created, 23 errors"
    qtbot.waitUntil(application.hub.is_idle)


def test_an_import_can_be_left_to_the_background_and_is_all_there(
    held_imports: Path, application: Application, customers: Callable[..., Path], qtbot: QtBot
) -> None:
    window = application.window
    application.import_file(customers(good=2 * FIRST, wrong=("XX",) * 7), "CUSTOMERS")
    (dialog,) = window.findChildren(ImportDialog)
    qtbot.waitUntil(dialog.import_button.isEnabled)
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.after_reading.choices["now"].isVisible)
    qtbot.mouseClick(dialog.after_reading.choices["now"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.findChildren(ProgressWindow)))
    (progress,) = window.findChildren(ProgressWindow)
    qtbot.waitUntil(lambda: progress.line.text.startswith("Processing: "))
    progress.close()
    assert window.toasts.visible[-1].text == "Import customers.csv continues in the background."
    held_imports.unlink()
    qtbot.waitUntil(lambda: service.summary(1).state == "Completed")
    assert service.summary(1).text == f"{2 * FIRST:,} records created, 7 errors"
    qtbot.waitUntil(application.hub.is_idle)
