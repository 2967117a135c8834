"""Codeunit 52: preview a file as an integration would read it."""

from __future__ import annotations

import msgspec

from desktop.imports import service
from desktop.imports.integrations.definition import Choices
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Show the first rows.

    Parameters: `path`, `integration` (empty takes the one that fits), `rows`, `choices`
    (a `definition.Choices` as JSON), `lines_path` (the second file, with the lines of documents).
    Result: `preview`, a `desktop.imports.preview.Preview` as JSON.
    """
    parameters = session.parameters
    path = parameters["path"]
    choices = msgspec.json.decode(parameters.get("choices", "{}"), type=Choices)
    shown = service.preview(
        path,
        parameters.get("integration") or service.suggest_integration(path, choices) or "",
        int(parameters.get("rows", service.PREVIEW_ROWS)),
        choices=choices,
        lines_path=parameters.get("lines_path") or None,
    )
    session.set_background_task_result({"preview": msgspec.json.encode(shown).decode()})
