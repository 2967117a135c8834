"""The errors of an import by cause: what has the same field, code and value in common."""

from __future__ import annotations

from typing import Final, NamedTuple

from models.database import database

DOCUMENT_REFUSED: Final = "DocumentRefused"
"""The code of rows that are right themselves, but belong to a document with a row that is not."""


class CauseCount(NamedTuple):
    """One cause, with the column, message and hint of one of its rows, and how many rows have it."""

    target_field: str
    code: str
    value: str
    source_column: str
    message: str
    hint: str
    rows: int


def causes_of(run_id: int, limit: int = -1) -> list[CauseCount]:
    """The causes of a run, the most frequent first, and last the rows that only wait for others of their document.

    Args:
        limit: how many at most; -1 for all. There may be as many as rows.
    """
    rows = database.execute_sql(
        "SELECT target_field, code, value, MIN(source_column), CASE code WHEN ?"
        " THEN 'Not imported, because another row of the same document has an error.' ELSE MIN(message) END,"
        " MIN(hint), COUNT(*) FROM integration_record_error WHERE run_id = ? GROUP BY target_field, code, value"
        " ORDER BY code = ?, COUNT(*) DESC, target_field, code, value LIMIT ?",
        (DOCUMENT_REFUSED, run_id, DOCUMENT_REFUSED, limit),
    ).fetchall()
    return [CauseCount._make(row) for row in rows]


def count_causes(run_id: int) -> int:
    """How many causes a run has."""
    found = database.execute_sql(
        "SELECT COUNT(*) FROM (SELECT DISTINCT target_field, code, value FROM integration_record_error"
        " WHERE run_id = ?) AS causes",
        (run_id,),
    ).fetchone()
    return int(found[0])
