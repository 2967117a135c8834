"""A workbook with several sheets: the one with the data is read, whatever stands before it, and it is said why."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.errors import SourceError
from desktop.imports import service
from desktop.imports.integrations.definition import Choices
from desktop.imports.preview import Preview
from models.database import connected
from models.integration import Integration

Rows = list[list[Any]]
NOTE: Rows = [["Customers of 2026"], ["Name", "M. Weber"]]
DATA: Rows = [["No.", "Name", "City"], ["C1", "Miller", "Kiel"], ["C2", "Smith", "Ulm"]]
PRICES: Rows = [["Article", "Price"], ["A1", 5], ["A2", 6]]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook; names that begin with "~" are hidden."""

    def make(name: str = "book.xlsx", **sheets: Rows) -> Path:
        made = openpyxl.Workbook()
        made.remove(made.active)
        for title, lines in sheets.items():
            sheet = made.create_sheet(title.removeprefix("hidden_"))
            sheet.sheet_state = "hidden" if title.startswith("hidden_") else "visible"
            for line in lines:
                sheet.append(line)
        made.save(tmp_path / name)
        return tmp_path / name

    return make


def damaged(path: Path, part: str) -> Path:
    """The workbook with half of a part."""
    copy = path.with_name("damaged.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for one in old.infolist():
            data = old.read(one)
            new.writestr(one.filename, data[: len(data) // 2] if one.filename.endswith(part) else data)
    return copy


def looked_at(path: Path, **choices: Any) -> tuple[str, list[str]]:
    """The sheet that is read, and the notes."""
    shown: Preview = service.preview(path, "CUSTOMERS", choices=Choices(**choices))
    return shown.dialect.sheet, [warning for warning in shown.warnings if "sheet" in warning]


def test_a_note_before_the_data_is_passed_over(company: Path, book: Any, importer: Any) -> None:
    path = book(Read_me=NOTE, Data=DATA)
    assert looked_at(path) == ("Data", ["Of the 2 sheets with data, “Data” is read: its columns fit best."])
    assert [cells[0] for _, cells in importer.staged(importer.read(path))] == ["C1", "C2"]


def test_the_sheet_with_most_columns_that_are_looked_for_wins_and_the_first_of_equals(
    company: Path, book: Any
) -> None:
    assert looked_at(book(Names=[["No.", "Name"], ["C9", "X"]], Data=DATA, Again=DATA))[0] == "Data"


def test_a_table_that_nobody_knows_is_read_before_a_note(company: Path, book: Any) -> None:
    sheet, notes = looked_at(book(Read_me=NOTE, Prices=PRICES, More=PRICES))
    assert (sheet, notes) == (
        "Prices",
        ["Of the 3 sheets with data, “Prices” is read: it is the first one with a table."],
    )


def test_hidden_sheets_are_read_where_only_they_have_the_data(company: Path, book: Any) -> None:
    assert looked_at(book(hidden_Old=DATA, Data=DATA))[0] == "Data"
    assert looked_at(book(hidden_Old=DATA, Prices=PRICES))[0] == "Prices", "a list behind the scenes"
    assert looked_at(book(Read_me=[["See the other sheet"]], hidden_Old=DATA)) == (
        "Old",
        ["Of the 2 sheets with data, “Old” is read, though it is hidden: its columns fit best."],
    )


def test_who_names_a_sheet_is_obeyed_in_whatever_case(company: Path, book: Any, importer: Any) -> None:
    path = book(Data=DATA, Old=DATA)
    assert looked_at(path, sheet="old") == ("Old", [])
    with connected():
        Integration.update(reading='{"sheet": "Old"}').where(Integration.code == "CUSTOMERS").execute()
    assert looked_at(path) == ("Old", [])
    assert looked_at(path, sheet="Data") == ("Data", [])
    with pytest.raises(SourceError, match="has no sheet “New”; it has: Data, Old"):
        importer.read(path, sheet="New")


def test_where_there_is_nothing_to_choose_from_nothing_is_said(company: Path, book: Any) -> None:
    assert looked_at(book(Data=DATA)) == ("Data", [])
    assert looked_at(book(Data=DATA, Sheet2=[], Sheet3=[])) == ("Data", [])


def test_a_header_further_down_is_looked_for_where_a_person_says(company: Path, book: Any) -> None:
    path = book(First=DATA, Second=[["Report"], ["of today"], *DATA])
    assert looked_at(path)[0] == "First"
    assert looked_at(path, header_line=3)[0] == "Second"
    assert looked_at(path, skip_rows=2)[0] == "Second"


def test_a_damaged_sheet_beside_the_data_does_not_matter_but_is_not_replaced_by_a_note(
    company: Path, book: Any
) -> None:
    path = book(Charts=NOTE, Data=DATA)
    broken = damaged(path, "sheet1.xml")
    assert looked_at(broken)[0] == "Data"
    path = book(Read_me=NOTE, Data=DATA)
    broken = damaged(path, "sheet2.xml")
    with pytest.raises(SourceError, match="is a damaged workbook"):
        looked_at(broken)


def test_orders_and_their_lines_are_found_in_two_sheets_of_one_workbook(
    company: Path, book: Any, importer: Any
) -> None:
    path = book(
        Lines=[["Order No.", "Item No.", "Quantity"], ["O2", "I1", 2], ["O1", "I2", 3]],
        Orders=[["Order No.", "Customer No.", "Order Date"], ["O1", "C1", "2026-11-21"]],
    )
    run_id = importer.read(path, "SALES-ORDERS", path)
    assert [cells[:2] for _, cells in importer.staged(run_id)] == [["O1", "C1"], ["O2", "I1"], ["O1", "I2"]]
