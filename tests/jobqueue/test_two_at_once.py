"""Two processes want different things of the same entries at the same moment: each entry gets one of them, wholly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from desktop.jobqueue import entries
from models.database import connected
from models.job_queue import EntryStatus, JobQueueChange, JobQueueEntry, ScheduledTask
from tests.scheduler.conftest import WAIT

ROOT: Final = Path(__file__).resolve().parents[2]
ENTRIES: Final = 40
_PERSON: Final = """
import json, sys
from desktop.jobqueue import actions
from desktop.jobqueue.states import Action
from models.database import open_company
open_company(sys.argv[1])
jobs = json.loads(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
refused = actions.for_each(Action[sys.argv[2]], jobs, user_id=sys.argv[2])
print(json.dumps([job for job, _ in refused]), flush=True)
"""


def person(company: Path, action: str, jobs: list[str]) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", _PERSON, str(company), action, json.dumps(jobs)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def both(company: Path, first: str, second: str, jobs: list[str]) -> tuple[set[str], set[str]]:
    """Let two people do it at once; the entries that each of them could not do it with."""
    people = [person(company, first, jobs), person(company, second, list(reversed(jobs)))]
    for one in people:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    found = [one.communicate(timeout=WAIT)[0] for one in people]
    return set(json.loads(found[0])), set(json.loads(found[1]))


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("CANCEL", "SET_ON_HOLD", {EntryStatus.CANCELLED, EntryStatus.ON_HOLD}),
        ("DELETE", "CANCEL", {EntryStatus.CANCELLED}),
    ],
)
def test_of_two_people_at_once_each_gets_a_whole_answer(
    company: Path, first: str, second: str, status: set[EntryStatus]
) -> None:
    jobs = [entries.create_entry(f"{number}", "noop", user_id="ANNA") for number in range(ENTRIES)]
    refused_first, refused_second = both(company, first, second, jobs)
    with connected():
        rows = {row.id: row for row in JobQueueEntry.select()}
        tasks = {task.job_id: task.id for task in ScheduledTask.select()}
        changes = {(change.job_id, change.user_id, change.new_value) for change in JobQueueChange.select()}
    assert {row.status for row in rows.values()} <= status
    for job in jobs:
        row = rows.get(job)
        if row is None:
            assert job not in refused_first
            assert job not in tasks
            continue
        assert (row.status == EntryStatus.READY) == (job in tasks), (
            "a task for what is Ready, and for nothing else"
        )
        assert row.task_id == tasks.get(job, "")
        if row.status == EntryStatus.CANCELLED and second == "CANCEL":
            assert job not in refused_second
            assert (job, "CANCEL", "Cancelled") in changes


def test_two_people_who_let_the_same_entries_run_start_each_of_them_once(company: Path) -> None:
    jobs = [
        entries.create_entry(f"{number}", "noop", user_id="ANNA", status=EntryStatus.ON_HOLD)
        for number in range(ENTRIES)
    ]
    both(company, "SET_READY", "RUN_NOW", jobs)
    with connected():
        assert sorted(task.job_id for task in ScheduledTask.select()) == sorted(jobs)
