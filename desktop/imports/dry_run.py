"""Dry run: exactly the path of a real import, on a copy of the company that nobody keeps."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

import msgspec

from desktop.imports import import_events
from desktop.imports.afterwards import post_process_jobs
from desktop.imports.dry_run_result import DryRun, DryRunCause, FieldChange, RecordChange
from desktop.imports.integrations.definition import Definition, from_json
from desktop.imports.processing import process
from desktop.imports.summary import find_run, refuse_reading
from desktop.imports.trial_copy import private_copy
from desktop.imports.values.showing import shown_value
from desktop.sessions.session import Session
from models import changes, owners
from models.database import connected, database
from models.enforcement import as_system
from models.errors import BackdeskError
from models.fields import stored_time
from models.import_causes import causes_of
from models.integration_record import ImportRun, RunState
from models.post_process_entry import PostProcessStatus
from models.private_copy import working_on
from models.tables import TABLES

__all__ = [
    "DryRun",
    "DryRunCause",
    "FieldChange",
    "RecordChange",
    "dry_run",
    "kept_dry_run",
]

CHANGES_SHOWN: Final = 200  # records, old and new
CAUSES_SHOWN: Final = 200


def dry_run(session: Session, run_id: int) -> DryRun:
    """Try what is ready in a run, and keep the answer with the run.

    The company stays as it is, and nobody else waits: everything is written to a copy of the company's file, which is
    removed afterwards. A cancelled or failed dry run leaves no answer.

    Raises:
        BackdeskError: NotFound, StillReading, NothingReady, UnderWay, or DiskFull where there is no room for a copy.
        TaskCancelledError: cancelled.
    """
    began = session.clock.monotonic()
    with connected():
        run = _startable(run_id)
        with private_copy(session, run.ready) as copy:
            found = _try(session, run, copy, began)
        _keep(run_id, found)
        import_events.note_tried(run_id, found, session.user_id)
    return found


def kept_dry_run(run_id: int) -> DryRun | None:
    """The answer of the last dry run of a run; None where there is none, or a repair has come after it."""
    with connected():
        run = ImportRun.get_or_none(ImportRun.id == run_id)
    if run is None or not run.dry_run:
        return None
    found = msgspec.json.decode(run.dry_run, type=DryRun)
    return found if found.revision == run.revision else None


@as_system()
def _startable(run_id: int) -> ImportRun:
    run = find_run(run_id)
    refuse_reading(run)
    if run.state == RunState.PROCESSING and owners.lives(run.owner):
        raise BackdeskError(
            f"“{run.file_name}” is being processed already, so that there is nothing to try any more.",
            "Wait for it, or cancel that job.",
            "UnderWay",
        )
    if not run.ready:
        raise BackdeskError(
            f"No record of “{run.file_name}” is ready to be processed.",
            "Correct records with errors and choose Retry first.",
            "NothingReady",
        )
    return run


def _try(session: Session, run: ImportRun, copy: Path, began: float) -> DryRun:
    """The import itself, on the copy; what it has written there is the answer."""
    trial = Session(
        session.kind,
        session.user_id,
        {},
        session.work_date,
        token=session.token,
        on_progress=lambda done, total, _text: session.on_progress(done, total, f"Trying {run.file_name}"),
        record_table=ImportRun.table(),
        record_id=str(run.id),
        clock=session.clock,
        codeunit=session.codeunit,
        dry_run=True,
    )
    with working_on(copy):
        _forget_what_was(run.id)
        process(trial, run.id)
        post_process_jobs.after_processing(trial, run.id)
        return _answer(session, run, began)


@as_system()
def _forget_what_was(run_id: int) -> None:
    """Leave in the copy only what this trial finds, so that it need not be told from what was found before."""
    with database.atomic():
        for table in ("integration_record_error", "import_change", "post_process_entry"):
            database.execute_sql(f"DELETE FROM {table} WHERE run_id = ?", (run_id,))


@as_system()
def _answer(session: Session, before: ImportRun, began: float) -> DryRun:
    """What the trial has written; inside the copy."""
    after = ImportRun.get_by_id(before.id)
    grown = {
        name: getattr(after, name) - getattr(before, name)
        for name in (
            "created",
            "updated",
            "unchanged",
            "errors",
            "documents_created",
            "documents_updated",
            "documents_unchanged",
        )
    }
    shown, counts = _changes(before.id)
    definition = from_json(before.definition)
    causes = _causes(before.id, definition)
    done = _post_processed(before.id)
    return DryRun(
        **grown,
        left=after.ready,
        look_ups_created=_look_ups(before.id, definition.target_table),
        post_processed=done[PostProcessStatus.COMPLETED],
        post_failed=done[PostProcessStatus.ERROR],
        causes=causes[:CAUSES_SHOWN],
        causes_count=len(causes),
        changes=shown,
        changed_fields=counts,
        revision=before.revision,
        at=stored_time(session.clock.now()),
        milliseconds=round((session.clock.monotonic() - began) * 1000),
    )


def _causes(run_id: int, definition: Definition) -> list[DryRunCause]:
    captions = {field.path: field.caption for field in definition.fields}
    causes = [
        DryRunCause(
            cause.target_field,
            captions.get(cause.target_field, ""),
            cause.source_column,
            cause.code,
            cause.value,
            cause.message,
            cause.hint,
            cause.rows,
        )
        for cause in causes_of(run_id)
    ]
    afterwards = database.execute_sql(
        "SELECT error_code, MIN(error_message), MIN(error_hint), COUNT(*) FROM post_process_entry"
        " WHERE run_id = ? AND status = 'Error' GROUP BY error_code ORDER BY COUNT(*) DESC, error_code",
        (run_id,),
    ).fetchall()
    causes += [DryRunCause("", "Post-processing", "", code, "", *rest) for code, *rest in afterwards]
    return causes


def _changes(run_id: int) -> tuple[list[RecordChange], dict[str, int]]:
    """The first records that were updated, and how often each field was; the most frequent first."""
    shown: dict[tuple[str, str], dict[str, FieldChange]] = {}
    counts: Counter[str] = Counter()
    rows = database.execute_sql(
        "SELECT table_name, record_key, before, after FROM import_change"
        " WHERE run_id = ? AND before IS NOT NULL AND NOT EXISTS (SELECT 1 FROM import_change AS made"
        " WHERE made.run_id = import_change.run_id AND made.record_id = import_change.record_id"
        " AND made.table_name = import_change.table_name AND made.record_key = import_change.record_key"
        " AND made.before IS NULL) ORDER BY id",
        (run_id,),
    )
    decode = msgspec.json.decode
    for table, key, before, after in rows:
        fields = _field_changes(table, decode(before), decode(after))
        counts.update(field.caption for field in fields)
        if fields and ((table, key) in shown or len(shown) < CHANGES_SHOWN):
            # Post-processing may change a record once more, after its row has.
            of_record = shown.setdefault((table, key), {})
            for field in fields:
                first = of_record.get(field.name, field)
                of_record[field.name] = msgspec.structs.replace(field, old=first.old)
    found = [RecordChange(table, key, tuple(fields.values())) for (table, key), fields in shown.items()]
    return found, dict(counts.most_common())


def _field_changes(table: str, before: dict[str, Any], after: dict[str, Any]) -> tuple[FieldChange, ...]:
    """What people see of a change; columns that only the program knows are left out."""
    rules = {rule.name: rule for rule in TABLES[table].RULES}
    return tuple(
        FieldChange(name, rule.caption, shown_value(rule.kind, old), shown_value(rule.kind, after.get(name)))
        for name, old in before.items()
        if (rule := rules.get(name)) is not None and old != after.get(name)
    )


def _look_ups(run_id: int, target: str) -> dict[str, int]:
    rows = database.execute_sql(
        "SELECT table_name, COUNT(*) FROM import_change WHERE run_id = ? AND before IS NULL"
        " AND table_name <> ? GROUP BY table_name ORDER BY table_name",
        (run_id, target),
    )
    return dict(rows.fetchall())


def _post_processed(run_id: int) -> Counter[str]:
    rows = database.execute_sql(
        "SELECT status, COUNT(*) FROM post_process_entry WHERE run_id = ? GROUP BY status", (run_id,)
    )
    return Counter(dict(rows.fetchall()))


@as_system()
def _keep(run_id: int, found: DryRun) -> None:
    with database.atomic():
        ImportRun.update(dry_run=msgspec.json.encode(found).decode()).where(ImportRun.id == run_id).execute()
        changes.touch(ImportRun.table(), str(run_id))
