"""The demo company, made once for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import close_company, open_company
from tests.companies import make_demo


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company with all its orders, closed."""
    return make_demo(tmp_path_factory.mktemp("demo") / "harbour.db")


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
