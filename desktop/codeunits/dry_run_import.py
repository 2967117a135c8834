"""Codeunit 53: try an import without keeping it. The session's record is the import run."""

from __future__ import annotations

import msgspec

from desktop.imports.dry_run import dry_run
from desktop.imports.import_jobs import run_named
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Try what is ready in the run.

    Parameter: `run_id`, where the session has no record. Result: `dry_run`, a `desktop.imports.dry_run.DryRun` as
    JSON, which is kept with the run as well.
    """
    found = dry_run(session, run_named(session))
    session.result_text = f"Dry run: {found.text}."
    session.set_background_task_result({"dry_run": msgspec.json.encode(found).decode()})
