"""A person looks at what runs, sees how long it may run yet, and stops what takes too long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.errors import TooManyTasksError
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from ui.framework.context import PageContext
from ui.pages.task_monitor import TaskMonitor
from ui.sessions.figures import COLUMNS
from ui.sessions.load import BACKGROUND, CHILDREN

Ask = Callable[..., int]


@pytest.fixture
def monitor(context: PageContext, qtbot: QtBot) -> TaskMonitor:
    """The page, open; the tests look, not its timer."""
    page = TaskMonitor(context)
    qtbot.addWidget(page)
    page.resize(1400, 760)
    page.show()
    page.activateWindow()
    page.open_page()
    page._timer.setInterval(1_000_000)
    return page


def _shown(page: TaskMonitor) -> list[tuple[str, ...]]:
    """State, kind, codeunit, page, running for and time-out of each row."""
    rows = page.sessions.table.rows
    keys = ("state", "kind", "codeunit", "page", "running", "timeout")
    return [
        tuple(str(rows.index(line, rows.column_of(key)).data()) for key in keys)
        for line in range(rows.rowCount())
    ]


def _states(page: TaskMonitor) -> dict[str, str]:
    return {row.id: row.state for row in page.sessions.table.rows.rows}


def _ended(page: TaskMonitor) -> list[tuple[str, ...]]:
    """Outcome, page and what went wrong."""
    rows = page.ended.table.rows
    keys = ("outcome", "page", "error")
    return [
        tuple(str(rows.index(line, rows.column_of(key)).data()) for key in keys)
        for line in range(rows.rowCount())
    ]


def _figures(page: TaskMonitor, kind: str) -> dict[str, str]:
    return {column: page.load.figures.ended_text(kind, column) for column in COLUMNS}


def _point_at(page: TaskMonitor, line: int) -> None:
    """Rest the pointer on a row."""
    table = page.sessions.table
    view = table.viewport()
    at = QPointF(20, table.rowViewportPosition(line) + 5)
    QApplication.sendEvent(view, QEnterEvent(at, at, at))
    view.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        at,
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier(0),
    )
    QApplication.sendEvent(view, move)
    assert table.pointer_is_over()


def _leave(page: TaskMonitor) -> None:
    view = page.sessions.table.viewport()
    view.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))


def test_where_nothing_runs_it_says_so_beside_the_window_itself(monitor: TaskMonitor) -> None:
    assert _shown(monitor) == [("Running", "Client", "", "This window", "0 s", "No limit")]
    assert monitor.sessions.hint.isVisible()
    assert monitor.sessions.hint.text() == "Nothing runs in the background right now."
    assert not _is_enabled(monitor, "stop")


def test_it_shows_who_runs_and_who_waits_and_the_seconds_go_by(
    monitor: TaskMonitor, ask: Ask, time: Any
) -> None:
    ask("Customer Card", timeout_ms=60_000)
    ask("Role Centre", timeout_ms=90_000)
    monitor.look()
    codeunit = "Wait for the test · test_wait"
    assert _shown(monitor)[1:] == [
        ("Running", "Child", codeunit, "Customer Card", "0 s", "1 min left"),
        ("Waiting", "Child", codeunit, "Role Centre", "–", "1 min 30 s"),
    ]
    assert not monitor.sessions.hint.isVisible()
    assert monitor.views.tabText(0) == "Running now  2"
    time.seconds = 12.4
    monitor.look()
    assert [row[4:] for row in _shown(monitor)] == [
        ("12 s", "No limit"),
        ("12 s", "48 s left"),
        ("–", "1 min 30 s"),
    ]


def test_background_sessions_stand_beside_child_sessions(
    monitor: TaskMonitor, context: PageContext, time: Any, qtbot: QtBot
) -> None:
    context.sessions.start_session("recalculate_balances", timeout=600)
    context.sessions.start_session("recalculate_balances")
    time.seconds = 65
    monitor.look()
    caption = "Recalculate customer balances · recalculate_balances"
    assert _shown(monitor)[1:] == [
        ("Running", "Background", caption, "", "1 min 5 s", "8 min 55 s left"),
        ("Waiting", "Background", caption, "", "–", "8 h"),
    ]
    assert monitor.load.figures.now_text(BACKGROUND) == "1 of 1 running, 1 of 100 waiting"


def test_several_are_stopped_by_one_key(
    monitor: TaskMonitor, context: PageContext, ask: Ask, window: Any, qtbot: QtBot, hub: Hub
) -> None:
    ask()
    ask()
    context.sessions.start_session("recalculate_balances")
    monitor.look()
    monitor.sessions.table.setFocus()
    monitor.sessions.table.selectAll()
    assert _is_enabled(monitor, "stop"), "the window is among them, and is left out"
    qtbot.keyClick(monitor.sessions.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: hub.is_idle() and not context.sessions.sessions())
    monitor.look()
    assert [notice.text for notice in window.notices] == ["3 sessions were stopped"]
    assert list(_states(monitor)) == ["client"]
    assert [row[0] for row in _ended(monitor)] == ["Cancelled", "Cancelled"]
    assert _figures(monitor, BACKGROUND)["Cancelled"] == "1"
    assert not _is_enabled(monitor, "stop")


def test_one_that_does_not_end_at_once_says_so(monitor: TaskMonitor, ask: Ask, hub: Hub) -> None:
    task_id = ask()
    monitor.look()
    monitor.sessions.choose(f"child {task_id}")
    monitor.trigger("stop")
    assert _states(monitor)[f"child {task_id}"] == "Stopping"
    assert not _is_enabled(monitor, "stop"), "once is enough"


def test_the_selection_stays_with_its_session_when_others_go(
    monitor: TaskMonitor, ask: Ask, hub: Hub, qtbot: QtBot
) -> None:
    first, second, third = ask(), ask(), ask()
    monitor.look()
    monitor.sessions.choose(f"child {second}")
    hub.stop(first)
    hub.stop(third)
    qtbot.waitUntil(lambda: len(hub.child_sessions()) == 1)
    monitor.look()
    assert [row.id for row in monitor.sessions.chosen()] == [f"child {second}"]


def test_the_key_stops_nobody_else_when_the_chosen_one_has_just_ended(
    monitor: TaskMonitor, ask: Ask, hub: Hub, window: Any, qtbot: QtBot
) -> None:
    first, second = ask(), ask()
    monitor.look()
    monitor.sessions.table.setFocus()
    monitor.sessions.choose(f"child {first}")
    hub.stop(first)
    qtbot.waitUntil(lambda: len(hub.child_sessions()) == 1)
    monitor.look()
    qtbot.keyClick(monitor.sessions.table, Qt.Key.Key_Delete)
    assert [info.task_id for info in hub.child_sessions()] == [second]
    assert window.notices == []


def test_no_row_moves_under_the_pointer(
    monitor: TaskMonitor, ask: Ask, hub: Hub, child: Any, ended: Callable[[], None]
) -> None:
    first = ask()
    monitor.look()
    _point_at(monitor, 1)
    child.open.set()
    ended()
    child.open.clear()
    second = ask()
    monitor.look()
    assert _states(monitor) == {
        "client": "Running",
        f"child {first}": "Ended",
        f"child {second}": "Running",
    }
    _leave(monitor)
    assert list(_states(monitor)) == ["client", f"child {second}"]


def test_what_ended_is_told_with_its_error_and_can_be_read_in_full(
    monitor: TaskMonitor, ask: Ask, ended: Callable[[], None], time: Any, hub: Hub, qtbot: QtBot
) -> None:
    ask("Item Card", fail="yes")
    ended()
    ask("Role Centre", timeout_ms=5_000)
    time.seconds = 5.5
    hub.check_time()
    ended()
    monitor.views.setCurrentIndex(1)
    monitor.look()
    late = "Child Session task was terminated because of a timeout."
    assert _ended(monitor) == [
        ("Time-out", "Role Centre", late),
        ("Failed", "Item Card", "There is no item 1896-X. Create the item."),
    ]
    monitor.ended.table.choose(monitor.ended.table.rows.rows[1].id)
    monitor.trigger("error")
    assert monitor.question is not None
    assert monitor.question.windowTitle() == "“Wait for the test”: Failed"
    texts = [part.text() for part in monitor.question.findChildren(QLabel)]
    assert "There is no item 1896-X. Create the item." in texts
    monitor.question.choose("close")
    figures = _figures(monitor, CHILDREN)
    assert (figures["Failed"], figures["Time-outs"], figures["Completed"]) == ("1", "1", "0")


def test_what_was_refused_is_counted_and_listed(monitor: TaskMonitor, ask: Ask, settings: Settings) -> None:
    settings.task_queue_length = 1
    ask()
    ask()
    with pytest.raises(TooManyTasksError):
        ask("Item Card")
    monitor.look()
    assert monitor.load.figures.now_text(CHILDREN) == "1 of 1 running, 1 of 1 waiting"
    assert _figures(monitor, CHILDREN)["Refused"] == "1"
    assert _ended(monitor)[0][:2] == ("Refused", "Item Card")


def test_the_chart_has_one_point_a_second(monitor: TaskMonitor, ask: Ask, time: Any) -> None:
    ask()
    ask()
    for time.seconds in (0.5, 1.0, 1.5, 2.0):
        monitor.look()
    assert monitor.load.chart.points() == [(0.0, 0, 0), (1.0, 1, 1), (2.0, 1, 1)]


def test_it_looks_only_while_it_can_be_seen_and_never_reads_the_company(
    monitor: TaskMonitor, hub: Hub, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert monitor.is_looking()
    monitor.hide()
    assert not monitor.is_looking()
    task_id = ask()

    def read(*_args: object, **_options: object) -> int:
        raise AssertionError("the Task Monitor asks the running program only")

    monkeypatch.setattr(hub, "query", read)
    monitor.show()
    assert monitor.is_looking()
    assert f"child {task_id}" in _states(monitor), "what has changed meanwhile is there at once"
    monitor.close_page()
    assert not monitor.is_looking()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 640)])
def test_it_can_be_read_in_every_window(monitor: TaskMonitor, ask: Ask, size: tuple[int, int]) -> None:
    ask()
    monitor.resize(size[0], size[1] - 140)  # what the frame takes
    monitor.look()
    assert monitor.load.chart.isVisible()
    assert monitor.sessions.table.viewport().height() >= 2 * monitor.sessions.table.rowHeight(0)
    for column in COLUMNS:
        cell = monitor.load.figures._cells[CHILDREN, column]
        assert cell.width() >= cell.sizeHint().width(), f"{column} is cut off"
        assert cell.accessibleName() == f"{CHILDREN}, {column}: 0"
    right = monitor.load.figures.mapTo(monitor, QPoint(monitor.load.figures.width(), 0)).x()
    assert right <= monitor.width()


def test_in_a_window_that_is_too_low_it_scrolls_and_cuts_no_line(monitor: TaskMonitor, ask: Ask) -> None:
    ask()
    monitor.resize(976, 300)
    monitor.look()
    figures = monitor.load.figures
    assert figures.height() >= figures.minimumSizeHint().height()
    assert monitor.sessions.table.viewport().height() >= 2 * monitor.sessions.table.rowHeight(0)


def test_it_can_be_worked_by_the_keyboard_alone(monitor: TaskMonitor, qtbot: QtBot) -> None:
    reached: list[QWidget] = []
    monitor.sessions.table.setFocus()
    for _ in range(20):
        widget = QApplication.focusWidget()
        assert widget is not None
        reached.append(widget)
        monitor.focusNextChild()
    assert {monitor.sessions.table, monitor.views, monitor.load.chart} <= set(reached)


def _is_enabled(page: TaskMonitor, key: str) -> bool:
    return key in {action.key for action in page.actions_of_page()}
