"""The frame: pages open over each other and close again, and what stands around them keeps up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from models.job_rows import NotificationRow, RunningJob
from ui.framework.context import Notice, PageContext
from ui.main_window import MainWindow
from ui.pages.customer_card import CustomerCard
from ui.widgets.search_box import SearchBox


@pytest.fixture
def frame(qtbot: QtBot, context: PageContext) -> Iterator[MainWindow]:
    made = MainWindow(context, "Harbour Supply Ltd.", "harbour.db", "Maria Keller")
    made.closing.connect(lambda event: event.accept())
    made.show()
    made.go_to("customer_list")
    qtbot.waitUntil(context.hub.is_idle)
    yield made
    qtbot.waitUntil(context.hub.is_idle)
    made.close_pages()
    made.deleteLater()


def _titles(frame: MainWindow) -> list[str]:
    return [page.NAME for page in frame.pages()]


def test_a_card_opens_over_its_list_and_escape_comes_back(
    qtbot: QtBot, frame: MainWindow, context: PageContext
) -> None:
    below = frame.current_page()
    frame.navigate("customer_card", key="C00001")
    assert _titles(frame) == ["customer_list", "customer_card"]
    qtbot.waitUntil(context.hub.is_idle)
    frame.go_back()
    assert frame.current_page() is below, "the list is as it was left"
    frame.go_back()
    assert frame.current_page() is below, "the last page stays"


def test_a_card_appears_fasttab_by_fasttab_so_that_the_window_never_waits_for_all_of_it(
    qtbot: QtBot, frame: MainWindow, context: PageContext
) -> None:
    frame.navigate("customer_card", key="C00001")
    card = frame.current_page()
    assert isinstance(card, CustomerCard)
    assert [tab.isVisible() for tab in card.folding_tabs()] == [True, False, False]
    qtbot.waitUntil(lambda: not card.is_appearing())
    assert [tab.isVisible() for tab in card.folding_tabs()] == [True, True, True]


def test_a_page_that_fails_on_its_way_leaves_nothing_in_the_window(
    qtbot: QtBot, frame: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CustomerCard, "create_parts", lambda card: [*card.no_such_parts])
    with pytest.raises(AttributeError):
        frame.navigate("customer_card", key="C00001")
    assert _titles(frame) == ["customer_list"]
    qtbot.waitUntil(lambda: not frame.findChildren(CustomerCard))


def test_escape_in_tell_me_closes_its_list_and_leaves_it_and_the_page_stays(
    qtbot: QtBot, frame: MainWindow, context: PageContext
) -> None:
    frame.navigate("customer_card", key="C00001")
    qtbot.waitUntil(context.hub.is_idle)
    frame.activateWindow()
    field = frame.top_bar.tell_me
    field.open()
    qtbot.keyClicks(field, "sched")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.is_open()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.hasFocus()
    assert _titles(frame) == ["customer_list", "customer_card"]


def test_the_keyboard_is_where_it_was_when_tell_me_was_left(
    qtbot: QtBot, frame: MainWindow, context: PageContext
) -> None:
    qtbot.waitUntil(context.hub.is_idle)
    frame.activateWindow()
    (search,) = frame.pages()[-1].findChildren(SearchBox)
    field = frame.top_bar.tell_me
    for keys in ([Qt.Key.Key_Escape, Qt.Key.Key_Escape], [Qt.Key.Key_Return]):
        search.setFocus()
        field.open()
        qtbot.keyClicks(field, "copy rows")
        for key in keys:
            qtbot.keyClick(field, key)
        assert frame.focusWidget() is search


def test_the_navigation_bar_replaces_everything_that_is_open(
    qtbot: QtBot, frame: MainWindow, context: PageContext
) -> None:
    frame.navigate("customer_card", key="C00001")
    qtbot.waitUntil(context.hub.is_idle)
    frame.nav_bar.page_requested.emit("item_list")
    assert _titles(frame) == ["item_list"]


def test_a_page_that_takes_no_such_argument_leaves_the_trail_as_it_was(frame: MainWindow) -> None:
    with pytest.raises(TypeError):
        frame.navigate("customer_card", nonsense=1)
    assert _titles(frame) == ["customer_list"]


def test_ctrl_i_imports_a_file_from_every_page(qtbot: QtBot, frame: MainWindow, context: PageContext) -> None:
    asked: list[int] = []
    context.import_file = lambda *_: asked.append(1)
    qtbot.keyClick(frame, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    frame.navigate("customer_card", key="C00001")
    qtbot.keyClick(frame, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert len(asked) == 2


def test_a_file_dropped_on_the_window_is_imported(frame: MainWindow, tmp_path: Path) -> None:
    dropped: list[Path] = []
    frame.file_dropped.connect(dropped.append)
    file = tmp_path / "customers.csv"
    file.write_text("No.,Name\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    frame.dropEvent(event)
    assert dropped == [file]


def test_an_undo_in_a_toast_does_what_it_says_once(frame: MainWindow) -> None:
    undone: list[bool] = []
    frame.show_notice(Notice("Deleted.", action="Undo", on_action=lambda: undone.append(True)))
    toast = frame.toasts.visible[-1]
    toast.action_triggered.emit()
    assert undone == [True]


def test_running_jobs_keep_their_rows_and_can_be_stopped(frame: MainWindow, context: PageContext) -> None:
    stopped: list[str] = []
    frame.jobs_popup.stop_requested.connect(stopped.append)
    started = context.clock.now()
    first = RunningJob("a", "Import customers.csv", "In Process", 10, 100, "", started)
    second = RunningJob("b", "Import items.csv", "In Process", 0, 0, "Starting…", started)
    frame.jobs_popup.show_jobs([first, second])
    row = frame.jobs_popup._rows["a"]
    frame.jobs_popup.show_jobs([first._replace(done=50), second])
    assert frame.jobs_popup._rows["a"] is row
    row.stop.click()
    assert stopped == ["a"]
    assert not row.stop.isEnabled()
    frame.jobs_popup.show_jobs([second])
    assert list(frame.jobs_popup._rows) == ["b"]


def test_the_bell_shows_kinds_and_opens_what_a_notification_is_about(
    frame: MainWindow, context: PageContext
) -> None:
    now = context.clock.now()
    rows = [
        NotificationRow(2, "err", "Import failed", "The disk is full.", "job", None, True, now, False),
        NotificationRow(1, "ok", "Import complete", "", "job", 7, False, now - timedelta(minutes=2), True),
    ]
    opened: list[NotificationRow] = []
    frame.bell_popup.open_requested.connect(opened.append)
    frame.bell_popup.show_rows(rows, now)
    assert frame.bell_popup.shown() == rows
    frame.bell_popup._kind.setCurrentText("Errors")
    assert frame.bell_popup.shown() == rows[:1]
