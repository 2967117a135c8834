"""An empty company for each test that asks for one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import close_company, open_company


@pytest.fixture
def company(tables_only: Path, tmp_path: Path) -> Iterator[Path]:
    """A new company with nothing but its tables, open."""
    path = open_company(shutil.copy(tables_only, tmp_path / "company.db"))
    yield path
    close_company()
