"""The status line tells which worker is online: this window, another one, or a service."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

import pytest
from pytestqt.qtbot import QtBot

from desktop.scheduler.workers import OnlineWorker, this_host
from ui.shell.status_line import StatusLine
from ui.theme import Theme

SINCE = datetime(2026, 11, 21, 8, 12, tzinfo=UTC)


@pytest.fixture
def line(look: Theme, qtbot: QtBot) -> StatusLine:
    made = StatusLine("harbour.db", date(2026, 11, 21))
    qtbot.addWidget(made)
    return made


def worker(kind: str = "app", *, own: bool = False, slots: int = 2, busy: int = 0) -> OnlineWorker:
    host, process = (this_host(), os.getpid()) if own else ("depot", 4711)
    return OnlineWorker(f"{kind}{own}", host, process, kind, slots, busy, SINCE)


def test_without_a_worker_it_says_that_jobs_wait(line: StatusLine) -> None:
    line.show_workers([])
    assert line.worker_text() == "No worker is online: jobs wait"


def test_this_window_alone(line: StatusLine) -> None:
    line.show_workers([worker(own=True, busy=1)])
    assert line.worker_text() == "Worker online: this window, 1 of 2 slots busy"


def test_a_service_is_named_with_its_computer(line: StatusLine) -> None:
    line.show_workers([worker("worker", slots=4, busy=3)])
    assert line.worker_text() == "Worker online: service on depot, 3 of 4 slots busy"
    assert "Service on depot, process 4711: 3 of 4 slots busy, since" in line._worker.toolTip()


def test_several_are_counted_and_their_slots_added(line: StatusLine) -> None:
    line.show_workers([worker("worker", slots=4, busy=1), worker(own=True), worker()])
    assert (
        line.worker_text()
        == "3 workers online: service and this window and another window, 1 of 8 slots busy"
    )
    line.show_workers([worker("worker", slots=4), worker("worker", slots=4, busy=2)])
    assert line.worker_text() == "2 workers online: 2 services, 2 of 8 slots busy"
