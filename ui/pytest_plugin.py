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
def client(
    test_company: Path, test_clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """A client session in the company, whose settings, logs and extensions lie in a folder of the test's own."""
    monkeypatch.setenv("BACKDESK_HOME", str(tmp_path / "backdesk-home"))
    with TestClient(test_company, clock=test_clock) as made:
        yield made


@pytest.fixture
def open_page(client: TestClient) -> Callable[..., TestPage]:
    """A function that opens a page by its name, with its arguments; its tasks have run when it returns."""
    return client.open_page
