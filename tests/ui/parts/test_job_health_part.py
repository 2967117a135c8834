"""The Role Centre tells how the job queue does: who works, who waits and why, what failed today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.codeunits import registry
from desktop.codeunits.registry import Codeunit
from desktop.jobqueue import entries
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueLogEntry, LogStatus, ScheduledTask, Worker
from ui.pages.home import Home
from ui.parts.job_health_part import CODEUNIT, EVERY_S

Opener = Callable[..., Any]


@pytest.fixture
def waiting(company: object, clock: Clock) -> str:
    """A job that has waited for 12 minutes, and two runs of today of which one failed."""
    with connected(), database.atomic():
        job_id = entries.create_entry(
            "Import prices", "recalculate_balances", user_id="MARIA", status=EntryStatus.READY, clock=clock
        )
        ScheduledTask.update(not_before=clock.now() - timedelta(minutes=12)).where(
            ScheduledTask.job_id == job_id
        ).execute()
        for status in (LogStatus.SUCCESS, LogStatus.ERROR):
            at = clock.now() - timedelta(minutes=20)
            JobQueueLogEntry.create(job_id="x", status=status, started_at=at, ended_at=at)
    return job_id


@pytest.fixture
def worker(company: object, clock: Clock) -> None:
    """A worker service on another computer, with one of its slots busy."""
    with connected():
        now = clock.now()
        Worker.create(
            id="far", host="depot", process_id=7, kind="worker", slots=4, started_at=now, heartbeat_at=now
        )


def test_it_says_who_waits_for_how_long_and_why_and_opens_that_entry(
    waiting: str, open_page: Opener, window: Any, qtbot: QtBot
) -> None:
    health = open_page("home").health
    assert health.worker.text == "No worker is online: jobs wait"
    assert health.waiting.text == "Oldest wait 12 min: Import prices"
    assert "worker" in health.waiting.accessibleName()
    assert health.failures.text == "1 failed today"
    assert health.done.text == "2 runs today, 2 in the last hour"
    qtbot.mouseClick(health.waiting._link, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(health.failures._link, Qt.MouseButton.LeftButton)
    assert window.opened == [
        ("job_queue_entry_card", {"key": waiting}),
        ("job_queue_log_entries", {"view": "Failed"}),
    ]
    log = open_page("job_queue_log_entries", view="Failed")
    assert len(log.list.table.rows.rows) == 1


def test_a_worker_service_is_named_with_its_computer_and_slots(worker: None, open_page: Opener) -> None:
    health = open_page("home").health
    assert health.worker.text == "Worker service on depot, 0 of 4 slots busy"
    assert health.waiting.text == "No job waits"
    assert health.failures.text == "No failures today"
    assert not health.waiting._link.isVisible()


def test_it_works_itself_out_anew_while_it_is_seen(
    worker: None, open_page: Opener, settle: Callable[..., None]
) -> None:
    home: Home = open_page("home")
    due = home.health.auto_refresh.due_in_s()
    assert due is not None
    assert due <= EVERY_S
    with connected():
        Worker.delete().execute()
    home.health.auto_refresh.due.emit()
    settle(home)
    assert home.health.worker.text == "No worker is online: jobs wait"


def test_a_failure_shows_on_the_part_with_retry_and_keeps_what_was_known(
    worker: None, open_page: Opener, settle: Callable[..., None], qtbot: QtBot
) -> None:
    home: Home = open_page("home")
    good = registry.find(CODEUNIT)
    registry.register(Codeunit(good.number, CODEUNIT, good.caption, "tests_no_such_module"))
    try:
        home.health.refresh()
        settle(home)
        assert home.health.trouble.reason
        assert home.health.worker.text.startswith("Worker service")
    finally:
        registry.register(good)
    qtbot.mouseClick(home.health.trouble.retry_button, Qt.MouseButton.LeftButton)
    settle(home)
    assert not home.health.trouble.reason


def test_the_cues_of_the_job_queue_and_its_health_stand_in_one_row(open_page: Opener) -> None:
    home: Home = open_page("home")
    tops = {
        home.tile(name).mapTo(home, home.tile(name).rect().topLeft()).y()
        for name in ("Tasks failed", "Tasks in queue")
    }
    tops.add(home.health.mapTo(home, home.health.rect().topLeft()).y())
    assert len(tops) == 1
