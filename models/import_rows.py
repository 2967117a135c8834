"""What the pages about imports show, as plain rows: no model leaves the thread that read it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from models import owners
from models.company_file import PROCESS_LIVES
from models.database import database
from models.fields import shown_decimal, shown_time
from models.integration_record import RecordStatus, RunState
from models.job_queue import EntryStatus

STATUS_WORDS = {
    RecordStatus.READY: "Ready",
    RecordStatus.CREATED: "Created",
    RecordStatus.UPDATED: "Updated",
    RecordStatus.UNCHANGED: "Unchanged",
    RecordStatus.ERROR: "Error",
    RecordStatus.EXCLUDED: "Excluded",
    RecordStatus.REVERSED: "Reversed",
}
OPEN_RUN: Final = f"state NOT IN ('{RunState.UNDOING.value}', '{RunState.UNDONE.value}')"
"""Which runs somebody can still do something about: the rows of an import that was undone wait for nobody."""
_OWNED = (RunState.READING, RunState.PROCESSING, RunState.UNDOING)
_JOB_RUNS = (EntryStatus.IN_PROCESS.value, EntryStatus.CANCELLING.value)
_JOB_ENDED = (EntryStatus.FINISHED.value, EntryStatus.CANCELLED.value, EntryStatus.ERROR.value)


class IntegrationChoice(NamedTuple):
    """One integration in a drop-down."""

    code: str
    description: str
    execution_mode: str


class ImportRunRow(NamedTuple):
    """One import run with the job that processes it; rows = ready + created + … + excluded + reversed.

    `job_status` is empty while there is no job. `retry_at` is set while a failed attempt waits to be tried again.
    `documents` is 0 where each row is a record of its own. The control totals are of the file, of the rows that
    became records, and of these records; None where none is compared, or not yet. `cut_off` as in `is_cut_off`.
    """

    id: int
    integration_code: str
    integration: str
    file_name: str
    state: str
    user_id: str
    rows: int
    ready: int
    created: int
    updated: int
    unchanged: int
    errors: int
    excluded: int
    reversed: int
    documents: int
    control_file: Decimal | None
    control_staged: Decimal | None
    control_target: Decimal | None
    created_at: datetime
    job_id: str
    job_status: str
    job_error: str
    retry_at: datetime | None
    cut_off: bool

    @property
    def done(self) -> int:
        """Rows that were taken, well or not."""
        return self.rows - self.ready

    @property
    def processing(self) -> bool:
        """Whether a job is at it now."""
        return self.state == RunState.PROCESSING

    @property
    def undone(self) -> bool:
        """Whether it was undone, or is just being undone, so that none of its rows is processed any more."""
        return self.state in (RunState.UNDOING, RunState.UNDONE)

    @property
    def job_waits(self) -> bool:
        """Whether its job has not begun yet."""
        return bool(self.job_id) and self.job_status in (EntryStatus.READY, EntryStatus.ON_HOLD)

    @property
    def job_under_way(self) -> bool:
        """Whether its job waits or runs, so that no second one may be started."""
        return self.job_status in (EntryStatus.READY, *_JOB_RUNS)

    @property
    def job_ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return bool(self.job_id) and (not self.job_status or self.job_status in _JOB_ENDED)

    @property
    def status(self) -> str:
        """The word of the pill: how the run stands."""
        return status_of_run(self.state, self.errors, cut_off=self.cut_off)


COMPLETED_WITH_ERRORS: Final = "Completed with errors"
INTERRUPTED_TEXT: Final = (
    "The program ended while it read the file; nothing was imported. Import the file again."
)


def state_now(state: str, owner: str, ready: int) -> str:
    """How far a run really is: what a process has left behind that ended is told as what it is.

    Args:
        owner: the process that reads, processes or undoes it, as it is stored with the run.
        ready: rows that are not processed yet.
    """
    if state not in _OWNED or not owner or owners.lives(owner):
        return state
    if state == RunState.READING:
        return RunState.INTERRUPTED
    return RunState.READY if ready else RunState.COMPLETED


def is_cut_off(state: str, owner: str, ready: int) -> bool:
    """Whether the program ended in the middle of processing or undoing a run, so that people can go on with it.

    Args:
        state: as it is stored.
        owner, ready: as in `state_now`.
    """
    left = bool(ready) if state == RunState.PROCESSING else state == RunState.UNDOING
    return left and bool(owner) and not owners.lives(owner)


def status_of_run(state: str, errors: int, *, cut_off: bool = False) -> str:
    """How a run stands, in the word of its pill; `state` as `state_now` tells it."""
    if cut_off:
        return RunState.INTERRUPTED
    return COMPLETED_WITH_ERRORS if state == RunState.COMPLETED and errors else state


def status_now(state: str, owner: str, ready: int, errors: int) -> str:
    """The word of the pill of a run as it is stored."""
    cut_off = is_cut_off(state, owner, ready)
    return status_of_run(state_now(state, owner, ready), errors, cut_off=cut_off)


def status_sql(run: str) -> str:
    """The same word as an expression of SQL; empty where there is no run.

    Args:
        run: what the table of runs is called in the statement.
    """
    completed = f"CASE WHEN {run}.errors > 0 THEN '{COMPLETED_WITH_ERRORS}' ELSE '{RunState.COMPLETED}' END"
    owned = ", ".join(f"'{state}'" for state in _OWNED)
    return (
        f"CASE WHEN {run}.state IN ({owned}) AND {run}.owner <> '' AND NOT {PROCESS_LIVES}({run}.owner) THEN"
        f" CASE WHEN {run}.state = '{RunState.PROCESSING}' AND {run}.ready = 0 THEN {completed}"
        f" ELSE '{RunState.INTERRUPTED}' END"
        f" WHEN {run}.state = '{RunState.COMPLETED}' THEN {completed} ELSE COALESCE({run}.state, '') END"
    )


def integration_choices() -> list[IntegrationChoice]:
    """All integrations by code."""
    rows = database.execute_sql("SELECT code, description, execution_mode FROM integration ORDER BY code")
    return [IntegrationChoice._make(row) for row in rows.fetchall()]


_TOTALS = ImportRunRow._fields.index("control_file")
_CREATED_AT = ImportRunRow._fields.index("created_at")
_STATE, _READY = ImportRunRow._fields.index("state"), ImportRunRow._fields.index("ready")
_RUN = (
    "SELECT u.id, u.integration_code, COALESCE(i.description, ''), u.file_name, u.state, u.user_id, u.rows, u.ready,"
    " u.created, u.updated, u.unchanged, u.errors, u.excluded, u.reversed, u.documents,"
    " u.control_file, u.control_staged, u.control_target, u.created_at, u.job_id,"
    " COALESCE(j.status, ''),"
    " COALESCE(j.error_text, ''), j.earliest_start, COALESCE(j.attempts, 0), u.owner"
    " FROM import_run AS u LEFT JOIN integration AS i ON i.code = u.integration_code"
    " LEFT JOIN job_queue_entry AS j ON j.id = u.job_id"
)


def import_run(run_id: int) -> ImportRunRow | None:
    """One run as it is now; None when it has gone."""
    row = database.execute_sql(f"{_RUN} WHERE u.id = ?", (run_id,)).fetchone()
    return _run_row(row) if row is not None else None


def import_runs(limit: int = 50) -> list[ImportRunRow]:
    """The newest runs, newest first."""
    rows = database.execute_sql(f"{_RUN} ORDER BY u.id DESC LIMIT ?", (limit,)).fetchall()
    return [_run_row(row) for row in rows]


def _run_row(row: tuple[object, ...]) -> ImportRunRow:
    *values, status, error, earliest, attempts, owner = row
    stood = (str(values[_STATE]), str(owner), int(str(values[_READY])))
    values[_STATE] = state_now(*stood)
    values[_CREATED_AT] = shown_time(str(values[_CREATED_AT]))
    for place in range(_TOTALS, _TOTALS + 3):
        stored = values[place]
        values[place] = shown_decimal(stored) if isinstance(stored, int) else None
    waits_again = status == EntryStatus.READY and bool(attempts) and earliest is not None
    retry_at = shown_time(str(earliest)) if waits_again else None
    return ImportRunRow._make((*values, status, error, retry_at, is_cut_off(*stood)))


def newest_run_id(*, integration: str = "", with_errors: bool = False) -> int | None:
    """The newest run, or the newest that has errors where there is one; None when nothing was imported.

    Args:
        integration: only runs of this integration; empty for all.
    """
    order = f"errors > 0 AND {OPEN_RUN} DESC, id DESC" if with_errors else "id DESC"
    row = database.execute_sql(
        f"SELECT id FROM import_run WHERE ? IN ('', integration_code) ORDER BY {order} LIMIT 1",
        (integration,),
    ).fetchone()
    return int(row[0]) if row else None


# ---- one row of a run


class RecordError(NamedTuple):
    """One thing that is wrong with a staged row."""

    target_field: str
    source_column: str
    code: str
    value: str
    message: str
    hint: str


class RecordDetail(NamedTuple):
    """One staged row as it will be processed next.

    `original` are the cells as the file has them; `target_key` names the record that the row became. `part` is 1 for
    a row of the second file, the one with the lines; `document_no` is 0 where rows are no documents.
    """

    id: int
    run_id: int
    line_no: int
    status: RecordStatus
    header: list[str]
    cells: list[str]
    original: list[str]
    target_key: str
    part: int
    document_no: int
    file_name: str
    undone: bool  # the whole import was undone, or is just being undone
    errors: list[RecordError]

    @property
    def edited(self) -> bool:
        """Whether a person has changed it."""
        return self.cells != self.original

    @property
    def editable(self) -> bool:
        """Whether it has not become a record yet, and still can."""
        return not self.undone and self.status in (
            RecordStatus.READY,
            RecordStatus.ERROR,
            RecordStatus.EXCLUDED,
        )


def record_detail(record_id: int) -> RecordDetail | None:
    """One staged row with its cells and errors; None when it has gone."""
    row = database.execute_sql(
        "SELECT r.run_id, r.line_no, s.status, CASE r.part WHEN 0 THEN u.header ELSE u.line_header END,"
        " r.payload, r.edited_payload, s.target_key, r.part, r.document_no,"
        f" CASE r.part WHEN 0 THEN u.file_name ELSE u.line_file_name END, NOT ({OPEN_RUN})"
        " FROM integration_record AS r JOIN integration_record_status AS s ON s.record_id = r.id"
        " JOIN import_run AS u ON u.id = r.run_id WHERE r.id = ?",
        (record_id,),
    ).fetchone()
    if row is None:
        return None
    errors = database.execute_sql(
        "SELECT target_field, source_column, code, value, message, hint FROM integration_record_error"
        " WHERE record_id = ? ORDER BY id",
        (record_id,),
    ).fetchall()
    run_id, line_no, status, header, payload, edited, target_key, part, document_no, file_name, undone = row
    return RecordDetail(
        record_id,
        run_id,
        line_no,
        RecordStatus(status),
        msgspec.json.decode(header, type=list[str]),
        msgspec.json.decode(edited or payload, type=list[str]),
        msgspec.json.decode(payload, type=list[str]),
        target_key,
        part,
        document_no,
        file_name,
        bool(undone),
        [RecordError._make(error) for error in errors],
    )
