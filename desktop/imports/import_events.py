"""What imports tell telemetry: which file, how many rows, what came of them, and how long it took."""

from __future__ import annotations

from typing import Any

from desktop.imports.afterwards.post_processing import PostProcessCounts
from desktop.imports.dry_run_result import DryRun
from desktop.imports.summary import ImportSummary
from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models.database import connected
from models.enforcement import as_system
from models.integration_record import ImportRun


def note_read(run_id: int, user_id: str) -> None:
    """A file was read into integration records."""
    run = _run(run_id)
    _note(
        Event.IMPORT_READ,
        run,
        user_id,
        source=str(run.source),
        rows=run.rows,
        duration_ms=run.reading_ms,
    )


def note_processed(counts: ImportSummary, user_id: str) -> None:
    """The rows of an import were processed, as far as they were ready."""
    run = _run(counts.run_id)
    _note(
        Event.IMPORT_PROCESSED,
        run,
        user_id,
        state=str(counts.state),
        rows=counts.rows,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        errors=counts.errors,
        excluded=counts.excluded,
        left=counts.ready,
        duration_ms=run.processing_ms,
    )


def note_post_processed(run_id: int, counts: PostProcessCounts, user_id: str) -> None:
    """What an import had written was post-processed."""
    run = _run(run_id)
    _note(
        Event.IMPORT_POST_PROCESSED,
        run,
        user_id,
        completed=counts.completed,
        errors=counts.errors,
        duration_ms=run.post_processing_ms,
    )


def note_tried(run_id: int, found: DryRun, user_id: str) -> None:
    """An import was tried."""
    run = _run(run_id)
    _note(
        Event.IMPORT_TRIED,
        run,
        user_id,
        created=found.created,
        updated=found.updated,
        unchanged=found.unchanged,
        errors=found.errors,
        left=found.left,
        duration_ms=found.milliseconds,
    )


def note_undone(run_id: int, user_id: str, *, reversed_rows: int, kept: int, failed: int) -> None:
    """An import was undone.

    Args:
        reversed_rows: rows whose record is as it was before.
        kept: rows whose record somebody had edited since.
        failed: rows whose record could not be taken back.
    """
    run = _run(run_id)
    _note(
        Event.IMPORT_UNDONE,
        run,
        user_id,
        reversed=reversed_rows,
        kept=kept,
        failed=failed,
    )


def _note(event: Event, run: ImportRun, user_id: str, **dimensions: Any) -> None:
    """Note an event with what all events of imports tell."""
    telemetry.note(
        event,
        user_id=user_id,
        run_id=run.id,
        integration=run.integration_code,
        file_name=run.file_name,
        **dimensions,
    )


@as_system()
def _run(run_id: int) -> ImportRun:
    with connected():
        run: ImportRun = ImportRun.get_by_id(run_id)
    return run
