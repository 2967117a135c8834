"""Repair: mend staged rows, leave some out, and send exactly those through again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from desktop.clock import SYSTEM_CLOCK
from desktop.imports.definition import from_json, to_json
from desktop.imports.summary import run_not_found
from models import changes
from models.database import connected, database
from models.enforcement import indirect
from models.errors import BackdeskError
from models.fields import stored_time
from models.integration import IntegrationValueMap
from models.integration_record import (
    ImportRun,
    IntegrationRecord,
    IntegrationRecordError,
    RecordStatus,
    RunState,
)
from models.rights import Right

_COUNTER = {
    RecordStatus.READY: "ready",
    RecordStatus.ERROR: "errors",
    RecordStatus.EXCLUDED: "excluded",
}
_BLOCK = 500  # ids per statement


class ErrorGroup(msgspec.Struct, frozen=True):
    """One cause and how many records have it."""

    target_field: str
    caption: str
    source_column: str
    code: str
    value: str
    message: str
    hint: str
    count: int


class StagedRecord(msgspec.Struct, frozen=True):
    """One staged row as it will be processed next."""

    record_id: int
    run_id: int
    line_no: int
    status: RecordStatus
    header: list[str]
    cells: list[str]
    edited: bool
    errors: list[str]


def staged_record(record_id: int) -> StagedRecord:
    """One staged row with its cells, status and the texts of its errors.

    Raises:
        BackdeskError: with code NotFound.
    """
    with connected():
        return _staged(record_id)


@indirect(Right.MODIFY, "integration_record")
def edit_record(record_id: int, cells: Sequence[str]) -> None:
    """Replace the cells of a staged row; the row of the file is kept beside it. It is not processed yet.

    Raises:
        BackdeskError: NotFound, or Processed where the row has become a record already.
    """
    with _repairing(record_id) as row:
        _refuse_processed(row)
        text = msgspec.json.encode([str(cell) for cell in cells]).decode()
        IntegrationRecord.update(edited_payload=text).where(IntegrationRecord.id == record_id).execute()


@indirect(Right.MODIFY, "integration_record")
def merge_cells(record_id: int, index: int, separator: str = ", ") -> list[str]:
    """Join a cell with the next one, which heals a delimiter inside a value without quotes.

    Args:
        index: position of the first of the two, from 0.
    Returns:
        The cells of the row now.
    Raises:
        BackdeskError: NotFound, Processed, or NoSuchCell.
    """
    with _repairing(record_id) as row:
        _refuse_processed(row)
        cells = row.cells
        if not 0 <= index < len(cells) - 1:
            raise BackdeskError(
                f"Row {row.line_no} has no cell after cell {index + 1}.", "Choose another cell.", "NoSuchCell"
            )
        joined = [
            *cells[:index],
            cells[index].rstrip() + separator + cells[index + 1].lstrip(),
            *cells[index + 2 :],
        ]
        text = msgspec.json.encode(joined).decode()
        IntegrationRecord.update(edited_payload=text).where(IntegrationRecord.id == record_id).execute()
    return joined


@indirect(Right.MODIFY, "integration_record")
def retry(run_id: int, record_ids: Sequence[int] | None = None) -> int:
    """Make records with errors ready again; processing the run then takes just those.

    Args:
        record_ids: which; None for all records of the run with errors. Others than errors are left as they are.
    Returns:
        How many are ready again.
    Raises:
        BackdeskError: with code NotFound.
    """
    return _move(run_id, RecordStatus.ERROR, RecordStatus.READY, record_ids)


@indirect(Right.MODIFY, "integration_record")
def retry_cause(run_id: int, target_field: str, code: str, value: str) -> int:
    """The same for all records that have one error in common, as `error_groups` lists them."""
    with connected():
        ids = [
            row.record_id
            for row in IntegrationRecordError.select(IntegrationRecordError.record_id).where(
                (IntegrationRecordError.run_id == run_id)
                & (IntegrationRecordError.target_field == target_field)
                & (IntegrationRecordError.code == code)
                & (IntegrationRecordError.value == value)
            )
        ]
    return retry(run_id, ids) if ids else 0


@indirect(Right.MODIFY, "integration_record")
def exclude(record_ids: Sequence[int]) -> int:
    """Leave rows out: those that are ready or have errors. Returns how many."""
    return sum(
        _move(run_id, status, RecordStatus.EXCLUDED, ids)
        for run_id, ids in _by_run(record_ids).items()
        for status in (RecordStatus.READY, RecordStatus.ERROR)
    )


@indirect(Right.MODIFY, "integration_record")
def include(record_ids: Sequence[int]) -> int:
    """Take rows in again that were left out; they are ready then. Returns how many."""
    return sum(
        _move(run_id, RecordStatus.EXCLUDED, RecordStatus.READY, ids)
        for run_id, ids in _by_run(record_ids).items()
    )


def error_groups(run_id: int) -> list[ErrorGroup]:
    """The errors of a run by cause, the most frequent first."""
    with connected():
        run = ImportRun.get_or_none(ImportRun.id == run_id)
        if run is None:
            raise run_not_found(run_id)
        captions = {field.target_field: field.caption for field in from_json(run.definition).fields}
        rows = database.execute_sql(
            "SELECT target_field, code, value, COUNT(*), MIN(source_column), MIN(message), MIN(hint)"
            " FROM integration_record_error WHERE run_id = ?"
            " GROUP BY target_field, code, value ORDER BY COUNT(*) DESC, target_field, code, value",
            (run_id,),
        ).fetchall()
    return [
        ErrorGroup(field, captions.get(field, ""), column, code, value, message, hint, count)
        for field, code, value, count, column, message, hint in rows
    ]


@indirect(Right.MODIFY, "integration_record")
def map_value(run_id: int, target_field: str, external_value: str, internal_value: str) -> int:
    """Say what a value of the file means, for this run and for the next files, and retry what it heals.

    Returns:
        How many records are ready again.
    Raises:
        BackdeskError: with code NotFound.
    """
    with connected(), database.atomic():
        run = ImportRun.get_or_none(ImportRun.id == run_id)
        if run is None:
            raise run_not_found(run_id)
        definition = from_json(run.definition)
        IntegrationValueMap.insert(
            integration_code=run.integration_code,
            target_field=target_field,
            external_value=external_value,
            internal_value=internal_value,
        ).on_conflict(
            conflict_target=[
                IntegrationValueMap.integration_code,
                IntegrationValueMap.target_field,
                IntegrationValueMap.external_value,
            ],
            preserve=[IntegrationValueMap.internal_value],
        ).execute()
        definition.value_maps.setdefault(target_field, {})[external_value] = internal_value
        ImportRun.update(definition=to_json(definition), revision=ImportRun.revision + 1).where(
            ImportRun.id == run_id
        ).execute()
        changes.touch(IntegrationValueMap.table())
        ids = [
            row.record_id
            for row in IntegrationRecordError.select(IntegrationRecordError.record_id).where(
                (IntegrationRecordError.run_id == run_id)
                & (IntegrationRecordError.target_field == target_field)
                & (IntegrationRecordError.value == external_value)
            )
        ]
        return retry(run_id, ids) if ids else 0


def _staged(record_id: int) -> StagedRecord:
    found = database.execute_sql(
        "SELECT r.run_id, r.line_no, s.status, u.header, r.payload, r.edited_payload"
        " FROM integration_record AS r"
        " JOIN integration_record_status AS s ON s.record_id = r.id"
        " JOIN import_run AS u ON u.id = r.run_id WHERE r.id = ?",
        (record_id,),
    ).fetchone()
    if found is None:
        raise BackdeskError(
            f"There is no integration record {record_id}.", "Refresh the list with F5.", "NotFound"
        )
    run_id, line_no, status, header, payload, edited = found
    errors = [
        f"Row {line_no:,}: {row.message} {row.hint}".strip()
        for row in IntegrationRecordError.select()
        .where(IntegrationRecordError.record_id == record_id)
        .order_by(IntegrationRecordError.id)
    ]
    return StagedRecord(
        record_id=record_id,
        run_id=run_id,
        line_no=line_no,
        status=RecordStatus(status),
        header=msgspec.json.decode(header, type=list[str]),
        cells=msgspec.json.decode(edited or payload, type=list[str]),
        edited=edited is not None,
        errors=errors,
    )


@contextmanager
def _repairing(record_id: int) -> Iterator[StagedRecord]:
    """One transaction around a change of a row; a run that is under way reads its next chunk anew."""
    with connected(), database.atomic():
        row = _staged(record_id)
        yield row
        ImportRun.update(revision=ImportRun.revision + 1).where(ImportRun.id == row.run_id).execute()
        changes.touch(IntegrationRecord.table(), str(record_id))


def _refuse_processed(row: StagedRecord) -> None:
    if row.status not in _COUNTER:
        raise BackdeskError(
            f"Row {row.line_no} has become a record already.",
            "Change the record itself on its card.",
            "Processed",
        )


def _by_run(record_ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    with connected():
        for block in _blocks(record_ids):
            for row in IntegrationRecord.select(IntegrationRecord.id, IntegrationRecord.run_id).where(
                IntegrationRecord.id.in_(block)
            ):
                found.setdefault(row.run_id, []).append(row.id)
    return found


def _blocks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), _BLOCK):
        yield values[start : start + _BLOCK]


def _move(run_id: int, before: RecordStatus, after: RecordStatus, record_ids: Sequence[int] | None) -> int:
    """Bring records of one status into another, with the run's counters, cursor and state, in one transaction."""
    moment = stored_time(SYSTEM_CLOCK.now())
    with connected(), database.atomic():
        run = ImportRun.get_or_none(ImportRun.id == run_id)
        if run is None:
            raise run_not_found(run_id)
        moved, first = 0, 0
        for condition, values in _conditions(record_ids):
            where = f"run_id = ? AND status = ?{condition}"
            found = database.execute_sql(
                f"SELECT COUNT(*), MIN(record_id) FROM integration_record_status WHERE {where}",
                (run_id, int(before), *values),
            ).fetchone()
            if not found[0]:
                continue
            moved += found[0]
            first = min(first or found[1], found[1])
            if before is RecordStatus.ERROR:
                database.execute_sql(
                    "DELETE FROM integration_record_error WHERE record_id IN"
                    f" (SELECT record_id FROM integration_record_status WHERE {where})",
                    (run_id, int(before), *values),
                )
            database.execute_sql(
                f"UPDATE integration_record_status SET status = ?, changed_at = ? WHERE {where}",
                (int(after), moment, run_id, int(before), *values),
            )
        if moved:
            _count_moved(run, before, after, moved, first)
    return moved


def _conditions(record_ids: Sequence[int] | None) -> Iterator[tuple[str, Sequence[int]]]:
    if record_ids is None:
        yield "", ()
        return
    for block in _blocks(sorted(set(record_ids))):
        yield f" AND record_id IN ({', '.join('?' * len(block))})", block


def _count_moved(run: Any, before: RecordStatus, after: RecordStatus, moved: int, first: int) -> None:
    left, entered = getattr(ImportRun, _COUNTER[before]), getattr(ImportRun, _COUNTER[after])
    values: dict[Any, Any] = {
        left: left - moved,
        entered: entered + moved,
        ImportRun.revision: ImportRun.revision + 1,
    }
    if after is RecordStatus.READY:
        values[ImportRun.cursor] = min(run.cursor, first - 1)
        if run.state == RunState.COMPLETED:
            values[ImportRun.state] = RunState.READY
    elif run.state == RunState.READY and before is RecordStatus.READY and run.ready == moved:
        values[ImportRun.state] = RunState.COMPLETED
    ImportRun.update(values).where(ImportRun.id == run.id).execute()
    changes.touch(IntegrationRecord.table())
    changes.touch(ImportRun.table(), str(run.id))
