"""The story of Backdesk: a person imports a file and never waits, is told, mends what failed, stops and goes on.

Everything is real: the window, the worker, its child processes and the company file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import resources
from desktop.company import create_company
from desktop.imports import service
from desktop.jobqueue import entries
from desktop.settings import Settings
from models.customer import Customer
from models.database import close_company, connected
from models.job_queue import EntryStatus
from tests.ui.held_child import FIRST
from ui.application import Application
from ui.dialogs import Question
from ui.import_dialog.import_dialog import ImportDialog

ROWS = 4 * FIRST


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Path]:
    yield create_company(tmp_path / "harbour.db", "Harbour Supply Ltd.", user_id="MARIA")
    close_company()


@pytest.fixture
def application(qapp: QApplication, qtbot: QtBot, company: Path) -> Iterator[Application]:
    made = Application(qapp, company, Settings(theme="light", user_id="MARIA"))
    made.start()
    qtbot.waitUntil(lambda: "Worker online" in made.window.status_line.worker_text())
    yield made
    made.shutdown()


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A file of many customers."""
    file = tmp_path / "many.csv"
    file.write_text(
        "No.,Name\n" + "".join(f"M{number:06d},Customer {number}\n" for number in range(ROWS)),
        encoding="utf-8",
    )
    return file


def _customers() -> int:
    with connected():
        return int(Customer.select().count())


def _read(qtbot: QtBot, application: Application, file: Path) -> ImportDialog:
    """Choose a file, look at its preview, and read it."""
    application.import_file(file, "CUSTOMERS")
    dialog = application.window.findChildren(ImportDialog)[-1]
    qtbot.waitUntil(dialog.import_button.isEnabled)
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.after_reading.choices["background"].isVisible)
    return dialog


def _banner_keys(application: Application) -> list[str]:
    page = application.window.current_page()
    return page.banners.keys if page is not None else []


def test_a_file_becomes_records_in_the_background_and_the_person_is_told(
    qtbot: QtBot, application: Application
) -> None:
    dialog = _read(qtbot, application, resources.path("demo", "new_customers.csv"))
    assert _customers() == 0, "nothing is written before the person has chosen"
    qtbot.mouseClick(dialog.after_reading.choices["background"], Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: any("notification" in key for key in _banner_keys(application)))

    assert _customers() == 17
    assert service.summary(1).text == "17 records created, 3 errors"
    assert application.window.top_bar.bell.count == 1
    page = application.window.current_page()
    assert page is not None
    page.banners.action_triggered.emit(_banner_keys(application)[0], "open")
    qtbot.waitUntil(lambda: application.window.current_page() is not page)
    opened = application.window.current_page()
    assert opened is not None
    assert opened.NAME == "integration_records"
    qtbot.waitUntil(lambda: application.window.top_bar.bell.count == 0)


def test_a_running_job_is_stopped_from_the_top_bar_and_goes_on_later_without_loss(
    qtbot: QtBot, held_imports: Path, application: Application, many: Path
) -> None:
    dialog = _read(qtbot, application, many)
    qtbot.mouseClick(dialog.after_reading.choices["background"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(job.done for job in application.running_jobs()))
    job_id = application.running_jobs()[0].id
    assert application.window.top_bar.jobs.text() == "1 running"

    application.window.jobs_popup.stop_requested.emit(job_id)
    qtbot.waitUntil(lambda: not application.running_jobs())

    stopped = entries.get(job_id)
    assert stopped is not None
    assert stopped.status == EntryStatus.CANCELLED
    assert _customers() == FIRST, "what was done is kept, the rest waits"
    counts = service.summary(1)
    assert (counts.created, counts.ready) == (FIRST, ROWS - FIRST)

    held_imports.unlink()
    application.window.navigate("job_queue_entries")
    application.hub.write(
        application, lambda: _restart(job_id), application._on_nothing, application._on_error
    )
    qtbot.waitUntil(lambda: service.summary(1).ready == 0)
    assert service.summary(1).created == _customers() == ROWS


def _restart(job_id: str) -> None:
    from desktop.jobqueue import actions

    actions.restart(job_id)


def test_the_status_line_says_when_something_is_on_its_way_to_the_file(
    qtbot: QtBot, application: Application
) -> None:
    line = application.window.status_line
    qtbot.waitUntil(application.hub.is_idle)
    assert line.saved_text() == "harbour.db · saved"
    release = threading.Event()
    application.hub.write(application, release.wait, application._on_nothing, application._on_error)
    assert line.saved_text() == "harbour.db · saving…"
    release.set()
    qtbot.waitUntil(lambda: line.saved_text() == "harbour.db · saved")


def test_a_fault_of_the_program_is_one_calm_sentence_on_the_page(
    qtbot: QtBot, application: Application
) -> None:
    application._tell_unexpected_error(ZeroDivisionError("division by zero"), "a slot")
    qtbot.waitUntil(lambda: "unexpected" in _banner_keys(application))


def test_closing_the_window_while_a_job_runs_asks_first(
    qtbot: QtBot, held_imports: Path, application: Application, many: Path
) -> None:
    dialog = _read(qtbot, application, many)
    qtbot.mouseClick(dialog.after_reading.choices["background"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(job.done for job in application.running_jobs()))
    closed: list[bool] = []
    application.closed.connect(lambda: closed.append(True))

    application.window.close()
    question = application.window.findChildren(Question)[-1]
    assert application.window.isVisible()
    assert not closed
    question.choose("stay")
    assert not closed

    application.window.close()
    application.window.findChildren(Question)[-1].choose("stop")
    assert closed == [True]
