"""The power goes: the whole application is killed in the middle of an import, and nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.company import create_company
from desktop.imports import service
from desktop.settings import Settings
from models.customer import Customer
from models.database import close_company, connected, database, open_company
from tests.ui.held_child import FIRST
from ui.application import Application

ROOT = Path(__file__).resolve().parents[2]
ROWS = 4 * FIRST


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX's; Windows has its own test machine")
def test_an_import_goes_on_at_the_next_start_where_the_killed_application_left_it(
    qapp: QApplication, qtbot: QtBot, held_imports: Path, tmp_path: Path
) -> None:
    company = create_company(tmp_path / "harbour.db", "Harbour Supply Ltd.", user_id="MARIA")
    close_company()
    file = tmp_path / "many.csv"
    file.write_text(
        "No.,Name\n" + "".join(f"M{number:06d},Customer {number}\n" for number in range(ROWS)),
        encoding="utf-8",
    )
    doomed = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("doomed_application.py")), str(company), str(file)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        text=True,
    )
    assert doomed.stdout is not None
    with doomed.stdout:
        assert doomed.stdout.readline() == "working\n"
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()

    open_company(company)
    assert service.summary(1).created == FIRST

    held_imports.unlink()
    application = Application(qapp, company, Settings(theme="light", user_id="MARIA"))
    application.start()
    qtbot.waitUntil(lambda: service.summary(1).ready == 0)
    application.shutdown()

    counts = service.summary(1)
    assert (counts.rows, counts.created, counts.updated, counts.errors) == (ROWS, ROWS, 0, 0)
    with connected():
        assert Customer.select().count() == ROWS
        assert database.execute_sql("PRAGMA integrity_check").fetchone()[0] == "ok"
    close_company()
