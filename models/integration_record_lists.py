"""The staged rows of an import as a list: views, causes, documents, and the columns of the file or of both files.

Rows are found through an index and what is left out is never looked at, so that a million of them cost as little as
a hundred: values of other tables are read by sub-queries, only for the rows that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, Literal, NamedTuple

import msgspec

from models.database import database
from models.filters import Condition
from models.import_rows import STATUS_WORDS
from models.integration_record import RecordStatus
from models.list_query import ListQuery

PROCESSING: Final = "Processing"
View = Literal["all", "ready", "errors", "completed", "excluded", "reversed"]
_IN_HAND: Final = 500  # rows behind the cursor that are shown as being processed
STATUSES: Final[dict[View, tuple[RecordStatus, ...]]] = {
    "ready": (RecordStatus.READY,),
    "errors": (RecordStatus.ERROR,),
    "completed": (RecordStatus.CREATED, RecordStatus.UPDATED, RecordStatus.UNCHANGED),
    "excluded": (RecordStatus.EXCLUDED,),
    "reversed": (RecordStatus.REVERSED,),
}
"""The statuses of the rows in a view; "all" has any."""
_COUNTERS: Final = ("ready", "errors", "created", "updated", "unchanged", "excluded", "reversed")
_FEW: Final = 20  # one in so many: sorting what there is costs less than walking past all others


class Cause(NamedTuple):
    """What a group of errors has in common."""

    target_field: str
    code: str
    value: str


class CellColumn(NamedTuple):
    """One column of the file: its place among the cells of a row, None where the rows of that file have none.

    Args:
        in_lines: the same for rows of the second file, where lines come in one of their own.
    """

    caption: str
    place: int | None
    in_lines: int | None = None


class RunShape(NamedTuple):
    """What decides how the rows of a run are listed.

    Args:
        two_files: rows of a second file are among them.
        documents: rows of one document belong together.
        document_key: where the cells name the document, in each file.
        target_table: the table that rows become records of.
    """

    run_id: int
    target_table: str = ""
    columns: tuple[CellColumn, ...] = ()
    two_files: bool = False
    documents: bool = False
    document_key: CellColumn = CellColumn("Document", None)


class RecordColumns(NamedTuple):
    """What SQL reads of each staged row.

    Args:
        error: a JSON array of pairs, the column at fault and what is wrong; NULL without errors.
        document: a JSON array of the document's number, of what the file calls it, and of the file (0 or 1) that the
            row is of; empty without documents.
        status: its word.
    """

    line: str
    status: str
    error: str
    document: str
    cells: tuple[str, ...]


class _Field(msgspec.Struct):
    target_field: str
    level: int = 0
    column: int = -1


class _Snapshot(msgspec.Struct):
    """What is needed here of the integration as it was when the file was read."""

    target_table: str = ""
    match_field: str = ""
    fields: tuple[_Field, ...] = ()


def run_shape(run_id: int, parent_field: str = "") -> RunShape:
    """How the rows of a run are listed; without columns when the run has gone.

    Args:
        parent_field: the field by which a line of its documents names its header.
    """
    found = database.execute_sql(
        "SELECT header, line_header, line_file_name, documents, definition FROM import_run WHERE id = ?",
        (run_id,),
    ).fetchone()
    if found is None:
        return RunShape(run_id)
    header = msgspec.json.decode(found[0], type=list[str])
    two_files = bool(found[2])
    in_lines = msgspec.json.decode(found[1], type=list[str]) if two_files else []
    columns = [
        CellColumn(caption, place, in_lines.index(caption) if caption in in_lines else None)
        for place, caption in enumerate(header)
    ]
    columns += [
        CellColumn(caption, None, place) for place, caption in enumerate(in_lines) if caption not in header
    ]
    snapshot = msgspec.json.decode(found[4], type=_Snapshot)
    key = CellColumn("Document", None)
    if found[3]:
        key = _document_key(snapshot, parent_field if two_files else "")
    return RunShape(run_id, snapshot.target_table, tuple(columns), two_files, bool(found[3]), key)


def _document_key(snapshot: _Snapshot, parent_field: str) -> CellColumn:
    """The column of the match field, and that by which lines of a file of their own name their document."""
    match = snapshot.match_field.split(",")[0].strip()
    places = {(each.level, each.target_field): each.column for each in snapshot.fields if each.column >= 0}
    place = places.get((0, match))
    return CellColumn("Document", place, places.get((1, parent_field)) if parent_field else place)


def records_query(
    shape: RunShape, view: View, cause: Cause | None = None, *, matching: int = 0, rows: int = 0
) -> ListQuery:
    """The list of a run's rows in the order of the file, documents together; the list fills in `columns`.

    Args:
        matching: how many rows the view has, `rows` how many the run has; they decide how documents are found.
    """
    if view == "all":
        table, sort = _all_rows(shape)
    elif shape.documents:
        table, sort = _documents(shape.run_id, view, few=matching * _FEW < rows), "r.document_no"
    else:
        table, sort = _rows_of_status(shape.run_id, view), "r.id"
    conditions: tuple[Condition, ...] = ()
    if cause is not None:
        conditions = (
            Condition(
                "r.id IN (SELECT record_id FROM integration_record_error"
                " WHERE run_id = ? AND target_field = ? AND code = ? AND value = ?)",
                (shape.run_id, *cause),
            ),
        )
    return ListQuery(table, "r.id", (), sort=sort, conditions=conditions, search_column="")


def _all_rows(shape: RunShape) -> tuple[str, str]:
    if shape.documents:
        return (
            f"(SELECT * FROM integration_record WHERE run_id = {shape.run_id:d} AND document_no > 0) AS r",
            "r.document_no",
        )
    return f"(SELECT * FROM integration_record WHERE run_id = {shape.run_id:d}) AS r", "r.line_no"


def _rows_of_status(run_id: int, view: View) -> str:
    own = f"SELECT record_id AS id FROM integration_record_status WHERE run_id = {run_id:d}"
    statuses = _numbers(view)
    if view in ("ready", "errors"):
        return f"({own} AND status = {statuses} AND status IN (0, 4)) AS r"  # the partial index's condition
    # No index leads to the others; rows of one file are staged in its order, so their ids are in one range.
    bounds = " AND ".join(
        f"record_id {sign} (SELECT id FROM integration_record WHERE run_id = {run_id:d}"
        f" ORDER BY line_no {way}, id {way} LIMIT 1)"
        for sign, way in ((">=", "ASC"), ("<=", "DESC"))
    )
    return f"({own} AND {bounds} AND status IN ({statuses})) AS r"


def _documents(run_id: int, view: View, *, few: bool) -> str:
    """Rows with their documents: from the statuses where these are few, else from the documents."""
    statuses = _numbers(view)
    if few and view in ("ready", "errors"):
        return (
            "(SELECT q.* FROM integration_record_status AS s CROSS JOIN integration_record AS q"
            f" ON q.id = s.record_id WHERE s.run_id = {run_id:d} AND s.status = {statuses}"
            " AND s.status IN (0, 4)) AS r"
        )
    return (
        f"(SELECT q.* FROM integration_record AS q WHERE q.run_id = {run_id:d} AND q.document_no > 0 AND EXISTS"
        " (SELECT 1 FROM integration_record_status AS s"
        f" WHERE s.record_id = q.id AND s.status IN ({statuses}))) AS r"
    )


def _numbers(view: View) -> str:
    return ", ".join(f"{status:d}" for status in STATUSES[view])


def record_columns(shape: RunShape, view: View) -> RecordColumns:
    """What is read of each row of `records_query`."""
    whole = view == "all" or shape.documents
    own = "(SELECT {} FROM integration_record AS q WHERE q.id = r.id)"
    alias = "r" if whole else "q"

    def read(expression: str) -> str:
        return expression if whole else own.format(expression)

    def cell(column: CellColumn) -> str:
        payload = f"COALESCE({alias}.edited_payload, {alias}.payload)"
        first = f"json_extract({payload}, '$[{column.place:d}]')" if column.place is not None else "NULL"
        if not shape.two_files:
            return first
        other = (
            f"json_extract({payload}, '$[{column.in_lines:d}]')" if column.in_lines is not None else "NULL"
        )
        return f"CASE {alias}.part WHEN 0 THEN {first} ELSE {other} END"

    words = " ".join(f"WHEN {status:d} THEN '{word}'" for status, word in STATUS_WORDS.items())
    in_hand = (
        f"(SELECT u.state = 'Processing' AND r.id > u.cursor AND r.id <= u.cursor + {_IN_HAND}"
        " AND u.documents = 0 AND j.parameters = '{}'"
        " FROM import_run AS u JOIN job_queue_entry AS j ON j.id = u.job_id"
        f" WHERE u.id = {shape.run_id:d})"
    )
    document = f"json_array({alias}.document_no, {cell(shape.document_key)}, {alias}.part)"
    return RecordColumns(
        line=read(f"{alias}.line_no"),
        status=(
            f"(SELECT CASE WHEN s.status = 0 AND {in_hand} THEN '{PROCESSING}' ELSE CASE s.status {words} END END"
            " FROM integration_record_status AS s WHERE s.record_id = r.id)"
        ),
        error=(
            "(SELECT CASE WHEN COUNT(*) THEN json_group_array(json_array(e.source_column, e.message)) END"
            " FROM integration_record_error AS e WHERE e.record_id = r.id)"
        ),
        document=read(document) if shape.documents else "",
        cells=tuple(read(cell(column)) for column in shape.columns),
    )


def in_order(query: ListQuery, shape: RunShape, view: View, sort: str, *, descending: bool) -> ListQuery:
    """The list of `records_query` in another order.

    Args:
        sort: one of the expressions of `record_columns`.
    """
    sorted_query = replace(query, sort=sort, descending=descending, stamp="")
    own = records_query(shape, view).sort
    if sort == own:
        return sorted_query
    # The cells change by repairs alone; which rows a view has, and what they show besides, by processing too.
    cells_alone = view == "all" and sort in record_columns(shape, view).cells
    counters = "rows, revision" if cells_alone else f"rows, revision, state, cursor, {', '.join(_COUNTERS)}"
    return replace(sorted_query, stamp=f"SELECT {counters} FROM import_run WHERE id = {shape.run_id:d}")


def faults_of(stored: Any) -> list[tuple[str, str]]:
    """The errors of a row as `record_columns` reads them: column at fault and what is wrong."""
    return msgspec.json.decode(stored, type=list[tuple[str, str]]) if stored else []


def document_of(stored: Any) -> tuple[int, str, int]:
    """The document of a row as `record_columns` reads it: its number, what the file calls it, and which file."""
    number, key, part = (
        msgspec.json.decode(stored, type=tuple[int, str | None, int]) if stored else (0, "", 0)
    )
    return number, key or "", part


def ready_among(record_ids: Sequence[int]) -> list[int]:
    """Those of the rows that are ready to be processed."""
    ready: list[int] = []
    for start in range(0, len(record_ids), 500):
        block = record_ids[start : start + 500]
        marks = ", ".join("?" * len(block))
        sql = f"SELECT record_id FROM integration_record_status WHERE status = 0 AND record_id IN ({marks})"
        ready += [row[0] for row in database.execute_sql(sql, tuple(block)).fetchall()]
    return ready


def with_errors(run_id: int) -> list[int]:
    """The rows of a run that have errors."""
    return with_status(run_id, RecordStatus.ERROR)


def with_status(run_id: int, status: RecordStatus) -> list[int]:
    """The rows of a run that have a status, in the order of their ids."""
    indexed = " AND status IN (0, 4)" if status in (RecordStatus.READY, RecordStatus.ERROR) else ""
    rows = database.execute_sql(
        f"SELECT record_id FROM integration_record_status WHERE run_id = ? AND status = {status:d}{indexed}"
        " ORDER BY record_id",
        (run_id,),
    ).fetchall()
    return [row[0] for row in rows]


def corrected(run_id: int) -> list[int]:
    """The rows of a run that somebody has written into and that are ready: nothing is known to be wrong with them."""
    rows = database.execute_sql(
        "SELECT s.record_id FROM integration_record_status AS s JOIN integration_record AS r ON r.id = s.record_id"
        " WHERE s.run_id = ? AND s.status = 0 AND s.status IN (0, 4) AND r.edited_payload IS NOT NULL"
        " ORDER BY s.record_id",
        (run_id,),
    ).fetchall()
    return [row[0] for row in rows]
