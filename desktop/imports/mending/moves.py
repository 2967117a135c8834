"""Bringing staged rows from one status into another, with the counters, the cursor and the state of their run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from desktop.clock import SYSTEM_CLOCK
from desktop.imports.summary import refuse_reading, run_not_found
from desktop.imports.writing.outcome import COUNTERS
from models import changes
from models.database import connected, database
from models.errors import BackdeskError
from models.fields import stored_time
from models.import_causes import DOCUMENT_REFUSED
from models.import_rows import state_now
from models.integration_record import ImportRun, IntegrationRecord, RecordStatus, RunState

"""The error of a row that is right itself, but whose document another row keeps from being written."""

_INDEXED: Final = (RecordStatus.READY, RecordStatus.ERROR)
_BLOCK: Final = 500  # ids per statement


def move(run_id: int, before: RecordStatus, after: RecordStatus, record_ids: Sequence[int] | None) -> int:
    """Bring records of one status into another, in one transaction.

    Rows of a document follow each other: those that only a row at fault held back become ready with it, or when it is
    left out.

    Args:
        record_ids: which; None for all of the run with that status. Others are left as they are.
    Returns:
        How many of these records were moved; those that follow are not counted.
    Raises:
        BackdeskError: NotFound, StillReading, Interrupted, or Undone.
    """
    with connected(), database.atomic():
        run = ImportRun.get_or_none(ImportRun.id == run_id)
        if run is None:
            raise run_not_found(run_id)
        refuse_reading(run)
        _refuse_undone(run)
        moved = _move(run, before, after, record_ids)
        if moved and run.documents and before is RecordStatus.ERROR:
            followers = _held_back(run_id, record_ids, whole=after is RecordStatus.READY)
            if followers:
                run = ImportRun.get_by_id(run_id)
                _move(run, RecordStatus.ERROR, RecordStatus.READY, followers)
        return moved


def move_all(run_id: int, before: RecordStatus, after: RecordStatus, record_ids: Sequence[int]) -> None:
    """The same for exactly these records, with no other row following; call it inside a transaction."""
    if record_ids:
        run = ImportRun.get_by_id(run_id)
        _refuse_undone(run)
        _move(run, before, after, record_ids)


def by_run(record_ids: Sequence[int]) -> dict[int, list[int]]:
    """The records by the run that they belong to; those that have gone are in none."""
    found: dict[int, list[int]] = {}
    with connected():
        for block in blocks(record_ids):
            rows = database.execute_sql(
                f"SELECT id, run_id FROM integration_record WHERE id IN {marks(block)}", tuple(block)
            )
            for record_id, run_id in rows:
                found.setdefault(run_id, []).append(record_id)
    return found


def blocks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    """The values in portions that one statement takes."""
    for start in range(0, len(values), _BLOCK):
        yield values[start : start + _BLOCK]


def marks(values: Sequence[Any]) -> str:
    """The place holders of so many values, in brackets."""
    return f"({', '.join('?' * len(values))})"


def _refuse_undone(run: Any) -> None:
    if state_now(run.state, run.owner, run.ready) in (RunState.UNDOING, RunState.UNDONE):
        raise BackdeskError(
            f"The import of “{run.file_name}” was undone; its rows are not processed again.",
            "Read the file again.",
            "Undone",
        )


def _move(run: Any, before: RecordStatus, after: RecordStatus, record_ids: Sequence[int] | None) -> int:
    moment = stored_time(SYSTEM_CLOCK.now())
    moved, first = 0, 0
    # The index of what is open is taken only by a statement that says so.
    status = f"status = {before:d}{' AND status IN (0, 4)' if before in _INDEXED else ''}"
    for condition, values in _conditions(record_ids):
        where = f"run_id = ? AND {status}{condition}"
        found = database.execute_sql(
            f"SELECT COUNT(*), MIN(record_id) FROM integration_record_status WHERE {where}",
            (run.id, *values),
        ).fetchone()
        if not found[0]:
            continue
        position = _first_document(where, (run.id, *values)) if run.documents else found[1]
        first = min(first or position, position)
        moved += found[0]
        if (before is RecordStatus.ERROR and after is RecordStatus.READY) or after is RecordStatus.EXCLUDED:
            database.execute_sql(
                "DELETE FROM integration_record_error WHERE record_id IN"
                f" (SELECT record_id FROM integration_record_status WHERE {where})",
                (run.id, *values),
            )
        database.execute_sql(
            f"UPDATE integration_record_status SET status = ?, changed_at = ? WHERE {where}",
            (int(after), moment, run.id, *values),
        )
    if moved:
        _count(run, before, after, moved, first)
    return moved


def _conditions(record_ids: Sequence[int] | None) -> Iterator[tuple[str, Sequence[int]]]:
    if record_ids is None:
        yield "", ()
        return
    for block in blocks(sorted(set(record_ids))):
        yield f" AND record_id IN {marks(block)}", block


def _first_document(where: str, values: Iterable[Any]) -> int:
    found = database.execute_sql(
        "SELECT MIN(document_no) FROM integration_record WHERE id IN"
        f" (SELECT record_id FROM integration_record_status WHERE {where})",
        tuple(values),
    ).fetchone()
    return int(found[0])


def _held_back(run_id: int, record_ids: Sequence[int] | None, *, whole: bool) -> list[int]:
    """Rows of the same documents that still have an error.

    Args:
        whole: all of them, because the document is tried again; else those of documents without any other error.
    """
    if record_ids is None:
        return []
    documents: set[int] = set()
    for block in blocks(record_ids):
        documents.update(
            number
            for (number,) in database.execute_sql(
                f"SELECT DISTINCT document_no FROM integration_record WHERE id IN {marks(block)}",
                tuple(block),
            )
            if number
        )
    at_fault = (
        ""
        if whole
        else (
            " AND NOT EXISTS (SELECT 1 FROM integration_record AS q JOIN integration_record_error AS e"
            " ON e.record_id = q.id WHERE q.run_id = r.run_id AND q.document_no = r.document_no"
            f" AND q.document_no > 0 AND e.code <> '{DOCUMENT_REFUSED}')"
        )
    )
    found: list[int] = []
    for block in blocks(sorted(documents)):
        rows = database.execute_sql(
            "SELECT r.id FROM integration_record AS r JOIN integration_record_status AS s ON s.record_id = r.id"
            " WHERE r.run_id = ? AND r.document_no > 0 AND s.status = ?"
            f" AND r.document_no IN {marks(block)}{at_fault}",
            (run_id, int(RecordStatus.ERROR), *block),
        )
        found += [record_id for (record_id,) in rows]
    return found


def _count(run: Any, before: RecordStatus, after: RecordStatus, moved: int, first: int) -> None:
    left, entered = getattr(ImportRun, COUNTERS[before]), getattr(ImportRun, COUNTERS[after])
    values: dict[Any, Any] = {
        left: left - moved,
        entered: entered + moved,
        ImportRun.revision: ImportRun.revision + 1,
    }
    if after is RecordStatus.READY:
        values[ImportRun.cursor] = min(run.cursor, first - 1)
        if run.state == RunState.COMPLETED:
            values[ImportRun.state] = RunState.READY
    elif (
        run.state in (RunState.READY, RunState.STOPPED)
        and before is RecordStatus.READY
        and run.ready == moved
    ):
        values[ImportRun.state] = RunState.COMPLETED
    ImportRun.update(values).where(ImportRun.id == run.id).execute()
    changes.touch(IntegrationRecord.table())
    changes.touch(ImportRun.table(), str(run.id))
