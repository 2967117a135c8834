"""Bringing staged rows from one status into another, with the counters, the cursor and the state of their run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from desktop.clock import SYSTEM_CLOCK
from desktop.imports.summary import find_run, refuse_reading
from desktop.imports.writing.outcome import COUNTERS
from models import changes
from models.database import connected, database
from models.errors import BackdeskError
from models.fields import stored_time
from models.import_causes import DOCUMENT_REFUSED
from models.import_rows import state_now
from models.integration_record import ImportRun, IntegrationRecord, RecordStatus, RunState

_INDEXED: Final = (RecordStatus.READY, RecordStatus.ERROR)
_BLOCK: Final = 500  # ids per statement
_AT_ONCE: Final = 10_000  # records in a transaction, where all of a run are meant


def move(run_id: int, before: RecordStatus, after: RecordStatus, record_ids: Sequence[int] | None) -> int:
    """Bring records of one status into another.

    Rows of a document follow each other: those that only a row at fault held back become ready with it, or when it is
    left out.

    Args:
        record_ids: which, in one transaction; None for all of the run with that status, in short ones, so that nobody
            waits who saves something. Others are left as they are.
    Returns:
        How many of these records were moved; those that follow are not counted.
    Raises:
        BackdeskError: NotFound, StillReading, Interrupted, or Undone.
    """
    with connected():
        if record_ids is not None:
            return _move_together(run_id, before, after, record_ids)
        moved = 0
        for first, last in _ranges(run_id, before):
            moved += _move_together(run_id, before, after, range(first, last + 1))
        return moved


def _ranges(run_id: int, status: RecordStatus) -> Iterator[tuple[int, int]]:
    """The first and the last of so many records with a status as go into a transaction; at least one range."""
    # The ids of a run are in one range, which begins with the first line of its file.
    found = database.execute_sql(
        "SELECT id FROM integration_record WHERE run_id = ? ORDER BY line_no, id LIMIT 1", (run_id,)
    ).fetchone()
    first = found[0] if found else 0
    while True:
        number, last = database.execute_sql(
            "SELECT COUNT(*), MAX(record_id) FROM (SELECT record_id FROM integration_record_status"
            f" WHERE run_id = ? AND {_has(status)} AND record_id >= ? ORDER BY record_id LIMIT {_AT_ONCE})",
            (run_id, first),
        ).fetchone()
        yield first, last or 0
        if number < _AT_ONCE:
            return
        first = last + 1


def _move_together(run_id: int, before: RecordStatus, after: RecordStatus, record_ids: Sequence[int]) -> int:
    """What `move` does in one transaction; a range stands for all of the run in it."""
    with database.atomic():
        run = find_run(run_id)
        refuse_reading(run)
        _refuse_undone(run)
        moved = _move(run, before, after, record_ids)
        chosen = not isinstance(record_ids, range)
        if moved and chosen and run.documents and before is RecordStatus.ERROR:
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


def _move(run: Any, before: RecordStatus, after: RecordStatus, record_ids: Sequence[int]) -> int:
    moment = stored_time(SYSTEM_CLOCK.now())
    moved, first = 0, 0
    for condition, values in _conditions(record_ids):
        where = f"run_id = ? AND {_has(before)}{condition}"
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


def _has(status: RecordStatus) -> str:
    """The condition for a status; the index of what is open is taken only by one that says so."""
    return f"status = {status:d}{' AND status IN (0, 4)' if status in _INDEXED else ''}"


def _conditions(record_ids: Sequence[int]) -> Iterator[tuple[str, Sequence[int]]]:
    if isinstance(record_ids, range):
        yield " AND record_id BETWEEN ? AND ?", (record_ids.start, record_ids.stop - 1)
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


def _held_back(run_id: int, record_ids: Sequence[int], *, whole: bool) -> list[int]:
    """Rows of the same documents that still have an error.

    Args:
        whole: all of them, because the document is tried again; else those of documents without any other error.
    """
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
