"""The rows of an import as a list: each view finds its rows by an index, however many rows the import has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from models.database import connected, database
from models.integration_record_lists import (
    CellColumn,
    RunShape,
    View,
    document_of,
    faults_of,
    in_order,
    record_columns,
    records_query,
    with_errors,
)
from models.list_query import ListQuery, count_rows, keep_order, read_rows

ROWS_ALONE = RunShape(1, "customer", (CellColumn("No.", 0), CellColumn("Name", 1)))
ORDERS = RunShape(
    1, "sales_header", (CellColumn("Order", 0),), documents=True, document_key=CellColumn("Document", 0)
)


def whole(shape: RunShape, view: View, *, matching: int = 900, rows: int = 1_000) -> ListQuery:
    """The question as the list asks it."""
    said = record_columns(shape, view)
    query = records_query(shape, view, matching=matching, rows=rows)
    document = (said.document,) if said.document else ()
    return replace(query, columns=(said.line, said.status, said.error, *document, *said.cells))


def plan(query: ListQuery) -> str:
    """How SQLite finds the first rows of the list."""
    columns = ", ".join((query.key, *query.columns))
    sql = f"SELECT {columns} FROM {query.table} ORDER BY {query.sort}, {query.key} LIMIT 200"
    return "\n".join(row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}").fetchall())


@pytest.mark.parametrize("view", get_args(View))
def test_no_view_looks_at_all_rows_of_the_company_or_sorts_them(company: Path, view: View) -> None:
    with connected():
        for shape in (ROWS_ALONE, ORDERS):
            said = plan(whole(shape, view))
            assert "SCAN" not in said, said
            assert "TEMP B-TREE" not in said, said


def test_a_few_failed_documents_are_found_from_their_statuses(company: Path) -> None:
    with connected():
        said = plan(whole(ORDERS, "errors", matching=3))
    assert said.splitlines()[0].startswith("SEARCH s USING"), "not by walking past every document"
    assert "integration_record_status_open" in said


@pytest.fixture
def staged(company: Path) -> None:
    """Two imports whose rows were staged at the same time, so that their ids are mixed."""
    with connected(), database.atomic():
        for run_id in (1, 2):
            database.execute_sql(
                "INSERT INTO import_run (id, integration_code, definition, file_name, rows, ready, created_at)"
                " VALUES (?, 'X', '{}', 'f.csv', 6, 6, '2026-11-21T09:00:00.000Z')",
                (run_id,),
            )
        for number in range(12):
            run_id, status = 1 + number % 2, (0, 1, 2, 3, 4, 5)[number // 2]
            database.execute_sql(
                "INSERT INTO integration_record (id, run_id, line_no, payload) VALUES (?, ?, ?, ?)",
                (number + 1, run_id, 2 + number // 2, f'["K{number}", "Name"]'),
            )
            database.execute_sql(
                "INSERT INTO integration_record_status (record_id, run_id, status) VALUES (?, ?, ?)",
                (number + 1, run_id, status),
            )
        for message in ("Wrong.", "Also wrong."):
            database.execute_sql(
                "INSERT INTO integration_record_error (record_id, run_id, source_column, code, message)"
                " VALUES (9, 1, 'Name', 'X', ?)",
                (message,),
            )


@pytest.mark.parametrize(
    ("view", "ids"),
    [
        ("all", [1, 3, 5, 7, 9, 11]),
        ("ready", [1]),
        ("completed", [3, 5, 7]),
        ("errors", [9]),
        ("excluded", [11]),
    ],
)
def test_each_view_has_the_rows_of_its_run_alone(staged: None, view: View, ids: list[int]) -> None:
    with connected():
        query = whole(ROWS_ALONE, view)
        assert [row[0] for row in read_rows(query, 0, 200).rows] == ids
        assert count_rows(query) == len(ids)


@pytest.mark.parametrize("view", get_args(View))
@pytest.mark.parametrize("descending", [False, True])
def test_rows_in_the_order_of_a_cell_are_those_of_the_view(
    staged: None, view: View, descending: bool
) -> None:
    query = whole(ROWS_ALONE, view)
    by_cell = in_order(query, ROWS_ALONE, view, query.columns[-2], descending=descending)
    with connected():
        rows = read_rows(query, 0, 200).rows
        rows.sort(key=lambda row: (row[-2], row[0]), reverse=descending)
        assert read_rows(by_cell, 0, 200).rows == rows
        keep_order(by_cell)
        assert read_rows(by_cell, 1, 2).rows == rows[1:3]
        by_line = in_order(by_cell, ROWS_ALONE, view, query.sort, descending=descending)
    assert by_line == replace(query, descending=descending), "an index leads there"


def test_processing_leaves_the_order_of_all_rows_by_a_cell_and_a_repair_does_not(staged: None) -> None:
    query = whole(ROWS_ALONE, "all")

    def place(sort: str) -> list[int]:
        by = in_order(query, ROWS_ALONE, "all", sort, descending=False)
        keep_order(by)
        return [row[0] for row in read_rows(replace(by, columns=()), 0, 200).rows]

    status, key = query.columns[1], query.columns[-2]
    with connected(), database.atomic():
        assert (place(key)[0], place(status)[0]) == (1, 3)
        database.execute_sql('UPDATE integration_record SET edited_payload = \'["A", "B"]\' WHERE id = 9')
        database.execute_sql("UPDATE integration_record_status SET status = 5 WHERE record_id = 3")
        database.execute_sql("UPDATE import_run SET ready = 5, excluded = 1")
        assert (place(key)[0], place(status)[0]) == (1, 9)
        database.execute_sql("UPDATE import_run SET revision = revision + 1")
        assert place(key)[0] == 9


def test_a_row_carries_what_is_wrong_with_which_column(staged: None) -> None:
    with connected():
        ((_, line, status, error, *cells),) = read_rows(whole(ROWS_ALONE, "errors"), 0, 10).rows
        assert with_errors(1) == [9]
    assert (line, status, cells) == (6, "Error", ["K8", "Name"])
    assert faults_of(error) == [("Name", "Wrong."), ("Name", "Also wrong.")]
    assert faults_of(None) == []


def test_a_row_without_a_document_has_none() -> None:
    assert document_of(None) == (0, "", 0)
    assert document_of("[7,null,1]") == (7, "", 1)
