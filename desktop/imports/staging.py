"""Staging: one pass over the file, its rows kept as texts in blocks, until all of them are in and counted."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import msgspec
import peewee

from desktop.errors import SourceError
from desktop.imports.contradictions import refuse
from desktop.imports.currencies import with_currencies
from desktop.imports.integrations.binding import bind, column_knower, for_lines, with_choices, with_link
from desktop.imports.integrations.definition import (
    HEADER,
    LINE,
    NO_CHOICES,
    NOT_IN_FILE,
    Choices,
    Definition,
    to_json,
)
from desktop.imports.integrations.loading import load_definition
from desktop.imports.preview_checks import Checks
from desktop.imports.run_removal import remove_run
from desktop.imports.second_thread import one_ahead, second_thread
from desktop.imports.sources.dialect import UNCERTAIN
from desktop.imports.sources.fixed_width import LOOKS_FIXED
from desktop.imports.sources.left_out import sentences
from desktop.imports.sources.reader import Source, open_source
from desktop.imports.staged_rows import StagedRows
from desktop.imports.writing.collecting import seldom_collecting
from desktop.sessions.session import Session
from models import changes, owners
from models.database import connected, database
from models.enforcement import as_system
from models.fields import shown_decimal, stored_time
from models.integration_record import ImportRun, IntegrationRecord, RunSource, RunState
from models.lasting_later import lasting_later
from models.many_rows import insert_rows

BLOCK: Final = 5_000  # rows per transaction
_Record = tuple[int, int, str, int, int]  # run, line, cells, part, number of the document


@dataclasses.dataclass(frozen=True, slots=True)
class _Files:
    """The files of one run, open."""

    path: Path
    file: Source
    lines_path: Path | None
    lines: Source | None

    @property
    def expected_rows(self) -> int:
        """Rows of both, 0 where that is only known at the end."""
        expected = [source.expected_rows for source in (self.file, self.lines) if source is not None]
        return sum(expected) if all(expected) else 0


def stage(
    path: Path,
    integration_code: str,
    session: Session,
    *,
    choices: Choices = NO_CHOICES,
    lines_path: Path | None = None,
    source: str = RunSource.MANUAL,
    on_notes: Callable[[list[str]], None] | None = None,
) -> int:
    """Read a file, or one with headers and one with their lines, into integration records.

    Args:
        choices: what a person chose for this file.
        lines_path: the second file; None where lines stand in the first one, or there are none.
        source: how the file came, a value of RunSource.
        on_notes: is told what somebody should know who has not looked at a preview, such as columns that no field
            takes, or numbers that are written otherwise than they are read.
    Returns:
        The id of the run, which is ready to be processed.
    Raises:
        SourceError, BackdeskError, TaskCancelledError: as `service.read` says. Nothing is left in the database.
    """
    began = session.clock.monotonic()
    session.progress(0, 0, f"Looking at {path.name}")
    named = load_definition(integration_code)
    if lines_path is not None:
        named = with_link(named)
    definition = with_choices(named, choices)
    if lines_path is not None and not definition.with_lines:
        raise SourceError(
            f"The integration {definition.code} fills {definition.record.CAPTION_PLURAL}, which have no lines.",
            "Leave the second file out, or choose another integration.",
            "NoLines",
        )
    with ExitStack() as stack:
        stack.enter_context(seldom_collecting())
        files = _opened(stack, path, lines_path, named, choices)
        try:
            bound = _bound(definition, files)
        except SourceError as error:
            raise _explained(error, files) from error
        checks = _checks(bound, files, choices)
        refuse([found for one in checks for found in one.contradictions])
        notes = [one.notes() for one in checks]
        if on_notes is not None:
            on_notes(_of_files(files, notes))
        run_id = _create_run(bound, files, session, source)
        try:
            _stage_rows(run_id, bound, _watched(files, checks), notes, session, began)
            left_out = [
                sentences(source.left_out) for source in (files.file, files.lines) if source is not None
            ]
            if on_notes is not None and any(left_out):
                on_notes(_of_files(files, left_out))
        except BaseException:
            # Where even that fails, a worker removes it.
            with contextlib.suppress(sqlite3.Error, peewee.DatabaseError):
                remove_run(run_id)
            raise
    remember_headers(named, bound, session)
    return run_id


def _bound(definition: Definition, files: _Files) -> Definition:
    if files.lines is None or files.lines_path is None:
        bound = bind(definition, files.file.header, files.path.name)
        return with_currencies(bound, files.file, (HEADER, LINE))
    half = bind(definition, files.file.header, files.path.name, (HEADER,))
    both = bind(half, files.lines.header, files.lines_path.name, (LINE,))
    return with_currencies(with_currencies(both, files.file, (HEADER,)), files.lines, (LINE,))


def _explained(error: SourceError, files: _Files) -> SourceError:
    """The error for a column that is missing, with the reason where the file was probably divided wrongly."""
    if error.code != "MissingColumn":
        return error
    uncertain = [
        note
        for source in (files.file, files.lines)
        if source is not None and source.dialect.certainty == UNCERTAIN
        for note in source.notes
        if note.startswith(LOOKS_FIXED)
    ]
    return SourceError(" ".join([error.text, *uncertain[:1]]), error.hint, error.code)


def _opened(
    stack: ExitStack, path: Path, lines_path: Path | None, named: Definition, choices: Choices
) -> _Files:
    """The files, each read as it is written itself."""

    def opened(file: Path, definition: Definition, levels: tuple[int, ...]) -> Source:
        return stack.enter_context(open_source(file, definition, known=column_knower(definition, levels)))

    definition = with_choices(named, choices)
    if lines_path is None:
        return _Files(path, opened(path, definition, (HEADER, LINE)), None, None)
    lines = for_lines(named, choices)
    return _Files(path, opened(path, definition, (HEADER,)), lines_path, opened(lines_path, lines, (LINE,)))


def _checks(bound: Definition, files: _Files, choices: Choices) -> list[Checks]:
    """What is known of each file without looking at its rows."""
    if files.lines is None or files.lines_path is None:
        return [Checks(bound, files.file, (HEADER, LINE), files.path.name, choices)]
    chosen = choices.lines or NO_CHOICES
    return [
        Checks(bound, files.file, (HEADER,), files.path.name, choices),
        Checks(bound, files.lines, (LINE,), files.lines_path.name, chosen),
    ]


def _of_files(files: _Files, notes: Sequence[Sequence[str]]) -> list[str]:
    """What is to be known of the file; of two, each with the name of the one that it is about."""
    if files.lines_path is None:
        return list(notes[0])
    paths = (files.path, files.lines_path)
    return [f"{path.name}: {note}" for path, told in zip(paths, notes, strict=True) for note in told]


def _watched(files: _Files, checks: Sequence[Checks]) -> _Files:
    """The files, whose later rows may tell how the first ones were meant."""

    def watched(source: Source, path: Path, check: Checks) -> Source:
        return dataclasses.replace(source, rows=check.formats.watched(source.rows, path.name))

    file = watched(files.file, files.path, checks[0])
    if files.lines is None or files.lines_path is None:
        return dataclasses.replace(files, file=file)
    return dataclasses.replace(files, file=file, lines=watched(files.lines, files.lines_path, checks[1]))


@as_system()
def remember_headers(named: Definition, bound: Definition, session: Session) -> None:
    """Keep the headers under which this file carried fields that the integration knows by another name."""
    known = {field.path: field.source_column for field in named.fields}
    found = [
        (bound.code, field.level, field.target_field, field.source_column, stored_time(session.clock.now()))
        for field in bound.fields
        if field.column != NOT_IN_FILE and field.source_column != known.get(field.path)
    ]
    if found:
        with connected() as connection, database.atomic():
            connection.executemany(
                "INSERT INTO integration_header (integration_code, level, target_field, header, used_at)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (integration_code, level, target_field, header)"
                " DO UPDATE SET used_at = excluded.used_at",
                found,
            )


def _dialects(files: _Files, notes: Sequence[Sequence[str]] = ((), ())) -> dict[str, str]:
    """What was found out about the files, as the run keeps it."""
    sources = [("dialect", files.file), *([("line_dialect", files.lines)] if files.lines is not None else [])]
    return {
        name: msgspec.json.encode(
            msgspec.structs.replace(source.dialect, left_out=source.left_out.rows, notes=tuple(told))
        ).decode()
        for (name, source), told in zip(sources, notes, strict=False)
    }


@as_system()
def _create_run(definition: Definition, files: _Files, session: Session, source: str) -> int:
    values: dict[str, object] = {}
    if files.lines is not None and files.lines_path is not None:
        values = {
            "line_file_name": files.lines_path.name,
            "line_file_path": str(files.lines_path.absolute()),
            "line_file_sha256": files.lines.sha256,
            "line_header": msgspec.json.encode(files.lines.header).decode(),
        }
    with connected(), database.atomic():
        run = ImportRun.create(
            integration_code=definition.code,
            definition=to_json(definition),
            source=source,
            file_name=files.path.name,
            file_path=str(files.path.absolute()),
            file_sha256=files.file.sha256,
            file_size=files.file.size + (files.lines.size if files.lines is not None else 0),
            header=msgspec.json.encode(files.file.header).decode(),
            state=RunState.READING,
            user_id=session.user_id,
            owner=owners.this_process(),
            control_field=definition.control_field,
            created_at=session.clock.now(),
            **_dialects(files),
            **values,
        )
    run_id: int = run.id
    return run_id


@as_system()
def _stage_rows(
    run_id: int,
    definition: Definition,
    files: _Files,
    notes: Sequence[Sequence[str]],
    session: Session,
    began: float,
) -> None:
    """Rows into the database, a transaction per block; the run is ready when all are there."""
    total = 0
    with connected() as connection, second_thread("reading") as thread:
        rows = StagedRows(definition, files.file, files.lines)
        with lasting_later():
            for block in one_ahead(thread, _blocks(run_id, rows)):
                total += len(block)
                with database.atomic():
                    _insert(connection, run_id, block)
                    if not ImportRun.update(rows=total, ready=total).where(ImportRun.id == run_id).execute():
                        raise _taken_away(files)
                session.progress(total, files.expected_rows, f"Reading {files.path.name}")
        if not total:
            raise SourceError(
                f"“{files.path.name}” names columns but has no rows.", "Choose a file with data.", "Empty"
            )
        with database.atomic():
            ImportRun.update(
                state=RunState.READY,
                owner="",
                file_rows=rows.file_rows,
                documents=rows.documents,
                control_file=shown_decimal(rows.control_total) if rows.control_total is not None else None,
                reading_ms=int((session.clock.monotonic() - began) * 1000),
                **_dialects(files, notes),
            ).where(ImportRun.id == run_id).execute()
            changes.touch(ImportRun.table(), str(run_id))
            changes.touch(IntegrationRecord.table())


def _taken_away(files: _Files) -> SourceError:
    """The run has gone meanwhile: whoever cannot see that this process lives has removed it."""
    return SourceError(
        f"The import of “{files.path.name}” was removed while the file was read.",
        "Import the file again.",
        "Removed",
    )


def _blocks(run_id: int, rows: StagedRows) -> Iterator[list[_Record]]:
    """The rows as they are stored, as many as go into one transaction."""
    encode = msgspec.json.Encoder().encode
    remaining = iter(rows)
    while block := list(itertools.islice(remaining, BLOCK)):
        yield [(run_id, line, encode(cells).decode(), part, number) for part, line, number, cells in block]


def _insert(connection: sqlite3.Connection, run_id: int, rows: list[_Record]) -> None:
    """The records, and a status for each."""
    before = connection.execute("SELECT COALESCE(MAX(id), 0) FROM integration_record").fetchone()[0]
    insert_rows(
        connection, "integration_record", ("run_id", "line_no", "payload", "part", "document_no"), rows
    )
    # A condition on the run as well would make SQLite look through all its rows by their index, block for block.
    connection.execute(
        "INSERT INTO integration_record_status (record_id, run_id)"
        " SELECT id, run_id FROM integration_record WHERE id > ?",
        (before,),
    )
