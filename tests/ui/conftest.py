"""What a test of a page gets: a small company, a hub with a clock, and a page that is open and settled."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.clock import Clock, fixed_clock
from desktop.scheduler import child_process
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from models.database import close_company, open_company
from tests.ui import held_child
from tests.waiting import WAIT
from ui.framework.context import PageContext
from ui.framework.page import Page
from ui.navigation import PAGES, make_page
from ui.testing import TestWindow, is_settled
from ui.theme import Theme, theme


def _sample() -> ModuleType:
    # Tests are no package, so the module beside this one is loaded from its file.
    spec = importlib.util.spec_from_file_location("ui_sample", Path(__file__).with_name("sample.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def applied_look(qapp: QApplication) -> Theme:
    """The application's look, given to it once: to lay it on anew would take each test of a page its time."""
    made = theme()
    made.set_mode("light")
    made.set_scale(1.0)
    made.apply(qapp)
    return made


@pytest.fixture
def look(applied_look: Theme) -> Iterator[Theme]:
    """The application's look: light, 100 %, nothing moving, English numbers."""
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    made = applied_look
    made.set_mode("light")
    made.set_scale(1.0)
    made.set_reduced_motion(True)
    yield made
    made.set_mode("light")
    made.set_scale(1.0)
    made.set_reduced_motion(None)
    QLocale.setDefault(before)


@pytest.fixture(scope="session")
def sample_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small company, made once and closed; tests work on copies."""
    path: Path = _sample().make_company(tmp_path_factory.mktemp("sample") / "harbour.db")
    close_company()
    return path


@pytest.fixture
def company(sample_company: Path, tmp_path: Path) -> Iterator[Path]:
    """A small company of the test's own, open."""
    yield open_company(shutil.copy(sample_company, tmp_path / "harbour.db"))
    close_company()


@pytest.fixture
def clock() -> Clock:
    """21 November 2026, 09:45 UTC."""
    return fixed_clock(_sample().NOW)


@pytest.fixture
def hub(qapp: QApplication, company: Path, clock: Clock) -> Iterator[Hub]:
    """A hub with real threads; drained and closed in the end."""
    made = Hub(Settings(), clock, "MARIA")
    yield made
    assert made.close(WAIT)


@pytest.fixture
def window() -> TestWindow:
    """Remembers the pages that were opened and what was said."""
    return TestWindow()


@pytest.fixture
def context(hub: Hub, clock: Clock, look: Theme, window: TestWindow) -> PageContext:
    """What a page is given."""
    return PageContext(hub, Settings(), clock, "MARIA", look, window.navigate, window.notify)


@pytest.fixture
def settle(qtbot: QtBot, hub: Hub) -> Callable[[Page], None]:
    """A function that waits until a page has shown all that it asked for."""

    def wait(page: Page) -> None:
        qtbot.waitUntil(lambda: is_settled(page, hub) and not page.background_tasks_running())

    return wait


@pytest.fixture
def open_page(qtbot: QtBot, context: PageContext, settle: Callable[[Page], None]) -> Callable[..., Any]:
    """A function that opens a page by its name in `ui.navigation`, and returns it settled."""

    def opened(name: str, **arguments: Any) -> Page:
        page = make_page(PAGES[name], context, arguments)
        qtbot.addWidget(page)
        page.resize(1400, 760)
        page.show()
        page.activateWindow()
        page.open_page()
        settle(page)
        return page

    return opened


@pytest.fixture
def held_imports(backdesk_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As long as this file is there, imports of child processes wait after their first chunk."""
    monkeypatch.setattr(child_process, "command", held_child.command)
    file = held_child.hold_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    return file
