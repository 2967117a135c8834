"""Which document a row belongs to once its cells were corrected: the one that they name now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
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


class Move(NamedTuple):
    """A row that leaves a document for another one.

    Attributes:
        old, new: the numbers of the two; `new` is 0 where it begins one, together with others of the same key.
        key: what names it; empty where nothing does.
    """

    record_id: int
    old: int
    new: int
    key: str


def follow_keys(run_id: int, corrected: Mapping[int, tuple[Sequence[str], Sequence[str]]]) -> list[int]:
    """Let corrected rows belong to the documents that they name now; call it in the transaction of the correction.

    Args, Returns, Raises:
        as `moves_of` and `carry_out`.
    """
    return carry_out(run_id, moves_of(run_id, corrected))


def moves_of(run_id: int, corrected: Mapping[int, tuple[Sequence[str], Sequence[str]]]) -> list[Move]:
    """Which rows belong to other documents than before, once they are corrected. It may read all rows of the run.

    A row that names a document of the same import joins it; one that names a new one, or none, begins a document.

    Args:
        corrected: the cells before and after the correction, by id.
    """
    run = ImportRun.get_by_id(run_id)
    keys = _keys_of(run) if run.documents else []
    named: dict[int, tuple[int, str]] = {}
    for block in moves.blocks(list(corrected) if keys else []):
        rows = database.execute_sql(
            f"SELECT id, part, document_no FROM integration_record WHERE id IN {moves.marks(block)}",
            tuple(block),
        )
        for record_id, part, number in rows:
            before, after = corrected[record_id]
            key = keys[part](after)
            if key != keys[part](before):
                named[record_id] = number, key
    if not named:
        return []
    numbers = _numbers_of({key for _, key in named.values()} - {""}, run, keys, named)
    found = (Move(record_id, old, numbers.get(key, 0), key) for record_id, (old, key) in named.items())
    return [move for move in found if move.new != move.old]


def carry_out(run_id: int, found: Sequence[Move]) -> list[int]:
    """Let rows change their documents; what is left of a former one is to be tried without them.

    Returns:
        The rows that were left behind with errors, and are ready now.
    Raises:
        BackdeskError: with code Undone.
    """
    if not found:
        return []
    last = following = _last_number(run_id)
    begun: dict[str, int] = {}
    numbered: list[tuple[int, int]] = []
    for move in found:
        number = move.new or begun.get(move.key)
        if not number:
            number = following = following + 1
            if move.key:
                begun[move.key] = number
        numbered.append((number, move.record_id))
    database.connection().executemany("UPDATE integration_record SET document_no = ? WHERE id = ?", numbered)
    left = {move.old for move in found}
    run = ImportRun.get_by_id(run_id)
    ImportRun.update(
        documents=run.documents + following - last - len(left - _still_there(run_id, left)),
        cursor=min(run.cursor, *(number - 1 for number, _ in numbered)),
    ).where(ImportRun.id == run_id).execute()
    behind = _with_errors(run_id, left)
    moves.move_all(run_id, RecordStatus.ERROR, RecordStatus.READY, behind)
    return behind


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
    with closing(rows):  # one that is left half-way would keep what follows from writing
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
