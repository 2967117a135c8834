"""The watcher: every commit of any thread or process is told once, in order, whatever happens to the file."""

from __future__ import annotations

import queue
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.changes import EVERYTHING, ChangeWatcher
from models import changes
from models.changes import Change
from models.database import connected, database
from tests.scheduler.conftest import ROOT, WAIT

Told = queue.SimpleQueue[list[Change]]


@pytest.fixture
def told(watcher: ChangeWatcher) -> Iterator[Told]:
    """What a subscriber is told."""
    heard: Told = queue.SimpleQueue()
    end = watcher.subscribe(heard.put)
    yield heard
    end()


def touch(*record_ids: str) -> None:
    with connected(), database.atomic():
        for record_id in record_ids:
            changes.touch("customer", record_id)


def test_a_commit_of_this_process_is_told_once_and_in_order(told: Told) -> None:
    touch("C1", "C2")
    heard = told.get(timeout=WAIT)
    assert [(change.table, change.record_id) for change in heard] == [("customer", "C1"), ("customer", "C2")]
    touch("C3")
    assert [change.record_id for change in told.get(timeout=WAIT)] == ["C3"]


def test_a_commit_of_another_process_is_told(told: Told, company: Path) -> None:
    script = (
        "import sys\nfrom models.database import *\nfrom models import changes\n"
        "open_company(sys.argv[1])\n"
        "with connected(), database.atomic(): changes.touch('item', '1896-S')\n"
    )
    subprocess.run([sys.executable, "-c", script, str(company)], cwd=ROOT, check=True)
    assert [change[1:] for change in told.get(timeout=WAIT)] == [("item", "1896-S")]


def test_what_was_rolled_back_is_never_told(told: Told) -> None:
    with connected():
        with database.atomic() as transaction:
            changes.touch("customer", "undone")
            transaction.rollback()
    touch("kept")
    assert [change.record_id for change in told.get(timeout=WAIT)] == ["kept"]


def test_a_subscriber_that_fails_does_not_silence_the_others(watcher: ChangeWatcher, told: Told) -> None:
    def fail(_changes: list[Change]) -> None:
        raise RuntimeError("a page has a bug")

    end = watcher.subscribe(fail)
    second: Told = queue.SimpleQueue()
    watcher.subscribe(second.put)
    touch("C1")
    assert told.get(timeout=WAIT)
    assert second.get(timeout=WAIT)
    end()
    end()


def test_it_ends_at_once_however_long_it_waits_between_two_looks(company: Path) -> None:
    slow = ChangeWatcher(interval_seconds=3600)
    slow.start()
    slow.start()
    slow.stop()
    slow.stop()


def test_more_changes_than_are_kept_refresh_everything(told: Told) -> None:
    with connected(), database.atomic():
        database.execute_sql(
            "INSERT INTO change_log (id, table_name) VALUES (?, 'customer')", (changes.KEPT + 5,)
        )
    (only,) = told.get(timeout=WAIT)
    assert only.table == EVERYTHING


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be replaced there")
def test_a_company_file_that_vanishes_and_is_replaced_refreshes_everything(
    told: Told, company: Path, tmp_path: Path
) -> None:
    touch("C1")
    assert told.get(timeout=WAIT)
    backup = tmp_path / "backup.db"
    script = (
        "import sys\nfrom models.database import *\nfrom models import changes\n"
        "open_company(sys.argv[1], create=True)\n"
        "with connected(), database.atomic(): changes.touch('item', 'from the backup')\n"
        "close_company()\n"
    )
    subprocess.run([sys.executable, "-c", script, str(backup)], cwd=ROOT, check=True)
    for ending in ("", "-wal", "-shm"):
        Path(f"{company}{ending}").unlink(missing_ok=True)
    backup.replace(company)
    while told.get(timeout=WAIT)[0].table != EVERYTHING:
        pass
    touch("C2")
    while told.get(timeout=WAIT)[-1].record_id != "C2":
        pass
