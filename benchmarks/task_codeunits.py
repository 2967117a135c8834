"""Codeunits of the measurements: empty, in SQL, in Python, and a small answer."""

from __future__ import annotations

import time

from desktop.codeunits import registry
from desktop.sessions.session import Session
from models.database import database


def nothing(_session: Session) -> None:
    """Returns at once, on a connection of its own."""


def count_and_sum(_session: Session) -> None:
    """Goes through all customers twice, in SQL."""
    database.execute_sql("SELECT COUNT(*), SUM(balance) FROM customer WHERE city LIKE '%u%'").fetchone()
    database.execute_sql("SELECT city, SUM(balance) FROM customer GROUP BY city").fetchall()


def pure_python(_session: Session) -> None:
    """Computes in Python for two seconds."""
    end, value = time.monotonic() + 2, 1
    while time.monotonic() < end:
        for number in range(1_000):
            value = (value * 31 + number) % 1_000_003


def three_answers(session: Session) -> None:
    """One small query."""
    count = database.execute_sql("SELECT COUNT(*) FROM country").fetchone()[0]
    session.set_background_task_result({"count": str(count)})


def register_codeunits() -> None:
    """Let this process know them, each under "bench_" and its name."""
    for place, function in enumerate((nothing, count_and_sum, pure_python, three_answers)):
        name = function.__name__
        registry.register(registry.Codeunit(90_000 + place, f"bench_{name}", name, f"{__name__}:{name}"))
