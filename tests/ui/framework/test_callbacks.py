"""Callbacks: told to the page, refused dialogs and pages, and errors that never get lost."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.errors import CallbackNotAllowedError, UnknownCodeunitError
from desktop.tasks.hub import Hub
from desktop.tasks.task import ErrorLevel, TaskError
from tests.ui.framework.conftest import Held
from tests.ui.framework.telling import NAME, Telling
from tests.waiting import WAIT
from ui.dialogs import Answer, Dialog, ask, tell
from ui.framework.callbacks import check_screen_allowed
from ui.framework.context import PageContext
from ui.framework.page import Page
from ui.framework.part import Part, PartTask, Results
from ui.import_dialog.file_field import choose_file
from ui.main_window import MainWindow
from ui.shell.shortcuts_help import show_shortcuts

# ---- what it may not open


def _ask(page: Page) -> object:
    return ask(page, "Delete it?", "It is gone then.", (Answer("no", "Keep"),), "no", lambda _key: None)


def test_a_callback_that_wants_to_end_the_program_ends_itself(page: Telling, hub: Hub) -> None:
    page.act = lambda: sys.exit(3)
    page.enqueue_background_task(NAME, error_level=ErrorLevel.IGNORE)
    hub.drain(WAIT)
    [(severity, _)] = page.banners.shown()
    assert severity == "err"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"timeout_ms": 0}, ValueError),
        ({"timeout_ms": -5}, ValueError),
        ({"timeout_ms": True}, TypeError),
        ({"timeout_ms": float("nan")}, TypeError),
        ({"timeout_ms": "100"}, TypeError),
        ({"error_level": "Ignore"}, TypeError),
        ({"error_level": None}, TypeError),
    ],
)
def test_time_out_and_level_must_mean_something(
    page: Telling, arguments: dict[str, Any], fault: type[Exception]
) -> None:
    with pytest.raises(fault, match=r"time-out|error level"):
        page.enqueue_background_task(NAME, **arguments)
    assert not page.background_tasks_running()


def test_an_error_of_any_length_is_shown_at_once(page: Telling, hub: Hub) -> None:
    def fault() -> None:
        raise ValueError("x" * 1_000_000)

    page.act = fault
    page.enqueue_background_task(NAME)
    hub.drain(WAIT)
    [(_, words)] = page.banners.shown()
    assert len(words) < 1_200


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize(
    ("call", "opens"),
    [
        ("Confirm (“Delete it?”)", _ask),
        ("Message (“Done.”)", lambda page: tell(page, "Done.", "")),
        ("Page.RunModal (“Keyboard”)", show_shortcuts),
        ("Upload (“Choose a file to import”)", choose_file),
        ("QMessageBox (“Careless”)", lambda page: QMessageBox(parent=page, windowTitle="Careless").open()),
        ("QMessageBox (“Sure?”)", lambda page: QMessageBox.question(page, "Sure?", "It goes.")),
        ("QDialog (“Own”)", lambda page: QDialog(page, windowTitle="Own").exec()),
        ("QWidget (“Beside”)", lambda page: QWidget(page, Qt.WindowType.Window, windowTitle="Beside").show()),
    ],
)
def test_a_callback_that_opens_a_dialog_shows_as_an_error_that_says_why(
    page: Telling, hub: Hub, call: str, opens: Callable[[Page], object], fails: bool
) -> None:
    page.act = lambda: opens(page)
    page.enqueue_background_task(NAME, {"fail": "x"} if fails else {}, error_level=ErrorLevel.IGNORE)
    hub.drain(WAIT)
    assert QApplication.activeModalWidget() is None
    assert [window for window in QApplication.topLevelWidgets() if window.isVisible()] == [page]
    [(severity, words)] = page.banners.shown()
    assert severity == "err"
    assert f"{call} was called when the background task “{NAME}” ended." in words
    assert "Show a banner or a notice with an action instead." in words
    tell(page, "Somebody asked for this one.", "").choose("close")


def test_a_callback_that_opens_a_page_shows_as_an_error_and_the_page_stays(
    qtbot: QtBot, context: PageContext, hub: Hub, codeunit: Held
) -> None:
    frame = MainWindow(context, "Harbour Supply Ltd.", "harbour.db", "Maria Keller")
    qtbot.addWidget(frame)
    frame.closing.connect(lambda event: event.accept())
    context.navigate = frame.navigate
    frame.go_to("settings")
    below = frame.current_page()
    assert below is not None
    for opens in (context.navigate, frame.go_to):
        seen: list[str] = []

        def act(opens: Callable[[str], None] = opens, seen: list[str] = seen) -> None:
            try:
                opens("customer_list")
            except CallbackNotAllowedError as error:
                seen.append(error.call)
                raise

        page = Telling(context)
        page.act = act
        page.open_page()
        page.enqueue_background_task(NAME)
        hub.drain(WAIT)
        assert seen == ["Page.Run"]
        assert "Page.Run (“Customers”) was called" in page.banners.shown()[0][1]
        page.close_page()
        page.deleteLater()
    assert frame.current_page() is below
    frame.close_pages()


def test_every_dialog_of_backdesk_asks_whether_it_may_open() -> None:
    import ui.import_dialog.import_dialog
    import ui.import_dialog.progress_window
    import ui.import_results.heal_dialog
    import ui.import_results.source_line
    import ui.integration_setup.value_map_dialog
    import ui.sales.line_dialog

    own = [
        ui.import_dialog.import_dialog.ImportDialog,
        ui.import_dialog.progress_window.ProgressWindow,
        ui.import_results.heal_dialog.HealDialog,
        ui.import_results.source_line.SourceLineDialog,
        ui.integration_setup.value_map_dialog.ValueMapDialog,
        ui.sales.line_dialog.LineDialog,
    ]
    assert all(issubclass(kind, Dialog) for kind in own)


def test_code_on_another_thread_has_no_screen(page: Telling) -> None:
    refused: list[CallbackNotAllowedError] = []

    def run() -> None:
        try:
            check_screen_allowed("Confirm", "Delete?")
        except CallbackNotAllowedError as error:
            refused.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert refused[0].call == "Confirm"
    assert "child session, which has no screen" in str(refused[0])


# ---- errors


def test_an_unexpected_error_keeps_its_call_stack_behind_show_details(
    page: Telling, hub: Hub, qtbot: QtBot
) -> None:
    page.enqueue_background_task(NAME, {"fail": "the flux is too low"})
    hub.drain(WAIT)
    banner = page.banners._banners[f"task {NAME}"]
    qtbot.mouseClick(banner.buttons["details"], Qt.MouseButton.LeftButton)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, Dialog)
    details = dialog.findChild(QPlainTextEdit)
    assert details is not None
    assert "ZeroDivisionError: the flux is too low" in details.toPlainText()
    dialog.close()


def test_warning_and_error_look_different_and_ignore_shows_nothing(page: Telling, hub: Hub) -> None:
    seen = {}
    for level in ErrorLevel:
        page.enqueue_background_task(NAME, {"fail": "x"}, error_level=level)
        hub.drain(WAIT)
        seen[level] = page.banners.shown()
        page.banners.clear()
    assert seen[ErrorLevel.IGNORE] == []
    [(warning, _)], [(error, _)] = seen[ErrorLevel.WARNING], seen[ErrorLevel.ERROR]
    assert (warning, error) == ("warn", "err")


@pytest.mark.parametrize("parameters", [{}, {"fail": "x"}])
def test_an_error_inside_either_callback_is_an_error_whatever_the_level(
    page: Telling, hub: Hub, parameters: dict[str, str]
) -> None:
    def fault() -> None:
        raise KeyError("amount")

    page.act = fault
    for level in ErrorLevel:
        page.enqueue_background_task(NAME, parameters, error_level=level)
        hub.drain(WAIT)
        assert [severity for severity, _ in page.banners.shown()] == ["err"]
        page.banners.clear()


# ---- what is refused at the call


@pytest.mark.parametrize("run", ["enqueue_background_task", "run_page_background_task"])
@pytest.mark.parametrize(
    ("value", "told"),
    [
        (5, "'count' is 5"),
        (Decimal("1.5"), "'count' is Decimal('1.5')"),
        (date(2026, 11, 21), "datetime.date(2026, 11, 21)"),
        (True, "'count' is True"),
        (None, "'count' is None"),
    ],
)
def test_parameters_that_are_no_texts_are_refused_at_the_call_with_what_to_do(
    page: Telling, hub: Hub, run: str, value: object, told: str
) -> None:
    with pytest.raises(TypeError, match="write format_value") as refused:
        getattr(page, run)(NAME, {"count": value})
    assert told in str(refused.value)
    assert NAME in str(refused.value)
    assert hub.is_idle()
    assert not page.background_tasks_running()


@pytest.mark.parametrize("run", ["enqueue_background_task", "run_page_background_task"])
def test_a_codeunit_that_is_not_there_is_refused_at_the_call(page: Telling, run: str) -> None:
    with pytest.raises(UnknownCodeunitError, match="“no_such_codeunit”"):
        getattr(page, run)("no_such_codeunit")
    with pytest.raises(TypeError, match="texts by name"):
        getattr(page, run)(NAME, "customer=C00001")


# ---- here and now


def test_callbacks_run_here_and_now_know_the_task_as_their_own(page: Telling, hub: Hub) -> None:
    page.run_page_background_task(NAME, run_completion_triggers=True)
    assert page.ended == [0], "the page has enqueued none yet"
    task = page.enqueue_background_task(NAME)
    hub.drain(WAIT)
    assert page.run_page_background_task(NAME, {"fail": "x"}, run_completion_triggers=True) == {}
    assert page.ended == [0, task, task]
    assert [severity for severity, _ in page.banners.shown()] == ["err"]


# ---- trying again


def test_a_page_tries_again_after_a_time_out(page: Telling, hub: Hub, codeunit: Held) -> None:
    def again() -> None:
        if page.errors == ["ChildSessionTaskTimeout"]:
            page.enqueue_background_task(NAME, {"longer": "yes"}, timeout_ms=60_000)

    page.act, page.handles = again, True
    page.enqueue_background_task(NAME, {"fail": "timeout"})
    hub.drain(WAIT)
    assert codeunit.reached[0] == {"fail": "timeout"}
    assert {"longer": "yes"} in codeunit.reached
    assert page.banners.shown() == []


class Figures(Part):
    """A part with one task."""

    def part_tasks(self) -> tuple[PartTask, ...]:
        return (PartTask("slow", cached=False),)

    def show_loading(self) -> None: ...

    def show_results(self, results: Results, computed_at: datetime) -> None: ...

    def show_error(self, error: TaskError) -> None: ...


def test_the_task_monitor_calls_tasks_by_their_page_also_those_of_parts(
    page: Telling, hub: Hub, hold: Callable[[str], Any]
) -> None:
    slow = hold("slow")
    part = Figures(page.context)
    page.body.addWidget(part)
    page.enqueue_background_task("slow")
    part.refresh()
    assert [(info.page, info.codeunit) for info in hub.child_sessions()] == [("Telling", "slow")] * 2
    slow.let_go()
    hub.drain(WAIT)
    part.close_part()
