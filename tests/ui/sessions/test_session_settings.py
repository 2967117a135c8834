"""A person limits sessions, a developer makes them slow or lets them fail; it holds at once and is not forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from desktop import settings as settings_store
from desktop.errors import TooManyTasksError
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from ui.framework.context import PageContext
from ui.main_window import MainWindow
from ui.navigation import PAGES
from ui.pages.settings import SettingsPage
from ui.sessions.trial_sign import trial_words

Ask = Callable[..., int]


@pytest.fixture
def page(open_page: Callable[..., Any]) -> SettingsPage:
    made = open_page("settings")
    assert isinstance(made, SettingsPage)
    return made


def _choose(box: QComboBox, text: str) -> None:
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def test_more_at_once_holds_for_the_running_program(page: SettingsPage, hub: Hub, ask: Ask) -> None:
    ask()
    ask()
    assert (hub.running(), hub.waiting()) == (1, 1)
    page.tasks.at_once_box.setValue(5)
    ask()
    assert (hub.running(), hub.waiting()) == (3, 0)


def test_the_limit_of_the_queue_holds_for_the_next_task(page: SettingsPage, ask: Ask) -> None:
    page.tasks.waiting_box.setValue(1)
    ask()
    ask()
    with pytest.raises(TooManyTasksError, match="1 page background task"):
        ask()


def test_every_limit_is_kept_in_its_unit(page: SettingsPage, settle: Callable[[Any], None]) -> None:
    page.tasks.longest_box.setValue(300)
    page.tasks.default_box.setValue(30)
    page.tasks.interval_box.setValue(2_500)
    page.sessions.at_once_box.setValue(3)
    page.sessions.waiting_box.setValue(0)
    settle(page)
    kept = settings_store.load()
    assert (kept.task_max_timeout_ms, kept.task_default_timeout_ms) == (300_000, 30_000)
    assert (kept.task_min_interval_ms, kept.session_concurrency, kept.session_queue_length) == (2_500, 3, 0)
    assert page.sessions.waiting_box.text() == "No limit"
    assert page.tasks.interval_box.text() == "2,500 ms"


def test_the_usual_time_out_is_never_longer_than_the_longest(page: SettingsPage, settings: Settings) -> None:
    page.tasks.longest_box.setValue(20)
    assert page.tasks.default_box.value() == 20
    page.tasks.default_box.setValue(500)
    assert settings.task_default_timeout_ms == 20_000


def test_a_trial_fails_the_next_child_session_on_purpose_and_says_where_to_end_it(
    page: SettingsPage, hub: Hub, ask: Ask, child: Any, ended: Callable[[], None]
) -> None:
    child.open.set()
    assert not page.developer.failure_choice.isEnabled()
    page.developer.mode.click()
    _choose(page.developer.failure_choice, "Always")
    ask()
    ended()
    last = hub.recent()[0]
    assert last.outcome == "Failed"
    assert "on purpose" in last.error
    assert "My Settings, under Developer" in last.error
    page.developer.mode.click()
    ask()
    ended()
    assert hub.recent()[0].outcome == "Completed"


def test_a_trial_may_be_about_one_codeunit_only(
    page: SettingsPage, hub: Hub, ask: Ask, child: Any, ended: Callable[[], None], settings: Settings
) -> None:
    child.open.set()
    page.developer.mode.setChecked(True)
    _choose(page.developer.failure_choice, "Always")
    _choose(page.developer.codeunit_choice, "Blocked customers · blocked_customers")
    assert settings.trial_codeunit == "blocked_customers"
    ask()
    ended()
    assert hub.recent()[0].outcome == "Completed"


def test_a_trial_of_a_codeunit_that_has_gone_can_still_be_seen_and_changed(
    context: PageContext, settings: Settings, open_page: Callable[..., Any]
) -> None:
    settings.trial_codeunit = "of_an_extension"
    page = open_page("settings")
    assert page.developer.codeunit_choice.currentText() == "of_an_extension"
    page.developer.mode.setChecked(True)
    assert settings.trial_codeunit == "of_an_extension"


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        ({"trial_delay_ms": 3_000}, "Trial: sessions are slowed by 3,000 ms"),
        ({"trial_failure": "Every second time"}, "Trial: sessions fail every second time"),
        (
            {"trial_delay_ms": 500, "trial_failure": "Always"},
            "Trial: sessions are slowed by 500 ms and always fail",
        ),
        (
            {"trial_delay_ms": 500, "trial_codeunit": "blocked_customers"},
            "Trial: sessions are slowed by 500 ms (only “Blocked customers”)",
        ),
        ({}, ""),
        ({"trial_delay_ms": 3_000, "developer_mode": False}, ""),
    ],
)
def test_the_sign_says_what_sessions_undergo(trial: dict[str, Any], words: str) -> None:
    assert trial_words(Settings(**{"developer_mode": True, **trial})) == words


def test_the_window_shows_the_sign_at_once_and_until_the_trial_ends(
    context: PageContext, settings: Settings, company: Path, qtbot: QtBot
) -> None:
    settings.developer_mode, settings.trial_delay_ms = True, 3_000
    window = MainWindow(context, "Harbour Supply Ltd.", company.name, "Maria König")
    qtbot.addWidget(window)
    window.show()
    sign = window.status_line.trial
    assert sign.isVisible(), "a trial of the last time is told from the start"
    window.go_to("task_monitor")
    sign.change_button.click()
    page = window.current_page()
    assert isinstance(page, SettingsPage)
    page.developer.delay_box.setValue(5_000)
    assert sign.words.text() == "Trial: sessions are slowed by 5,000 ms"
    page.developer.mode.setChecked(False)
    assert not sign.isVisible()
    window.close_pages()


def test_people_find_the_task_monitor_under_the_words_they_know() -> None:
    entry = PAGES["task_monitor"]
    assert entry.title == "Task Monitor"
    assert {"my sessions", "child sessions", "background tasks"} <= set(entry.search_terms)
