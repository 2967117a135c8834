"""Companies that tests of several rooms make, open and look into."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desktop.clock import fixed_clock
from desktop.company import DEMO_NAME, create_company
from models.database import close_company, connected, database, open_company

__all__ = ["empty_company_of", "make_demo", "opened_copy", "rows"]

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)


def make_demo(path: Path, orders: int | None = None) -> Path:
    """Make the demo company of 21 November 2026, closed; with so many orders, all 20,000 when None."""
    with pytest.MonkeyPatch.context() as patch:
        if orders is not None:
            patch.setattr("desktop.demo.orders.ORDERS", orders)
        create_company(path, DEMO_NAME, demo=True, clock=fixed_clock(NOW), user_id="MARIA")
    close_company()
    return path


def empty_company_of(user_id: str, folder: Path) -> Path:
    """A closed company without customers that this user has made; its path."""
    path = folder / "empty.backdesk"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BACKDESK_HOME", str(folder / "home"))
        create_company(path, "Harbour Supply Ltd.", user_id=user_id)
    close_company()
    return path


@contextmanager
def opened_copy(company: Path, folder: Path) -> Iterator[Path]:
    """A copy of a company in this folder, open until the end of the block; its path."""
    path = folder / "company.backdesk"
    shutil.copy(company, path)
    open_company(path)
    try:
        yield path
    finally:
        close_company()


def rows(sql: str, *values: Any) -> list[Any]:
    """What a query finds in the open company."""
    with connected():
        return list(database.execute_sql(sql, values).fetchall())
