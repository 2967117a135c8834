"""Many rows are written as if each had a statement of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.many_rows import blocks_of, insert_rows, update_blocks


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(_with_tables()) as made:
        yield made


def _with_tables() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.execute(
        "CREATE TABLE account (no TEXT PRIMARY KEY, balance INTEGER, name TEXT, tries INTEGER DEFAULT 0)"
    )
    return made


def _all(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT no, balance, name, tries FROM account ORDER BY no").fetchall()


@given(
    st.dictionaries(
        st.text("ABC1", max_size=6), st.tuples(st.integers(-9, 9), st.text(max_size=3)), max_size=700
    )
)
def test_all_rows_are_there_as_they_were_given_however_many_they_are(
    values: dict[str, tuple[int, str]],
) -> None:
    with closing(_with_tables()) as connection:
        rows = [(no, balance, name) for no, (balance, name) in values.items()]
        insert_rows(connection, "account", ("no", "balance", "name"), rows)
        assert _all(connection) == sorted((no, *rest, 0) for no, *rest in rows)


@pytest.mark.parametrize("number", [1, 266, 267, 1000])
def test_each_row_gets_its_own_values_and_all_others_stay(
    connection: sqlite3.Connection, number: int
) -> None:
    rows = [(f"A{position:05d}", position, "old") for position in range(number + 5)]
    insert_rows(connection, "account", ("no", "balance", "name"), rows)

    changed = [(-position, "new", f"A{position:05d}") for position in range(number)]
    update_blocks(
        connection, "account", ("balance", "name"), blocks_of(changed), key="no", always="tries = tries + 1"
    )

    found = _all(connection)
    assert found[:number] == [(f"A{position:05d}", -position, "new", 1) for position in range(number)]
    assert found[number:] == [(*row, 0) for row in rows[number:]]


def test_none_at_all_is_no_statement(connection: sqlite3.Connection) -> None:
    insert_rows(connection, "account", ("no",), [])
    update_blocks(connection, "account", ("name",), blocks_of([]), key="no")
    assert _all(connection) == []


def test_what_the_database_refuses_is_raised(connection: sqlite3.Connection) -> None:
    insert_rows(connection, "account", ("no", "name"), [("A", "first")])
    with pytest.raises(sqlite3.IntegrityError):
        insert_rows(connection, "account", ("no", "name"), [("B", "second"), ("A", "again")])


def test_a_row_is_found_by_its_key_and_not_by_reading_the_table(connection: sqlite3.Connection) -> None:
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    update_blocks(connection, "account", ("name",), blocks_of([("x", "A"), ("y", "B")]), key="no")
    connection.set_trace_callback(None)
    plan = connection.execute(f"EXPLAIN QUERY PLAN {seen[0]}").fetchall()
    assert any("SEARCH account" in str(step) for step in plan), plan
