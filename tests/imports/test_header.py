"""Where a table begins and ends: titles above it, names on several rows, totals below, and none of all that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.errors import SourceError
from tests.imports.reading import read


def book(path: Path, lines: list[list[Any]], merged: str = "") -> Path:
    workbook = openpyxl.Workbook()
    for line in lines:
        workbook.active.append(line)
    if merged:
        workbook.active.merge_cells(merged)
    workbook.save(path)
    return path


def test_a_merged_title_above_the_table_is_left_out(tmp_path: Path) -> None:
    lines = [["Customers 2026", None, None], [], ["Number", "Name", "City"], [1, "A", "Kiel"]]
    path = book(tmp_path / "a.xlsx", lines, "A1:C1")
    source, rows = read(path)
    assert source.header == ["Number", "Name", "City"]
    assert rows == [(4, ["1", "A", "Kiel"])]
    assert source.notes == ["The columns are named in line 3; what stands above is left out."]


def test_names_on_several_rows_are_joined_and_titles_over_columns_count_for_each(tmp_path: Path) -> None:
    lines = [["No.", "Address", None, "Note"], [None, "Street", "City", None], [1, "Quay 1", "Kiel", "x"]]
    source, rows = read(book(tmp_path / "a.xlsx", lines, "B1:C1"), header_line=1, header_rows=2)
    assert source.header == ["No.", "Address Street", "Address City", "Note"]
    assert rows == [(3, ["1", "Quay 1", "Kiel", "x"])]


def test_the_real_workbook_with_names_on_five_rows(shared_file: Callable[[str], Path]) -> None:
    source, rows = read(shared_file("workbooks/multiline-headers.xlsx"), header_line=1, header_rows=5)
    assert source.header == [
        "Region",
        "Caloric contribution (%)",
        "Cumulative impact of changes on cost of food basket from previous quarter",
        "Cumulative impact of changes on cost of food basket from baseline (%)",
    ]
    assert rows == [(6, ["A", "B", "C", "D"])]


def test_columns_without_a_name_are_kept_also_behind_the_last_one(tmp_path: Path) -> None:
    source, rows = read(book(tmp_path / "a.xlsx", [["id", None, "name"], [1, 2, 3, 4], [5]]))
    assert source.header == ["id", "Column 2", "name", "Column 4"]
    assert [cells for _, cells in rows] == [["1", "2", "3", "4"], ["5"]]
    assert len(source.notes) == 2


def test_lines_to_skip_and_totals_below(write: Any) -> None:
    path = write("made by;x\nid;name\n\n1;a\n2;b\nTotal;2\nEnd;\n\n")
    source, rows = read(path, delimiter=";", skip_rows=1, footer_rows=2)
    assert source.header == ["id", "name"]
    assert rows == [(4, ["1", "a"]), (5, ["2", "b"])]
    assert source.notes == []


def test_more_feet_than_rows_leave_nothing_and_say_so(write: Any) -> None:
    with pytest.raises(SourceError, match="has no data") as refused:
        read(write("id,name\n1,a\n"), footer_rows=5)
    assert refused.value.code == "Empty"


def test_without_a_header_all_rows_are_data(write: Any) -> None:
    source, rows = read(write("1,a\n2,b,c\n"), has_header=False)
    assert source.header == ["Column 1", "Column 2", "Column 3"]
    assert rows == [(1, ["1", "a"]), (2, ["2", "b", "c"])]
    assert source.dialect.header_line == 0


def test_where_no_name_is_known_the_first_row_that_looks_like_names_is_taken(write: Any) -> None:
    source, _ = read(write("Report,,\n2026,11,21\nNummer,Ort,Betrag\n1,Kiel,2\n"))
    assert source.header == ["Nummer", "Ort", "Betrag"]


def test_blank_and_double_names_get_names_of_their_own(write: Any) -> None:
    source, _ = read(write("id,,id,Column 2,id (2),\n1,2,3,4,5,6\n"))
    assert source.header == ["id", "Column 2 (2)", "id (3)", "Column 2", "id (2)", "Column 6"]
    assert len(set(source.header)) == 6


def test_many_columns_without_a_name_are_told_once(write: Any) -> None:
    source, _ = read(write("id,," + "," * 30 + "\n1" + ",x" * 32 + "\n"))
    assert source.notes == ["32 columns have no name and are called “Column 2” to “Column 33”."]
    source, _ = read(write("id,,\n1,x,y\n"))
    assert source.notes == [
        "The column 2 has no name and is called “Column 2”.",
        "The column 3 has no name and is called “Column 3”.",
    ]


def test_many_columns_of_the_same_name_are_told_once(write: Any) -> None:
    source, _ = read(write("id" + ",tag" * 6 + "\n1" + ",x" * 6 + "\n"))
    assert source.notes == [
        "5 columns are named like another one and are called “tag (2)”, “tag (3)”, “tag (4)” and so on."
    ]


def test_a_row_that_names_the_columns_once_more_is_no_record(write: Any, tmp_path: Path) -> None:
    """Files that were put together, and lists that were printed page by page."""
    text = "id,name\n1,A\nid,name\n2,B\n"
    assert read(write(text))[1] == [(2, ["1", "A"]), (4, ["2", "B"])]
    lines = [["No.", "Name"], [1, "A"], ["No.", "Name"], [2, "B"], ["No.", "Nameless"]]
    rows = read(book(tmp_path / "a.xlsx", lines))[1]
    assert [cells[1] for _, cells in rows] == ["A", "B", "Nameless"]
    assert len(read(write("id\n1\nid\n"))[1]) == 2, "a single word may be a value"
