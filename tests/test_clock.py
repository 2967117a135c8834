"""The clock is one for a program and its child processes, and can be moved as a whole."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.clock import OFFSET_VARIABLE, SYSTEM_CLOCK, fixed_clock, waiting_clock

ROOT = Path(__file__).resolve().parents[1]


def test_a_moved_clock_moves_for_child_processes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OFFSET_VARIABLE, str(timedelta(days=-400).total_seconds()))
    code = "from desktop.clock import SYSTEM_CLOCK; print(SYSTEM_CLOCK.now().isoformat())"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert abs(datetime.fromisoformat(said.stdout.strip()) - SYSTEM_CLOCK.now()) < timedelta(minutes=1)
    assert SYSTEM_CLOCK.now() < datetime.now(UTC) - timedelta(days=399)


def test_a_fixed_clock_stands_still_and_wants_a_time_zone() -> None:
    moment = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
    clock = fixed_clock(moment)
    assert clock.now() == clock.now() == moment
    with pytest.raises(ValueError, match="time zone"):
        fixed_clock(datetime(2026, 11, 21))


def test_waiting_takes_no_time_on_a_waiting_clock_but_moves_it() -> None:
    moment = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
    clock = waiting_clock(moment)
    clock.wait(threading.Event(), 3600)
    assert clock.now() - moment == timedelta(hours=1)
    assert clock.monotonic() == 3600
    ended = threading.Event()
    ended.set()
    clock.wait(ended, 3600)
    assert clock.monotonic() == 3600
