"""Undoing an import: what it created goes, what it changed is as before, and what somebody has edited since stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import msgspec
import peewee

from desktop.errors import ReplacedError
from desktop.imports.afterwards.undo_store import Undone, UndoStore
from desktop.imports.import_jobs import ImportJob, create_job, refuse_beside, staged_run
from desktop.imports.integrations.definition import from_json
from desktop.imports.summary import find_run, refuse_reading
from desktop.sessions.pace import Pace
from desktop.sessions.session import Session
from models import changes, owners
from models.database import connected, database
from models.enforcement import as_system, indirect
from models.errors import BackdeskError
from models.integration_record import ImportRun, IntegrationRecord, RunState
from models.lasting_later import LARGE_CACHE, lasting_later
from models.post_process_entry import PostProcessEntry, PostProcessStatus
from models.rights import Right

FIRST_STEP, SMALLEST_STEP, LARGEST_STEP = 200, 20, 2_000  # rows or documents
ROWS_TOLD: Final = 500  # of each group that is not simply reversed


class UndoRow(msgspec.Struct, frozen=True):
    """One record that stayed as it is: the row of the file, the record's key, why, and what to do about it."""

    line_no: int
    key: str
    reason: str
    hint: str = ""


class UndoReport(msgspec.Struct):
    """What undoing an import did, so far or in the end.

    Attributes:
        reversed: records or documents that were removed or are as they were before.
        kept: those that somebody has edited since; `failed`: those that could not be removed or restored.
        kept_rows, failed_rows: the first of each.
        position: where it goes on after a kill: rows before it are still to be done; None at the beginning.
        finished: whether it came to its end.
    """

    reversed: int = 0
    kept: int = 0
    failed: int = 0
    kept_rows: list[UndoRow] = []
    failed_rows: list[UndoRow] = []
    position: int | None = None
    finished: bool = False

    @property
    def text(self) -> str:
        """One line for people, e.g. "998 reversed, 2 kept because they were edited since"."""
        parts = [f"{self.reversed:,} reversed"]
        if self.kept:
            were = "it was" if self.kept == 1 else "they were"
            parts.append(f"{self.kept:,} kept because {were} edited since")
        if self.failed:
            parts.append(f"{self.failed:,} could not be reversed")
        return ", ".join(parts)


@indirect(Right.MODIFY, "import_run")
def start_undo(run_id: int, user_id: str) -> str:
    """Let a job undo an import.

    Returns:
        The id of the job queue entry.
    Raises:
        BackdeskError: NotFound, StillReading, NothingToUndo, or UnderWay while a job of this import has not ended.
    """
    with connected(), database.atomic():
        run = staged_run(run_id)
        if not run.created and not run.updated:
            raise BackdeskError(
                f"The import of “{run.file_name}” has created and changed nothing that is still there.",
                "There is nothing to undo.",
                "NothingToUndo",
            )
        refuse_beside(run, *ImportJob)
        return create_job(run, ImportJob.UNDO, user_id)


@as_system()
def kept_report(run_id: int) -> UndoReport | None:
    """What undoing an import did, so far or in the end; None where nobody has begun."""
    with connected():
        run = ImportRun.get_or_none(ImportRun.id == run_id)
    return msgspec.json.decode(run.undo, type=UndoReport) if run is not None and run.undo else None


def undo(session: Session, run_id: int) -> UndoReport:
    """Undo an import, a step per transaction, from the last row to the first; goes on where a kill has stopped it.

    Raises:
        BackdeskError: NotFound, StillReading, Interrupted, or UnderWay while the import is being processed.
        ReplacedError: another worker has taken the task over.
        TaskCancelledError: between two steps; what was undone stays undone, the rest is as it was.
    """
    with connected() as connection:
        work = _Undoing(session, connection, run_id)
        try:
            return work.run()
        except ReplacedError:
            raise
        except BaseException:
            with suppress(sqlite3.Error, peewee.DatabaseError):
                work.release()
            raise


class _Undoing:
    """One session's hold on one run."""

    def __init__(self, session: Session, connection: sqlite3.Connection, run_id: int) -> None:
        self._session = session
        self._run_id = run_id
        self._pace = Pace(session, first=FIRST_STEP, smallest=SMALLEST_STEP, largest=LARGEST_STEP)
        self._token, self._run, self._report = self._take()
        self._store = UndoStore(connection, run_id, from_json(self._run.definition))

    def run(self) -> UndoReport:
        """Step after step, then the look-up records that the import had created."""
        total = self._run.created + self._run.updated + self._run.reversed
        with lasting_later(LARGE_CACHE), self._pace:
            while self._step():
                done = total - self._left()
                self._session.progress(done, total, f"Undoing the import of {self._run.file_name}")
            refused = self._remove_look_ups()
        with database.atomic():
            self._check_hold()
            self._account(refused)
            self._report.finished = True
            self._keep(RunState.UNDONE)
        return self._report

    def _step(self) -> bool:
        clock = self._session.clock
        self._pace.make_room()
        with database.atomic():
            began = clock.monotonic()
            self._check_hold()
            with as_system():
                groups = self._store.next_groups(self._pace.size, self._report.position)
            if not groups:
                return False
            self._account(self._store.reverse(groups))
            self._report.position = groups[-1].position
            self._keep(RunState.UNDOING)
        self._pace.wrote(len(groups), clock.monotonic() - began)
        return True

    def _remove_look_ups(self) -> list[Undone]:
        """A few per transaction: who refers to one is looked for in large tables. Gives those that have to stay."""
        clock = self._session.clock
        left = self._store.look_ups_created()
        refused: list[Undone] = []
        while left:
            before = len(left)
            self._pace.make_room()
            with database.atomic():
                began = clock.monotonic()
                self._check_hold()
                in_time = True
                while left and in_time:
                    undone = self._store.remove_look_up(left.pop())
                    if undone is not None and undone.reason is not None:
                        refused.append(undone)  # told at the end, so that a kill on the way tells it once
                    elif undone is not None:
                        self._account([undone])
                    in_time = clock.monotonic() - began < self._pace.seconds
                self._keep(RunState.UNDOING)
            self._pace.wrote(before - len(left), clock.monotonic() - began)
        return refused

    def _account(self, undone: Sequence[Undone]) -> None:
        report = self._report
        for one in undone:
            if one.reason is None:
                report.reversed += 1
                continue
            row = UndoRow(one.group.line_no, one.group.key, *one.reason)
            if one.edited:
                report.kept += 1
                rows = report.kept_rows
            else:
                report.failed += 1
                rows = report.failed_rows
            if len(rows) < ROWS_TOLD:
                rows.append(row)

    @as_system()
    def _keep(self, state: RunState) -> None:
        """The report with the counters of the run, inside the step's transaction."""
        moved = self._store.take_moved()
        values: dict[Any, Any] = {
            ImportRun.undo: msgspec.json.encode(self._report).decode(),
            ImportRun.state: state,
            ImportRun.reversed: ImportRun.reversed + moved.get("created", 0) + moved.get("updated", 0),
            ImportRun.revision: ImportRun.revision + 1,
        }
        for counter, number in moved.items():
            column = getattr(ImportRun, counter)
            values[column] = column - number
        if state is RunState.UNDONE:
            values |= {ImportRun.undone_at: self._session.clock.now(), ImportRun.owner: ""}
            PostProcessEntry.delete().where(
                (PostProcessEntry.run_id == self._run_id)
                & (PostProcessEntry.status == PostProcessStatus.READY)
            ).execute()
            changes.touch(PostProcessEntry.table())
        ImportRun.update(values).where(ImportRun.id == self._run_id).execute()
        changes.touch(ImportRun.table(), str(self._run_id))
        changes.touch(IntegrationRecord.table())

    @as_system()
    def release(self) -> None:
        """Give the run back as it is."""
        with database.atomic():
            run = ImportRun.get_or_none(ImportRun.id == self._run_id)
            if run is None or run.token != self._token:
                return
            state = RunState.READY if run.ready else RunState.COMPLETED
            ImportRun.update(state=state, owner="").where(ImportRun.id == self._run_id).execute()
            changes.touch(ImportRun.table(), str(self._run_id))

    @as_system()
    def _take(self) -> tuple[int, Any, UndoReport]:
        with database.atomic():
            run = find_run(self._run_id)
            refuse_reading(run)
            if run.state == RunState.PROCESSING and owners.lives(run.owner):
                raise BackdeskError(
                    f"“{run.file_name}” is still being processed.",
                    "Wait for it, or cancel that job.",
                    "UnderWay",
                )
            self._session.check_owner()
            token: int = run.token + 1
            report = msgspec.json.decode(run.undo, type=UndoReport) if run.undo else UndoReport()
            if run.state != RunState.UNDOING:  # no kill has stopped it: all that is left is looked at again
                report = UndoReport(reversed=report.reversed)
            ImportRun.update(
                token=token,
                owner=owners.this_process(),
                state=RunState.UNDOING,
                undo=msgspec.json.encode(report).decode(),
            ).where(ImportRun.id == self._run_id).execute()
            changes.touch(ImportRun.table(), str(self._run_id))
        return token, run, report

    @as_system()
    def _check_hold(self) -> None:
        self._session.check_owner()
        token = ImportRun.select(ImportRun.token).where(ImportRun.id == self._run_id).scalar()
        if token != self._token:
            raise BackdeskError(
                f"Another job has taken over the import of “{self._run.file_name}”.",
                "Look for it in Job Queue Entries.",
                "TakenOver",
            )

    @as_system()
    def _left(self) -> int:
        left = ImportRun.select(ImportRun.created + ImportRun.updated).where(ImportRun.id == self._run_id)
        return int(left.scalar())
