"""A person sets up from which figure on a cue is bad news, for oneself and for everybody, and sees it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.jobqueue import entries
from models import changes
from models.company import User
from models.cue_setup import DEFAULTS, TASKS_FAILED, TASKS_IN_QUEUE, CueColours, CueStyle, Source, cue_states
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry
from models.permissions import UserPermissionSet
from ui.cue_setup.bands import range_words
from ui.pages.cue_setup import CueSetup
from ui.pages.home import Home


@pytest.fixture
def failed(company: object, clock: Clock) -> None:
    """Four failed jobs of MARIA."""
    with connected(), database.atomic():
        for number in range(4):
            job_id = entries.create_entry(
                f"Job {number}", "recalculate_balances", user_id="MARIA", clock=clock
            )
            JobQueueEntry.update(status=EntryStatus.ERROR).where(JobQueueEntry.id == job_id).execute()


@pytest.fixture
def page(failed: None, open_page: Callable[..., Any]) -> CueSetup:
    made = open_page("cue_setup")
    assert isinstance(made, CueSetup)
    return made


def source_of(cue: str) -> Source:
    with connected():
        return cue_states("MARIA")[cue].source


def colours_of(cue: str) -> CueColours:
    with connected():
        return cue_states("MARIA")[cue].colours


def give_sets() -> None:
    """Ben may do everything, Maria works on orders."""
    for user_id, code in (("BEN", "SUPER"), ("MARIA", "ORDER PROCESSOR")):
        if User.get_or_none(User.user_id == user_id) is None:
            User.create(user_id=user_id)
        UserPermissionSet.create(user_id=user_id, set_code=code)


def write(qtbot: QtBot, page: CueSetup, cue: str, field: str, text: str) -> None:
    line = page.editors[cue].thresholds[field]
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_the_defaults_show_with_the_figure_of_now(page: CueSetup) -> None:
    editor = page.editors[TASKS_FAILED]
    assert editor.tile.value == "4"
    assert (
        editor.bands.accessibleName()
        == "Preview. 0 to 2: Favorable, 3 to 5: Unfavorable, 6 or more: Unfavorable"
    )
    assert editor.source.text() == "The default colours"
    assert not editor.reset.isVisible()


def test_what_is_typed_shows_before_it_is_saved_and_is_saved_with_enter(
    page: CueSetup, settle: Callable[..., None], qtbot: QtBot
) -> None:
    editor = page.editors[TASKS_FAILED]
    second = editor.thresholds["threshold_2"]
    second.setFocus()
    second.selectAll()
    qtbot.keyClicks(second, "10")
    assert "3 to 10: Unfavorable" in editor.bands.accessibleName()
    assert source_of(TASKS_FAILED) is Source.PROGRAM
    qtbot.keyClick(second, Qt.Key.Key_Return)
    settle(page)
    assert colours_of(TASKS_FAILED).threshold_2 == 10
    assert editor.source.text() == "Your own colours"
    assert source_of(TASKS_IN_QUEUE) is Source.PROGRAM


@pytest.mark.parametrize(
    ("text", "said"), [("3", "greater than threshold 1"), ("", "not a number"), ("x", "not a number")]
)
def test_a_second_threshold_that_makes_no_sense_says_so_under_its_field_and_is_not_saved(
    page: CueSetup, settle: Callable[..., None], qtbot: QtBot, text: str, said: str
) -> None:
    line = page.editors[TASKS_FAILED].thresholds["threshold_2"]
    line.setFocus()
    line.clear()
    line.textEdited.emit("")
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    settle(page)
    assert said in page.editors[TASKS_FAILED].rows["threshold_2"].error
    assert source_of(TASKS_FAILED) is Source.PROGRAM


def test_another_style_is_saved_at_once_and_can_be_taken_back(
    page: CueSetup, settle: Callable[..., None], qtbot: QtBot
) -> None:
    editor = page.editors[TASKS_FAILED]
    combo = editor.styles["middle"]
    combo.setCurrentIndex(combo.findData(CueStyle.AMBIGUOUS.value))
    combo.activated.emit(combo.currentIndex())
    settle(page)
    assert colours_of(TASKS_FAILED).middle is CueStyle.AMBIGUOUS
    qtbot.mouseClick(editor.reset, Qt.MouseButton.LeftButton)
    settle(page)
    assert colours_of(TASKS_FAILED) == DEFAULTS[TASKS_FAILED]
    assert editor.styles["middle"].currentData() == CueStyle.UNFAVORABLE.value


def test_what_holds_for_everybody_is_what_one_comes_back_to(
    page: CueSetup, settle: Callable[..., None], qtbot: QtBot
) -> None:
    write(qtbot, page, TASKS_FAILED, "threshold_2", "7")
    settle(page)
    page.views.setCurrentIndex(1)
    write(qtbot, page, TASKS_FAILED, "threshold_2", "20")
    settle(page)
    assert page.editors[TASKS_FAILED].source.text() == "Changed for everybody"
    assert colours_of(TASKS_FAILED).threshold_2 == 7
    page.views.setCurrentIndex(0)
    assert page.editors[TASKS_FAILED].reset.text() == "Back to the company's"
    qtbot.mouseClick(page.editors[TASKS_FAILED].reset, Qt.MouseButton.LeftButton)
    settle(page)
    assert colours_of(TASKS_FAILED).threshold_2 == 20
    assert page.editors[TASKS_FAILED].source.text() == "The company's colours"


def test_only_who_looks_after_the_job_queue_changes_it_for_everybody(
    failed: None, open_page: Callable[..., Any]
) -> None:
    with connected(), database.atomic():
        give_sets()
    page = open_page("cue_setup")
    assert page.editors[TASKS_FAILED].thresholds["threshold_1"].isEnabled()
    page.views.setCurrentIndex(1)
    assert not page.editors[TASKS_FAILED].thresholds["threshold_1"].isEnabled()
    assert page.hint.text().startswith("Only those who look after the job queue")


def test_the_role_centre_follows_and_opens_what_it_counts(
    failed: None, open_page: Callable[..., Any], settle: Callable[..., None], window: Any, qtbot: QtBot
) -> None:
    home: Home = open_page("home")
    tile = home.tile("Tasks failed")
    assert (tile.value, tile.foot) == ("4", "Updated 09:45 · needs attention")
    page = open_page("cue_setup")
    with connected():
        before = changes.last_number()
    write(qtbot, page, TASKS_FAILED, "threshold_2", "50")
    write(qtbot, page, TASKS_FAILED, "threshold_1", "20")
    settle(page)
    with connected():
        home.records_changed(changes.since(before))
    qtbot.waitUntil(lambda: tile.foot == "Updated 09:45")
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    name, arguments = window.opened[-1]
    entries_page = open_page(name, **arguments)
    assert len(entries_page.list.table.rows.rows) == int(tile.value)


def test_who_does_not_look_after_all_counts_and_opens_own_jobs_only(
    failed: None, open_page: Callable[..., Any], window: Any, clock: Clock, qtbot: QtBot
) -> None:
    with connected(), database.atomic():
        job_id = entries.create_entry("Of Ben", "recalculate_balances", user_id="BEN", clock=clock)
        JobQueueEntry.update(status=EntryStatus.ERROR).where(JobQueueEntry.id == job_id).execute()
        give_sets()
    home: Home = open_page("home")
    tile = home.tile("Tasks failed")
    assert tile.value == "4"
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert window.opened == [("job_queue_entries", {"view": "Failed", "owner": "MARIA"})]
    name, arguments = window.opened[0]
    shown = open_page(name, **arguments).list.table.rows.rows
    assert len(shown) == 4
    assert job_id not in {row.id for row in shown}


def test_ranges_are_said_as_a_person_says_them() -> None:
    none = CueStyle.NONE
    assert range_words(CueColours(none, 0, none, 9, none)) == ("none", "0 to 9", "10 or more")
    assert range_words(CueColours(none, 1, none, 1_000, none)) == ("0", "1 to 1,000", "1,001 or more")
