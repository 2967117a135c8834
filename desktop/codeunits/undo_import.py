"""Codeunit 56: undo an import. The session's record is the import run."""

from __future__ import annotations

from desktop.imports import import_events
from desktop.imports.afterwards.post_processing import work_out_again
from desktop.imports.afterwards.undo import undo
from desktop.imports.import_jobs import run_named
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Remove what the import created and restore what it changed; what was edited since stays."""
    run_id = run_named(session)
    report = undo(session, run_id)
    work_out_again(session, run_id)
    import_events.note_undone(
        run_id, session.user_id, reversed_rows=report.reversed, kept=report.kept, failed=report.failed
    )
    session.result_text = report.text
    session.notify_title = f"Import undone: {report.text}"
    session.notify_severity = "warn" if report.kept or report.failed else "ok"
    session.notify_run_id = run_id
