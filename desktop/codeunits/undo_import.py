"""Codeunit 56: undo an import. The session's record is the import run."""

from __future__ import annotations

from desktop.imports.undo import undo
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Remove what the import created and restore what it changed; what was edited since stays."""
    report = undo(session, int(session.record_id))
    session.result_text = report.text
    session.notify_title = f"Import undone: {report.text}"
    session.notify_severity = "warn" if report.kept or report.failed else "ok"
    session.notify_run_id = int(session.record_id)
