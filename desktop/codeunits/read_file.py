"""Codeunit 51: read a file into integration records."""

from __future__ import annotations

from desktop.imports import service
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Stage the file.

    Parameters: `path`, `integration` (empty takes the one that fits), and where a person chose them `encoding` and
    `sheet`. Results: `run_id`, `rows`.
    """
    parameters = session.parameters
    path = parameters["path"]
    run_id = service.read(
        path,
        parameters.get("integration") or service.fitting_integration(path),
        session,
        encoding=parameters.get("encoding", ""),
        sheet=parameters.get("sheet", ""),
    )
    rows = service.summary(run_id).rows
    session.result_text = f"{rows:,} record{'s' if rows != 1 else ''} read"
    session.set_background_task_result({"run_id": str(run_id), "rows": str(rows)})
