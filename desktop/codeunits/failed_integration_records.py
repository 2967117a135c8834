"""Codeunit 103: integration records that wait for a person."""

from __future__ import annotations

from desktop.formats import format_value
from desktop.sessions.session import Session
from models import statistics


def run(session: Session) -> None:
    """Results: `count`; `run`, the newest import with errors, and `newest`, when its last one came; "" for none."""
    failed = statistics.failed_records()
    session.set_background_task_result(
        {
            "count": format_value(failed.records),
            "newest": format_value(failed.newest),
            "run": format_value(failed.run_id),
        }
    )
