"""Staging: one pass over the file, its rows kept as texts in blocks, until all of them are in and counted."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import peewee

from desktop.errors import SourceError
from desktop.imports import owners
from desktop.imports.binding import bind
from desktop.imports.definition import Definition, to_json
from desktop.imports.loading import load_definition
from desktop.imports.reader import Source, open_source
from desktop.sessions.session import Session
from models import changes
from models.database import connected, database
from models.enforcement import as_system
from models.integration_record import ImportRun, IntegrationRecord, RunState

BLOCK: Final = 10_000  # rows per transaction
_DELETED_AT_ONCE: Final = 20_000


def stage(path: Path, integration_code: str, session: Session, *, encoding: str = "", sheet: str = "") -> int:
    """Read a file into integration records.

    Args:
        encoding, sheet: a person's choice; empty takes the integration's.
    Returns:
        The id of the run, which is ready to be processed.
    Raises:
        SourceError, BackdeskError, TaskCancelledError: as `service.read` says. Nothing is left in the database.
    """
    session.progress(0, 0, f"Looking at {path.name}")
    definition = with_choices(load_definition(integration_code), encoding, sheet)
    with open_source(path, definition) as source:
        bound = bind(definition, source.header, path.name)
        run_id = _create_run(path, bound, source, session)
        try:
            rows = _stage_rows(run_id, path, source, session)
            if not rows:
                raise SourceError(
                    f"“{path.name}” names columns but has no rows.", "Choose a file with data.", "Empty"
                )
        except BaseException:
            # Where even that fails, the next start removes it.
            with contextlib.suppress(sqlite3.Error, peewee.DatabaseError):
                remove_run(run_id)
            raise
    return run_id


def with_choices(definition: Definition, encoding: str, sheet: str) -> Definition:
    """The definition with what a person chose for this file."""
    reading = msgspec.structs.replace(
        definition.reading,
        encoding=encoding or definition.reading.encoding,
        sheet=sheet or definition.reading.sheet,
    )
    return msgspec.structs.replace(definition, reading=reading)


@as_system()
def recover_reading_runs(alive: Callable[[str], bool]) -> list[int]:
    """Remove the runs whose reading was cut off; `alive` tells whether an owner still runs. Returns their ids."""
    with connected():
        reading = list(
            ImportRun.select(ImportRun.id, ImportRun.owner).where(ImportRun.state == RunState.READING)
        )
    left = [run.id for run in reading if not alive(run.owner)]
    for run_id in left:
        remove_run(run_id)
    return left


@as_system()
def remove_run(run_id: int) -> None:
    """Delete a run with its rows, in short transactions, the run itself last."""
    with connected():
        for table, key in (
            ("integration_record_error", "record_id"),
            ("integration_record_status", "record_id"),
            ("integration_record", "id"),
        ):
            _delete_rows(table, key, run_id)
        with database.atomic():
            ImportRun.delete().where(ImportRun.id == run_id).execute()
            changes.touch(ImportRun.table(), str(run_id))


def _delete_rows(table: str, key: str, run_id: int) -> None:
    """Rows of a run, found through its records, whose ids are in one range."""
    bounds = database.execute_sql(
        "SELECT MIN(id), MAX(id) FROM integration_record WHERE run_id = ?", (run_id,)
    ).fetchone()
    if bounds[0] is None:
        return
    for first in range(bounds[0], bounds[1] + 1, _DELETED_AT_ONCE):
        with database.atomic():
            database.execute_sql(
                f"DELETE FROM {table} WHERE {key} BETWEEN ? AND ? AND run_id = ?",
                (first, first + _DELETED_AT_ONCE - 1, run_id),
            )


@as_system()
def _create_run(path: Path, definition: Definition, source: Source, session: Session) -> int:
    with connected(), database.atomic():
        run = ImportRun.create(
            integration_code=definition.code,
            definition=to_json(definition),
            file_name=path.name,
            file_path=str(path.absolute()),
            file_sha256=source.sha256,
            file_size=source.size,
            dialect=msgspec.json.encode(source.dialect).decode(),
            header=msgspec.json.encode(source.header).decode(),
            state=RunState.READING,
            user_id=session.user_id,
            owner=owners.this_process(),
            created_at=session.clock.now(),
        )
    run_id: int = run.id
    return run_id


@as_system()
def _stage_rows(run_id: int, path: Path, source: Source, session: Session) -> int:
    """Rows into the database, a transaction per block; the run is ready with the last one."""
    encode = msgspec.json.Encoder().encode
    total = 0
    blocks = _blocks(source.rows)
    block = next(blocks, [])
    with connected() as connection:
        while block:
            following = next(blocks, [])
            encoded = [(run_id, line, encode(cells).decode()) for line, cells in block]
            total += len(block)
            with database.atomic():
                _insert(connection, run_id, encoded)
                values: dict[str, object] = {"rows": total, "ready": total}
                if not following:
                    values |= {"state": RunState.READY, "owner": ""}
                    changes.touch(ImportRun.table(), str(run_id))
                    changes.touch(IntegrationRecord.table())
                ImportRun.update(values).where(ImportRun.id == run_id).execute()
            session.progress(total, source.expected_rows, f"Reading {path.name}")
            block = following
    return total


def _blocks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    while block := list(itertools.islice(rows, BLOCK)):
        yield block


def _insert(connection: sqlite3.Connection, run_id: int, rows: list[tuple[int, int, str]]) -> None:
    """The records, and a status for each."""
    before = connection.execute("SELECT COALESCE(MAX(id), 0) FROM integration_record").fetchone()[0]
    connection.executemany("INSERT INTO integration_record (run_id, line_no, payload) VALUES (?, ?, ?)", rows)
    connection.execute(
        "INSERT INTO integration_record_status (record_id, run_id)"
        " SELECT id, run_id FROM integration_record WHERE id > ? AND run_id = ?",
        (before, run_id),
    )
