"""The first paint that `benchmarks.window` measures, in a process that imports just what the program imports."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject

from desktop import settings as settings_store
from models.database import close_company, open_company
from ui.application import Application
from ui.qt_setup import make_qt


def first_paint(company: Path, started: float) -> dict[str, float]:
    """Start the application and stop at the first paint of the Role Centre.

    Args:
        started: when the process was started, in seconds of the system's clock.
    """
    open_company(company)
    qt = make_qt(["benchmark"])
    application = Application(qt, company, settings_store.load())
    paints = _Paints(application, started)
    application.closed.connect(qt.quit)
    application.start(work_jobs=False)
    page = application.window.current_page()
    assert page is not None
    page.installEventFilter(paints)
    qt.exec()
    application.shutdown()
    close_company()
    return {"first_paint_ms": paints.first}


class _Paints(QObject):
    """Waits for the first paint of a page, then closes the application."""

    def __init__(self, application: Application, started: float) -> None:
        super().__init__()
        self._application, self._started = application, started
        self.first = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self.first:
            self.first = (time.time() - self._started) * 1000
            self._application.closed.emit()
        return super().eventFilter(watched, event)


if __name__ == "__main__":
    print(json.dumps(first_paint(Path(sys.argv[1]), float(sys.argv[2]))))
