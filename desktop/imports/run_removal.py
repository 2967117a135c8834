"""Runs that go with all their rows: those that somebody gives back, and those whose reading was cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from models import changes, owners
from models.database import connected, database
from models.enforcement import as_system
from models.integration_record import ImportRun, RunState

_AT_ONCE: Final = 5_000  # rows per transaction, so that nobody waits long to write
_STEPS: Final = 4  # transactions that a worker spares between two looks at its jobs
_TABLES: Final = (
    ("integration_record_error", "record_id"),
    ("integration_record_status", "record_id"),
    ("integration_record", "id"),
)


@as_system()
def remove_run(run_id: int) -> None:
    """Delete a run with its rows, in short transactions, the run itself last."""
    with connected():
        for _ in _steps(run_id):
            pass


@as_system()
def recover_reading_runs(alive: Callable[[str], bool] = owners.lives) -> list[int]:
    """Remove the runs whose reading was cut off.

    Args:
        alive: whether an owner, as it is stored with a run, still runs.
    Returns:
        The ids of the runs that were removed.
    """
    with connected():
        left = _cut_off(alive)
        for run_id in left:
            remove_run(run_id)
    return left


@as_system()
def recover_some(alive: Callable[[str], bool] = owners.lives) -> None:
    """A part of the same, as much as a worker does between two looks at its jobs; what is left waits for the next."""
    with connected():
        left = _STEPS
        for run_id in _cut_off(alive):
            for _ in _steps(run_id):
                left -= 1
                if not left:
                    return


def _cut_off(alive: Callable[[str], bool]) -> list[int]:
    reading = ImportRun.select(ImportRun.id, ImportRun.owner).where(ImportRun.state == RunState.READING)
    return [run.id for run in list(reading) if not alive(run.owner)]


def _steps(run_id: int) -> Iterator[None]:
    """One transaction after the other; whoever stops in between goes on by calling it again."""
    while True:
        with database.atomic():
            first = database.execute_sql(
                "SELECT id FROM integration_record WHERE run_id = ? ORDER BY line_no LIMIT 1", (run_id,)
            ).fetchone()
            if first is None:
                break
            for table, key in _TABLES:
                # The plus keeps SQLite from going through all rows of the run for each part of them.
                database.execute_sql(
                    f"DELETE FROM {table} WHERE {key} BETWEEN ? AND ? AND +run_id = ?",
                    (first[0], first[0] + _AT_ONCE - 1, run_id),
                )
        yield
    with database.atomic():
        ImportRun.delete().where(ImportRun.id == run_id).execute()
        changes.touch(ImportRun.table(), str(run_id))
    yield
