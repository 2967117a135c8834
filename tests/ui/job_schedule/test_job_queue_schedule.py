"""A person looks at what ran and what will run: a week, a day, one job, and how long it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.jobqueue import run_calendar
from desktop.jobqueue.recurrence import Schedule, encode
from models import changes
from models.database import connected
from models.job_calendar import RunState, durations, past_runs
from models.job_queue import JobQueueEntry, LogStatus
from ui.job_schedule.run_canvas import RunCanvas
from ui.job_schedule.run_words import tooltip_of
from ui.pages.job_queue_schedule import DAY, DURATIONS, JobQueueSchedule

JobMaker = Callable[..., str]
RunMaker = Callable[..., int]
Opener = Callable[..., Any]
ERROR = "The mail server does not answer. Try again later."


@pytest.fixture
def jobs(make_job: JobMaker, make_run: RunMaker, clock: Clock) -> dict[str, str]:
    """Three jobs on 21 November at 09:45: one that ran thrice and failed once, one at work, one to come."""
    made = {
        "mail": make_job("Send letters", "MAIL"),
        "runs": make_job("Import prices", "IMPORT"),
        "later": make_job("Clean up", start=clock.now() + timedelta(hours=3)),
    }
    make_run(made["mail"], 300, 10)
    make_run(made["mail"], 200, 20)
    make_run(made["mail"], 100, 5, LogStatus.ERROR, ERROR, planned_at=clock.now() - timedelta(minutes=102))
    make_run(made["runs"], 15, None)
    make_run(made["later"], 24 * 60, 30)
    return made


@pytest.fixture
def page(jobs: dict[str, str], open_page: Opener) -> JobQueueSchedule:
    made = open_page("job_queue_schedule")
    assert isinstance(made, JobQueueSchedule)
    return made


@pytest.fixture
def day(jobs: dict[str, str], open_page: Opener) -> JobQueueSchedule:
    made = open_page("job_queue_schedule", view=DAY)
    assert isinstance(made, JobQueueSchedule)
    return made


def states(canvas: RunCanvas) -> list[RunState]:
    return [run.state for run in canvas.runs]


def place_of(canvas: RunCanvas, job_id: str) -> int:
    return next(place for place, block in enumerate(canvas.blocks) if block.job_id == job_id)


def press(qtbot: QtBot, widget: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(widget, key)


def test_a_week_shows_what_ran_what_runs_and_what_is_planned(page: JobQueueSchedule) -> None:
    assert page.period_label.text() == "16 – 22 Nov 2026"
    assert page.count_label.text() == "6 runs, 1 failed"
    assert states(page.week.canvas) == [
        RunState.SUCCESS,
        RunState.SUCCESS,
        RunState.SUCCESS,
        RunState.ERROR,
        RunState.RUNNING,
        RunState.PLANNED,
    ]
    assert page.week.canvas.accessibleName().endswith("3 finished, 1 failed, 1 in process, 1 planned.")


def test_a_planned_run_is_as_long_as_the_job_usually_takes(
    page: JobQueueSchedule, jobs: dict[str, str], clock: Clock
) -> None:
    planned = page.week.canvas.runs[-1]
    assert planned.start == clock.now() + timedelta(hours=3)
    assert planned.end - planned.start == timedelta(minutes=30)
    block = next(block for block in page.week.canvas.blocks if planned in block.runs)
    assert "Usually takes 30 min" in tooltip_of(block, clock.now())


def test_a_bar_says_all_about_its_run(day: JobQueueSchedule, jobs: dict[str, str], clock: Clock) -> None:
    failed = next(block for block in day.line.canvas.blocks if block.failed)
    lines = tooltip_of(failed, clock.now()).split("\n")
    assert lines[:2] == ["Send letters", "Failed"]
    assert lines[2].endswith(", 5 min")
    assert lines[3].endswith("started 2 min later")
    assert lines[4:] == ["Category MAIL", ERROR]


def test_a_day_has_a_row_for_each_job_and_counts_how_many_are_at_work(day: JobQueueSchedule) -> None:
    assert [row.name for row in day.line.canvas.rows] == ["Import prices", "Send letters", "Clean up"]
    assert day.period_label.text() == "Sat 21 Nov 2026"
    assert day.line.canvas.now_x() == pytest.approx(day.line.canvas.width() * 9.75 / 24, abs=2)


def test_the_arrows_go_from_bar_to_bar_and_enter_opens_the_entry(
    day: JobQueueSchedule, jobs: dict[str, str], window: Any, qtbot: QtBot
) -> None:
    canvas = day.line.canvas
    press(qtbot, canvas, Qt.Key.Key_Home)
    first = canvas.current_block()
    assert first is not None
    assert first.runs[0].attempt == 1
    press(qtbot, canvas, Qt.Key.Key_Right, Qt.Key.Key_Right)
    failed = canvas.current_block()
    assert failed is not None
    assert failed.failed == 1
    assert "Failed" in canvas.accessibleDescription()
    press(qtbot, canvas, Qt.Key.Key_Return)
    assert window.opened == [("job_queue_entry_card", {"key": jobs["mail"]})]
    day.trigger("log")
    assert window.opened[-1] == ("job_queue_log_entries", {"job_id": jobs["mail"]})


def test_the_keyboard_begins_with_what_is_not_over(
    day: JobQueueSchedule, jobs: dict[str, str], qtbot: QtBot
) -> None:
    press(qtbot, day.line.canvas, Qt.Key.Key_Down)
    block = day.line.canvas.current_block()
    assert block is not None
    assert block.job_id == jobs["runs"]


def test_without_any_bar_the_keys_do_no_harm(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page("job_queue_schedule")
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Plus)
    press(qtbot, page.week.canvas, *keys)
    assert page.week.canvas.current_block() is None
    assert page.week.canvas.empty_text == "No run in this week, neither past nor planned"


def test_page_up_goes_back_and_t_comes_home(
    day: JobQueueSchedule, settle: Callable[..., None], qtbot: QtBot
) -> None:
    press(qtbot, day.line.canvas, Qt.Key.Key_PageUp)
    settle(day)
    assert day.day == date(2026, 11, 20)
    assert [run.name for run in day.line.canvas.runs] == ["Clean up"]
    press(qtbot, day.line.canvas, Qt.Key.Key_PageUp)
    settle(day)
    assert day.line.canvas.empty_text == "No run on this day, neither past nor planned"
    press(qtbot, day.line.canvas, Qt.Key.Key_T)
    settle(day)
    assert day.day == date(2026, 11, 21)
    assert len(day.line.canvas.runs) == 5


def test_w_and_d_change_between_week_and_day(
    day: JobQueueSchedule, settle: Callable[..., None], qtbot: QtBot
) -> None:
    press(qtbot, day.line.canvas, Qt.Key.Key_W)
    settle(day)
    assert day.view == "Week"
    assert len(day.week.canvas.runs) == 6
    press(qtbot, day.week.canvas, Qt.Key.Key_D)
    settle(day)
    assert day.view == DAY


def test_a_click_on_a_days_name_opens_it(
    page: JobQueueSchedule, settle: Callable[..., None], qtbot: QtBot
) -> None:
    canvas = page.week.canvas
    at = QPoint(int(canvas.left + 4.5 * canvas.column), 10)
    qtbot.mouseClick(page.week._head, Qt.MouseButton.LeftButton, pos=at)
    settle(page)
    assert (page.view, page.day) == (DAY, date(2026, 11, 20))


def test_a_day_is_stretched_until_short_runs_stand_apart(
    make_job: JobMaker, make_run: RunMaker, open_page: Opener, qtbot: QtBot
) -> None:
    job = make_job("Poll the mailbox")
    for place in range(5):
        make_run(job, 60 - place, 0.1)
    page = open_page("job_queue_schedule", view=DAY)
    assert len(page.line.canvas.blocks) == 1
    for _ in range(4):
        press(qtbot, page.line.canvas, Qt.Key.Key_Plus)
    assert len(page.line.canvas.blocks) == 5
    assert not page.closer_button.isEnabled()


def test_a_category_or_a_job_narrows_what_is_shown(
    page: JobQueueSchedule, jobs: dict[str, str], settle: Callable[..., None]
) -> None:
    filters = page.filters
    filters.categories.setCurrentIndex(filters.categories.findData("MAIL"))
    filters.categories.activated.emit(filters.categories.currentIndex())
    settle(page)
    assert {run.name for run in page.week.canvas.runs} == {"Send letters"}
    assert [filters.jobs.itemText(place) for place in range(filters.jobs.count())] == [
        "All jobs",
        "Send letters",
    ]
    filters.categories.setCurrentIndex(0)
    filters.categories.activated.emit(0)
    filters.choose_job(jobs["later"])
    settle(page)
    assert [run.state for run in page.week.canvas.runs] == [RunState.SUCCESS, RunState.PLANNED]


def test_a_recurring_job_shows_its_runs_to_come_until_the_end_of_the_day(
    make_job: JobMaker, open_page: Opener, clock: Clock
) -> None:
    start = clock.now() + timedelta(minutes=15)
    schedule = Schedule(minutes_between=60, weekdays=(0, 1, 2, 3, 4, 5, 6), time_zone="UTC")
    make_job("Recalculate", start=start, schedule=encode(schedule), recurring=True)
    page = open_page("job_queue_schedule", view=DAY)
    runs = page.line.canvas.runs
    assert {run.state for run in runs} == {RunState.PLANNED}
    assert runs[0].start == start
    apart = {later.start - earlier.start for earlier, later in pairwise(runs[1:])}
    assert apart == {timedelta(hours=1)}
    assert clock.now() + timedelta(hours=12) < runs[-1].start < clock.now() + timedelta(hours=15)


def test_a_job_every_minute_is_cut_and_says_so(
    make_job: JobMaker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_calendar, "MOST_OF_ONE_JOB", 100)
    schedule = Schedule(minutes_between=1, weekdays=(0, 1, 2, 3, 4, 5, 6), time_zone="UTC")
    make_job("Poll", start=clock.now() + timedelta(seconds=30), schedule=encode(schedule), recurring=True)
    with connected():
        found = run_calendar.runs_between(clock.now(), clock.now() + timedelta(hours=10), clock.now())
    assert found.cut
    assert len(found.runs) == 100
    assert len({run.start for run in found.runs}) == 100


def test_one_whose_time_has_come_waits_at_this_moment(
    make_job: JobMaker, open_page: Opener, clock: Clock
) -> None:
    make_job("Import", start=clock.now() - timedelta(minutes=5))
    page = open_page("job_queue_schedule", view=DAY)
    (run,) = page.line.canvas.runs
    assert (run.state, run.start) == (RunState.WAITING, clock.now())


def test_what_is_on_hold_is_not_planned(make_job: JobMaker, open_page: Opener) -> None:
    make_job("Month-end close")
    assert open_page("job_queue_schedule").week.canvas.runs == []


def test_a_run_that_ends_elsewhere_is_shown_and_the_keyboard_stays_on_its_bar(
    day: JobQueueSchedule, jobs: dict[str, str], make_run: RunMaker, settle: Callable[..., None], qtbot: QtBot
) -> None:
    canvas = day.line.canvas
    canvas.go_to(place_of(canvas, jobs["later"]))
    with connected():
        before = changes.last_number()
    make_run(jobs["mail"], 50, 2)
    with connected():
        JobQueueEntry.get_by_id(jobs["mail"]).save()
        day.records_changed(changes.since(before))
    qtbot.waitUntil(lambda: len(canvas.runs) == 6)
    block = canvas.current_block()
    assert block is not None
    assert block.job_id == jobs["later"]


def test_the_durations_of_a_job_with_its_failures(
    page: JobQueueSchedule, jobs: dict[str, str], settle: Callable[..., None], window: Any, qtbot: QtBot
) -> None:
    page.week.canvas.go_to(place_of(page.week.canvas, jobs["mail"]))
    page.trigger("durations")
    settle(page)
    assert page.view == DURATIONS
    assert [(point.seconds, point.state) for point in page.chart.points] == [
        (600, RunState.SUCCESS),
        (1_200, RunState.SUCCESS),
        (300, RunState.ERROR),
    ]
    assert page.chart.summary() == "3 runs, 1 failed. It usually takes 15 min."
    press(qtbot, page.chart, Qt.Key.Key_Up)
    assert page.chart.pointed == 2
    assert ERROR in page.chart.accessibleDescription()
    press(qtbot, page.chart, Qt.Key.Key_Return)
    assert window.opened == [("job_queue_log_entries", {"job_id": jobs["mail"]})]


def test_durations_ask_for_a_job_first_and_say_when_it_has_not_run(
    jobs: dict[str, str], make_job: JobMaker, open_page: Opener, settle: Callable[..., None]
) -> None:
    page = open_page("job_queue_schedule", view=DURATIONS)
    assert page.no_job.isVisible()
    page.filters.choose_job(make_job("Never"))
    settle(page)
    assert page.no_job.isVisible()
    page.filters.choose_job(jobs["mail"])
    settle(page)
    assert page.chart.isVisible()


def test_a_run_over_the_edge_of_a_period_belongs_to_it_and_others_do_not(
    make_job: JobMaker, make_run: RunMaker, clock: Clock
) -> None:
    job = make_job("Long")
    inside = [make_run(job, 130, 20), make_run(job, 70, 20), make_run(job, 50, None)]
    make_run(job, 200, 20)
    make_run(job, 30, 5)
    start, end = clock.now() - timedelta(minutes=120), clock.now() - timedelta(minutes=40)
    with connected():
        runs = past_runs(start, end, clock.now())
        assert [run.log_id for run in runs] == inside
        assert runs[-1].end == clock.now()
        assert [point.log_id for point in durations(job, limit=2)] == [inside[-1] + 1, inside[-1] + 2]
        assert past_runs(start, end, clock.now(), category="OTHER") == []
