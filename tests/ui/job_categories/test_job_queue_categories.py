"""A person sets gates up for jobs, sees who runs and waits at each, closes one for a while, and deletes one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.jobqueue import entries
from models import changes
from models.database import connected, database
from models.errors import FieldError, RecordChangedError
from models.job_categories import category_jobs, change_category, create_category, delete_category
from models.job_queue import EntryStatus, JobQueueCategory, JobQueueEntry, ScheduledTask
from models.record_edit import RecordInUseError
from ui.job_categories.category_dialog import CategoryDialog
from ui.pages.job_queue_categories import JobQueueCategories
from ui.widgets.empty_state import EmptyKind

JobMaker = Callable[..., str]


@pytest.fixture
def make_job(company: object, clock: Clock) -> JobMaker:
    """A function that makes an entry of a category: it waits, runs, or is planned for an hour from now."""

    def make(
        name: str, category: str, *, running: bool = False, later: bool = False, priority: int = 2000
    ) -> str:
        start = clock.now() + timedelta(hours=1) if later else None
        with connected(), database.atomic():
            job_id = entries.create_entry(
                name,
                "recalculate_balances",
                user_id="MARIA",
                category_code=category,
                status=EntryStatus.READY,
                earliest_start=start,
                priority=priority,
                clock=clock,
            )
            if running:
                ScheduledTask.update(running=True).where(ScheduledTask.job_id == job_id).execute()
        return job_id

    return make


@pytest.fixture
def jobs(make_job: JobMaker) -> dict[str, str]:
    """Jobs of IMPORT (one runs, two wait, one is planned) and of NIGHT, which nobody has set up."""
    with connected():
        create_category({"code": "import", "description": "Imports", "capacity": 1})
        create_category({"code": "MAIL", "description": "Letters", "capacity": 2})
    return {
        "runs": make_job("Import customers", "IMPORT", running=True),
        "low": make_job("Import prices", "IMPORT", priority=3000),
        "high": make_job("Import items", "IMPORT", priority=1000),
        "later": make_job("Import vendors", "IMPORT", later=True),
        "night": make_job("Clean up", "NIGHT"),
    }


@pytest.fixture
def page(jobs: dict[str, str], open_page: Callable[..., Any]) -> JobQueueCategories:
    made = open_page("job_queue_categories")
    assert isinstance(made, JobQueueCategories)
    return made


def cell(page: JobQueueCategories, code: str, column: str) -> str:
    rows = page.list.table.rows
    return str(rows.index(rows.index_of(code).row(), rows.column_of(column)).data())


def write(dialog: CategoryDialog, field: str, text: str) -> None:
    line = dialog.editors[field].widget
    assert isinstance(line, QLineEdit)
    line.setText(text)


def stored(code: str) -> Any:
    with connected():
        return JobQueueCategory.get_by_id(code)


def test_a_category_says_how_many_run_who_comes_next_and_what_is_planned(page: JobQueueCategories) -> None:
    assert cell(page, "IMPORT", "state") == "Running"
    assert cell(page, "IMPORT", "capacity") == "1 of 1"
    assert cell(page, "IMPORT", "runs") == "Import customers"
    assert cell(page, "IMPORT", "waiting") == "2"
    assert cell(page, "IMPORT", "next") == "Import items"
    assert cell(page, "IMPORT", "planned") == "1"
    assert cell(page, "MAIL", "state") == "Free"
    assert cell(page, "NIGHT", "description") == "Not set up: one job at a time"
    assert page.count_label.text() == "3 categories"


def test_the_only_row_on_which_the_keyboard_stands_is_chosen_with_down(
    company: object, open_page: Callable[..., Any], qtbot: QtBot
) -> None:
    with connected():
        create_category({"code": "MAIL", "description": "Letters", "capacity": 2})
    page = open_page("job_queue_categories")
    table = page.list.table
    table.clearSelection()
    nothing = QItemSelectionModel.SelectionFlag.NoUpdate  # as Qt does when a dialog gives the keyboard back
    table.selectionModel().setCurrentIndex(table.rows.index_of("MAIL"), nothing)
    assert not page.list.chosen()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert [row.code for row in page.list.chosen()] == ["MAIL"]


def test_the_box_beside_it_lists_the_jobs_in_the_order_in_which_they_run(
    page: JobQueueCategories, jobs: dict[str, str], settle: Callable[..., None], window: Any
) -> None:
    page.list.choose("IMPORT")
    settle(page)
    assert [(row.caption, row.value) for row in page.jobs.box.rows] == [
        ("Import customers", "Running"),
        ("Import items", "Next"),
        ("Import prices", "Waits, no. 2"),
        ("Import vendors", "Today 10:45"),
    ]
    page.jobs.box.row_activated.emit(jobs["high"])
    assert window.opened == [("job_queue_entry_card", {"key": jobs["high"]})]


def test_a_new_category_is_created_with_its_code_in_capitals(
    page: JobQueueCategories, settle: Callable[..., None], window: Any
) -> None:
    page.trigger("new")
    dialog = page.dialog
    assert dialog is not None
    write(dialog, "code", "night")
    write(dialog, "capacity", "3")
    dialog.save()
    settle(page)
    assert stored("NIGHT").capacity == 3
    assert window.notices[-1].text == "The category NIGHT was created"
    assert cell(page, "NIGHT", "capacity") == "0 of 3"


@pytest.mark.parametrize(
    ("field", "text"), [("code", ""), ("capacity", "0"), ("capacity", "many"), ("code", "x" * 21)]
)
def test_a_wrong_value_stands_under_its_field_and_nothing_is_written(
    page: JobQueueCategories, field: str, text: str
) -> None:
    page.trigger("new")
    dialog = page.dialog
    assert dialog is not None
    write(dialog, "code", "NEW")
    write(dialog, field, text)
    dialog.save()
    assert dialog.editors[field].row.error
    assert dialog.isVisible()
    with connected():
        assert JobQueueCategory.select().count() == 2


def test_a_code_that_is_taken_is_said_under_the_code(
    page: JobQueueCategories, settle: Callable[..., None]
) -> None:
    page.trigger("new")
    dialog = page.dialog
    assert dialog is not None
    write(dialog, "code", "mail")
    dialog.save()
    settle(page)
    assert "exists already" in dialog.editors["code"].row.error


def test_enter_changes_a_category_and_one_that_was_only_named_is_set_up(
    page: JobQueueCategories, settle: Callable[..., None], qtbot: QtBot
) -> None:
    page.list.choose("NIGHT")
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    dialog = page.dialog
    assert dialog is not None
    assert dialog.editors["code"].typed_value() == "NIGHT"
    write(dialog, "description", "After hours")
    dialog.save()
    settle(page)
    assert stored("NIGHT").description == "After hours"
    assert cell(page, "NIGHT", "description") == "After hours"


def test_somebody_elses_change_is_not_overwritten(
    page: JobQueueCategories, settle: Callable[..., None]
) -> None:
    page.list.choose("MAIL")
    page.trigger("edit")
    dialog = page.dialog
    assert dialog is not None
    with connected():
        JobQueueCategory.update(capacity=5).where(JobQueueCategory.code == "MAIL").execute()
    write(dialog, "capacity", "7")
    dialog.save()
    settle(page)
    assert "by somebody else" in dialog.said.text()
    assert stored("MAIL").capacity == 5


def test_a_paused_category_says_so_and_goes_on_again(
    page: JobQueueCategories, settle: Callable[..., None], window: Any
) -> None:
    page.list.choose("IMPORT")
    page.trigger("pause")
    settle(page)
    assert stored("IMPORT").paused
    assert cell(page, "IMPORT", "state") == "Paused"
    assert cell(page, "IMPORT", "next") == "Import items, when the category goes on"
    assert "pause" not in [action.key for action in page.actions_of_page()]
    page.trigger("resume")
    settle(page)
    assert not stored("IMPORT").paused
    assert window.notices[-1].text == "The category goes on"


def test_a_category_is_deleted_only_when_nothing_that_may_run_uses_it(
    page: JobQueueCategories, jobs: dict[str, str], settle: Callable[..., None]
) -> None:
    page.list.choose("IMPORT")
    page.trigger("delete")
    assert page.question is not None
    page.question.choose("delete")
    settle(page)
    assert page.banners.keys == ["refused"]
    assert stored("IMPORT").description == "Imports"
    page.list.choose("MAIL")
    page.trigger("delete")
    assert page.question is not None
    page.question.choose("delete")
    settle(page)
    assert page.list.table.rows.row_of("MAIL") is None


def test_a_category_of_jobs_that_are_over_may_go_and_one_of_a_failed_job_may_not(
    company: object, make_job: JobMaker
) -> None:
    with connected():
        create_category({"code": "OLD"})
        job_id = make_job("Once", "OLD")
        for status in (EntryStatus.ERROR, EntryStatus.ON_HOLD):
            JobQueueEntry.update(status=status).where(JobQueueEntry.id == job_id).execute()
            with pytest.raises(RecordInUseError, match="used by “Once”"):
                delete_category("OLD")
        JobQueueEntry.update(status=EntryStatus.FINISHED).where(JobQueueEntry.id == job_id).execute()
        delete_category("OLD")
        with pytest.raises(RecordChangedError):
            delete_category("OLD")


def test_a_category_that_was_deleted_meanwhile_is_not_made_again_by_a_change(company: object) -> None:
    with connected():
        with pytest.raises(RecordChangedError):
            change_category("GONE", {"capacity": 2}, {"capacity": 1, "known": True})
        with pytest.raises(FieldError):
            create_category({"code": "BIG", "capacity": 101})


def test_a_job_of_another_process_moves_the_counts(
    page: JobQueueCategories, make_job: JobMaker, settle: Callable[..., None]
) -> None:
    with connected():
        before = changes.last_number()
    make_job("Send letters", "MAIL")
    with connected():
        page.records_changed(changes.since(before))
    settle(page)
    assert cell(page, "MAIL", "state") == "Waiting"
    assert cell(page, "MAIL", "waiting") == "1"


def test_what_is_planned_stands_by_its_time_behind_what_waits(
    jobs: dict[str, str], make_job: JobMaker, clock: Clock
) -> None:
    with connected():
        names = [job.name for job in category_jobs("IMPORT", clock.now())]
        first = [job.name for job in category_jobs("IMPORT", clock.now(), limit=1)]
    assert names == ["Import customers", "Import items", "Import prices", "Import vendors"]
    assert first == ["Import customers"]


def test_the_first_category_is_offered_by_the_empty_list(open_page: Callable[..., Any], qtbot: QtBot) -> None:
    page = open_page("job_queue_categories")
    assert page.list.nothing.kind is EmptyKind.FIRST_USE
    page.list.nothing.action_triggered.emit()
    assert page.dialog is not None
    assert page.dialog.isVisible()


def test_a_narrow_window_gives_the_list_all_the_room(page: JobQueueCategories) -> None:
    assert page.jobs.isVisible()
    page.resize(1000, 600)
    assert not page.jobs.isVisible()
