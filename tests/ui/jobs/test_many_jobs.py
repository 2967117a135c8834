"""A person manages many jobs at once, and makes new ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from models.company import User
from models.database import connected
from models.job_queue import EntryStatus, JobQueueEntry
from tests.ui.jobs.conftest import cell, shown, texts
from ui.jobs.new_entry_dialog import NewEntryDialog
from ui.jobs.reschedule_dialog import RescheduleDialog
from ui.pages.job_queue_entries import JobQueueEntries


def select(page: JobQueueEntries, *job_ids: str) -> None:
    page.list.choose(job_ids[0])
    rows, model = page.list.table.rows, page.list.table.selectionModel()
    for job_id in job_ids[1:]:
        model.select(rows.index_of(job_id), model.SelectionFlag.Select | model.SelectionFlag.Rows)


def test_several_jobs_are_retried_at_once(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    window: Any,
    stored_status: Callable[[str], str],
) -> None:
    select(page, queue["done"], queue["cancelled"])
    assert page.count_label.text() == "7 entries · 2 selected"
    page.trigger("retry")
    settle(page)
    assert {stored_status(queue[name]) for name in ("done", "cancelled")} == {EntryStatus.READY}
    assert window.notices[-1].text == "2 jobs run again"


def test_cancelling_many_tells_how_many_could_not_be_and_why(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    stored_status: Callable[[str], str],
) -> None:
    page.list.table.selectAll()
    page.trigger("cancel")
    settle(page)
    question = page.job_actions.question
    assert question is not None
    assert question.windowTitle() == "Stop “Import customers.csv”?"
    assert "762 are skipped. Those that wait are cancelled too." in texts(question)
    question.choose("stop")
    settle(page)
    assert {stored_status(queue[name]) for name in ("ready", "again", "held")} == {EntryStatus.CANCELLED}
    assert stored_status(queue["running"]) == EntryStatus.CANCELLING
    [(severity, words)] = page.banners.shown()
    assert severity == "warn"
    assert "4 jobs were cancelled, 3 could not be cancelled." in words
    assert "“Import prices.csv” ended with an error" in words
    assert stored_status(queue["done"]) == EntryStatus.FINISHED


def test_several_jobs_start_at_another_time_that_a_person_types(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], qtbot: QtBot
) -> None:
    select(page, queue["ready"], queue["again"])
    page.trigger("start")
    dialog = page.job_actions.dialog
    assert isinstance(dialog, RescheduleDialog)
    assert dialog.windowTitle() == "Reschedule 2 jobs"
    qtbot.keyClicks(dialog.edit, "whenever")
    qtbot.mouseClick(dialog.ok_button, Qt.MouseButton.LeftButton)
    assert dialog.field.error.startswith("“whenever” is not a time.")
    dialog.edit.selectAll()
    qtbot.keyClicks(dialog.edit, "tomorrow 6:00")
    qtbot.keyClick(dialog.edit, Qt.Key.Key_Return)
    settle(page)
    assert cell(page, queue["ready"], "next") == "Tomorrow 06:00"
    assert cell(page, queue["again"], "next") == "Tomorrow 06:00"


def test_priority_is_given_to_what_is_selected(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], window: Any
) -> None:
    select(page, queue["ready"], queue["held"])
    page.trigger("priority")
    assert page.job_actions.question is not None
    page.job_actions.question.choose("1000")
    settle(page)
    assert [cell(page, queue[name], "priority") for name in ("ready", "held", "again")] == [
        "High",
        "High",
        "Normal",
    ]
    assert window.notices[-1].text == "2 jobs have another priority"


def test_a_copy_is_on_hold_and_its_card_opens(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], window: Any
) -> None:
    page.list.choose(queue["done"])
    page.trigger("copy")
    settle(page)
    name, arguments = window.opened[-1]
    assert name == "job_queue_entry_card"
    assert cell(page, arguments["key"], "status") == "On Hold"
    assert cell(page, arguments["key"], "description") == "Copy of Report pack"


def test_failed_entries_are_removed_after_asking(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], window: Any
) -> None:
    page.trigger("failed")
    assert page.job_actions.question is not None
    page.job_actions.question.choose("keep")
    settle(page)
    assert "Import prices.csv" in shown(page)
    page.trigger("failed")
    page.job_actions.question.choose("remove")
    settle(page)
    assert "Import prices.csv" not in shown(page)
    assert window.notices[-1].text == "1 failed entry was removed"


def test_a_new_job_is_chosen_by_number_or_name_and_begins_on_hold(
    page: JobQueueEntries, settle: Callable[..., None], window: Any, qtbot: QtBot
) -> None:
    page.trigger("new")
    dialog = page.job_actions.dialog
    assert isinstance(dialog, NewEntryDialog)
    qtbot.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    assert dialog.object_row.error.startswith("Nothing is chosen to run.")
    dialog.object.setEditText("zebra")
    qtbot.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    assert dialog.object_row.error.startswith("There is no codeunit or report “zebra”.")
    dialog.object.setEditText("60")
    qtbot.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    settle(page)
    name, arguments = window.opened[-1]
    assert name == "job_queue_entry_card"
    assert cell(page, arguments["key"], "description") == "Recalculate customer balances"
    assert cell(page, arguments["key"], "status") == "On Hold"


def test_running_once_shows_how_it_goes_on_and_what_came_of_it(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], elsewhere: Callable[..., Any]
) -> None:
    page.list.choose(queue["held"])
    page.trigger("once")
    settle(page)
    shown_in = page.job_actions.window
    assert shown_in is not None
    assert shown_in.state.pill.status == "Ready"
    with connected():
        assert JobQueueEntry.get_by_id(queue["held"]).run_trigger == "Run Once"
    page.records_changed(elsewhere(queue["held"], status="In Process", attempts=1, total_runs=1))
    settle(page)
    page.on_job_progressed(queue["held"], 5, 10, "Counting")
    assert shown_in.state.words.text() == "Counting · 5 of 10"
    assert shown_in.close_button.text() == "Continue in background"
    page.records_changed(elsewhere(queue["held"], status="Finished", result_text="10 items counted."))
    settle(page)
    assert shown_in.ended
    assert shown_in.state.words.text().startswith("10 items counted")
    assert shown_in.close_button.text() == "Close"


def test_a_job_whose_user_is_gone_is_marked_in_words_too(
    page: JobQueueEntries, queue: dict[str, str], elsewhere: Callable[..., Any], settle: Callable[..., None]
) -> None:
    with connected():
        User.create(user_id="MARIA", full_name="Maria")
    page.records_changed(elsewhere(queue["held"], run_as_user_id="GHOST"))
    settle(page)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert cell(page, queue["held"], "user", role) == "Run as: GHOST, warning"
    tooltip = cell(page, queue["held"], "user", Qt.ItemDataRole.ToolTipRole)
    assert tooltip.startswith("GHOST: This user is disabled or does not exist")


def test_hidden_columns_are_shown_when_a_person_chooses_them(page: JobQueueEntries) -> None:
    table = page.list.table
    place = table.rows.column_of("owner")
    assert table.isColumnHidden(place)
    table.show_column("owner", True)
    assert not table.isColumnHidden(place)
    table.show_column("category", False)
    assert table.isColumnHidden(table.rows.column_of("category"))
