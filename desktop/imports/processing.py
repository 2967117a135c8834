"""Processing: staged rows become records, a chunk per transaction, so that a kill leaves no duplicate and no loss."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec
import peewee

from desktop.errors import ReplacedError
from desktop.imports import owners
from desktop.imports.chunk import ChunkWriter, MappedRow
from desktop.imports.definition import from_json
from desktop.imports.mapping import Fault, Mapper
from desktop.imports.reader import WORKBOOK, Dialect
from desktop.imports.summary import ImportSummary, run_not_found, summary
from desktop.sessions.session import Session
from models import changes
from models.database import connected, database
from models.enforcement import as_system
from models.errors import BackdeskError
from models.fields import stored_time
from models.integration_record import ImportRun, IntegrationRecord, RecordStatus, RunState

LOCK_BUDGET: Final = 0.040  # seconds that a chunk may keep others from writing
FIRST_CHUNK, SMALLEST_CHUNK, LARGEST_CHUNK = 500, 50, 10_000  # rows
_COUNTERS: Final = {
    RecordStatus.CREATED: "created",
    RecordStatus.UPDATED: "updated",
    RecordStatus.UNCHANGED: "unchanged",
    RecordStatus.ERROR: "errors",
}
_REFUSALS: Final = (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeEncodeError)


def process(session: Session, run_id: int, record_ids: Sequence[int] | None = None) -> ImportSummary:
    """Process what is ready in a run, from where the last process stopped.

    Args:
        record_ids: just these records; None for all that are ready.
    Returns:
        The counts at the end.
    Raises:
        BackdeskError: NotFound or StillReading.
        ReplacedError: another worker has taken the task over; nothing of the chunk in hand was written.
        TakenOverError: another job has taken the run over; likewise.
        TaskCancelledError: between two chunks; what is committed stays, the rest is ready.
    """
    with connected() as connection:
        job = _Processing(session, connection, run_id, record_ids)
        try:
            job.run()
        except (ReplacedError, TakenOverError):
            raise
        except BaseException:
            with suppress(sqlite3.Error, peewee.DatabaseError):
                job.release()
            raise
        job.release(ended=True)
        return summary(run_id)


class TakenOverError(BackdeskError):
    """Another job processes the same import now."""

    code = "TakenOver"

    def __init__(self, file_name: str) -> None:
        super().__init__(
            f"Another job has taken over the import of “{file_name}”.", "Look for it in Job Queue Entries."
        )


class _StaleChunkError(Exception):
    """Somebody repaired a record while the chunk was computed."""


class _Processing:
    """One session's hold on one run."""

    def __init__(
        self, session: Session, connection: sqlite3.Connection, run_id: int, record_ids: Sequence[int] | None
    ) -> None:
        self._session = session
        self._connection = connection
        self._run_id = run_id
        self._wanted = sorted(set(record_ids)) if record_ids is not None else None
        self._size = FIRST_CHUNK
        self._token = self._take()
        self._revision = -1
        self._cursor = 0

    def run(self) -> None:
        """Chunk after chunk, until none is ready."""
        self._load()
        while rows := self._next_rows():
            mapped = self._map(rows)
            try:
                self._write(mapped)
            except _StaleChunkError:
                self._load()
                continue
            if self._wanted is not None:
                self._wanted = [record_id for record_id in self._wanted if record_id > mapped[-1].record_id]
            done, total = self._done()
            self._session.progress(done, total, f"Importing {self._file_name}")

    @as_system()
    def release(self, *, ended: bool = False) -> None:
        """Give the run back: completed where no record is ready."""
        with database.atomic():
            found = self._connection.execute(
                "SELECT token, ready FROM import_run WHERE id = ?", (self._run_id,)
            ).fetchone()
            if found is None or found[0] != self._token:
                return
            values: dict[str, object] = {
                "state": RunState.READY if found[1] else RunState.COMPLETED,
                "owner": "",
            }
            if ended:
                values["ended_at"] = self._session.clock.now()
            ImportRun.update(values).where(ImportRun.id == self._run_id).execute()
            changes.touch(ImportRun.table(), str(self._run_id))

    @as_system()
    def _take(self) -> int:
        with database.atomic():
            run = ImportRun.get_or_none(ImportRun.id == self._run_id)
            if run is None:
                raise run_not_found(self._run_id)
            if run.state == RunState.READING:
                raise BackdeskError(
                    f"“{run.file_name}” is still being read.",
                    "Wait until all rows are there.",
                    "StillReading",
                )
            self._session.check_owner()
            token: int = run.token + 1
            ImportRun.update(
                token=token,
                owner=owners.this_process(),
                state=RunState.PROCESSING,
                started_at=run.started_at or self._session.clock.now(),
                ended_at=None,
            ).where(ImportRun.id == self._run_id).execute()
            changes.touch(ImportRun.table(), str(self._run_id))
        return token

    @as_system()
    def _load(self) -> None:
        """Read the run: its definition, and from which record on it goes on."""
        run = ImportRun.get_by_id(self._run_id)
        definition = from_json(run.definition)
        header = msgspec.json.decode(run.header, type=list[str])
        dialect = msgspec.json.decode(run.dialect, type=Dialect)
        self._file_name: str = run.file_name
        self._revision = run.revision
        self._cursor = run.cursor
        self._mapper = Mapper(
            definition,
            len(header),
            pad=dialect.kind == WORKBOOK,
            delimiter=dialect.delimiter_caption or "separator",
        )
        self._writer = ChunkWriter(self._connection, self._run_id, definition, self._mapper)

    def _next_rows(self) -> list[tuple[int, int, str]]:
        """Id, line and cells of the next ready records."""
        if self._wanted is None:
            return self._ready("AND s.record_id > ?", [self._cursor])
        while self._wanted:
            chosen = self._wanted[: self._size]
            rows = self._ready(f"AND s.record_id IN ({', '.join('?' * len(chosen))})", chosen)
            if rows:
                return rows
            self._wanted = self._wanted[len(chosen) :]
        return []

    @as_system()
    def _ready(self, which: str, values: Sequence[int]) -> list[tuple[int, int, str]]:
        return self._connection.execute(
            "SELECT r.id, r.line_no, COALESCE(r.edited_payload, r.payload)"
            " FROM integration_record_status AS s JOIN integration_record AS r ON r.id = s.record_id"
            f" WHERE s.run_id = ? AND s.status = 0 {which} ORDER BY s.record_id LIMIT ?",
            (self._run_id, *values, self._size),
        ).fetchall()

    def _map(self, rows: Sequence[tuple[int, int, str]]) -> list[MappedRow]:
        """Outside of any transaction: texts become values."""
        self._mapper.refresh_lookups()
        decode, mapper = msgspec.json.Decoder(list[str]).decode, self._mapper
        return [MappedRow(record_id, line, *mapper(decode(cells))) for record_id, line, cells in rows]

    def _write(self, rows: list[MappedRow]) -> None:
        """The chunk in one transaction; where the database refuses a record, that one alone becomes an error."""
        try:
            self._write_once(rows)
        except _REFUSALS as error:
            if len(rows) > 1:
                middle = len(rows) // 2
                self._write(rows[:middle])
                self._write(rows[middle:])
                return
            rows[0].values = None
            rows[0].faults = [_refused(error)]
            self._write_once(rows)

    def _write_once(self, rows: Sequence[MappedRow]) -> None:
        clock = self._session.clock
        moment = stored_time(clock.now())
        with database.atomic():
            began = clock.monotonic()
            self._check_hold()
            counts = self._writer.write(rows, moment)
            self._count(counts, rows[-1].record_id)
        self._adapt(len(rows), clock.monotonic() - began)

    @as_system()
    def _check_hold(self) -> None:
        """Inside the transaction: the run is still ours, and nobody has repaired a record meanwhile."""
        found = self._connection.execute(
            "SELECT token, revision FROM import_run WHERE id = ?", (self._run_id,)
        ).fetchone()
        self._session.check_owner()
        if found is None or found[0] != self._token:
            raise TakenOverError(self._file_name)
        if found[1] != self._revision:
            raise _StaleChunkError

    @as_system()
    def _count(self, counts: dict[RecordStatus, int], last_id: int) -> None:
        sets = [f"{_COUNTERS[status]} = {_COUNTERS[status]} + {number}" for status, number in counts.items()]
        if self._wanted is None:
            self._cursor = last_id
        self._connection.execute(
            f"UPDATE import_run SET ready = ready - ?, cursor = ?, {', '.join(sets)} WHERE id = ?",
            (sum(counts.values()), self._cursor, self._run_id),
        )
        changes.touch(ImportRun.table(), str(self._run_id))
        changes.touch(IntegrationRecord.table())

    def _adapt(self, rows: int, seconds: float) -> None:
        """The next chunk as large as the lock budget allows."""
        fitting = rows * LOCK_BUDGET / max(seconds, 0.0001)
        wanted = min(max(fitting, self._size / 2), self._size * 2)
        self._size = int(min(max(wanted, SMALLEST_CHUNK), LARGEST_CHUNK))

    @as_system()
    def _done(self) -> tuple[int, int]:
        rows, ready = self._connection.execute(
            "SELECT rows, ready FROM import_run WHERE id = ?", (self._run_id,)
        ).fetchone()
        return rows - ready, rows


def _refused(error: Exception) -> Fault:
    return Fault(
        "",
        "",
        "Refused",
        "",
        f"The database refuses the record: {error}.",
        "Correct the row, then choose Retry.",
    )
