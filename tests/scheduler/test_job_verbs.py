"""What a person or script does with several entries at once on the command line."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desktop.commands.jobs import moment
from desktop.jobqueue import entries
from models.database import connected
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus
from tests.scheduler.conftest import status_of
from tests.scheduler.test_commands import create, jobs


def _entry(job_id: str) -> JobQueueEntry:
    entry = entries.get(job_id)
    assert entry is not None
    return entry


def test_a_night_is_prepared_with_a_few_words(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = create("Prices"), create("Stock")
    assert jobs(company, "hold", first, second) == 0
    assert capsys.readouterr().out == "“Prices” is On Hold.\n“Stock” is On Hold.\n"
    assert jobs(company, "reschedule", "2030-11-30T02:00", first, second) == 0
    assert jobs(company, "priority", "high", first) == 0
    assert jobs(company, "ready", first, second) == 0
    entry = _entry(first)
    assert entry.status == EntryStatus.READY
    assert entry.priority == 1000
    assert entry.next_start.astimezone().strftime("%Y-%m-%d %H:%M") == "2030-11-30 02:00"
    assert jobs(company, "run-now", first) == 0
    assert _entry(first).next_start < entry.next_start
    assert jobs(company, "cancel", first, second) == 0
    assert status_of(first) == status_of(second) == EntryStatus.CANCELLED


def test_why_is_one_sentence_for_one_entry_and_a_line_each_for_several(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = create("Prices"), create("Stock")
    jobs(company, "hold", first)
    capsys.readouterr()
    assert jobs(company, "why", first) == 0
    assert capsys.readouterr().out == "It is On Hold: set it to Ready to let it run.\n"
    assert jobs(company, "why", first, second) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["Prices", "Stock"]
    assert jobs(company, "why", first, "--json") == 0
    assert json.loads(capsys.readouterr().out)["why"].startswith("It is On Hold")
    assert jobs(company, "show", first) == 0
    assert "Why             It is On Hold" in capsys.readouterr().out


def test_what_one_of_several_cannot_do_does_not_keep_the_others_from_it(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = create("Prices"), create("Stock")
    jobs(company, "cancel", first)
    capsys.readouterr()
    assert jobs(company, "cancel", first, second, "--json") == 1
    said = capsys.readouterr()
    told = json.loads(said.out)["jobs"]
    assert [("error" in one, one.get("status")) for one in told] == [(True, None), (False, "Cancelled")]
    assert "“Prices” is Cancelled" in said.err
    assert jobs(company, "cancel", first) == 2


def test_a_copy_is_on_hold_and_a_deleted_entry_is_gone(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = create("Prices")
    assert jobs(company, "copy", first, "--json") == 0
    copied = json.loads(capsys.readouterr().out)["copy"]
    assert (_entry(copied).status, _entry(copied).description) == (EntryStatus.ON_HOLD, "Copy of Prices")
    assert jobs(company, "delete", first, copied) == 0
    assert entries.get(first) is None
    assert entries.get(copied) is None


def test_the_log_is_cleared_of_what_is_old_or_of_all(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job_id = create()
    with connected():
        for days in (100, 10, 1):
            ended = datetime.now().astimezone() - timedelta(days=days)
            JobQueueLogEntry.insert(
                job_id=job_id, status=LogStatus.SUCCESS, started_at=ended, ended_at=ended
            ).execute()
    assert jobs(company, "log", "--clear", "--days", "50") == 0
    assert jobs(company, "log", "--clear") == 0
    assert jobs(company, "log", "--clear", "--all", "--json") == 0
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == ["1 log entry was deleted."] * 2
    assert json.loads(out[2]) == {"deleted": 1}
    assert jobs(company, "log") == 2
    assert jobs(company, "log", job_id, "--clear") == 2


NOW = datetime(2026, 11, 21, 9, 0).astimezone()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("now", NOW),
        ("+2h", NOW + timedelta(hours=2)),
        ("+30m", NOW + timedelta(minutes=30)),
        ("+1d", NOW + timedelta(days=1)),
        ("22:30", NOW.replace(hour=22, minute=30)),
        ("08:00", NOW.replace(day=22, hour=8)),
        ("2026-11-30 02:00", NOW.replace(day=30, hour=2)),
        ("2026-11-30T02:00", NOW.replace(day=30, hour=2)),
    ],
)
def test_a_time_is_written_as_people_write_it(text: str, meant: datetime) -> None:
    assert moment(text, NOW) == meant


@pytest.mark.parametrize("text", ["", "tomorrow", "25:00", "+2x", "+h", "2026-13-01T02:00", "+99999999999d"])
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no time; write"):
        moment(text, NOW)
