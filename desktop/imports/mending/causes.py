"""Healing a cause: one deed for all records with one error in common, which sends exactly those through again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from desktop.imports.integrations.definition import Definition, FieldMap, from_json
from desktop.imports.integrations.targets import find_target
from desktop.imports.mending import moves, repair
from desktop.imports.mending.regrouping import follow_keys
from desktop.imports.mending.validation import person_session
from desktop.imports.summary import find_run
from desktop.imports.values.mapping import Fault
from desktop.imports.writing.materials import materials_of
from models import changes
from models.database import connected, database
from models.enforcement import as_system, indirect, require
from models.errors import BackdeskError, FieldError
from models.integration_record import ImportRun, IntegrationRecord
from models.record import Record
from models.record_edit import create_record
from models.rights import Right
from models.tables import TABLES

_decode = msgspec.json.Decoder(list[str]).decode
_encode = msgspec.json.Encoder().encode
_NO_FIELD: Final = "The error belongs to the whole row, not to one cell."


class Healed(msgspec.Struct, frozen=True):
    """The records that a deed has made ready, or left out.

    Attributes:
        records: how many.
        record_ids: which, and what is left of documents that they have left; what `service.start_processing` takes to
            process just these.
    """

    records: int
    record_ids: list[int]


@indirect(Right.MODIFY, "integration_record")
def map_to(run_id: int, target_field: str, value: str, internal_value: str) -> Healed:
    """Say what a value of the file means, for this run and for the next files.

    Args:
        target_field: the path of the field, as the error group names it.
        internal_value: the value as this company writes it.
    Raises:
        BackdeskError: with code NotFound.
        FieldError: the field would refuse the new value as well.
    """
    ids = repair.records_with(run_id, target_field, value)
    with connected(), database.atomic():
        _definition, field = _field_of(find_run(run_id), target_field)
        repair.map_value(run_id, target_field, value, internal_value)
        if ids:
            _refuse_at_fault(run_id, field, ids[0])
    return Healed(len(ids), ids)


def values_of_new(run_id: int, target_field: str, value: str) -> dict[str, Any]:
    """What is known of the look-up record that a value names: its key, or the field that files name it by.

    Raises:
        BackdeskError: NotFound, or NoLookup where the field has no look-up table.
    """
    with connected():
        definition, field = _field_of(find_run(run_id), target_field)
        record = _looked_up(definition, field)
    named = field.lookup_by or record.key_field()
    values: dict[str, Any] = {named: value}
    if record.NAME_FIELD and record.NAME_FIELD not in values:
        values[record.NAME_FIELD] = value
    return values


def create_it(run_id: int, target_field: str, value: str, values: Mapping[str, Any]) -> Healed:
    """Create the look-up record that a value names, and make ready what waited for it.

    Where files name such records by their keys and the new one has another key, the value means that key from now on,
    in this run and in the next files.

    Args:
        values: of the new record by field; what is missing is filled by `values_of_new` and, for a key, by the number
            series of the table.
    Raises:
        BackdeskError: NotFound, or NoLookup where the field has no look-up table.
        FieldError: a value is refused, Exists for a key that is taken, or the record does not have the name that the
            file uses.
        RightMissingError: the user may not create such records.
    """
    require(Right.MODIFY, IntegrationRecord.table())
    with as_system():
        known = values_of_new(run_id, target_field, value)
    with connected(), database.atomic():
        with as_system():
            definition, field = _field_of(find_run(run_id), target_field)
        record = _looked_up(definition, field)
        found = find_target(record.table())
        key = create_record(record, known | dict(values), found.series if found is not None else "")
        with as_system():
            ids = repair.records_with(run_id, target_field, value, "NotFound")
            if not field.lookup_by and key.casefold() != value.casefold():
                repair.map_value(run_id, target_field, value, key)
            if ids:
                _refuse_at_fault(run_id, field, ids[0])
                repair.retry(run_id, ids)
    return Healed(len(ids), ids)


@indirect(Right.MODIFY, "integration_record")
def exclude(run_id: int, target_field: str, code: str, value: str) -> Healed:
    """Leave out all records with one error; documents that only they held back become ready.

    Raises:
        BackdeskError: with code NotFound.
    """
    ids = repair.records_with(run_id, target_field, value, code)
    return Healed(repair.exclude(ids), ids)


@indirect(Right.MODIFY, "integration_record")
def correct_all(run_id: int, target_field: str, code: str, value: str, text: str) -> Healed:
    """Write one text into the cell at fault of all records with one error, and make them ready.

    The rows of the file are kept beside it, and the next files are not concerned.

    Args:
        text: as the file would write it: its decimal separator, its dates.
    Raises:
        BackdeskError: NotFound, or NoCell where the error does not belong to one column.
        FieldError: the field would refuse the new text as well; nothing is changed.
    """
    ids = repair.records_with(run_id, target_field, value, code)
    with connected() as connection, database.atomic():
        _definition, field = _field_of(find_run(run_id), target_field)
        if not field.from_column or field.column < 0:
            raise BackdeskError(
                f"{field.caption} does not come from a column of the file.",
                "Change it on the integration.",
                "NoCell",
            )
        behind: list[int] = []
        if ids:
            behind = follow_keys(run_id, _write_cells(connection, ids, field.column, text))
            _refuse_at_fault(run_id, field, ids[0])
            repair.retry(run_id, ids)
            changes.touch(IntegrationRecord.table())
    return Healed(len(ids), [*ids, *behind])


def _field_of(run: ImportRun, path: str) -> tuple[Definition, FieldMap]:
    definition = from_json(run.definition)
    for field in definition.fields:
        if field.path == path:
            return definition, field
    raise BackdeskError(_NO_FIELD, "Correct the rows one by one, or exclude them.", "NoCell")


def _looked_up(definition: Definition, field: FieldMap) -> type[Record]:
    lookup = definition.rule(field.target_field, field.level).lookup
    if not lookup:
        raise BackdeskError(
            f"{field.caption} is not looked up in another table.", "Correct the value instead.", "NoLookup"
        )
    return TABLES[lookup]


def _write_cells(
    connection: sqlite3.Connection, record_ids: Sequence[int], column: int, text: str
) -> dict[int, tuple[list[str], list[str]]]:
    """Write one text into a cell of rows; gives their cells before and after, by id."""
    corrected: dict[int, tuple[list[str], list[str]]] = {}
    for block in moves.blocks(record_ids):
        rows = connection.execute(
            "SELECT id, COALESCE(edited_payload, payload) FROM integration_record"
            f" WHERE id IN {moves.marks(block)}",
            tuple(block),
        )
        for record_id, payload in rows:
            before = _decode(payload)
            cells = before + [""] * (column + 1 - len(before))
            cells[column] = text
            corrected[record_id] = before, cells
    connection.executemany(
        "UPDATE integration_record SET edited_payload = ? WHERE id = ?",
        [(_encode(cells).decode(), record_id) for record_id, (_, cells) in corrected.items()],
    )
    return corrected


def _refuse_at_fault(run_id: int, field: FieldMap, record_id: int) -> None:
    """Make sure that the field accepts the row now; what else is wrong with the row is another cause.

    Raises:
        FieldError: it does not.
    """
    with as_system():
        run = find_run(run_id)
        materials = materials_of(
            person_session(run.user_id), database.connection(), run, from_json(run.definition), record_id
        )
        payload = database.execute_sql(
            "SELECT COALESCE(edited_payload, payload) FROM integration_record WHERE id = ?", (record_id,)
        ).fetchone()[0]
        mapper = materials.mapper if not field.level else materials.line_mapper
        assert mapper is not None
        faults: list[Fault] = mapper(_decode(payload))[1]
    for fault in faults:
        if fault.target_field in (field.path, field.target_field):
            # What to do about the row and the file does not concern whoever chooses a value for them.
            more = "" if fault.hint.endswith("choose Retry.") else f" {fault.hint}"
            raise FieldError(fault.message, f"Choose another value.{more}", fault.code)
