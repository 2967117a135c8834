"""A worker in a process of its own runs the codeunit of an extension as a job."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.jobqueue import entries
from models.database import connected
from models.job_queue import EntryStatus
from models.lookups import Country
from tests.waiting import WAIT

ROOT = Path(__file__).resolve().parents[2]
STAMP = """
from desktop.extensions import Codeunit, Extension
from models.lookups import Country

def run(session):
    Country.create(code="XX", name=session.parameters["name"])
    session.result_text = "One country stamped"

extension = Extension("Stamps", codeunits=(Codeunit(50300, "stamp", "Stamp a country", __name__),))
"""


def _work(company: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "desktop", "worker", "--until-idle", "--company", str(company)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WAIT, check=False)


def test_a_worker_runs_the_codeunit_of_an_extension(
    company: Path, put_extension: Callable[[str, str], Path]
) -> None:
    put_extension("stamps", STAMP)
    job = entries.create_entry("Stamp", "stamp", {"name": "Nowhere"}, user_id="MARIA")
    worked = _work(company)
    entry = entries.get(job)
    assert entry is not None
    assert entry.status == EntryStatus.FINISHED, (worked.stderr, entry.error_text)
    with connected():
        assert Country.get_by_id("XX").name == "Nowhere"


def test_a_job_whose_extension_is_gone_fails_and_says_what_is_missing(
    company: Path, put_extension: Callable[[str, str], Path]
) -> None:
    file = put_extension("stamps", STAMP)
    job = entries.create_entry("Stamp", "stamp", {"name": "Nowhere"}, user_id="MARIA")
    file.unlink()
    worked = _work(company)
    entry = entries.get(job)
    assert entry is not None
    assert entry.status == EntryStatus.ERROR, worked.stderr
    assert "There is no codeunit “stamp”" in entry.error_text
