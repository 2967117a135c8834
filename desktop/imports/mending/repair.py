"""Repair: mend staged rows, leave some out, and send exactly those through again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from desktop.imports.integrations.definition import NOT_IN_FILE, FieldMap, from_json, to_json
from desktop.imports.integrations.targets import find_target
from desktop.imports.mending import moves
from desktop.imports.mending.regrouping import carry_out, moves_of
from desktop.imports.summary import find_run
from models import changes
from models.database import connected, database
from models.enforcement import indirect
from models.errors import BackdeskError
from models.import_causes import DOCUMENT_REFUSED, causes_of
from models.integration import Integration, IntegrationValueMap
from models.integration_record import (
    ImportRun,
    IntegrationRecord,
    RecordStatus,
)
from models.rights import Right

_OF_SEVERAL_RECORDS: Final = ("DuplicateKey", "Exists", "KeyDiffers")  # one value for all would not help
_OPEN: Final = (RecordStatus.READY, RecordStatus.ERROR, RecordStatus.EXCLUDED)


class CauseAction(StrEnum):
    """What can be done about all records of one cause at once."""

    MAP = "Map"  # say what the value means
    CREATE = "Create"  # create the record that the value names
    CORRECT = "Correct"  # write another value into all of these cells
    EXCLUDE = "Exclude"


class ErrorGroup(msgspec.Struct, frozen=True):
    """One cause and how many records have it.

    Attributes:
        target_field: the path of the field: "country_code", or "1.item_no" for a field of the lines.
        lookup: the table that the field looks its value up in; empty for none.
        actions: what makes sense to heal it.
    """

    target_field: str
    caption: str
    source_column: str
    code: str
    value: str
    message: str
    hint: str
    count: int
    lookup: str = ""
    actions: tuple[CauseAction, ...] = (CauseAction.EXCLUDE,)


@indirect(Right.MODIFY, "integration_record")
def edit_record(record_id: int, cells: Sequence[str]) -> None:
    """Replace the cells of a staged row; the row of the file is kept beside it. It is not processed yet.

    Raises:
        BackdeskError: NotFound, or Processed where the row has become a record already.
    """
    _correct(record_id, lambda _row: [str(cell) for cell in cells])


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

    def joined(row: _StagedRow) -> list[str]:
        cells = row.cells
        if not 0 <= index < len(cells) - 1:
            raise BackdeskError(
                f"Row {row.line_no} has no cell after cell {index + 1}.", "Choose another cell.", "NoSuchCell"
            )
        both = cells[index].rstrip() + separator + cells[index + 1].lstrip()
        return [*cells[:index], both, *cells[index + 2 :]]

    return _correct(record_id, joined)


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
    return moves.move(run_id, RecordStatus.ERROR, RecordStatus.READY, record_ids)


def records_with(run_id: int, target_field: str, value: str, code: str | None = None) -> list[int]:
    """The records that have one error in common, as `error_groups` lists them.

    Args:
        target_field: the path of the field.
        code: of the error; None for any error of that value.
    Returns:
        Their ids.
    """
    with_code = "" if code is None else " AND code = ?"
    with connected():
        rows = database.execute_sql(
            "SELECT DISTINCT record_id FROM integration_record_error"
            f" WHERE run_id = ? AND target_field = ? AND value = ?{with_code}",
            (run_id, target_field, value) if code is None else (run_id, target_field, value, code),
        )
        return [record_id for (record_id,) in rows]


@indirect(Right.MODIFY, "integration_record")
def exclude(record_ids: Sequence[int]) -> int:
    """Leave rows out: those that are ready or have errors.

    Returns:
        How many.
    Raises:
        BackdeskError: StillReading, Interrupted, or Undone.
    """
    return sum(
        moves.move(run_id, status, RecordStatus.EXCLUDED, ids)
        for run_id, ids in moves.by_run(record_ids).items()
        for status in (RecordStatus.READY, RecordStatus.ERROR)
    )


@indirect(Right.MODIFY, "integration_record")
def include(record_ids: Sequence[int]) -> int:
    """Take rows in again that were left out; they are ready then.

    Returns:
        How many.
    Raises:
        BackdeskError: StillReading, Interrupted, or Undone.
    """
    return sum(
        moves.move(run_id, RecordStatus.EXCLUDED, RecordStatus.READY, ids)
        for run_id, ids in moves.by_run(record_ids).items()
    )


@indirect(Right.MODIFY, "integration_record")
def exclude_all(run_id: int, statuses: Sequence[RecordStatus]) -> int:
    """Leave out all rows of a run that have one of these statuses, however many there are. Returns how many.

    Raises:
        BackdeskError: with code NotFound.
    """
    return sum(moves.move(run_id, status, RecordStatus.EXCLUDED, None) for status in statuses)


@indirect(Right.MODIFY, "integration_record")
def include_all(run_id: int) -> int:
    """Take in again all rows of a run that were left out. Returns how many.

    Raises:
        BackdeskError: with code NotFound.
    """
    return moves.move(run_id, RecordStatus.EXCLUDED, RecordStatus.READY, None)


def error_groups(run_id: int, limit: int = -1) -> list[ErrorGroup]:
    """The errors of a run by cause, the most frequent first.

    Args:
        limit: how many at most; -1 for all.
    Raises:
        BackdeskError: with code NotFound.
    """
    with connected():
        run = find_run(run_id)
        definition = from_json(run.definition)
        rows = causes_of(run_id, limit)
    found = find_target(definition.target_table)
    fields = {field.path: field for field in definition.fields}
    groups = []
    for path, code, value, column, message, hint, count in rows:
        field = fields.get(path)
        lookup = ""
        if field is not None and found is not None:
            lookup = definition.rule(field.target_field, field.level).lookup
        groups.append(
            ErrorGroup(
                target_field=path,
                caption=field.caption if field is not None else "",
                source_column=column,
                code=code,
                value=value,
                message=message,
                hint=hint,
                count=count,
                lookup=lookup,
                actions=_actions(field, code, value, lookup),
            )
        )
    return groups


def _actions(field: FieldMap | None, code: str, value: str, lookup: str) -> tuple[CauseAction, ...]:
    if code == DOCUMENT_REFUSED:
        return ()
    actions = []
    from_cell = field is not None and field.column != NOT_IN_FILE and not field.constant
    if from_cell and code not in _OF_SEVERAL_RECORDS:
        if value:
            actions.append(CauseAction.MAP)
        if lookup and value and code == "NotFound":
            actions.append(CauseAction.CREATE)
        actions.append(CauseAction.CORRECT)
    return (*actions, CauseAction.EXCLUDE)


@indirect(Right.MODIFY, "integration_record")
def map_value(run_id: int, target_field: str, external_value: str, internal_value: str) -> int:
    """Say what a value of the file means, for this run and for the next files, and retry what it heals.

    Where the integration was deleted meanwhile, it is said for this run alone.

    Returns:
        How many records are ready again.
    Raises:
        BackdeskError: with code NotFound.
    """
    with connected(), database.atomic():
        run = find_run(run_id)
        definition = from_json(run.definition)
        if Integration.get_or_none(Integration.code == run.integration_code) is not None:
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
        known = definition.value_maps.setdefault(target_field, {})
        if target_field == definition.control_field and definition.control_map is None:
            definition = msgspec.structs.replace(definition, control_map=dict(known))
        known[external_value] = internal_value
        ImportRun.update(definition=to_json(definition), revision=ImportRun.revision + 1).where(
            ImportRun.id == run_id
        ).execute()
        changes.touch(IntegrationValueMap.table())
        ids = records_with(run_id, target_field, external_value)
        return retry(run_id, ids) if ids else 0


class _StagedRow(NamedTuple):
    """One staged row as it will be processed next."""

    run_id: int
    line_no: int
    status: RecordStatus
    cells: list[str]


def _staged(record_id: int) -> _StagedRow:
    found = database.execute_sql(
        "SELECT r.run_id, r.line_no, s.status, COALESCE(r.edited_payload, r.payload)"
        " FROM integration_record AS r"
        " JOIN integration_record_status AS s ON s.record_id = r.id WHERE r.id = ?",
        (record_id,),
    ).fetchone()
    if found is None:
        raise BackdeskError(
            f"There is no integration record {record_id}.", "Refresh the list with F5.", "NotFound"
        )
    run_id, line_no, status, cells = found
    return _StagedRow(run_id, line_no, RecordStatus(status), msgspec.json.decode(cells, type=list[str]))


def _correct(record_id: int, corrected: Callable[[_StagedRow], list[str]]) -> list[str]:
    """Let a row have other cells; a run that is under way reads its next chunk anew. Gives them."""
    with connected():
        row = _staged(record_id)
        _refuse_processed(row)
        cells = corrected(row)
        # That may read all rows of the run: nobody waits for it who saves something.
        moving = moves_of(row.run_id, {record_id: (row.cells, cells)})
        with database.atomic():
            now = _staged(record_id)
            _refuse_processed(now)
            if now.cells != row.cells:  # somebody was quicker
                cells = corrected(now)
                moving = moves_of(now.run_id, {record_id: (now.cells, cells)})
            text = msgspec.json.encode(cells).decode()
            IntegrationRecord.update(edited_payload=text).where(IntegrationRecord.id == record_id).execute()
            carry_out(now.run_id, moving)
            ImportRun.update(revision=ImportRun.revision + 1).where(ImportRun.id == now.run_id).execute()
            changes.touch(IntegrationRecord.table(), str(record_id))
    return cells


def _refuse_processed(row: _StagedRow) -> None:
    if row.status not in _OPEN:
        raise BackdeskError(
            f"Row {row.line_no} has become a record already.",
            "Change the record itself on its card.",
            "Processed",
        )
