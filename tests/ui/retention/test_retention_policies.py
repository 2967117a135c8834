"""A person says how long what is kept, sees what would go, and lets it go now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.jobqueue import entries, retention
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus
from models.permissions import UserPermissionSet
from models.setup import RetentionPolicy
from ui.framework.page import Page
from ui.pages.retention_policies import RetentionPolicies
from ui.testing import TestWindow

Settle = Callable[[Page], None]
OpenPage = Callable[..., Any]


def _old_run(clock: Clock, days: int) -> None:
    moment = clock.now() - timedelta(days=days)
    with connected():
        JobQueueLogEntry.insert(
            job_id="1", status=LogStatus.SUCCESS, started_at=moment, ended_at=moment
        ).execute()


def _type(qtbot: QtBot, page: RetentionPolicies, name: str, text: str) -> None:
    days = page.rows[name].days
    days.setFocus()
    days.selectAll()
    qtbot.keyClicks(days, text)
    qtbot.keyClick(days, Qt.Key.Key_Return)


def _stored(name: str) -> tuple[bool, int]:
    with connected():
        row = RetentionPolicy.get_by_id(name)
    return row.enabled, row.keep_days


def test_fewer_days_are_typed_and_what_would_go_is_told_at_once(
    open_page: OpenPage, qtbot: QtBot, settle: Settle, clock: Clock
) -> None:
    _old_run(clock, 20)
    page: RetentionPolicies = open_page("retention_policies")
    row = page.rows["log_entries"]
    assert (row.days.text(), row.now.text()) == ("180", "Nothing is older.")
    _type(qtbot, page, "log_entries", "10")
    qtbot.waitUntil(lambda: row.now.text() == "1 would go now.")
    assert _stored("log_entries") == (True, 10)


def test_a_policy_is_turned_off_and_everything_is_kept(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page: RetentionPolicies = open_page("retention_policies")
    row = page.rows["imports"]
    row.switch.setFocus()
    qtbot.keyClick(row.switch, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: row.now.text() == "Everything is kept.")
    assert _stored("imports") == (False, 90)
    assert not row.days.isEnabled()


def test_what_makes_no_sense_is_told_under_the_field_and_not_saved(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page: RetentionPolicies = open_page("retention_policies")
    for text, said in (("0", "at least 1"), ("soon", "is not a number"), ("9999", "at most 3,650")):
        _type(qtbot, page, "mail", text)
        assert said in page.rows["mail"].field.error
    with connected():
        assert RetentionPolicy.select().count() == 0
    _type(qtbot, page, "mail", "7")
    assert page.rows["mail"].field.error == ""
    settle(page)
    assert _stored("mail") == (True, 7)


def test_clean_up_now_lets_the_job_run_in_the_background(
    open_page: OpenPage, qtbot: QtBot, settle: Settle, window: TestWindow
) -> None:
    page: RetentionPolicies = open_page("retention_policies")
    assert page.hint.text().startswith("Nothing cleans up yet")
    page.trigger("clean")
    settle(page)
    qtbot.waitUntil(lambda: page.hint.text().startswith("What is older is deleted at night"))
    with connected():
        entry = JobQueueEntry.get(JobQueueEntry.codeunit == retention.CODEUNIT)
    assert (entry.status, entry.run_trigger) == (EntryStatus.READY, "Run Now")
    page.trigger("entry")
    assert window.opened[-1] == ("job_queue_entry_card", {"key": entry.id})


def test_a_job_on_hold_is_told_because_nothing_goes_by_itself_then(
    open_page: OpenPage, qtbot: QtBot, clock: Clock, company: object
) -> None:
    job_id = retention.ensure_entry(clock=clock)
    with connected():
        JobQueueEntry.update(status=EntryStatus.ON_HOLD).where(JobQueueEntry.id == job_id).execute()
    page: RetentionPolicies = open_page("retention_policies")
    assert page.hint.text() == "The job that cleans up is On Hold, so nothing is deleted by itself."
    entry = entries.get(job_id)
    assert entry is not None


def test_who_may_not_set_policies_is_told_so_and_sees_what_holds(
    open_page: OpenPage, qtbot: QtBot, settle: Settle, company: object
) -> None:
    with connected(), database.atomic():
        UserPermissionSet.insert(user_id="BEN", set_code="SUPER").execute()
        UserPermissionSet.insert(user_id="MARIA", set_code="READER").execute()
    page: RetentionPolicies = open_page("retention_policies")
    _type(qtbot, page, "entries", "3")
    qtbot.waitUntil(lambda: "refused" in page.banners.keys)
    settle(page)
    assert page.rows["entries"].days.text() == "90"
    with connected():
        assert RetentionPolicy.select().count() == 0
