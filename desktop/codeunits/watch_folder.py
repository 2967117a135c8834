"""Codeunit 54: take the files of a watched folder. The session's record is the integration."""

from __future__ import annotations

from desktop.imports.watched_folder import look
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Read what is complete, and start a job for each file.

    Parameter: `integration`, where the session has no record.
    """
    session.result_text = look(session, session.record_id or session.parameter("integration", str)).text
