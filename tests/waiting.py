"""A clock that stands, and gates instead of sleeping, for tests of what runs in other processes."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.clock import Clock

__all__ = ["WAIT", "WAIT_MS", "Gate", "MovableClock", "gate", "moving"]

# After so long a test fails that waits for what must come; the busiest computer is over with it sooner.
WAIT = 60.0  # seconds
WAIT_MS = int(WAIT * 1000)


class MovableClock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        self._moved = 0.0
        self.clock = Clock(now=lambda: self.moment, monotonic=lambda: time.monotonic() + self._moved)

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self._moved += seconds


class Gate:
    """A named pipe that a codeunit writes a line to when it has reached a point."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        # Open for both ways, so that a writer who has left does not look like one who has arrived.
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._read = b""

    def wait(self) -> str:
        """Wait for the next arrival; what it has written."""
        while b"\n" not in self._read:
            ready, _, _ = select.select([self._descriptor], [], [], WAIT)
            if not ready:
                pytest.fail("nobody has reached the gate")
            self._read += os.read(self._descriptor, 4096)
        word, _, self._read = self._read.partition(b"\n")
        return word.decode()

    def close(self) -> None:
        os.close(self._descriptor)


@pytest.fixture
def moving() -> MovableClock:
    """A clock that the test moves."""
    return MovableClock()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A point that a codeunit tells it has reached."""
    if sys.platform == "win32":
        pytest.skip("gates are named pipes")
    made = Gate(tmp_path / "gate")
    yield made
    made.close()
