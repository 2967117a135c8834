"""A whole application in a process of its own, for a test that kills it in the middle of an import.

Arguments: the company file and the file to import. It says "working" once records are being created; its children
wait after their first chunk as `held_child` says.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from desktop.imports import service
from desktop.scheduler import child_process
from desktop.settings import Settings
from desktop.tasks.task import TaskError
from models.database import open_company
from tests.ui import held_child
from ui.application import Application
from ui.qt_setup import make_qt


class Import(QObject):
    """Reads the file and lets the application's worker process it."""

    def __init__(self, application: Application, file: Path) -> None:
        super().__init__()
        self._application = application
        parameters = {"path": str(file), "integration": "CUSTOMERS"}
        application.job_progressed.connect(self._on_progressed)
        application.foreground.run(self, "read_file", parameters, None, self._on_read, self._on_error)

    def _on_read(self, results: dict[str, str]) -> None:
        start = partial(service.start_processing, int(results["run_id"]), "MARIA")
        self._application.hub.write(self, start, self._on_started, self._on_error)

    def _on_started(self, _job: str) -> None:
        pass

    def _on_progressed(self, _job: str, done: int, _total: int, _text: str) -> None:
        if done:
            print("working", flush=True)

    def _on_error(self, error: TaskError) -> None:
        print(error.text, flush=True)


if __name__ == "__main__":
    child_process.command = held_child.command
    open_company(sys.argv[1])
    qt = make_qt(["doomed"])
    doomed = Application(qt, Path(sys.argv[1]), Settings(user_id="MARIA"))
    doomed.start()
    running = Import(doomed, Path(sys.argv[2]))
    qt.exec()
