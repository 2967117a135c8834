"""Codeunits of the measurements: what page background tasks may do to the window."""

from __future__ import annotations

import random
import time

from desktop.codeunits import registry
from desktop.sessions.session import Session
from models.database import database

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c"
SECONDS = 2.0
VALUES = 1_000_000


def nothing(_session: Session) -> None:
    """Returns at once, on a connection of its own."""


def small_answer(session: Session) -> None:
    """One small query."""
    count = database.execute_sql("SELECT COUNT(*) FROM country").fetchone()[0]
    session.set_background_task_result({"count": str(count)})


def count_and_sum(_session: Session) -> None:
    """Goes through all customers twice, in SQL."""
    database.execute_sql("SELECT COUNT(*), SUM(balance) FROM customer WHERE city LIKE '%u%'").fetchone()
    database.execute_sql("SELECT city, SUM(balance) FROM customer GROUP BY city").fetchall()


def row_by_row(_session: Session) -> None:
    """Takes customers one by one into Python, for two seconds at most."""
    end, total = time.monotonic() + SECONDS, 0.0
    for number, (balance,) in enumerate(database.execute_sql("SELECT balance FROM customer")):
        total += float(balance)
        if number % 1_000 == 0 and time.monotonic() > end:
            return


def pure_python(_session: Session) -> None:
    """Computes in Python for two seconds, and listens to nobody."""
    end, value = time.monotonic() + SECONDS, 1
    while time.monotonic() < end:
        for number in range(1_000):
            value = (value * 31 + number) % 1_000_003


def endless_python(_session: Session) -> None:
    """Computes in Python for ever, and listens to nobody."""
    value = 1
    while True:
        value = (value * 31 + 1) % 1_000_003


def one_long_call(_session: Session) -> None:
    """Sorts a million values in one call, which never lets Python run beside it."""
    values = [random.random() for _ in range(VALUES)]
    values.sort()


def endless_sql(_session: Session) -> None:
    """Is deep in one SQL statement for ever."""
    database.execute_sql(ENDLESS).fetchone()


def waits(session: Session) -> None:
    """Waits for an hour, and ends when it is told to."""
    session.sleep(3_600_000)


def register_codeunits() -> None:
    """Let this process know them, each under "bench_" and its name."""
    known = (
        nothing,
        small_answer,
        count_and_sum,
        row_by_row,
        pure_python,
        one_long_call,
        endless_sql,
        endless_python,
        waits,
    )
    for place, function in enumerate(known):
        name = function.__name__
        registry.register(registry.Codeunit(90_000 + place, f"bench_{name}", name, f"{__name__}:{name}"))
