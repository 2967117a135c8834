"""Import runs as the window lists them and as their card shows them: plain rows, read by SQL alone."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

import msgspec

from models.database import database
from models.fields import shown_decimal
from models.import_rows import OPEN_RUN, is_cut_off, state_now, status_of_run
from models.integration_record import RunState
from models.job_queue import EntryStatus
from models.post_process_lists import (
    PostProcessCounts,
    PostProcessReason,
    post_process_counts,
    post_process_reasons,
)
from models.row_lists import MOST_ROWS, best_rows, matching, newest_first, shown_moments

_JOB_UNDER_WAY: Final = (EntryStatus.READY, EntryStatus.IN_PROCESS, EntryStatus.CANCELLING)


class RunView(StrEnum):
    """Which runs a list shows."""

    ALL = "All"
    UNDER_WAY = "Under way"
    ERRORS = "With errors"
    TO_PROCESS = "To process"
    UNDONE = "Undone"


class RunRow(NamedTuple):
    """One import run; `job_status` is that of the job that processes it, empty while there is none.

    `jobs_under_way` counts the jobs that wait or run: processing, post-processing, undoing. `cut_off` says that the
    program ended in the middle of processing or undoing it.
    """

    id: int
    file_name: str
    integration_code: str
    source: str
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
    reading_ms: int
    processing_ms: int
    post_processing_ms: int
    file_size: int
    file_path: str
    job_id: str
    job_status: str
    jobs_under_way: int
    created_at: datetime
    ended_at: datetime | None
    cut_off: bool

    @property
    def status(self) -> str:
        """The word of the pill: how the run stands."""
        waits = self.job_status == EntryStatus.READY and self.state in (RunState.READY, RunState.STOPPED)
        return "Waiting" if waits else status_of_run(self.state, self.errors, cut_off=self.cut_off)

    @property
    def done(self) -> int:
        """Rows that were taken, well or not."""
        return self.rows - self.ready

    @property
    def under_way(self) -> bool:
        """Whether a job is at it or waits for its turn."""
        return self.state in _MOVING or self.jobs_under_way > 0

    @property
    def total_ms(self) -> int:
        """How long reading, processing and post-processing took together, in milliseconds."""
        return self.reading_ms + self.processing_ms + self.post_processing_ms


_MOVING: Final = (RunState.READING, RunState.PROCESSING, RunState.UNDOING)
_WAITS_OR_RUNS: Final = ", ".join(repr(status.value) for status in _JOB_UNDER_WAY)
_JOBS_UNDER_WAY: Final = (
    "(SELECT COUNT(*) FROM job_queue_entry AS a WHERE a.id IN (u.job_id, u.post_job_id, u.undo_job_id)"
    f" AND a.status IN ({_WAITS_OR_RUNS}))"
)
_COLUMNS: Final = (
    "u.id, u.file_name, u.integration_code, u.source, u.state, u.user_id, u.rows, u.ready, u.created, u.updated,"
    " u.unchanged, u.errors, u.excluded, u.reversed, u.documents, u.reading_ms, u.processing_ms,"
    " u.post_processing_ms, u.file_size, u.file_path, u.job_id, COALESCE(j.status, ''),"
    f" {_JOBS_UNDER_WAY}, u.created_at, u.ended_at, u.owner"
)
_MOMENTS_FROM: Final = RunRow._fields.index("created_at")
_COLUMN_COUNT: Final = len(RunRow._fields)  # the owner is read in place of `cut_off`
_FROM: Final = "import_run AS u LEFT JOIN job_queue_entry AS j ON j.id = u.job_id"
_SEARCHED: Final = ("u.file_name", "u.integration_code", "u.user_id", "u.file_path", "u.file_sha256")
_ORDERS: Final[dict[str, str]] = {
    "status": "u.state",
    "file": "lower(u.file_name)",
    "integration": "u.integration_code",
    "when": "u.id",
    "user": "lower(u.user_id)",
    "rows": "u.rows",
    "errors": "u.errors",
    "source": "u.source",
    "duration": "u.reading_ms + u.processing_ms + u.post_processing_ms",
    "size": "u.file_size",
    "path": "lower(u.file_path)",
}
_VIEWS: Final[dict[RunView, str]] = {
    RunView.ALL: "",
    RunView.UNDER_WAY: (
        f" AND (u.state IN ({', '.join(repr(state.value) for state in _MOVING)}) OR {_JOBS_UNDER_WAY} > 0)"
    ),
    RunView.ERRORS: f" AND u.errors > 0 AND u.{OPEN_RUN}",
    RunView.TO_PROCESS: f" AND u.ready > 0 AND u.{OPEN_RUN}",
    RunView.UNDONE: f" AND u.state IN ('{RunState.UNDOING.value}', '{RunState.UNDONE.value}')",
}


def run_list(
    integration: str = "",
    search: str = "",
    order: str = "",
    *,
    view: RunView = RunView.ALL,
    descending: bool = True,
    limit: int = MOST_ROWS,
) -> list[RunRow]:
    """Import runs, the newest first unless another order is asked for.

    Args:
        integration: only those of this integration; empty for all.
        search: words, all of which must be in the run.
        order: a column's key.
    """
    where, values = matching(search, _SEARCHED)
    if integration:
        where, values = f"{where} AND u.integration_code = ?", (*values, integration)
    sorting = newest_first("u.id", _ORDERS, order, descending=descending)
    rows = database.execute_sql(
        best_rows(_COLUMNS, _FROM, "u.id", f"1 = 1 {where}{_VIEWS[view]}", sorting), (*values, limit)
    ).fetchall()
    return [run for run in map(_run_row, rows) if _is_in(run, view)]


def _is_in(run: RunRow, view: RunView) -> bool:
    """Whether a run that SQL has found belongs to the view, as it really is."""
    if view is RunView.UNDER_WAY:
        return run.under_way
    return view is not RunView.TO_PROCESS or run.state != RunState.INTERRUPTED


def _run_row(row: tuple[Any, ...]) -> RunRow:
    run = RunRow._make((*row[:_MOMENTS_FROM], *shown_moments(row[_MOMENTS_FROM:-1]), False))
    stood = (run.state, row[-1], run.ready)
    return run._replace(state=state_now(*stood), cut_off=is_cut_off(*stood))


# ---- one run


class JobOfRun(NamedTuple):
    """One job of a run: what it does, and how it stands."""

    id: str
    purpose: str
    status: str
    error: str


class RunCard(NamedTuple):
    """Everything that the card of a run shows.

    `definition`, `dry_run` and `undo` are JSON as they are stored; `dialect` and `line_dialect` what was found out
    about the files, by name.
    """

    row: RunRow
    integration: str
    has_integration: bool  # whether it is still there
    definition: str
    file_sha256: str
    file_rows: int
    header: list[str]
    dialect: dict[str, Any]
    line_file_name: str
    line_file_path: str
    line_file_sha256: str
    line_dialect: dict[str, Any]
    documents_created: int
    documents_updated: int
    documents_unchanged: int
    control_field: str
    control_file: Decimal | None
    control_staged: Decimal | None
    control_target: Decimal | None
    dry_run: str
    undo: str
    started_at: datetime | None
    undone_at: datetime | None
    jobs: list[JobOfRun]
    log_jobs: list[str]  # of all jobs that ever were at the run, as far as they are still known
    post_processing: PostProcessCounts
    post_reasons: list[PostProcessReason]
    same_file: list[int]  # older and newer runs of the very same file

    @property
    def records_per_second(self) -> int:
        """How many rows were processed in a second; 0 while that is not known."""
        return round(self.row.done * 1000 / self.row.processing_ms) if self.row.processing_ms else 0


_CARD: Final = (
    "COALESCE(i.description, ''), i.code IS NOT NULL, u.definition, u.file_sha256, u.file_rows, u.header, u.dialect,"
    " u.line_file_name,"
    " u.line_file_path, u.line_file_sha256, u.line_dialect, u.documents_created, u.documents_updated,"
    " u.documents_unchanged, u.control_field, u.control_file, u.control_staged, u.control_target, u.dry_run, u.undo,"
    " u.started_at, u.undone_at, u.post_job_id, u.undo_job_id"
)
_PURPOSES: Final = ("Import", "Post-processing", "Undo")


def run_card(run_id: int) -> RunCard | None:
    """One run with all that is known of it; None when it has gone."""
    found = database.execute_sql(
        f"SELECT {_COLUMNS}, {_CARD} FROM {_FROM} LEFT JOIN integration AS i ON i.code = u.integration_code"
        " WHERE u.id = ?",
        (run_id,),
    ).fetchone()
    if found is None:
        return None
    row = _run_row(found[:_COLUMN_COUNT])
    (description, has_integration, definition, sha256, file_rows, header, dialect, *more) = found[
        _COLUMN_COUNT:
    ]
    (line_name, line_path, line_sha256, line_dialect, *more) = more
    (created, updated, unchanged, control_field, *more) = more
    (control_file, control_staged, control_target, dry_run, undo, started, undone, post_job, undo_job) = more
    started_at, undone_at = shown_moments((started, undone))
    return RunCard(
        row=row,
        integration=description,
        has_integration=bool(has_integration),
        definition=definition,
        file_sha256=sha256,
        file_rows=file_rows,
        header=msgspec.json.decode(header, type=list[str]),
        dialect=msgspec.json.decode(dialect or "{}", type=dict[str, Any]),
        line_file_name=line_name,
        line_file_path=line_path,
        line_file_sha256=line_sha256,
        line_dialect=msgspec.json.decode(line_dialect or "{}", type=dict[str, Any]),
        documents_created=created,
        documents_updated=updated,
        documents_unchanged=unchanged,
        control_field=control_field,
        control_file=_amount(control_file),
        control_staged=_amount(control_staged),
        control_target=_amount(control_target),
        dry_run=dry_run,
        undo=undo,
        started_at=started_at,
        undone_at=undone_at,
        jobs=_jobs_of((row.job_id, post_job, undo_job)),
        log_jobs=_all_jobs(run_id, (row.job_id, post_job, undo_job)),
        post_processing=post_process_counts(run_id),
        post_reasons=post_process_reasons(run_id, named=0),
        same_file=_same_file(run_id, row.integration_code, sha256),
    )


def _amount(stored: int | None) -> Decimal | None:
    return None if stored is None else shown_decimal(stored)


def _jobs_of(job_ids: tuple[str, str, str]) -> list[JobOfRun]:
    jobs = []
    for purpose, job_id in zip(_PURPOSES, job_ids, strict=True):
        if job_id:
            found = database.execute_sql(
                "SELECT status, error_text FROM job_queue_entry WHERE id = ?", (job_id,)
            ).fetchone()
            if found is not None:
                jobs.append(JobOfRun(job_id, purpose, *found))
    return jobs


def _all_jobs(run_id: int, newest: tuple[str, ...]) -> list[str]:
    rows = database.execute_sql(
        "SELECT id FROM job_queue_entry WHERE record_table = 'import_run' AND record_id = ?", (str(run_id),)
    ).fetchall()
    return list(dict.fromkeys([*filter(None, newest), *(job_id for (job_id,) in rows)]))


def _same_file(run_id: int, integration_code: str, sha256: str) -> list[int]:
    if not sha256:
        return []
    rows = database.execute_sql(
        "SELECT id FROM import_run WHERE integration_code = ? AND file_sha256 = ? AND id <> ? ORDER BY id",
        (integration_code, sha256, run_id),
    ).fetchall()
    return [row[0] for row in rows]
