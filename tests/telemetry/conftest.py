"""A company that is open, and the events that were noted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.telemetry import event_file, events
from models.database import close_company, open_company


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Path]:
    """A new company with nothing but its tables, open."""
    path = open_company(tmp_path / "harbour.db", create=True)
    yield path
    close_company()


@pytest.fixture
def noted(backdesk_home: Path) -> Iterator[list[dict[str, Any]]]:
    """Every event that this process writes during the test, in its order."""
    seen: list[dict[str, Any]] = []
    events.add_receiver(seen.append)
    yield seen
    events.remove_receiver(seen.append)


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The events of one file."""
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def file_of(home: Path) -> Path:
    """Where the events of a Backdesk home are."""
    return home / "data" / "telemetry" / event_file.NAME
