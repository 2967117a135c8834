"""Columns that one background task works out for the rows in view: never one for each row, never two at once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from desktop.codeunits import registry
from desktop.row_values import requested_keys, row_values
from desktop.sessions.session import Session
from models.changes import Change
from models.customer import Customer
from models.database import connected
from models.errors import BackdeskError
from models.rules import Kind
from tests.waiting import WAIT
from ui.framework.columns import BackgroundColumn, Column, Paint, column_of
from ui.framework.context import PageContext
from ui.framework.lines_part import LinesPart
from ui.framework.list_page import ListPage
from ui.framework.page import Page
from ui.framework.row_values import CellState, RowValues

NAME = "test_of_columns"
LENGTH = BackgroundColumn(
    "length", "Length of the name", Kind.INTEGER, codeunit=NAME, watched=("customer", "sales_header")
)
Settle = Callable[[Page], None]


@dataclass
class Codeunit:
    """Works out the length of names; a test holds it, lets it fail, and sees what it was asked."""

    asked: list[list[str]] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    failure: str = ""
    nonsense: bool = False

    def run(self, session: Session) -> None:
        keys = requested_keys(session.parameters)
        self.asked.append(keys)
        self.begun.release()
        while not self.go.wait(0.01):
            session.check_cancelled()
        if self.failure:
            raise BackdeskError(self.failure, "Ask Maria.")
        names = {row.no: row.name for row in Customer.select().where(Customer.no.in_(keys))}
        values = "names" if self.nonsense else row_values({no: len(name) for no, name in names.items()})
        session.set_background_task_result({"length": values})


class Names(ListPage):
    TITLE = "Names"
    RECORD = Customer
    SORT = "no"
    COLUMNS = (column_of(Customer, "no", paint=Paint.LINK), column_of(Customer, "name", stretch=True), LENGTH)


@pytest.fixture
def codeunit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Codeunit]:
    made = Codeunit()
    made.go.set()
    monkeypatch.setitem(sys.modules, NAME, SimpleNamespace(run=made.run))
    registry.register(registry.Codeunit(9_010, NAME, "A test of columns", NAME))
    yield made
    made.go.set()
    registry.unregister(NAME)


@pytest.fixture
def make(qtbot: QtBot, context: PageContext, codeunit: Codeunit) -> Callable[[], Names]:
    """Opens the list, 10 rows high; changes may start a task at once."""
    context.settings.task_min_interval_ms = 0

    def opened() -> Names:
        page = Names(context)
        qtbot.addWidget(page)
        page.resize(900, 480)
        page.show()
        page.activateWindow()
        page.open_page()
        return page

    return opened


def cell(page: Names, key: str, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
    place = page.model.place_of(key)
    assert place is not None
    return page.model.index(place, 2).data(role)


def said(page: Names, key: str) -> str:
    return str(cell(page, key, Qt.ItemDataRole.AccessibleTextRole))


def begun(qtbot: QtBot, codeunit: Codeunit) -> None:
    qtbot.waitUntil(lambda: codeunit.begun.acquire(blocking=False))


def length(key: str) -> str:
    with connected():
        return str(len(Customer.get_by_id(key).name))


def test_all_rows_in_view_are_filled_by_one_task(
    make: Callable[[], Names], settle: Settle, codeunit: Codeunit
) -> None:
    page = make()
    settle(page)
    _, last = page.view.visible_rows()
    assert len(codeunit.asked) == 1
    assert {f"C{number:05d}" for number in range(1, last + 2)} <= set(codeunit.asked[0])
    assert len(codeunit.asked[0]) < 60
    for number in range(1, last + 2):
        assert cell(page, f"C{number:05d}") == length(f"C{number:05d}")


def test_the_list_is_there_before_the_values_which_say_that_they_come(
    make: Callable[[], Names], settle: Settle, codeunit: Codeunit, qtbot: QtBot
) -> None:
    codeunit.go.clear()
    page = make()
    begun(qtbot, codeunit)
    assert page.model.rowCount() == 60
    assert cell(page, "C00001") == ""
    assert said(page, "C00001") == "Length of the name: being worked out"
    codeunit.go.set()
    settle(page)
    assert said(page, "C00001") == f"Length of the name: {length('C00001')}"


def test_moving_from_row_to_row_cancels_nothing(
    make: Callable[[], Names], settle: Settle, codeunit: Codeunit, qtbot: QtBot
) -> None:
    codeunit.go.clear()
    page = make()
    begun(qtbot, codeunit)
    for _ in range(4):
        qtbot.keyClick(page.view, Qt.Key.Key_Down)
    codeunit.go.set()
    settle(page)
    assert page.current_key() == "C00005"
    assert len(codeunit.asked) == 1
    assert cell(page, "C00001") == length("C00001")


def test_values_stay_with_their_records_when_the_order_changes_meanwhile(
    make: Callable[[], Names], settle: Settle, codeunit: Codeunit, qtbot: QtBot
) -> None:
    codeunit.go.clear()
    page = make()
    begun(qtbot, codeunit)
    page.sort_by("name", descending=True)
    qtbot.waitUntil(lambda: page.model.key(0) != "C00001")
    codeunit.go.set()
    settle(page)
    for place in range(10):
        key = page.model.key(place)
        assert key is not None
        assert cell(page, key) == length(key)


def test_where_the_view_comes_to_rest_wins_and_no_two_run_at_once(
    make: Callable[[], Names], settle: Settle, codeunit: Codeunit, qtbot: QtBot, context: PageContext
) -> None:
    codeunit.go.clear()
    page = make()
    begun(qtbot, codeunit)
    bar = page.view.verticalScrollBar()
    for step in range(1, 11):
        bar.setValue(bar.maximum() * step // 10)
    begun(qtbot, codeunit)
    assert "C00060" in codeunit.asked[-1]
    assert "C00001" not in codeunit.asked[-1]
    assert len(codeunit.asked) == 2
    states = [session.state for session in context.hub.child_sessions()]
    assert states.count("Running") == 1  # the one before is being stopped, or has been
    codeunit.go.set()
    settle(page)
    assert cell(page, "C00060") == length("C00060")
    bar.setValue(0)
    settle(page)
    assert cell(page, "C00001") == length("C00001")
    bar.setValue(bar.maximum())
    settle(page)
    assert len(codeunit.asked) == 3  # what is known is not asked again


def test_a_change_by_somebody_else_keeps_the_value_until_the_new_one_is_there(
    make: Callable[[], Names], settle: Settle, codeunit: Codeunit, qtbot: QtBot
) -> None:
    page = make()
    settle(page)
    begun(qtbot, codeunit)
    before = length("C00003")
    with connected():
        Customer.update(name="Ax").where(Customer.no == "C00003").execute()
    codeunit.go.clear()
    page.records_changed([Change(1, "customer", "C00003")])
    begun(qtbot, codeunit)
    assert said(page, "C00003") == f"Length of the name: {before}"
    page.background_columns._old.timeout.emit()
    assert said(page, "C00003") == f"Length of the name: {before}, being worked out anew"
    codeunit.go.set()
    settle(page)
    assert said(page, "C00003") == "Length of the name: 2"


def test_a_change_while_it_runs_is_worked_out_afterwards(
    make: Callable[[], Names], settle: Settle, codeunit: Codeunit, qtbot: QtBot
) -> None:
    codeunit.go.clear()
    page = make()
    begun(qtbot, codeunit)
    page.records_changed([Change(1, "sales_header", "SO00001")])
    qtbot.waitUntil(lambda: not page.background_columns._pause.isActive())
    assert len(codeunit.asked) == 1  # the one that runs is about these rows: it goes on
    codeunit.go.set()
    settle(page)
    assert len(codeunit.asked) == 2
    page.records_changed([Change(1, "vendor", "V00001")])
    settle(page)
    assert len(codeunit.asked) == 2


def test_a_failure_shows_in_the_cells_with_its_reason_and_f5_tries_again(
    make: Callable[[], Names], settle: Settle, codeunit: Codeunit, qtbot: QtBot
) -> None:
    codeunit.failure = "The scale is broken."
    page = make()
    settle(page)
    reason = "could not be worked out. The scale is broken. Ask Maria. Press F5 to try again."
    assert said(page, "C00002") == f"Length of the name: {reason}"
    rect = page.view.visualRect(page.model.index(1, 2))
    page.view.viewport().grab()
    QToolTip.hideText()
    help_event = QHelpEvent(
        QHelpEvent.Type.ToolTip, rect.center(), page.view.viewport().mapToGlobal(rect.center())
    )
    page.view.viewportEvent(help_event)
    assert QToolTip.text() == f"Length of the name: {reason}"
    QToolTip.hideText()
    assert page.banners.keys == []
    runs = len(codeunit.asked)
    page.view.select_row(5)
    settle(page)
    assert len(codeunit.asked) == runs
    codeunit.failure = ""
    page.trigger("refresh")
    settle(page)
    assert cell(page, "C00002") == length("C00002")
    codeunit.failure = "It broke again."
    page.trigger("refresh")
    settle(page)
    assert said(page, "C00002").startswith(
        f"Length of the name: {length('C00002')}, could not be worked out."
    )


def test_results_that_cannot_be_read_are_an_error_of_the_codeunit(
    make: Callable[[], Names], settle: Settle, codeunit: Codeunit
) -> None:
    codeunit.nonsense = True
    page = make()
    settle(page)
    assert f"The codeunit “{NAME}” returned what cannot be read" in said(page, "C00001")


def test_a_page_that_is_not_in_front_works_nothing_out_until_it_is(
    make: Callable[[], Names], settle: Settle, codeunit: Codeunit
) -> None:
    page = make()
    settle(page)
    page.hide()
    for _ in range(3):
        page.records_changed([Change(1, "customer", "C00001")])
    settle(page)
    assert len(codeunit.asked) == 1
    page.show()
    settle(page)
    assert len(codeunit.asked) == 2


def test_a_closed_page_leaves_nothing_running(
    make: Callable[[], Names], codeunit: Codeunit, qtbot: QtBot, context: PageContext
) -> None:
    codeunit.go.clear()
    page = make()
    begun(qtbot, codeunit)
    page.close()
    assert context.hub.drain(WAIT)
    assert not page.background_tasks_running()


def test_such_a_column_neither_sorts_nor_filters(
    make: Callable[[], Names], settle: Settle, qtbot: QtBot
) -> None:
    page = make()
    settle(page)
    header = page.view.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(2) + 30, 10)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert page.model.asked.sort == "no"
    assert "length" not in page.filter_pane._fields
    for wrong in ({"codeunit": ""}, {"sortable": True}, {"filterable": True}, {"sql": "1"}):
        with pytest.raises(ValueError, match="the background column x"):
            BackgroundColumn("x", "X", **{"codeunit": NAME, **wrong})


def test_the_lines_of_a_document_may_have_such_columns(
    qtbot: QtBot, context: PageContext, codeunit: Codeunit
) -> None:
    columns = (column_of(Customer, "no"), column_of(Customer, "name"), LENGTH)
    part = LinesPart(context, "Customers there", Customer, "city", columns, "no")
    qtbot.addWidget(part)
    part.show()
    part.show_document("London")
    qtbot.waitUntil(lambda: bool(codeunit.asked) and context.hub.is_idle())
    key = part.model.key(0)
    assert key is not None
    qtbot.waitUntil(lambda: part.model.index(0, 2).data() == length(key))
    part.close_lines()


def test_copied_rows_carry_the_values(make: Callable[[], Names], settle: Settle) -> None:
    page = make()
    settle(page)
    page.view.select_row(1)
    assert page.view.copy_rows().split("\n")[1].split("\t")[2] == length("C00002")


def test_only_so_many_rows_are_kept_and_those_looked_at_last_stay() -> None:
    columns: tuple[Column, ...] = (LENGTH,)
    values = RowValues(columns, rows_kept=3)
    values.store(NAME, 0, ["a", "b", "c"], {"length": {"a": 1, "b": 2, "c": 3}})
    assert values.missing(NAME, ["a"]) == []
    values.store(NAME, 0, ["d"], {"length": {"d": 4}})
    assert [values.cell(LENGTH, key).value for key in "abcd"] == [1, None, 3, 4]
    assert values.cell(LENGTH, "b").state is CellState.WAITING


def test_a_row_without_a_value_is_ready_and_empty() -> None:
    values = RowValues((LENGTH,))
    values.store(NAME, 0, ["a"], {"length": {}})
    assert values.cell(LENGTH, "a") == (CellState.READY, None, "")
    assert values.missing(NAME, ["a"]) == []
