"""A program that is killed while it reads a file: everybody is told so at once, and a worker clears it away."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.errors import SourceError
from desktop.imports import run_removal, service, staging
from desktop.imports.afterwards import undo
from desktop.imports.afterwards.reconciliation import reconcile
from desktop.imports.mending import repair
from desktop.imports.orphaned_runs import OrphanedRuns
from models import owners
from models.changes import Change
from models.database import connected, database
from models.errors import BackdeskError
from models.import_rows import INTERRUPTED_TEXT, import_run, status_sql
from models.import_run_lists import RunView, run_card, run_list
from models.integration_record import ImportRun, RunState
from tests.imports.test_kill import Child
from tests.waiting import MovableClock, moving

__all__ = ["moving"]

GONE = "gone/1/1"


@pytest.fixture
def stored(importer: Any, write: Any) -> Callable[..., int]:
    """A run of two rows whose state and owner are what a kill leaves."""

    def make(state: RunState, owner: str = "", process: bool = False) -> int:
        run_id: int = importer.read(write("No.,Name\nC1,A\nC2,\n"))
        if process:
            importer.process(run_id)
        here = owners.this_process().partition("/")[0]
        with connected():
            ImportRun.update(state=state, owner=owner or f"{here}/1/1").where(
                ImportRun.id == run_id
            ).execute()
        return run_id

    return make


def states(view: RunView = RunView.ALL) -> list[str]:
    with connected():
        return [row.status for row in run_list(view=view)]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_a_killed_reading_is_told_as_interrupted_until_it_is_cleared_away(
    company: Path, importer: Any, write: Any, contents: Callable[[], dict[str, int]]
) -> None:
    before = contents()
    path = write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(30_000)))
    with Child("reading_process.py", company, path, 3) as child:
        assert child.wait_for_lines(3)
        assert (states(), states(RunView.UNDER_WAY), states(RunView.TO_PROCESS)) == (
            ["Reading"],
            ["Reading"],
            ["Reading"],
        )
        assert child.kill() == -signal.SIGKILL
    assert (states(), states(RunView.UNDER_WAY), states(RunView.TO_PROCESS)) == (["Interrupted"], [], [])
    with connected():
        run_id = ImportRun.get().id
        card, row = run_card(run_id), import_run(run_id)
    assert card is not None
    assert row is not None
    assert (card.row.status, card.row.under_way, row.status) == ("Interrupted", False, "Interrupted")
    told = service.summary(run_id)
    assert (told.state, told.text) == ("Interrupted", INTERRUPTED_TEXT.rstrip("."))
    found = reconcile(run_id)
    assert (found.text, found.differs) == (INTERRUPTED_TEXT, False)
    for refused in (
        lambda: service.start_processing(run_id, "ANNA"),
        lambda: repair.exclude(importer.record_ids(run_id)),
        lambda: undo.start_undo(run_id, "ANNA"),
    ):
        with pytest.raises(BackdeskError, match="The program ended while it read") as told_why:
            refused()
        assert told_why.value.code == "Interrupted"
    run_removal.recover_some()
    assert contents() == before


def test_a_large_run_is_cleared_away_in_parts_between_which_a_worker_looks_at_its_jobs(
    stored: Any, importer: Any, write: Any, contents: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_removal, "_AT_ONCE", 10)
    kept = importer.read(write("No.,Name\nC1,A\n"))
    before = contents()
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(95))))
    with connected():
        ImportRun.update(state=RunState.READING, owner=GONE).where(ImportRun.id == run_id).execute()
    assert service.recover_reading_runs(lambda _owner: True) == []
    left = []
    while contents() != before:
        run_removal.recover_some(lambda _owner: False)
        left.append(contents()["integration_record"])
    assert left == [56, 16, 1]
    assert importer.process(kept).created == 1


@pytest.mark.parametrize(
    ("state", "processed", "told"),
    [
        (RunState.PROCESSING, False, "Interrupted"),
        (RunState.PROCESSING, True, "Completed with errors"),
        (RunState.UNDOING, True, "Interrupted"),
    ],
)
def test_a_job_that_was_killed_for_good_leaves_a_run_with_which_people_can_go_on(
    stored: Any, importer: Any, session: Any, state: RunState, processed: bool, told: str
) -> None:
    run_id = stored(state, process=processed)
    assert states() == [told]
    assert states(RunView.UNDER_WAY) == []
    assert service.summary(run_id).status == told
    if processed:
        repair.retry(run_id)
        assert importer.process(run_id).errors == 1
        assert undo.undo(session(), run_id).reversed == 1
    else:
        service.start_processing(run_id, "ANNA")
        assert states() == ["Waiting"]


def test_who_reads_on_another_computer_is_believed_to_live(stored: Any) -> None:
    stored(RunState.READING, "another-computer/1/2")
    assert states() == ["Reading"]
    assert service.recover_reading_runs() == []


def test_a_reading_whose_run_was_removed_by_somebody_who_took_it_for_dead_leaves_nothing(
    importer: Any, write: Any, session: Any, contents: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "BLOCK", 10)
    before = contents()

    def remove(done: int, _total: int, _text: str) -> None:
        if done == 20:
            assert len(service.recover_reading_runs(lambda _owner: False)) == 1

    path = write("No.,Name\n" + "C1,N\n" * 100)
    with pytest.raises(SourceError, match="was removed while the file was read"):
        service.read(path, "CUSTOMERS", session(on_progress=remove))
    assert contents() == before


@pytest.mark.skipif(sys.platform != "linux", reason="tells zombies by /proc")
def test_a_killed_process_lives_no_more_though_nobody_has_asked_what_became_of_it() -> None:
    host = owners.this_process().partition("/")[0]
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        began = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19]
        owner = f"{host}/{process.pid}/{began}"
        assert owners.lives(owner)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not owners.lives(owner)


def test_every_list_tells_a_run_by_the_same_word(stored: Any) -> None:
    """The Integrations list sorts and filters by it, so there SQL says what Python says elsewhere."""
    run_id = stored(RunState.READY)
    here = owners.this_process()
    of = (RunState, ("", "another-computer/1/2", here, f"{here.partition('/')[0]}/1/1"), (0, 1), (0, 1))
    told = set()
    for state, owner, errors, ready in itertools.product(*of):
        with connected(), database.atomic():
            ImportRun.update(
                state=state, owner=owner, rows=errors + ready, errors=errors, ready=ready
            ).execute()
            (word,) = database.execute_sql(f"SELECT {status_sql('u')} FROM import_run AS u").fetchone()
            run = import_run(run_id)
        assert run is not None
        assert states() == [word] == [run.status], (state, owner, errors, ready)
        told.add(word)
    assert told == {*RunState, "Completed with errors"}


def test_the_end_of_a_process_is_told_once_though_it_commits_nothing(
    stored: Any, moving: MovableClock
) -> None:
    alive = {"here/7/1", "here/8/1"}
    orphans = OrphanedRuns(moving.clock, alive.__contains__)
    first = stored(RunState.PROCESSING, "here/7/1")
    second = stored(RunState.READING, "here/8/1")
    with connected():
        assert orphans([]) == []
        alive.clear()
        assert orphans([]) == [], "it looks once a second"
        moving.forward(1)
        assert orphans([]) == [Change(0, "import_run", str(first)), Change(0, "import_run", str(second))]
        moving.forward(1)
        assert orphans([Change(1, "import_run", str(first))]) == []
        ImportRun.update(owner="here/9/1").where(ImportRun.id == first).execute()
        moving.forward(1)
        assert orphans([Change(2, "import_run", str(first))]) == [Change(0, "import_run", str(first))]
