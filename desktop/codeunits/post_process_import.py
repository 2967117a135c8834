"""Codeunit 55: post-process an import. The session's record is the import run."""

from __future__ import annotations

from desktop.imports.afterwards import post_process_jobs
from desktop.imports.afterwards.post_processing import post_process
from desktop.imports.import_jobs import run_named
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Let the codeunits of the integration take what is ready. No parameters."""
    run_id = run_named(session)
    post_process_jobs.tell_end(session, run_id, post_process(session, run_id))
