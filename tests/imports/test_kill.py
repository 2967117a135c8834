"""kill -9 in the middle of an import, with a real process: no duplicate, no loss, and it goes on where it stopped."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.imports import service
from models.database import connected, database

ROOT = Path(__file__).resolve().parents[2]
ROWS, KILLS = 10_000, 10


class Child:
    """A process that imports; it is killed when the test leaves it."""

    def __init__(self, script: str, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name(script)), *map(str, arguments)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
        )

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.communicate()

    def wait_for_lines(self, number: int) -> list[str]:
        """The next lines that it writes; fewer when it ends before."""
        assert self._process.stdout is not None
        lines = [self._process.stdout.readline() for _ in range(number)]
        return [line for line in lines if line]

    def kill(self) -> int:
        """As the system does when the memory is full or the power goes; the exit code."""
        self._process.kill()
        return self._process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_an_import_that_is_killed_again_and_again_takes_each_record_exactly_once(
    company: Path, importer: Any, write: Any, query: Any, add_up: Callable[[int], Any]
) -> None:
    with connected():
        # Each write leaves a trace, so that a record that was written twice is seen.
        database.execute_sql("CREATE TABLE trace (no TEXT NOT NULL)")
        for event in ("INSERT", "UPDATE"):
            database.execute_sql(
                f"CREATE TRIGGER trace_{event} AFTER {event} ON customer BEGIN INSERT INTO trace VALUES (NEW.no); END"
            )
        database.execute_sql("INSERT INTO customer (no, name) VALUES ('C7', 'Old'), ('C9', 'N9')")
        database.execute_sql("DELETE FROM trace")
    bad = set(range(11, ROWS, 97))
    lines = [f"C{number},N{number},{'XX' if number in bad else 'DE'}\n" for number in range(ROWS)]
    run_id = importer.read(write("No.,Name,Country\n" + "".join(lines)))
    chance = random.Random(9)
    killed, ready = 0, ROWS
    for _ in range(KILLS):
        steps = chance.randint(1, 6)
        with Child("processing_process.py", company, run_id, 40, steps) as child:
            child.wait_for_lines(steps)
            killed += child.kill() == -signal.SIGKILL
        counts = add_up(run_id)
        assert counts.ready < ready
        ready = counts.ready
        assert query("PRAGMA integrity_check") == [("ok",)]
    assert killed == KILLS
    assert 0 < ready < ROWS
    counts = importer.process(run_id)
    assert (counts.created, counts.updated, counts.errors) == (ROWS - 2 - len(bad), 2, len(bad))
    add_up(run_id)
    assert query("SELECT COUNT(*), COUNT(DISTINCT no) FROM trace") == [(ROWS - len(bad), ROWS - len(bad))]
    assert query("SELECT COUNT(*) FROM customer") == [(ROWS - len(bad),)]
    assert query("SELECT MAX(attempts), MIN(attempts) FROM integration_record_status") == [(1, 1)]
    assert query("PRAGMA foreign_key_check") == []


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_reading_that_is_killed_leaves_nothing_after_the_next_start(
    company: Path, write: Any, contents: Callable[[], dict[str, int]]
) -> None:
    before = contents()
    path = write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(30_000)))
    with Child("reading_process.py", company, path, 3) as child:
        assert child.wait_for_lines(3)
        # While it lives, its rows are left alone.
        assert service.recover_reading_runs() == []
        assert contents()["integration_record"] >= 2_000
        assert child.kill() == -signal.SIGKILL
    assert len(service.recover_reading_runs()) == 1
    assert contents() == before


@pytest.mark.long
def test_a_million_rows_need_less_than_250_mb(company: Path, tmp_path: Path) -> None:
    from benchmarks.import_files import write_csv

    path = tmp_path / "million.csv"
    write_csv(path, 1_000_000)
    done = subprocess.run(
        [sys.executable, "-c", _MILLION, str(company), str(path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    created, peak = done.stdout.split()
    assert int(created) == 1_000_000
    assert float(peak) < 250


_MILLION = """
import sys
from pathlib import Path
from benchmarks.import_process import import_file, peak_memory_mb
from models.database import open_company
open_company(sys.argv[1])
print(int(import_file(Path(sys.argv[2]))["rows"]), peak_memory_mb())
"""
