"""Codeunit 104: how many jobs run, have failed, and wait."""

from __future__ import annotations

from desktop.formats import format_value
from desktop.sessions.session import Session
from models import statistics


def run(session: Session) -> None:
    """Results: `in_process` (with those being cancelled), `failed`, `ready`."""
    counts = statistics.job_counts()
    session.set_background_task_result(
        {name: format_value(count) for name, count in counts._asdict().items()}
    )
