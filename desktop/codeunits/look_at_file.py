"""Codeunit 58: look at a file for which there is no integration yet."""

from __future__ import annotations

import msgspec

from desktop.imports.integrations import from_file
from desktop.imports.integrations.definition import Choices
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Propose what its columns fill.

    Parameters: `path`, `target_table`, `choices` (a `definition.Choices` as JSON), `lines_path` (the second file,
    with the lines of documents).
    Result: `looked`, a `desktop.imports.integrations.from_file.Looked` as JSON.
    """
    parameters = session.parameters
    looked = from_file.look_at(
        parameters["path"],
        parameters["target_table"],
        choices=msgspec.json.decode(parameters.get("choices", "{}"), type=Choices),
        lines_path=parameters.get("lines_path") or None,
    )
    session.set_background_task_result({"looked": msgspec.json.encode(looked).decode()})
