"""The demo company, made once for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.clock import fixed_clock
from desktop.company import DEMO_NAME, create_company
from models.database import close_company, open_company

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company of 21 November 2026, closed."""
    path = tmp_path_factory.mktemp("demo") / "harbour.db"
    create_company(path, DEMO_NAME, demo=True, clock=fixed_clock(NOW), user_id="MARIA")
    close_company()
    return path


@pytest.fixture
def demo(demo_file: Path) -> Iterator[Path]:
    """The demo company, open; a test must leave it as it was."""
    yield open_company(demo_file)
    close_company()


@pytest.fixture
def closed() -> Iterator[None]:
    """Closes the company that a test opens."""
    yield
    close_company()
