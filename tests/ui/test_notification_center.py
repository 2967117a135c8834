"""What a job's end tells: in the window where the person is, once, and in the bell until it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.jobqueue import entries
from desktop.notifications import notifications
from desktop.notifications.kinds import NotificationKind
from desktop.notifications.notifications import Severity
from desktop.notifications.preferences import preference_of
from desktop.notifications.telling import tell
from desktop.tasks.task import TaskError
from models.database import connected, database
from models.job_queue import JobQueueEntry, Notification
from ui.framework.context import PageContext
from ui.main_window import MainWindow
from ui.notification_center import NotificationCenter
from ui.notifications import repeats_text
from ui.widgets.buttons import Button

FAILED, ERR = NotificationKind.JOB_FAILED, Severity.ERR


class _Errors:
    def __init__(self) -> None:
        self.told: list[TaskError] = []

    def add(self, error: TaskError) -> None:
        self.told.append(error)


@pytest.fixture
def frame(qtbot: QtBot, context: PageContext) -> Iterator[MainWindow]:
    made = MainWindow(context, "Harbour Supply Ltd.", "harbour.db", "Maria Keller")
    made.closing.connect(lambda event: event.accept())
    made.show()
    yield made
    qtbot.waitUntil(context.hub.is_idle)
    made.close_pages()
    made.deleteLater()


@pytest.fixture
def center(frame: MainWindow, context: PageContext) -> Iterator[NotificationCenter]:
    errors = _Errors()
    made = NotificationCenter(frame, context, 0, errors.add, frame)
    frame.go_to("customer_list")
    yield made
    assert errors.told == []


@pytest.fixture
def told(qtbot: QtBot, center: NotificationCenter, context: PageContext) -> Callable[..., int]:
    """Store a notification and let the window see it."""

    def tell(severity: str, title: str, *, needs_action: bool = False, job_id: str = "job") -> int:
        number = notifications.notify(
            severity, title, job_id=job_id, needs_action=needs_action, clock=context.clock
        )
        center.refresh()
        qtbot.waitUntil(context.hub.is_idle)
        return number

    return tell


def _is_read(number: int) -> bool:
    with connected():
        return Notification.get_by_id(number).read_at is not None


def test_an_error_is_a_banner_until_it_is_opened(
    qtbot: QtBot, frame: MainWindow, context: PageContext, told: Callable[..., int]
) -> None:
    frame.activateWindow()
    qtbot.waitUntil(frame.isActiveWindow)
    number = told("err", "Import failed", needs_action=True)
    page = frame.current_page()
    assert page is not None
    assert page.banners.keys == [f"notification {number}"]
    assert frame.top_bar.bell.count == 1

    page.banners.action_triggered.emit(f"notification {number}", "open")
    qtbot.waitUntil(context.hub.is_idle)
    assert page.banners.keys == []
    opened = frame.current_page()
    assert opened is not None
    assert opened.NAME == "job_queue_log_entries"
    assert _is_read(number)


def test_a_banner_that_is_closed_is_read_and_does_not_come_again(
    qtbot: QtBot,
    frame: MainWindow,
    center: NotificationCenter,
    context: PageContext,
    told: Callable[..., int],
) -> None:
    number = told("warn", "Import complete: 17 records created, 3 errors", needs_action=True)
    page = frame.current_page()
    assert page is not None
    page.banners.closed.emit(f"notification {number}")
    page.banners.remove(f"notification {number}")
    qtbot.waitUntil(context.hub.is_idle)
    center.refresh()
    qtbot.waitUntil(context.hub.is_idle)
    assert _is_read(number)
    assert page.banners.keys == []
    assert frame.top_bar.bell.count == 0


def test_a_success_in_front_of_the_window_is_a_toast_and_stays_in_the_bell(
    qtbot: QtBot, frame: MainWindow, told: Callable[..., int]
) -> None:
    frame.activateWindow()
    qtbot.waitUntil(frame.isActiveWindow)
    told("ok", "Import complete: 88 records created")
    page = frame.current_page()
    assert page is not None
    assert page.banners.keys == []
    assert [toast.text for toast in frame.toasts.visible] == ["Import complete: 88 records created"]
    assert [row.title for row in frame.bell_popup.shown()] == ["Import complete: 88 records created"]
    assert frame.top_bar.bell.count == 0


def test_clearing_the_bell_leaves_nothing(
    qtbot: QtBot,
    frame: MainWindow,
    center: NotificationCenter,
    context: PageContext,
    told: Callable[..., int],
) -> None:
    told("ok", "Import complete")
    frame.bell_popup.clear_requested.emit()
    qtbot.waitUntil(context.hub.is_idle)
    center.refresh()
    qtbot.waitUntil(context.hub.is_idle)
    assert frame.bell_popup.shown() == []


def test_results_that_are_on_the_screen_are_not_announced_over_themselves(
    qtbot: QtBot,
    frame: MainWindow,
    center: NotificationCenter,
    context: PageContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = frame.current_page()
    assert page is not None
    monkeypatch.setattr(page, "current_record", lambda: ("import_run", "7"))
    number = notifications.notify("warn", "Import complete", run_id=7, needs_action=True, clock=context.clock)
    center.refresh()
    qtbot.waitUntil(context.hub.is_idle)
    assert page.banners.keys == []
    assert _is_read(number)


def test_a_kind_that_is_not_to_be_shown_again_is_not_and_can_be_had_back(
    qtbot: QtBot, frame: MainWindow, context: PageContext, center: NotificationCenter
) -> None:
    frame.activateWindow()
    qtbot.waitUntil(frame.isActiveWindow)
    kind = NotificationKind.JOB_FAILED
    number = notifications.notify(
        "err", "“Nightly” ended with an error.", kind=kind.value, needs_action=True, clock=context.clock
    )
    center.refresh()
    qtbot.waitUntil(context.hub.is_idle)
    page = frame.current_page()
    assert page is not None
    page.banners.action_triggered.emit(f"notification {number}", "never")
    qtbot.waitUntil(context.hub.is_idle)
    assert page.banners.keys == []
    assert not preference_of("MARIA", kind).enabled
    assert _is_read(number)
    frame.navigate("my_notifications")
    opened = frame.current_page()
    assert opened is not None
    assert opened.NAME == "my_notifications"


def test_somebody_elses_notifications_are_not_in_the_bell(
    qtbot: QtBot, frame: MainWindow, context: PageContext, center: NotificationCenter
) -> None:
    for user in ("MARIA", "BEN", ""):
        notifications.notify("ok", f"For {user or 'all'}", user_id=user, clock=context.clock)
    center.refresh()
    qtbot.waitUntil(context.hub.is_idle)
    assert [row.title for row in frame.bell_popup.shown()] == ["For all", "For MARIA"]


def test_what_is_below_its_threshold_is_in_the_bell_alone(
    qtbot: QtBot, frame: MainWindow, context: PageContext, center: NotificationCenter
) -> None:
    frame.activateWindow()
    qtbot.waitUntil(frame.isActiveWindow)
    notifications.notify("err", "Quietly", needs_action=True, banner=False, clock=context.clock)
    center.refresh()
    qtbot.waitUntil(context.hub.is_idle)
    page = frame.current_page()
    assert page is not None
    assert page.banners.keys == []
    assert [row.title for row in frame.bell_popup.shown()] == ["Quietly"]


def test_what_repeats_itself_is_counted_on_the_banner_that_is_there(
    qtbot: QtBot, frame: MainWindow, context: PageContext, center: NotificationCenter
) -> None:
    frame.activateWindow()
    qtbot.waitUntil(frame.isActiveWindow)
    with connected():
        job = entries.create_entry("Nightly", "recalculate_balances", user_id="MARIA", clock=context.clock)
        entry = JobQueueEntry.get_by_id(job)

    def fail() -> None:
        title = "“Nightly” ended with an error."
        with connected(), database.atomic():
            tell(FAILED, entry, severity=ERR, title=title, text="No.", needs_action=True, clock=context.clock)
        center.refresh()
        qtbot.waitUntil(context.hub.is_idle)

    for _ in range(6):
        fail()
    page = frame.current_page()
    assert page is not None
    assert page.banners.shown() == [
        ("err", "“Nightly” ended with an error. 5 more failures of “Nightly” · No.")
    ], "one banner, not six"
    assert frame.top_bar.bell.count == 1
    assert [repeats_text(row) for row in frame.bell_popup.shown()] == ["5 more failures of “Nightly”"]


def test_what_an_import_tells_replaces_what_it_told_before(
    qtbot: QtBot, frame: MainWindow, context: PageContext, center: NotificationCenter
) -> None:
    frame.activateWindow()
    qtbot.waitUntil(frame.isActiveWindow)
    pages, numbers = [], []
    for run_id, title in ((1, "240 errors"), (2, "3 errors"), (1, "90 errors"), (1, "5,000 created")):
        severity = "warn" if "errors" in title else "ok"
        number = notifications.notify(
            severity, title, run_id=run_id, needs_action=severity == "warn", clock=context.clock
        )
        numbers.append(number)
        center.refresh()
        qtbot.waitUntil(context.hub.is_idle)
        page = frame.current_page()
        assert page is not None
        pages.append(page.banners.keys)
        frame.navigate("item_list")
    assert pages == [
        [f"notification {numbers[0]}"],
        [f"notification {numbers[1]}"],
        [f"notification {numbers[2]}"],
        [],
    ]
    assert [page.banners.keys for page in frame.pages()] == [[], [f"notification {numbers[1]}"], [], [], []]
    assert [_is_read(number) for number in numbers] == [True, False, True, False]
    center.refresh()
    qtbot.waitUntil(context.hub.is_idle)
    assert frame.top_bar.bell.count == 1


def test_tab_goes_through_the_bell_as_people_read(
    qtbot: QtBot, frame: MainWindow, told: Callable[..., int]
) -> None:
    told("warn", "First", needs_action=True)
    told("warn", "Second", needs_action=True)
    frame.activateWindow()
    frame.top_bar.bell.click()
    said = []
    for _ in range(6):
        focused = frame.focusWidget()
        assert focused is not None
        said.append(focused.accessibleName() or getattr(focused, "text", str)())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert said == [
        "Kind of notification",
        "Mark all as read",
        "Clear",
        "Show job: Second",
        "Show job: First",
        "Choose what you are told…",
    ]


def test_the_bell_leads_to_the_choice_of_what_one_is_told(
    frame: MainWindow, center: NotificationCenter
) -> None:
    frame.top_bar.bell.click()
    links = {button.text(): button for button in frame.bell_popup.findChildren(Button)}
    links["Choose what you are told…"].click()
    assert not frame.bell_popup.is_open
    page = frame.current_page()
    assert page is not None
    assert page.NAME == "my_notifications"
