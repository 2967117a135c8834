"""A report as a workbook: values keep their kind, and nothing that Excel refuses is lost in silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.reports import excel
from desktop.reports.document import Column, ColumnKind, Content, Frame

FRAME = Frame("A & B", "Customers: [all] / new?", datetime(2026, 11, 21, 9, 45, tzinfo=UTC), "MARIA")
COLUMNS = (
    Column("Name"),
    Column("Orders", ColumnKind.COUNT),
    Column("Sales", ColumnKind.AMOUNT),
    Column("Since", ColumnKind.DATE),
)
Row = tuple[Any, ...]


def nobody(_done: int) -> None:
    """Nobody watches."""


def written(tmp_path: Path, rows: list[Row], **options: Any) -> openpyxl.Workbook:
    path = tmp_path / "made.xlsx"
    excel.write(path, FRAME, Content(COLUMNS, iter(rows), len(rows), "rows", **options), nobody)
    return openpyxl.load_workbook(path)


def below_heads(sheet: Any) -> Iterator[tuple[Any, ...]]:
    lines = sheet.iter_rows(values_only=True)
    for line in lines:
        if line[0] == "Name":
            break
    yield from lines


def test_numbers_and_dates_are_no_texts(tmp_path: Path) -> None:
    rows: list[Row] = [("Anna", 3, Decimal("-12.5"), date(2026, 2, 1)), ("Ben", None, None, None)]
    book = written(tmp_path, rows, totals=("Total", 3, Decimal("-12.5"), None))
    assert list(below_heads(book.active)) == [
        ("Anna", 3, -12.5, datetime(2026, 2, 1)),
        ("Ben", None, None, None),
        ("Total", 3, -12.5, None),
    ]


def test_a_title_that_no_sheet_may_have_is_no_fault(tmp_path: Path) -> None:
    assert written(tmp_path, []).sheetnames == ["Customers   all    new"]


def test_more_rows_than_a_sheet_takes_go_on_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "ROWS_OF_A_SHEET", 10)
    book = written(tmp_path, [(f"Name {number}", number, None, None) for number in range(25)])
    assert len(book.sheetnames) == 3
    found = [line[1] for sheet in book.worksheets for line in below_heads(sheet)]
    assert found == list(range(25))


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    (line,) = below_heads(written(tmp_path, [("x" * 40_000, 1, None, None)]).active)
    assert len(line[0]) == excel.LONGEST_TEXT
    assert line[0].endswith("x…")


def test_without_rows_it_says_why(tmp_path: Path) -> None:
    (line,) = below_heads(written(tmp_path, [], nothing="Nobody is there.").active)
    assert line[0] == "Nobody is there."
