"""A person looks at what the Task Scheduler has before it, takes a task back, and lets another one run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.jobqueue import entries
from desktop.scheduler import tasks
from models import changes
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, ScheduledTask
from models.task_lists import TaskView
from ui.pages.scheduled_tasks import ScheduledTasks
from ui.widgets.empty_state import EmptyKind


@pytest.fixture
def planned(company: object, clock: Clock) -> dict[str, str]:
    """Four tasks by a short name: one that runs, one of an entry for tonight, one not ready, one put off."""
    later = clock.now() + timedelta(hours=12)
    with connected(), database.atomic():
        made = {
            "running": tasks.create_task("recalculate_balances", user_id="MARIA", clock=clock).hex,
            "held": tasks.create_task(
                "open_sales_orders", user_id="BEN", is_ready=False, not_before=later, clock=clock
            ).hex,
            "put_off": tasks.create_task(
                "blocked_customers", "failed_integration_records", user_id="MARIA", clock=clock
            ).hex,
        }
        ScheduledTask.update(running=True).where(ScheduledTask.id == made["running"]).execute()
        ScheduledTask.update(tries=2, trouble_text="The company is locked.").where(
            ScheduledTask.id == made["put_off"]
        ).execute()
        made["job"] = entries.create_entry(
            "Recalculate at night",
            "recalculate_balances",
            user_id="MARIA",
            status=EntryStatus.READY,
            earliest_start=later,
            clock=clock,
        )
        made["of_job"] = str(JobQueueEntry.get_by_id(made["job"]).task_id)
    return made


@pytest.fixture
def page(planned: dict[str, str], open_page: Callable[..., Any]) -> ScheduledTasks:
    made = open_page("scheduled_tasks")
    assert isinstance(made, ScheduledTasks)
    return made


def cell(page: ScheduledTasks, task_id: str, column: str) -> str:
    rows = page.list.table.rows
    return str(rows.index(rows.index_of(task_id).row(), rows.column_of(column)).data())


def answer(page: ScheduledTasks, key: str) -> None:
    question = page.task_actions.question
    assert question is not None
    question.choose(key)


def is_there(task_id: str) -> bool:
    with connected():
        return tasks.task_exists(task_id)


def test_each_task_says_what_it_runs_for_whom_when_and_why_it_waits(
    page: ScheduledTasks, planned: dict[str, str]
) -> None:
    assert page.list.table.rows.rows[0].id == planned["running"]
    assert cell(page, planned["running"], "state") == "Running"
    assert cell(page, planned["of_job"], "state") == "Scheduled"
    assert cell(page, planned["of_job"], "entry") == "Recalculate at night"
    assert cell(page, planned["held"], "state") == "Not ready"
    assert cell(page, planned["held"], "ready") == "No"
    assert cell(page, planned["held"], "user") == "BEN"
    assert cell(page, planned["put_off"], "note") == "Put off 2 times: The company is locked."
    assert cell(page, planned["put_off"], "failure").endswith("Failed integration records")
    assert page.count_label.text() == "4 tasks"
    assert page.views.tabText(list(TaskView).index(TaskView.NOT_READY)) == "Not ready  1"


def test_a_task_is_set_ready_for_the_time_that_was_planned(
    page: ScheduledTasks, planned: dict[str, str], settle: Callable[..., None], window: Any, clock: Clock
) -> None:
    page.list.choose(planned["held"])
    page.trigger("ready")
    settle(page)
    with connected():
        task = ScheduledTask.get_by_id(planned["held"])
    assert task.is_ready
    assert task.not_before == clock.now() + timedelta(hours=12)
    assert window.notices[-1].text == "The task is ready"
    assert cell(page, planned["held"], "state") == "Scheduled"


def test_what_is_ready_already_or_runs_cannot_be_set_ready(
    page: ScheduledTasks, planned: dict[str, str]
) -> None:
    for name in ("running", "of_job"):
        page.list.choose(planned[name])
        assert "ready" not in [action.key for action in page.actions_of_page()]


def test_a_task_is_cancelled_only_after_a_yes(
    page: ScheduledTasks, planned: dict[str, str], settle: Callable[..., None]
) -> None:
    page.list.choose(planned["held"])
    page.trigger("cancel")
    answer(page, "keep")
    settle(page)
    assert is_there(planned["held"])
    page.trigger("cancel")
    answer(page, "cancel")
    settle(page)
    assert not is_there(planned["held"])
    assert page.list.table.rows.row_of(planned["held"]) is None


def test_cancelling_the_task_of_an_entry_cancels_the_entry_so_that_it_waits_for_nothing(
    page: ScheduledTasks, planned: dict[str, str], settle: Callable[..., None]
) -> None:
    page.list.choose(planned["of_job"])
    page.trigger("cancel")
    question = page.task_actions.question
    assert question is not None
    assert any("becomes Cancelled" in label.text() for label in question.findChildren(type(page.count_label)))
    answer(page, "cancel")
    settle(page)
    assert not is_there(planned["of_job"])
    with connected():
        assert JobQueueEntry.get_by_id(planned["job"]).status == EntryStatus.CANCELLED


def test_a_running_task_is_asked_to_stop_and_says_so(
    page: ScheduledTasks, planned: dict[str, str], settle: Callable[..., None]
) -> None:
    page.list.choose(planned["running"])
    page.trigger("cancel")
    answer(page, "cancel")
    settle(page)
    assert cell(page, planned["running"], "state") == "Stopping"
    page.list.choose(planned["running"])
    assert "cancel" not in [action.key for action in page.actions_of_page()]


def test_a_task_that_has_ended_meanwhile_is_told_and_leaves_the_list(
    page: ScheduledTasks, planned: dict[str, str], settle: Callable[..., None]
) -> None:
    page.list.choose(planned["held"])
    page.trigger("cancel")
    with connected():
        assert tasks.cancel_task(planned["held"])
    answer(page, "cancel")
    settle(page)
    assert page.banners.keys == ["refused"]
    assert page.list.table.rows.row_of(planned["held"]) is None


def test_enter_opens_the_entry_of_a_task(
    page: ScheduledTasks, planned: dict[str, str], window: Any, qtbot: QtBot
) -> None:
    page.list.choose(planned["of_job"])
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    assert window.opened == [("job_queue_entry_card", {"key": planned["job"]})]


def test_a_task_that_another_process_makes_appears(
    page: ScheduledTasks, planned: dict[str, str], settle: Callable[..., None], clock: Clock
) -> None:
    with connected(), database.atomic():
        before = changes.last_number()
        task_id = tasks.create_task("open_sales_orders", user_id="BEN", clock=clock).hex
    with connected():
        page.records_changed(changes.since(before))
    settle(page)
    assert cell(page, task_id, "state") == "Waiting"


def test_nothing_planned_is_said_in_a_sentence(open_page: Callable[..., Any]) -> None:
    page = open_page("scheduled_tasks")
    assert page.list.nothing.kind is EmptyKind.ALL_DONE
    assert page.list.nothing.isVisible()
    assert not page.findChildren(QPushButton, "cancel")


def test_a_search_and_a_view_narrow_the_list(
    page: ScheduledTasks, planned: dict[str, str], settle: Callable[..., None], qtbot: QtBot
) -> None:
    qtbot.keyClicks(page.search, "night")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    settle(page)
    assert [row.id for row in page.list.table.rows.rows] == [planned["of_job"]]
    page.search.clear_search()
    page.views.setCurrentIndex(list(TaskView).index(TaskView.RUNNING))
    settle(page)
    assert [row.id for row in page.list.table.rows.rows] == [planned["running"]]
