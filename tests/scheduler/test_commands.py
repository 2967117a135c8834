"""The command line as a person or script types it: `backdesk worker` and `backdesk jobs`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.__main__ import main
from desktop.jobqueue import actions, entries
from models.database import close_company, connected, database, open_company
from models.job_queue import EntryStatus, JobQueueEntry
from tests.scheduler.conftest import ROOT, WAIT, status_of


def jobs(company: Path, *words: str) -> int:
    """Run `backdesk jobs` in this process; the company is open afterwards as before."""
    close_company()
    try:
        return main(["jobs", *words, "--company", str(company)])
    finally:
        open_company(company)


def create(description: str = "Import customers.csv", codeunit: str = "noop") -> str:
    return entries.create_entry(description, codeunit, {"file": "customers.csv"}, user_id="ANNA")


def test_a_person_lists_shows_cancels_and_retries(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert jobs(company, "list") == 0
    assert capsys.readouterr().out == "There are no entries.\n"
    job = create()
    assert jobs(company, "list") == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["No.", "ID", "Status", "Progress", "Start", "Description"]
    assert row.startswith(f"1    {job[:8]}  Ready")
    assert row.endswith("Import customers.csv")
    assert row.index("Ready") == head.index("Status"), "columns stand under their heads"

    assert jobs(company, "show", job[:8]) == 0
    out = capsys.readouterr().out
    assert "Status          Ready" in out
    assert "Parameter file  customers.csv" in out
    assert jobs(company, "cancel", "1") == 0
    assert capsys.readouterr().out == "“Import customers.csv” is Cancelled.\n"
    assert status_of(job) == EntryStatus.CANCELLED
    assert jobs(company, "retry", job) == 0
    assert capsys.readouterr().out == "“Import customers.csv” is Ready.\n"
    assert jobs(company, "log", job) == 0
    assert capsys.readouterr().out == "It has not run yet.\n"


def test_wrong_use_is_one_sentence_and_exit_code_2(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = create()
    with connected(), database.atomic():
        for job in (create(), create()):
            JobQueueEntry.update(id=f"ff{job[2:]}").where(JobQueueEntry.id == job).execute()
    for words, sentence in (
        (("show", "nothing"), "There is no job queue entry “nothing”. List them with: backdesk jobs list"),
        (("show", "%"), "There is no job queue entry “%”. List them with: backdesk jobs list"),
        (
            ("show", "ff"),
            "More than one job queue entry begins with “ff”. Give more characters of its id.",
        ),
        (
            ("retry", first),
            "“Import customers.csv” is Ready, so it cannot be started again; it starts as soon as it may.",
        ),
        (("list", "--status", "sleeping"), "“sleeping” is not a status. Choose one of: "),
    ):
        assert jobs(company, *words) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith(f"backdesk: {sentence}")
        assert captured.err.count("\n") == 1


def test_a_script_reads_one_object(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = create()
    assert jobs(company, "list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["jobs"]
    assert (row["job"], row["status"], row["parameters"]) == (job, "Ready", {"file": "customers.csv"})
    assert jobs(company, "list", "--json", "--status", "on-hold") == 0
    assert json.loads(capsys.readouterr().out) == {"jobs": []}
    assert jobs(company, "cancel", job, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"job": job, "status": "Cancelled"}
    assert jobs(company, "log", job, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"job": job, "log": []}


def test_a_worker_works_until_idle_and_the_log_says_what_happened(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = create(codeunit="tells"), create("Broken", "fails")
    worker = subprocess.run(
        [
            sys.executable,
            "-m",
            "desktop",
            "worker",
            "--until-idle",
            "--slots",
            "2",
            "--company",
            str(company),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=True,
    )
    assert worker.stdout == ""
    assert worker.stderr.startswith(f"Working on {company}, 2 jobs at once.")
    assert (status_of(good), status_of(bad)) == (EntryStatus.FINISHED, EntryStatus.ERROR)
    assert jobs(company, "log", bad) == 0
    out = capsys.readouterr().out
    assert "Something went wrong in Backdesk: the flux is too low." in out
    assert "    RuntimeError: the flux is too low" in out
    assert jobs(company, "show", good, "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["status"], shown["result"]) == ("Finished", "Import complete: 88 records created, 3 errors")


@pytest.mark.parametrize("slots", ["0", "65", "many", "-1"])
def test_a_wrong_number_of_slots_is_refused(slots: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["worker", f"--slots={slots}"])
    assert ended.value.code == 2
    assert f"“{slots}” is not a number from 1 to 64" in capsys.readouterr().err


def test_an_entry_on_hold_stays_out_of_the_workers_hands(company: Path) -> None:
    job = create()
    actions.set_on_hold(job)
    subprocess.run(
        [sys.executable, "-m", "desktop", "worker", "--until-idle", "--company", str(company)],
        cwd=ROOT,
        capture_output=True,
        timeout=WAIT,
        check=True,
    )
    assert status_of(job) == EntryStatus.ON_HOLD
