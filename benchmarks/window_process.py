"""What `benchmarks.window` measures during an import, in a process of its own: the real application, offscreen."""

from __future__ import annotations

import json
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from desktop import settings as settings_store
from desktop.imports import service
from desktop.tasks.task import TaskError
from models.customer import Customer
from models.database import close_company, open_company
from models.record_edit import save_field
from ui.application import Application
from ui.pages.integration_records import IntegrationRecords
from ui.qt_setup import make_qt

HEARTBEAT_MS: Final = 10
SAVE_EVERY_MS: Final = 150
OPEN_EVERY_MS: Final = 3_000
LOOKED_AT_MS: Final = 1_000  # how long an opened page stays
RECORDS_OPENED: Final = 5
OPENED: Final = "C00010"  # one of the demo company's customers


def import_file(company: Path, file: Path) -> dict[str, float]:
    """Import a file from the window while customers are saved, with a heartbeat of the event loop."""
    open_company(company)
    qt = make_qt(["benchmark"])
    application = Application(qt, company, settings_store.load())
    course = Course(application, file)
    application.closed.connect(qt.quit)
    application.start()
    course.begin()
    qt.exec()
    application.shutdown()
    close_company()
    return course.figures()


class Course(QObject):
    """Cues first, then reading, then processing; then the application ends."""

    def __init__(self, application: Application, file: Path) -> None:
        super().__init__()
        self._application, self._file = application, file
        self._beats: list[float] = []
        self._cues: list[float] = []
        self._saves: list[float] = []
        self._last = self._began = self._ended = 0.0
        self._run = self._rows = self._asked = 0
        self._look: RecordsLook
        self._heart = QTimer(self)
        self._heart.setInterval(HEARTBEAT_MS)
        self._heart.timeout.connect(self._beat)
        self._saver = QTimer(self)
        self._saver.setInterval(SAVE_EVERY_MS)
        self._saver.timeout.connect(self._save)
        self._cards: list[float] = []
        self._card_is_open = False
        self._opener = QTimer(self)
        self._opener.setInterval(OPEN_EVERY_MS)
        self._opener.timeout.connect(self._open_card)

    def begin(self) -> None:
        """The heartbeat begins with the first paint, while the cues are filled; the import two seconds later."""
        page = self._application.window.current_page()
        assert page is not None
        page.installEventFilter(self)
        QTimer.singleShot(2_000, self, self._start_import)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._heart.isActive():
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._start_heart)
        return super().eventFilter(watched, event)

    def figures(self) -> dict[str, float]:
        """What was measured."""
        seconds = self._ended - self._began
        return {
            "cues_gap_ms": max(self._cues),
            "gap_max_ms": max(self._beats),
            "gap_p99_ms": _percentile(self._beats, 99),
            "save_p99_ms": _percentile(self._saves, 99),
            "saves": float(len(self._saves)),
            "card_ms": max(self._cards, default=0.0),
            "cards": float(len(self._cards)),
            "seconds": seconds,
            "rate": self._rows / seconds,
            "records_ms": statistics.median(self._look.opened),
            "records_all_ms": max(self._look.selected),
        }

    def _start_heart(self) -> None:
        self._last = time.perf_counter()
        self._heart.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self._beats.append((now - self._last) * 1000 - HEARTBEAT_MS)
        self._last = now

    def _start_import(self) -> None:
        self._cues, self._beats = self._beats, []
        self._began = time.perf_counter()
        parameters = {"path": str(self._file), "integration": "CUSTOMERS"}
        self._application.foreground.run(self, "read_file", parameters, None, self._on_read, self._on_error)

    def _on_read(self, results: dict[str, str]) -> None:
        self._run = int(results["run_id"])
        self._saver.start()
        self._opener.start()
        scheduler = self._application.scheduler
        assert scheduler is not None
        scheduler.listen(on_job_ended=self._on_job_ended)
        start = partial(service.start_processing, self._run, "BENCH")
        self._application.hub.write(self, start, self._on_started, self._on_error)

    def _on_started(self, _job: str) -> None:
        """Its end comes to `_on_job_ended`."""

    def _on_job_ended(self, _job: str) -> None:
        QTimer.singleShot(0, self, self._finish)

    def _finish(self) -> None:
        self._ended = time.perf_counter()
        self._rows = service.summary(self._run).rows
        self._heart.stop()
        self._saver.stop()
        self._opener.stop()
        self._application.hub.drain(5)
        if not self._card_is_open:
            self._look_at_records()

    def _look_at_records(self) -> None:
        self._look = RecordsLook(self._application, self._run)
        self._look.done.connect(self._application.closed)
        self._look.begin()

    def _open_card(self) -> None:
        """Open a customer's card; it is there when its title names the customer, and is closed a second later."""
        if self._card_is_open:
            return
        self._card_is_open = True
        began = time.perf_counter()
        window = self._application.window
        window.navigate("customer_card", key=OPENED)
        page = window.current_page()
        assert page is not None

        def named(title: str) -> None:
            if title.startswith(f"{OPENED} · "):
                self._cards.append((time.perf_counter() - began) * 1000)
                page.title_changed.disconnect(named)
                QTimer.singleShot(LOOKED_AT_MS, self, self._close_card)

        page.title_changed.connect(named)

    def _close_card(self) -> None:
        self._application.window.go_back()
        self._card_is_open = False
        if self._ended:
            self._look_at_records()

    def _save(self) -> None:
        self._asked += 1
        work = partial(_save_contact, f"Contact {self._asked}", time.perf_counter())
        self._application.hub.write(self, work, self._on_saved, self._on_error)

    def _on_saved(self, milliseconds: float) -> None:
        self._saves.append(milliseconds)

    def _on_error(self, error: TaskError) -> None:
        print(f"the measurement failed: {error.text} {error.call_stack}", file=sys.stderr)
        self._application.closed.emit()


class RecordsLook(QObject):
    """Opens the rows of a run again and again; each time all of them are selected once they are counted.

    Attributes:
        opened: milliseconds from the call to the rows on the screen.
        selected: milliseconds for selecting all, with all that the page says then.
    """

    done = Signal()

    def __init__(self, application: Application, run_id: int) -> None:
        super().__init__()
        self._application, self._run_id = application, run_id
        self.opened: list[float] = []
        self.selected: list[float] = []
        self._began = 0.0

    def begin(self) -> None:
        """Open the page once more."""
        if len(self.opened) == RECORDS_OPENED:
            self.done.emit()
            return
        self._began = time.perf_counter()
        self._application.window.navigate("integration_records", run_id=self._run_id)
        self._page().table.selection_changed.connect(self._on_rows)

    def _on_rows(self) -> None:
        model = self._page().table.model
        if model is not None and model.rowCount():
            self._page().table.selection_changed.disconnect(self._on_rows)
            self.opened.append((time.perf_counter() - self._began) * 1000)
            QTimer.singleShot(LOOKED_AT_MS, self, self._select_all)

    def _select_all(self) -> None:
        view = self._page().table.view
        assert view is not None
        began = time.perf_counter()
        view.selectAll()
        self.selected.append((time.perf_counter() - began) * 1000)
        self._application.window.go_back()
        self.begin()

    def _page(self) -> IntegrationRecords:
        page = self._application.window.current_page()
        assert isinstance(page, IntegrationRecords)
        return page


def _save_contact(value: str, asked_at: float) -> float:
    """Save one field as a card does; the milliseconds since the person asked for it."""
    row: Any = Customer.select(Customer.no, Customer.contact).order_by(Customer.no).limit(1).get()
    save_field(Customer, row.no, "contact", value, row.contact)
    return (time.perf_counter() - asked_at) * 1000


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


if __name__ == "__main__":
    print(json.dumps(import_file(Path(sys.argv[1]), Path(sys.argv[2]))))
