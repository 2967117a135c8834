"""The page about the Job Queue says what the code does."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from desktop.jobqueue.states import TRANSITIONS, Action
from models.job_queue import EntryStatus

PAGE = Path(__file__).resolve().parents[2] / "docs" / "job-queue.md"


def rows_of(heading: str) -> list[list[str]]:
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_state_is_explained() -> None:
    assert {row[0] for row in rows_of("States")} == {str(status) for status in EntryStatus}


def test_the_table_of_transitions_is_that_of_the_code() -> None:
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for action, sources, target in rows_of("Transitions"):
        for source in sources.split(", "):
            told[action][source] = target
    for action in Action:
        real = {str(old): str(new) for old, new in TRANSITIONS[action].items()}
        if action is Action.DELETE:
            real = dict.fromkeys(real, "(gone)")
        elif action not in (Action.CANCEL, Action.FINISH, Action.STOP):
            real.pop(str(EntryStatus.CANCELLING), None)  # told in the sentence below the table
        assert told[str(action)] == real, action
    assert set(told) == {str(action) for action in Action}
