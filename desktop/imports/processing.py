"""Processing: staged rows become records, a chunk per transaction, so that a kill leaves no duplicate and no loss."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import peewee

from desktop.errors import ReplacedError
from desktop.imports.afterwards import post_processing
from desktop.imports.integrations.definition import from_json
from desktop.imports.summary import ImportSummary, find_run, refuse_reading, refuse_undone, summary
from desktop.imports.values.mapping import Fault
from desktop.imports.writing.ahead import Ahead
from desktop.imports.writing.collecting import seldom_collecting
from desktop.imports.writing.documents import DocumentWork
from desktop.imports.writing.materials import materials_of
from desktop.imports.writing.outcome import Outcome
from desktop.imports.writing.records import RecordWork
from desktop.imports.writing.refusals import REFUSALS, database_fault, names_nothing
from desktop.imports.writing.work import Decision, Unit, Work
from desktop.sessions.pace import Pace
from desktop.sessions.post_process_calls import EntryError
from desktop.sessions.session import Session
from models import changes, owners
from models.database import connected, data_version, database
from models.enforcement import as_system
from models.errors import BackdeskError
from models.fields import stored_time
from models.integration import ErrorPolicy, PostProcessingTrigger
from models.integration_record import ImportRun, IntegrationRecord, RunState
from models.lasting_later import LARGE_CACHE, lasting_later

FIRST_CHUNK, SMALLEST_CHUNK, LARGEST_CHUNK = 500, 50, 10_000  # rows or documents


def process(session: Session, run_id: int, record_ids: Sequence[int] | None = None) -> ImportSummary:
    """Process what is ready in a run, from where the last process stopped.

    Args:
        record_ids: just these records, with the other rows of their documents; None for all that are ready.
    Returns:
        The counts at the end.
    Raises:
        BackdeskError: NotFound or StillReading.
        ReplacedError: another worker has taken the task over; nothing of the chunk in hand was written.
        TakenOverError: another job has taken the run over; likewise.
        TaskCancelledError: between two chunks; what is committed stays, the rest is ready.
    """
    with seldom_collecting(), connected() as connection:
        job = _Processing(session, connection, run_id, record_ids)
        try:
            ended = False
            while not ended:
                with lasting_later(LARGE_CACHE):
                    job.run()
                ended = job.release(ended=True)
        except (ReplacedError, TakenOverError):
            raise
        except BaseException:
            with suppress(sqlite3.Error, peewee.DatabaseError):
                job.release()
            raise
        return summary(run_id)


class TakenOverError(BackdeskError):
    """Another job processes the same import now."""

    code = "TakenOver"

    def __init__(self, file_name: str) -> None:
        super().__init__(
            f"Another job has taken over the import of “{file_name}”.", "Look for it in Job Queue Entries."
        )


class _StaleChunkError(Exception):
    """Somebody repaired a record, or deleted one that is named, while the chunk was computed."""


class _RefusedAfterwardsError(Exception):
    """Post-processing has refused records of the chunk; the errors are by the positions of their units."""

    def __init__(self, errors: dict[int, EntryError]) -> None:
        super().__init__()
        self.errors = errors


class _TooManyErrorsError(Exception):
    """The chunk has more errors than are allowed: a part of it is to be written."""


class _Processing:
    """One session's hold on one run."""

    def __init__(
        self, session: Session, connection: sqlite3.Connection, run_id: int, record_ids: Sequence[int] | None
    ) -> None:
        self._session = session
        self._connection = connection
        self._run_id = run_id
        self._began = session.clock.monotonic()
        self._pace = Pace(session, first=FIRST_CHUNK, smallest=SMALLEST_CHUNK, largest=LARGEST_CHUNK)
        self._token = self._take()
        self._stopped = False
        self._mended_since = False
        self._tolerated = 0
        self._load()
        self._positions = self._work.positions_of(record_ids) if record_ids is not None else None
        self._chosen_cursor = 0
        self._written: set[Any] = set()  # match values, since the next chunk was begun

    def run(self) -> None:
        """Chunk after chunk, until none is ready."""
        if self._mended_since:
            self._load()
            self._mended_since = False
        with self._pace, Ahead.running(self._session.clock) as ahead:
            self._begin(ahead)
            while chunk := ahead.take():
                early = chunk.early
                if early is not None and not early.keys.isdisjoint(self._written):
                    early = None
                self._begin(ahead, chunk.units[-1].position)
                try:
                    self._write(chunk.units, early, chunk.version)
                except _StaleChunkError:
                    self._load()
                    self._begin(ahead)
                    continue
                done, total = self._done()
                self._session.progress(done, total, f"Importing {self._file_name}")
                if self._stopped:
                    return

    def _begin(self, ahead: Ahead, after: int | None = None) -> None:
        """Let the next chunk be prepared: behind a position, or behind what is written."""
        if after is None:
            after = self._cursor if self._positions is None else self._chosen_cursor
        self._written.clear()
        ahead.begin(
            self._work, self._pace.size, after, self._positions, decides=not self._post_processes_at_once
        )

    @property
    def _post_processes_at_once(self) -> bool:
        """Whether the integration's codeunit, which may change anything, runs with each chunk."""
        definition = self._definition
        at_once = definition.post_processing_trigger == PostProcessingTrigger.PER_DOCUMENT
        return at_once and bool(definition.post_processing_codeunit)

    @as_system()
    def release(self, *, ended: bool = False) -> bool:
        """Give the run back: completed where no record is ready.

        Args:
            ended: all that was ready is processed.
        Returns:
            False where it was not given back, because records were mended since the last chunk was begun.
        """
        with database.atomic():
            found = self._connection.execute(
                "SELECT token, ready, revision FROM import_run WHERE id = ?", (self._run_id,)
            ).fetchone()
            if found is None or found[0] != self._token:
                return True
            takes_all = self._positions is None and not self._stopped
            if ended and takes_all and found[1] and found[2] != self._revision:
                self._mended_since = True
                return False
            left = RunState.STOPPED if self._stopped else RunState.READY
            milliseconds = int((self._session.clock.monotonic() - self._began) * 1000)
            values: dict[object, object] = {
                ImportRun.state: left if found[1] else RunState.COMPLETED,
                ImportRun.owner: "",
                ImportRun.processing_ms: ImportRun.processing_ms + milliseconds,
            }
            if ended:
                values[ImportRun.ended_at] = self._session.clock.now()
            ImportRun.update(values).where(ImportRun.id == self._run_id).execute()
            changes.touch(ImportRun.table(), str(self._run_id))
            return True

    @as_system()
    def _take(self) -> int:
        with database.atomic():
            run = find_run(self._run_id)
            refuse_reading(run)
            refuse_undone(run)
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

    def _load(self) -> None:
        """Read the run: its definition, and from where on it goes on."""
        with as_system():
            run = ImportRun.get_by_id(self._run_id)
            first = self._connection.execute(
                "SELECT COALESCE(MIN(id), 0) FROM integration_record WHERE run_id = ?", (self._run_id,)
            ).fetchone()[0]
        self._file_name: str = run.file_name
        self._revision = run.revision
        self._cursor = run.cursor
        self._definition = from_json(run.definition)
        if self._policy_stops(run.errors, run.rows):
            # Somebody has seen where it stopped and lets it go on.
            self._tolerated = run.errors
        with as_system():
            self._materials = materials_of(self._session, self._connection, run, self._definition, first)
        kind = DocumentWork if self._definition.with_lines else RecordWork
        self._work: Work = kind(self._materials)

    def _write(self, units: Sequence[Unit], early: Decision | None = None, version: int = 0) -> None:
        """The chunk in one transaction; where the database refuses a record, that one alone becomes an error.

        Args:
            early: what was decided about the units; it holds where nobody else has written since.
            version: of the database by which it was decided.
        """
        try:
            self._write_once(units, early, version)
        except _RefusedAfterwardsError as refused:
            for unit in units:
                if unit.position in refused.errors:
                    unit.refuse(_refused_afterwards(refused.errors[unit.position]))
            self._write(units)
        except _TooManyErrorsError:
            self._write_halves(units)
        except REFUSALS as error:
            if len(units) > 1:
                self._write_halves(units)
                return
            if names_nothing(error) and self._work.refresh():
                raise _StaleChunkError from error
            units[0].refuse(database_fault(error, self._definition))
            self._write_once(units)

    def _write_halves(self, units: Sequence[Unit]) -> None:
        """Two chunks instead of one; the second one waits where the first has as many errors as are allowed."""
        middle = len(units) // 2
        self._write(units[:middle])
        if not self._stopped:
            self._write(units[middle:])

    def _write_once(self, units: Sequence[Unit], early: Decision | None = None, version: int = 0) -> None:
        clock = self._session.clock
        self._pace.make_room()
        with database.atomic():
            began = clock.monotonic()
            self._check_hold()
            if early is not None and version == data_version():
                decision = early
            else:
                decision = self._work.decide(units, stored_time(clock.now()))
            outcome = self._work.write(decision)
            outcome.write(self._connection, self._run_id)
            stops = self._policy_stops(*self._count(outcome, units[-1].position))
            if stops and len(units) > 1:
                raise _TooManyErrorsError
            self._post_process(outcome, decision.moment)
        if self._positions is None:
            self._cursor = units[-1].position
        else:
            self._chosen_cursor = units[-1].position
        self._written |= decision.keys
        for mapper in self._materials.mappers:
            mapper.created(outcome.looked_up)
        self._stopped = stops
        self._pace.wrote(len(units), clock.monotonic() - began)

    def _post_process(self, outcome: Outcome, moment: str) -> None:
        """Have what was written taken by the integration's codeunit: here and now, or later."""
        definition = self._definition
        if not definition.post_processing_codeunit or not outcome.touched:
            return
        if not self._post_processes_at_once:
            post_processing.write_entries(definition, self._run_id, outcome.touched, moment)
            return
        errors = post_processing.run_in_transaction(self._session, definition, self._run_id, outcome.touched)
        if errors:
            raise _RefusedAfterwardsError(
                {
                    touched.position: errors[touched.key]
                    for touched in outcome.touched
                    if touched.key in errors
                }
            )

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
    def _count(self, outcome: Outcome, position: int) -> tuple[int, int]:
        """Move the run's counters and cursor; gives its errors and rows."""
        sets = [f"{counter} = {counter} + {number}" for counter, number in outcome.counts.items() if number]
        cursor = position if self._positions is None else self._cursor
        found: tuple[int, int] = self._connection.execute(
            f"UPDATE import_run SET {', '.join([*sets, 'cursor = ?'])} WHERE id = ? RETURNING errors, rows",
            (cursor, self._run_id),
        ).fetchone()
        changes.touch(ImportRun.table(), str(self._run_id))
        changes.touch(IntegrationRecord.table())
        return found

    def _policy_stops(self, errors: int, rows: int) -> bool:
        """Whether the run has as many errors as the integration allows, not counting those that are tolerated."""
        limit, errors = self._definition.error_limit, errors - self._tolerated
        if self._definition.error_policy == ErrorPolicy.STOP_AT_NUMBER:
            return errors >= max(limit, 1)
        if self._definition.error_policy == ErrorPolicy.STOP_AT_PERCENT:
            return errors * 100 > rows * limit
        return False

    @as_system()
    def _done(self) -> tuple[int, int]:
        rows, ready = self._connection.execute(
            "SELECT rows, ready FROM import_run WHERE id = ?", (self._run_id,)
        ).fetchone()
        return rows - ready, rows


def _refused_afterwards(error: EntryError) -> Fault:
    return Fault("", "", error.code, "", error.message, error.hint)
