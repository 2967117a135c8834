"""Whoever reads the log afterwards finds each session's end: its kind, codeunit, page, duration and outcome."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop import logs
from desktop.tasks.hub import Hub
from tests.waiting import WAIT
from ui.framework.context import PageContext

FIELDS = ("session_kind", "codeunit", "page", "duration_ms", "outcome")


@pytest.fixture
def log_file(backdesk_home: Path) -> Path:
    """The window's log, on disk."""
    return logs.setup_logging("window")


def _ends(file: Path) -> list[tuple[Any, ...]]:
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    told = [line for line in lines if line["logger"] == "desktop.sessions" and "outcome" in line]
    assert {line["level"] for line in told} == {"INFO"}
    return [tuple(line[name] for name in FIELDS) for line in told]


def test_the_end_of_each_session_stands_in_the_log(
    log_file: Path,
    context: PageContext,
    hub: Hub,
    ask: Callable[..., int],
    child: Any,
    ended: Callable[[], None],
    time: Any,
    qtbot: QtBot,
) -> None:
    ask("Customer Card")
    time.seconds = 1.5
    child.open.set()
    ended()
    ask("Item Card", fail="yes")
    ended()
    session_id = context.sessions.start_session("recalculate_balances")
    qtbot.waitUntil(lambda: context.sessions.counters().started == 1)
    time.seconds = 4.0
    context.sessions.stop_session(session_id, "Stopped in the Task Monitor by MARIA.")
    assert context.sessions.wait_until_idle(WAIT)
    assert _ends(log_file) == [
        ("Child", "test_wait", "Customer Card", 1500, "Completed"),
        ("Child", "test_wait", "Item Card", 0, "Failed"),
        ("Background", "recalculate_balances", "", 2500.0, "Cancelled"),
    ]
