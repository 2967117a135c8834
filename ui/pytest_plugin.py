"""Fixtures for tests of pages, in an extension's own tests too: `pytest_plugins = ["ui.pytest_plugin"]`.

Only pytest loads this module; the program never does, so Backdesk itself needs no pytest. See docs/testing-pages.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.clock import Clock, waiting_clock
from desktop.company import create_company
from desktop.extensions.loader import forget_extensions
from models.database import close_company
from ui.testing import TestClient, TestPage

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)


@pytest.fixture
def test_clock() -> Clock:
    """21 November 2026, 09:45 UTC; only a session that waits moves it. Override it for another day."""
    return waiting_clock(NOW)


@pytest.fixture
def test_company(tmp_path: Path, test_clock: Clock) -> Path:
    """A company without any records but its set-up; override it for one that has some."""
    company = create_company(tmp_path / "company.db", "Test company", clock=test_clock, user_id="TESTER")
    close_company()
    return company


@pytest.fixture
def test_home(tmp_path: Path) -> Path:
    """The home of the test: settings, logs, extensions. Override it for one whose folder `extensions` has some."""
    return tmp_path / "backdesk-home"


@pytest.fixture
def client(
    test_company: Path, test_clock: Clock, test_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """A client session in the company, at home in `test_home`."""
    monkeypatch.setenv("BACKDESK_HOME", str(test_home))
    forget_extensions()  # those of another home
    with TestClient(test_company, clock=test_clock) as made:
        yield made
    forget_extensions()


@pytest.fixture
def open_page(client: TestClient) -> Callable[..., TestPage]:
    """A function that opens a page by its name, with its arguments; its tasks have run when it returns."""
    return client.open_page
