"""Codeunit 57: reconcile an import. The session's record is the import run."""

from __future__ import annotations

import msgspec

from desktop.imports.afterwards.reconciliation import reconcile
from desktop.imports.import_jobs import run_named
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Count the run once more. Result: `reconciliation`, a `reconciliation.Reconciliation` as JSON."""
    found = reconcile(run_named(session))
    session.result_text = found.text
    session.set_background_task_result({"reconciliation": msgspec.json.encode(found).decode()})
