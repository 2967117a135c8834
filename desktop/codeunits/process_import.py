"""Codeunit 50: process integration records. The session's record is the import run."""

from __future__ import annotations

import msgspec

from desktop.imports import import_events
from desktop.imports.afterwards import post_process_jobs
from desktop.imports.afterwards.reconciliation import keep_totals, reconcile
from desktop.imports.import_jobs import NAMED, run_named
from desktop.imports.processing import process
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Process what is ready in the run, or the records that the parameter `records` (JSON array of ids) names.

    Post-processing follows, as the integration says: here, or as a job of its own. At the end everything is counted
    once more; what does not add up is told, whatever the integration says about notifications.
    """
    chosen = session.parameters.get(NAMED)
    record_ids = msgspec.json.decode(chosen, type=list[int]) if chosen else None
    run_id = run_named(session)
    import_events.note_processed(process(session, run_id, record_ids), session.user_id)
    done = post_process_jobs.after_processing(session, run_id)
    keep_totals(run_id)
    counts = post_process_jobs.tell_end(session, run_id, done)
    found = reconcile(run_id)
    if found.differs:
        session.silent = False
        session.notify_severity = "err"
        session.notify_title = f"The import of {counts.file_name} does not add up: {found.text}"
    session.set_background_task_result(
        {
            "title": "Import complete" if done is None else "Import and post-processing complete",
            "text": session.result_text,
            "run_id": str(run_id),
            "summary": msgspec.json.encode(counts).decode(),
        }
    )
