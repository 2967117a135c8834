"""Which document a row belongs to once its cells were corrected: the one that they name now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from desktop.imports.integrations.definition import from_json
from desktop.imports.mending import moves
from desktop.imports.sources.reader import Dialect
from desktop.imports.staged_rows import DocumentKey
from models.database import database
from models.integration_record import ImportRun, RecordStatus

_CELLS = "COALESCE(edited_payload, payload)"
_decode = msgspec.json.Decoder(list[str]).decode


class _Move(NamedTuple):
    """A row that leaves a document for another one, by their numbers."""

    record_id: int
    old: int
    new: int


def follow_keys(run_id: int, former: Mapping[int, Sequence[str]]) -> list[int]:
    """Let corrected rows belong to the documents that they name now; call it in the transaction of the correction.

    A row that names a document of the same import joins it; one that names a new one, or none, begins a document.
    What is left of its former document is to be tried without it.

    Args:
        former: the cells that the rows had, by id; those that they have now are written already.
    Returns:
        The rows that were left behind with errors, and are ready now.
    Raises:
        BackdeskError: with code Undone.
    """
    run = ImportRun.get_by_id(run_id)
    found = _moves(run, former) if run.documents else []
    if not found:
        return []
    before = _last_number(run_id)
    database.connection().executemany(
        "UPDATE integration_record SET document_no = ? WHERE id = ?",
        [(move.new, move.record_id) for move in found],
    )
    left = {move.old for move in found}
    begun = {move.new for move in found if move.new > before}
    ImportRun.update(
        documents=ImportRun.documents + len(begun) - len(left - _still_there(run_id, left)),
        cursor=min(run.cursor, *(move.new - 1 for move in found)),
    ).where(ImportRun.id == run_id).execute()
    behind = _with_errors(run_id, left)
    moves.move_all(run_id, RecordStatus.ERROR, RecordStatus.READY, behind)
    return behind


def _moves(run: ImportRun, former: Mapping[int, Sequence[str]]) -> list[_Move]:
    keys = _keys_of(run)
    named: dict[int, tuple[int, str]] = {}
    for block in moves.blocks(list(former)):
        rows = database.execute_sql(
            f"SELECT id, part, document_no, {_CELLS} FROM integration_record WHERE id IN {moves.marks(block)}",
            tuple(block),
        )
        for record_id, part, number, cells in rows:
            key = keys[part](_decode(cells))
            if key != keys[part](former[record_id]):
                named[record_id] = number, key
    if not named:
        return []
    numbers = _numbers_of({key for _, key in named.values()} - {""}, run, keys, named)
    following = _last_number(run.id)
    found = []
    for record_id, (old, key) in named.items():
        new = numbers.get(key)
        if new is None:
            new = following = following + 1
            if key:
                numbers[key] = new
        if new != old:
            found.append(_Move(record_id, old, new))
    return found


def _keys_of(run: ImportRun) -> list[DocumentKey]:
    """What names the document of a row, for each of the files."""
    definition = from_json(run.definition)
    files = [(run.dialect, run.header)]
    if run.line_file_name:
        files.append((run.line_dialect, run.line_header))
    return [
        DocumentKey(
            definition,
            msgspec.json.decode(dialect, type=Dialect),
            msgspec.json.decode(header, type=list[str]),
            part,
        )
        for part, (dialect, header) in enumerate(files)
    ]


def _numbers_of(
    wanted: Collection[str], run: ImportRun, keys: Sequence[DocumentKey], moving: Collection[int]
) -> dict[str, int]:
    """The numbers of the documents that have these keys, as their first rows say that do not move themselves."""
    found: dict[str, int] = {}
    missing = set(wanted)
    if not missing:
        return found
    rows = database.execute_sql(
        f"SELECT document_no, part, {_CELLS}, MIN(id) FROM integration_record WHERE run_id = ? AND document_no > 0"
        " AND id NOT IN (SELECT value FROM json_each(?)) GROUP BY document_no",
        (run.id, msgspec.json.encode(list(moving)).decode()),
    )
    for number, part, cells, _ in rows:
        key = keys[part](_decode(cells))
        if key in missing:
            found[key] = number
            missing.remove(key)
            if not missing:
                break
    return found


def _last_number(run_id: int) -> int:
    found = database.execute_sql(
        "SELECT MAX(document_no) FROM integration_record WHERE run_id = ? AND document_no > 0", (run_id,)
    ).fetchone()
    return int(found[0])


def _still_there(run_id: int, numbers: Collection[int]) -> set[int]:
    """Those of the documents that have any row."""
    return {
        number
        for block in moves.blocks(sorted(numbers))
        for (number,) in database.execute_sql(
            "SELECT DISTINCT document_no FROM integration_record"
            f" WHERE run_id = ? AND document_no > 0 AND document_no IN {moves.marks(block)}",
            (run_id, *block),
        )
    }


def _with_errors(run_id: int, numbers: Collection[int]) -> list[int]:
    return [
        record_id
        for block in moves.blocks(sorted(numbers))
        for (record_id,) in database.execute_sql(
            "SELECT r.id FROM integration_record AS r JOIN integration_record_status AS s ON s.record_id = r.id"
            " WHERE r.run_id = ? AND r.document_no > 0 AND s.status = ?"
            f" AND r.document_no IN {moves.marks(block)}",
            (run_id, int(RecordStatus.ERROR), *block),
        )
    ]
