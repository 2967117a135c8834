"""Codeunit 52: preview a file as an integration would read it."""

from __future__ import annotations

import msgspec

from desktop.imports import service
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Show the first rows.

    Parameters: `path`, `integration` (empty suggests one), `rows`, `encoding`, `sheet`. Result: `preview`, as JSON.
    """
    parameters = session.parameters
    integration = parameters.get("integration") or service.suggest_integration(parameters["path"]) or ""
    shown = service.preview(
        parameters["path"],
        integration,
        int(parameters.get("rows", service.PREVIEW_ROWS)),
        encoding=parameters.get("encoding", ""),
        sheet=parameters.get("sheet", ""),
    )
    session.set_background_task_result({"preview": msgspec.json.encode(shown).decode()})
