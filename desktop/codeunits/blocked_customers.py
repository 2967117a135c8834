"""Codeunit 100: how many customers are blocked."""

from __future__ import annotations

from desktop.formats import format_value
from desktop.sessions.session import Session
from models import statistics


def run(session: Session) -> None:
    """Result: `count`."""
    session.set_background_task_result({"count": format_value(statistics.blocked_customers())})
