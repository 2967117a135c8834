"""What the pages about imports show, as plain rows: no model leaves the thread that read it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from models.database import database
from models.fields import shown_time
from models.integration_record import RecordStatus, RunState
from models.job_queue import EntryStatus

STATUS_WORDS = {
    RecordStatus.READY: "Ready",
    RecordStatus.CREATED: "Created",
    RecordStatus.UPDATED: "Updated",
    RecordStatus.UNCHANGED: "Unchanged",
    RecordStatus.ERROR: "Error",
    RecordStatus.EXCLUDED: "Excluded",
}
PROCESSING = "Processing"
_JOB_RUNS = (EntryStatus.IN_PROCESS.value, EntryStatus.CANCELLING.value)
_JOB_ENDED = (EntryStatus.FINISHED.value, EntryStatus.CANCELLED.value, EntryStatus.ERROR.value)


class IntegrationChoice(NamedTuple):
    """One integration in a drop-down."""

    code: str
    description: str
    execution_mode: str


class ImportRunRow(NamedTuple):
    """One import run with the job that processes it; rows = ready + created + … + excluded.

    `job_status` is empty while there is no job. `retry_at` is set while a failed attempt waits to be tried again.
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
    created_at: datetime
    job_id: str
    job_status: str
    job_error: str
    retry_at: datetime | None

    @property
    def done(self) -> int:
        """Rows that were taken, well or not."""
        return self.rows - self.ready

    @property
    def processing(self) -> bool:
        """Whether a job is at it now."""
        return self.state == RunState.PROCESSING

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
        if self.state == RunState.COMPLETED and self.errors:
            return "Completed with errors"
        return self.state


def integration_choices() -> list[IntegrationChoice]:
    """All integrations by code."""
    rows = database.execute_sql("SELECT code, description, execution_mode FROM integration ORDER BY code")
    return [IntegrationChoice._make(row) for row in rows.fetchall()]


_RUN = (
    "SELECT u.id, u.integration_code, COALESCE(i.description, ''), u.file_name, u.state, u.user_id, u.rows, u.ready,"
    " u.created, u.updated, u.unchanged, u.errors, u.excluded, u.created_at, u.job_id, COALESCE(j.status, ''),"
    " COALESCE(j.error_text, ''), j.earliest_start, COALESCE(j.attempts, 0)"
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
    *values, status, error, earliest, attempts = row
    values[13] = shown_time(str(values[13]))
    waits_again = status == EntryStatus.READY and bool(attempts) and earliest is not None
    retry_at = shown_time(str(earliest)) if waits_again else None
    return ImportRunRow._make((*values, status, error, retry_at))


def run_header(run_id: int) -> list[str]:
    """The names of the file's columns, in their order; none when the run has gone."""
    row = database.execute_sql("SELECT header FROM import_run WHERE id = ?", (run_id,)).fetchone()
    return msgspec.json.decode(row[0], type=list[str]) if row else []
