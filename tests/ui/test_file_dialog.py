"""What a dialog that asks for a file does to the files that it lists: nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QTreeView, QWidget
from pytestqt.qtbot import QtBot

from ui.file_dialog import FileDialog

KIND = 2  # the column of the dialog's list
REFUSED = 3
LOCKS = f"""
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit({REFUSED})
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="only there a look at a file drops locks that are not its own"
)
def test_a_dialog_beside_an_open_company_leaves_its_locks_alone(tmp_path: Path, qtbot: QtBot) -> None:
    company = tmp_path / "harbour.db"
    with closing(sqlite3.connect(company)) as connection:
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute("CREATE TABLE item (no TEXT)")
        host = QWidget()
        qtbot.addWidget(host)
        dialog = FileDialog(host, "Choose a file to import", str(tmp_path))
        dialog.open()
        view = dialog.findChild(QTreeView)
        assert view is not None
        files = view.model()
        qtbot.waitUntil(lambda: files.rowCount(view.rootIndex()) == 3)
        qtbot.waitUntil(lambda: bool(files.index(2, KIND, view.rootIndex()).data()))
        for name in ("harbour.db", "harbour.db-shm"):
            assert subprocess.run([sys.executable, "-c", LOCKS, str(tmp_path / name)]).returncode == REFUSED
        dialog.close()
