"""Codeunit 63: take a file of failed rows back."""

from __future__ import annotations

import msgspec

from desktop.imports.mending.error_return import take_back
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Take the rows of the file back into the same records.

    Parameter: `path`. Result: `taken_back`, a `desktop.imports.mending.error_return.TakenBack` as JSON.
    """
    done = take_back(session.parameter("path", str), session)
    session.result_text = done.text
    session.set_background_task_result({"taken_back": msgspec.json.encode(done).decode()})
