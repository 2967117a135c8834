"""Codeunit 51: read a file into integration records."""

from __future__ import annotations

import msgspec

from desktop.imports import service
from desktop.imports.integrations.definition import Choices
from desktop.sessions.session import Session
from models.integration_record import RunSource


def run(session: Session) -> None:
    """Stage the file.

    Parameters: `path`, `integration` (empty takes the one that fits), `choices` (a `definition.Choices` as JSON),
    `lines_path` (a second file with the lines of documents), `source` (how the file came).
    Results: `run_id`, `rows`, `notes` (a JSON list of what somebody should know who has not seen a preview).
    """
    notes: list[str] = []
    parameters = session.parameters
    path = session.parameter("path", str)
    choices = msgspec.json.decode(parameters.get("choices", "{}"), type=Choices)
    run_id = service.read(
        path,
        parameters.get("integration") or service.fitting_integration(path, choices),
        session,
        choices=choices,
        lines_path=parameters.get("lines_path") or None,
        source=parameters.get("source", RunSource.MANUAL),
        on_notes=notes.extend,
    )
    rows = service.summary(run_id).rows
    session.result_text = f"{rows:,} record{'s' if rows != 1 else ''} read"
    session.set_background_task_result(
        {"run_id": str(run_id), "rows": str(rows), "notes": msgspec.json.encode(notes).decode()}
    )
