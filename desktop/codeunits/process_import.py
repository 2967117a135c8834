"""Codeunit 50: process integration records. The session's record is the import run."""

from __future__ import annotations

import msgspec

from desktop.imports.processing import process
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Process what is ready in the run, or the records that the parameter `records` (JSON array of ids) names."""
    chosen = session.parameters.get("records")
    record_ids = msgspec.json.decode(chosen, type=list[int]) if chosen else None
    counts = process(session, int(session.record_id), record_ids)
    session.result_text = counts.text
    session.notify_title = f"Import complete: {counts.text}"
    session.notify_severity = "warn" if counts.errors else "ok"
    session.notify_run_id = counts.run_id
    session.set_background_task_result(
        {
            "title": "Import complete",
            "text": counts.text,
            "run_id": str(counts.run_id),
            "summary": msgspec.json.encode(counts).decode(),
        }
    )
