"""A company, a hub, a page's context and a runner, for the windows and pages about imports."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.codeunits import registry
from desktop.errors import TaskCancelledError
from desktop.imports import service
from desktop.imports.processing import process
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Ending, ErrorInfo
from desktop.sessions.session import CancelToken, ProgressCallback, Session, SessionKind, describe_error
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from models.changes import Change, last_number, since
from models.database import connected
from models.integration import Integration
from models.record_edit import create_record
from tests.companies import empty_company_of, opened_copy
from tests.companies import rows as rows
from tests.waiting import WAIT
from ui.foreground import ForegroundRunner
from ui.framework.context import Notice, PageContext
from ui.import_dialog import JobFeed
from ui.theme import Theme

if TYPE_CHECKING:
    from tests.ui.imports.shown_records import Shown
    from tests.ui.imports.shown_runs import ShownRuns
    from ui.pages.integration_card import IntegrationCard

OpenCard: TypeAlias = "Callable[[str], IntegrationCard]"

NOW = Clock(now=lambda: datetime(2026, 11, 21, 9, 45, tzinfo=UTC), monotonic=SYSTEM_CLOCK.monotonic)


@pytest.fixture(scope="session")
def company_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company without customers, made once; tests work on copies."""
    return empty_company_of("MARIA", tmp_path_factory.mktemp("company"))


@pytest.fixture
def company(company_file: Path, tmp_path: Path) -> Iterator[Path]:
    """An open company of the test's own."""
    with opened_copy(company_file, tmp_path) as path:
        yield path


@pytest.fixture
def hub(qapp: QApplication, company: Path) -> Iterator[Hub]:
    """A hub with real threads."""
    made = Hub(Settings(), SYSTEM_CLOCK, "MARIA")
    yield made
    assert made.close(WAIT)
    made.deleteLater()


@dataclass
class Told:
    """What the pages asked of the application."""

    opened: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    imports: list[tuple[Path | None, str]] = field(default_factory=list)

    def navigate(self, page_name: str, /, **arguments: object) -> None:
        self.opened.append((page_name, arguments))

    def notify(self, notice: Notice) -> None:
        self.notices.append(notice)

    def import_file(self, path: Path | None = None, integration_code: str = "") -> None:
        self.imports.append((path, integration_code))


@pytest.fixture
def told() -> Told:
    """What the pages asked of the application."""
    return Told()


@pytest.fixture
def context(hub: Hub, look: Theme, told: Told) -> PageContext:
    """What a page is given."""
    return PageContext(
        hub, Settings(), NOW, "MARIA", look, told.navigate, told.notify, "Maria", told.import_file
    )


class InlineRunner:
    """Runs requests on the thread that asks, as a child process would; `gate` holds them until it is opened."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[ChildRequest] = []

    def run(
        self,
        request: ChildRequest,
        on_progress: ProgressCallback | None = None,
        token: CancelToken | None = None,
        timeout_seconds: float | None = None,
    ) -> ChildOutcome:
        self.asked.append(request)
        token = token or CancelToken()
        token.interrupt_with(self.gate.set)
        self.gate.wait(WAIT)
        session = Session(
            SessionKind.BACKGROUND,
            request.user_id,
            request.parameters,
            NOW.today(),
            token=token,
            on_progress=on_progress or (lambda _done, _total, _text: None),
        )
        try:
            with connected():
                registry.function_of(request.codeunit)(session)
        except TaskCancelledError:
            return ChildOutcome(ending=Ending.CANCELLED)
        except Exception as error:
            return ChildOutcome(ending=Ending.FAILED, error=ErrorInfo(*describe_error(error)))
        finally:
            token.interrupt_with(None)
        return ChildOutcome(ending=Ending.DONE, results=session.results)

    def close(self) -> None:
        """Nothing stays open."""


@pytest.fixture
def runner() -> InlineRunner:
    """Runs codeunits without a child process."""
    return InlineRunner()


@pytest.fixture
def foreground(qapp: QApplication, company: Path, runner: InlineRunner) -> Iterator[ForegroundRunner]:
    """The runner of the windows."""
    made = ForegroundRunner(runner, "MARIA", NOW)
    yield made
    runner.gate.set()
    assert made.close()
    made.deleteLater()


@pytest.fixture
def window(qtbot: QtBot, look: Theme) -> QWidget:
    """A window to open dialogs over."""
    made = QWidget()
    made.resize(1440, 900)
    qtbot.addWidget(made)
    made.show()
    return made


class Signals(QObject):
    """What the application emits."""

    records_changed = Signal(object)
    job_progressed = Signal(str, object, object, str)

    def __init__(self) -> None:
        super().__init__()
        with connected():
            self._told = last_number()

    def tell(self) -> list[Change]:
        """Emit what has changed since the last time."""
        with connected():
            changes = since(self._told)
        if changes:
            self._told = changes[-1].number
            self.records_changed.emit(changes)
        return changes


@pytest.fixture
def signals(qapp: QApplication, company: Path) -> Signals:
    """What the application emits."""
    return Signals()


@pytest.fixture
def feed(signals: Signals) -> JobFeed:
    """The signals as windows are given them."""
    return JobFeed(signals.records_changed, signals.job_progressed)


def new_session() -> Session:
    """A background session of Maria's."""
    return Session(SessionKind.BACKGROUND, "MARIA", {}, NOW.today())


CUSTOMERS = "No.,Name,City,Country/Region Code\n"


@pytest.fixture
def customers(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of customers: `good` rows, then one for each of the countries in `wrong`."""

    def write(good: int = 3, wrong: tuple[str, ...] = ("XX", "XX"), name: str = "customers.csv") -> Path:
        lines = [f"C{number:05},Customer {number},Bremen,DE" for number in range(1, good + 1)]
        lines += [f"X{number:05},Wrong {number},Oslo,{code}" for number, code in enumerate(wrong, 1)]
        path = tmp_path / name
        path.write_text(CUSTOMERS + "\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def staged(company: Path, customers: Callable[..., Path]) -> Callable[..., int]:
    """Reads a file of customers; the run's id. With `processed` its rows become customers."""

    def read(good: int = 3, wrong: tuple[str, ...] = ("XX", "XX"), *, processed: bool = False) -> int:
        run_id = service.read(customers(good, wrong), "CUSTOMERS", new_session())
        if processed:
            process(new_session(), run_id)
        return run_id

    return read


@pytest.fixture
def shown(qtbot: QtBot, context: PageContext, signals: Signals) -> Shown:
    """Opens the page Integration Records."""
    from tests.ui.imports.shown_records import Shown

    return Shown(qtbot, context, signals)


@pytest.fixture
def shown_runs(qtbot: QtBot, context: PageContext, signals: Signals) -> ShownRuns:
    """Opens Import Runs, the card of a run, and Post-Process Entries."""
    from tests.ui.imports.shown_runs import ShownRuns

    return ShownRuns(qtbot, context, signals)


@pytest.fixture
def open_card(context: PageContext, qtbot: QtBot) -> OpenCard:
    """Opens the card of an integration."""
    from ui.pages.integration_card import IntegrationCard

    def make(key: str) -> IntegrationCard:
        page = IntegrationCard(context, key)
        qtbot.addWidget(page)
        page.resize(1200, 800)
        page.show()
        page.open_page()
        qtbot.waitUntil(context.hub.is_idle)
        return page

    return make


@pytest.fixture
def orders(company: Path) -> str:
    """An integration of orders with their lines."""
    from desktop.imports.integrations import setup

    create_record(Integration, {"code": "WEB", "description": "Web shop", "target_table": "sales_header"})
    setup.add_missing_fields("WEB")
    return "WEB"
