"""The editor of a schedule: a person types and chooses, and sees at once when it runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.clock import fixed_clock
from desktop.jobqueue.recurrence import Schedule
from ui.jobs.schedule_editor import BY_DAYS, BY_FORMULA, ONCE, ScheduleEditor
from ui.theme import Theme

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)  # a Saturday
OFFICE = Schedule(
    weekdays=(0, 1, 2, 3, 4), minutes_between=30, starting_time="08:00", ending_time="16:00", time_zone="UTC"
)


@pytest.fixture
def editor(qtbot: QtBot, look: Theme) -> ScheduleEditor:
    made = ScheduleEditor(fixed_clock(NOW))
    qtbot.addWidget(made)
    made.resize(900, 420)
    made.show()
    return made


@pytest.fixture
def told(editor: ScheduleEditor) -> list[Schedule | None]:
    heard: list[Schedule | None] = []
    editor.schedule_changed.connect(heard.append)
    return heard


def type_into(qtbot: QtBot, edit: object, text: str) -> None:
    edit.setFocus()  # type: ignore[attr-defined]
    edit.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_the_next_ten_runs_stand_beside_the_fields(editor: ScheduleEditor) -> None:
    editor.show_schedule(OFFICE)
    runs = editor.runs.shown_runs()
    assert len(runs) == 10
    assert runs[0].startswith("Mon")
    assert "23 Nov 2026" in runs[0]
    assert "Every 30 minutes on Monday to Friday, from 08:00 to 16:00" in editor.runs.sentence.text()


def test_they_change_while_one_types_and_are_told_when_one_has_finished(
    qtbot: QtBot, editor: ScheduleEditor, told: list[Schedule | None]
) -> None:
    editor.show_schedule(OFFICE)
    before = editor.runs.shown_runs()
    editor.starting.setFocus()
    editor.starting.selectAll()
    qtbot.keyClicks(editor.starting, "9")
    assert editor.runs.shown_runs() != before
    assert told == []
    qtbot.keyClick(editor.starting, Qt.Key.Key_Return)
    assert [schedule.starting_time for schedule in told if schedule] == ["09:00"]


def test_a_day_is_chosen_with_a_click(
    qtbot: QtBot, editor: ScheduleEditor, told: list[Schedule | None]
) -> None:
    editor.show_schedule(OFFICE)
    qtbot.mouseClick(editor.weekdays.buttons[5], Qt.MouseButton.LeftButton)
    assert told[-1] is not None
    assert told[-1].weekdays == (0, 1, 2, 3, 4, 5)


def test_a_single_run_becomes_a_recurring_one_and_back(
    editor: ScheduleEditor, told: list[Schedule | None]
) -> None:
    editor.show_schedule(None)
    assert editor.runs.sentence.text() == "It runs once, at its earliest start."
    assert editor.rows["weekdays"].isHidden()
    editor.kind.setCurrentText(BY_DAYS)
    assert told == [Schedule(weekdays=(0, 1, 2, 3, 4))]
    assert len(editor.runs.shown_runs()) == 10
    editor.kind.setCurrentText(ONCE)
    assert told[-1] is None


def test_a_wrong_formula_says_where_and_is_not_told(
    qtbot: QtBot, editor: ScheduleEditor, told: list[Schedule | None]
) -> None:
    editor.show_schedule(None)
    editor.kind.setCurrentText(BY_FORMULA)
    type_into(qtbot, editor.formula, "1D+CX")
    assert editor.rows["date_formula"].error.startswith("1D+C↑X   C stands without a unit of time.")
    assert editor.runs.shown_runs() == []
    assert told == []
    type_into(qtbot, editor.formula, "1d+cm")
    assert told == [Schedule(date_formula="1D+CM")]
    assert editor.rows["date_formula"].error == ""


@pytest.mark.parametrize(
    ("field", "text", "error"),
    [
        ("minutes", "often", "“often” is not a number."),
        ("starting", "25:00", "“25:00” is not a time of day."),
        ("zone", "Mars", "There is no time zone “Mars”."),
    ],
)
def test_what_makes_no_sense_stands_under_its_field(
    qtbot: QtBot, editor: ScheduleEditor, told: list[Schedule | None], field: str, text: str, error: str
) -> None:
    editor.show_schedule(OFFICE)
    editor.zone.setCompleter(None)  # its list wants the keyboard, which there is none of off the screen
    edit = getattr(editor, field)
    type_into(qtbot, edit, text)
    row = next(row for row in editor.rows.values() if row.editor is edit)
    assert row.error.startswith(error)
    assert told == []


def test_the_cap_is_asked_for_only_where_missed_runs_are_caught_up(editor: ScheduleEditor) -> None:
    editor.show_schedule(OFFICE)
    assert editor.rows["run_all_cap"].isHidden()
    editor.misfire.setCurrentIndex(2)
    assert not editor.rows["run_all_cap"].isHidden()


def test_the_entrys_own_start_and_expiration_count(editor: ScheduleEditor) -> None:
    editor.show_schedule(OFFICE, earliest_start=NOW + timedelta(days=9), expires_at=NOW + timedelta(days=9.1))
    runs = editor.runs.shown_runs()
    assert 0 < len(runs) < 10
    assert all("30 Nov 2026" in run for run in runs)


def test_what_is_being_typed_stays_when_the_entry_is_read_anew(qtbot: QtBot, editor: ScheduleEditor) -> None:
    editor.show_schedule(OFFICE)
    editor.minutes.setFocus()
    editor.minutes.selectAll()
    qtbot.keyClicks(editor.minutes, "45")
    editor.show_schedule(OFFICE)
    assert editor.minutes.text() == "45"
