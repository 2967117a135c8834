"""Tables as they are printed: what is drawn around the records is left out, counted and told."""

from __future__ import annotations

import json
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.imports import service
from desktop.imports.afterwards.reconciliation import reconcile
from desktop.imports.sources.left_out import LeftOut, Why
from desktop.imports.sources.printed_rows import only_records
from models.database import connected
from models.integration_record import ImportRun
from tests.imports.conftest import new_session
from tests.imports.reading import read


def left_out(source: Any) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(rows.why, rows.count, rows.lines) for rows in source.left_out.rows]


def test_the_border_under_the_names_becomes_no_customer(importer: Any, write: Any) -> None:
    """What sqlcmd and Markdown write has as many cells as a row, so that nothing else would stop it."""
    for text in (
        "No.;Name;City\n---;----;----\nC1;A;Kiel\n",
        "| No. | Name | City |\n|:----|:----:|----:|\n| C1 | A | Kiel |\n",
    ):
        summary = importer(write(text))
        assert (summary.rows, summary.created + summary.unchanged, summary.errors) == (1, 1, 0)


@pytest.mark.parametrize(
    ("text", "borders"),
    [
        (" No.   |   Name\n-------+---------\n C1    | A\n(1 row)\n", (2,)),
        (
            "+-----+------+\n| No. | Name |\n+-----+------+\n| C1  | A    |\n+-----+------+\n"
            "1 row in set (0.00 sec)\n",
            (3, 5),
        ),
        ("┌─────┬──────┐\n│ No. │ Name │\n├─────┼──────┤\n│ C1  │ A    │\n└─────┴──────┘\n1 row\n", (3, 5)),
        ("No.|Name\n===|====\nC1|A\n***|*****\n\n1 rows selected.\n", (2, 4)),
    ],
)
def test_what_databases_draw_and_count_is_left_out(
    write: Any, importer: Any, text: str, borders: tuple[int, ...]
) -> None:
    path = write(text)
    run_id = importer.read(path)
    cells = [[cell.strip() for cell in cells if cell.strip()] for _, cells in importer.staged(run_id)]
    assert cells == [["C1", "A"]]
    told = {rows["why"]: rows["lines"] for rows in json.loads(_run(run_id).dialect)["left_out"]}
    assert told[Why.BORDER] == list(borders)
    assert len(told[Why.ROW_COUNT]) == 1


def test_the_heads_of_printed_pages_are_left_out_where_the_names_follow(write: Any) -> None:
    pages = [f"Customers;;Page {page}\n\x0cid;name\n{page}1;A\n{page}2;B\n" for page in (1, 2, 13)]
    source, rows = read(write("".join(pages)))
    assert [cells[0] for _, cells in rows] == ["11", "12", "21", "22", "131", "132"]
    assert left_out(source) == [
        (Why.ABOVE, 1, (1,)),
        (Why.NAMES, 2, (6, 10)),
        (Why.PAGE_HEAD, 2, (5, 9)),
    ]


def test_a_row_like_a_title_stays_where_no_names_follow(write: Any) -> None:
    """ "Kiel 2" may be a record, or the head of a page; only the names below tell it for certain."""
    source, rows = read(write("Kiel 1;x\nid;name\nKiel 2;x\nKiel 3;x\n1;A\nKiel 4;x\n"))
    assert [cells[0] for _, cells in rows] == ["Kiel 2", "Kiel 3", "1", "Kiel 4"]
    assert left_out(source) == [(Why.ABOVE, 1, (1,))]
    many = "".join(f"Kiel {number};x\n" for number in range(120))
    assert len(read(write(f"Kiel 1;x\nid;name\n{many}1;A\n"))[1]) == 121


def test_numbers_of_pages_below_each_page_are_left_out(write: Any) -> None:
    source, rows = read(write("id;name\n1;A\n;Seite 1 von 2\n2;B\n;Page 2\n3;Page 3\n"))
    assert [cells for _, cells in rows] == [["1", "A"], ["2", "B"], ["3", "Page 3"]]
    assert left_out(source) == [(Why.PAGE_NUMBER, 2, (3, 5))]


def test_a_row_with_anything_but_lines_is_a_record(write: Any) -> None:
    """Dashes stand for "nothing" in many files, and some codes are made of them."""
    kept = ["-;-", "--;--", "---;none", "-1;---", "***;***", "...;..."]
    source, rows = read(write("id;name\n" + "\n".join(kept) + "\n"))
    assert [";".join(cells) for _, cells in rows] == kept
    assert left_out(source) == []


def test_names_are_known_again_with_other_blanks(write: Any) -> None:
    source, rows = read(write("id,name,city\n1,A,Kiel\n id , name , city ,,\n2,B,Ulm\n"))
    assert [cells[0] for _, cells in rows] == ["1", "2"]
    assert left_out(source) == [(Why.NAMES, 1, (3,))]


def test_names_are_known_again_behind_the_mark_of_an_encoding(write: Any) -> None:
    """As where files were put together by a command."""
    source, rows = read(write("\ufeffid,name\n1,A\n\ufeffid,name\n2,B\n"))
    assert [cells[0] for _, cells in rows] == ["1", "2"]
    assert left_out(source) == [(Why.NAMES, 1, (3,))]


def test_lines_of_blanks_are_no_rows(write: Any) -> None:
    assert [line for line, _ in read(write("id;name\n1;A\n  ;  \n\x0c\n2;B\n"))[1]] == [2, 5]


def test_borders_are_left_out_of_a_table_without_names(write: Any) -> None:
    source, rows = read(write("-----;-----\n1;A\n2;B\n=====;=====\n"), has_header=False)
    assert [cells[0] for _, cells in rows] == ["1", "2"]
    assert left_out(source) == [(Why.BORDER, 2, (1, 4))]


def test_a_border_above_the_names_is_not_taken_for_them(write: Any) -> None:
    source, _ = read(write("=====;=====;=====\nNummer;Ort;Betrag\n-----;-----;-----\n1;Kiel;2\n"))
    assert (source.header, source.notes) == (["Nummer", "Ort", "Betrag"], [])


def test_borders_in_a_workbook_are_left_out(tmp_path: Any) -> None:
    book = openpyxl.Workbook()
    for cells in (["id", "name"], ["----", "--------"], [1, "A"], [None, "--------"], ["Total", None]):
        book.active.append(cells)
    book.save(tmp_path / "a.xlsx")
    source, rows = read(tmp_path / "a.xlsx")
    assert [cells for _, cells in rows] == [["1", "A"], ["Total"]]
    assert left_out(source) == [(Why.BORDER, 2, (2, 4))]


def test_rows_at_the_end_are_counted_when_somebody_leaves_them_out(write: Any) -> None:
    source, rows = read(write("id;name\n1;A\n2;B\nTotal;2\n"), footer_rows=1)
    assert len(rows) == 2
    assert left_out(source) == [(Why.AT_END, 1, (4,))]


def test_what_was_left_out_is_told_before_and_after_and_kept_with_the_import(
    importer: Any, write: Any
) -> None:
    lines = "".join(
        f"C{number};A;Kiel\n{'No.;Name;City' if number % 2 else '---;---;---'}\n" for number in range(14)
    )
    path = write(f"No.;Name;City\n{lines}")
    expected = [
        "7 rows that name the columns once more are left out: lines 5, 9, 13, 17, 21 and so on.",
        "7 border lines are left out: lines 3, 7, 11, 15, 19 and so on.",
    ]
    warnings = service.preview(path, "CUSTOMERS").warnings
    assert sorted(expected) == sorted(line for line in warnings if "left out" in line)
    notes: list[str] = []
    run_id = service.read(path, "CUSTOMERS", new_session(), on_notes=notes.extend)
    assert sorted(expected) == sorted(line for line in notes if "left out" in line)
    importer.process(run_id)
    found = reconcile(run_id)
    assert (found.equation, found.differs) == ("14 rows = 14 created", False)
    assert found.text == (
        "Every row is accounted for. "
        "The file also has 7 border lines, 7 rows that name the columns once more, left out."
    )


_CELLS = st.sampled_from(
    ["", " ", "id", "name", "1", "Kiel", "---", "=====", "Page 2", "(3 rows)", "Kiel 7", "\x0cKiel 8"]
)


@given(st.lists(st.lists(_CELLS, min_size=1, max_size=3), max_size=40))
def test_every_row_is_a_record_or_counted_or_blank(cells: list[list[str]]) -> None:
    """And those that are records come as they stand, in their order."""
    told = LeftOut()
    rows = list(enumerate(cells, 3))
    kept = list(only_records([["id", "name"]], [["Kiel 1", ""]], iter(rows), told))
    assert kept == sorted(row for row in rows if row in kept)
    blank = [line for line, row in rows if not any(cell.strip() for cell in row)]
    counted = [line for left in told.rows for line in left.lines]
    assert sorted([*(line for line, _ in kept), *counted, *blank]) == [line for line, _ in rows]
    assert sum(left.count for left in told.rows) == len(counted)


def test_in_a_single_column_every_line_is_a_value(write: Any) -> None:
    assert len(read(write("id\n1\nid\n---\nPage 2\n"))[1]) == 4


def _run(run_id: int) -> Any:
    with connected():
        return ImportRun.get_by_id(run_id)
