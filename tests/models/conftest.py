"""An empty company for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import close_company, open_company


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Path]:
    """A new company with nothing but its tables, open."""
    path = open_company(tmp_path / "company.db", create=True)
    yield path
    close_company()
