"""The rows of a list: what a cell says is worked out when it is looked at, and told where it has become another."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QModelIndex
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ui.jobs.rows_model import RowsModel, TableColumn
from ui.jobs.rows_table import RowsTable
from ui.jobs.wording import Progress


class Line(NamedTuple):
    id: int
    name: str


def many(word: str = "Line") -> list[Line]:
    return [Line(number, f"{word} {number}") for number in range(500)]


def test_of_many_rows_those_on_the_screen_alone_are_put_into_words(qtbot: QtBot) -> None:
    """Five hundred rows with all their columns would hold up the window each time something is written."""
    said: list[int] = []

    def value(row: Line) -> Progress:
        said.append(row.id)
        return Progress(row.name)

    table = RowsTable((TableColumn("name", "Name", value),), "Lines")
    qtbot.addWidget(table)
    table.resize(400, 400)
    table.show()
    table.rows.set_rows(many())
    qtbot.waitUntil(lambda: 0 in said)
    assert set(said) == set(range(len(set(said))))
    assert len(set(said)) < 30
    del said[:]
    table.rows.update_rows(many("Other"))
    assert len(said) < 30
    table.scrollToBottom()
    qtbot.waitUntil(lambda: 499 in said)


def test_only_cells_that_somebody_knows_and_that_differ_are_told(qtmodeltester: ModelTester) -> None:
    model = RowsModel((TableColumn("name", "Name", lambda row: Progress(row.name)),))
    told: list[int] = []

    def note(first: QModelIndex, _last: QModelIndex) -> None:
        told.append(first.row())

    model.dataChanged.connect(note)
    qtmodeltester.check(model)
    model.set_rows(many())
    assert [model.index(row, 0).data() for row in (3, 7)] == ["Line 3", "Line 7"]
    after = many()
    after[3], after[9] = Line(3, "Third"), Line(9, "Ninth")
    del told[:]
    model.update_rows(after)
    assert 3 in told
    assert 7 not in told
    assert [model.index(row, 0).data() for row in (3, 7, 9)] == ["Third", "Line 7", "Ninth"]
    model.set_rows(after[5:])
    assert model.index(0, 0).data() == "Line 5"
    model.set_rows(many())
    assert model.index(model.index_of(3).row(), 0).data() == "Line 3", (
        "it was away and has come back as another"
    )
