"""A person mends the next cause while the job of the one before has not ended: each mended record is processed."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.imports import service
from desktop.imports.mending import repair
from models.database import connected
from models.errors import BackdeskError
from models.integration_record import ImportRun, RunState
from models.job_queue import EntryStatus, JobQueueEntry
from models.lookups import Country
from tests.imports import due_jobs

FILE = "No.,Name,Country/Region Code\nC1,Adler,XX\nC2,Baltic,YY\n"


@pytest.fixture
def failed(importer: Any, write: Any, query: Any) -> tuple[int, int, int]:
    """A run of which both records have failed, each for a reason of its own."""
    run_id = importer.read(write(FILE))
    assert importer.process(run_id).errors == 2
    with connected():
        for code in ("XX", "YY"):
            Country.create(code=code, name=code)
    first, second = (row[0] for row in query("SELECT id FROM integration_record ORDER BY line_no"))
    return run_id, first, second


def test_what_is_mended_during_the_last_chunk_is_taken_as_well(
    failed: tuple[int, int, int], importer: Any, query: Any
) -> None:
    run_id, first, second = failed
    repair.retry(run_id, [first])
    mended: list[int] = []

    def mend(*_told: object) -> None:
        if not mended:
            mended.append(repair.retry(run_id, [second]))

    counts = importer.process(run_id, on_progress=mend)
    assert mended == [1]
    assert (counts.created, counts.ready, counts.errors) == (2, 0, 0)
    assert counts.state == RunState.COMPLETED


def _mend(run_id: int, record_id: int) -> str:
    assert repair.retry(run_id, [record_id]) == 1
    return service.start_processing(run_id, "MARIA", record_ids=[record_id], following=True)


def test_what_is_mended_while_a_job_for_other_records_runs_is_processed_after_it(
    failed: tuple[int, int, int], query: Any
) -> None:
    run_id, first, second = failed
    jobs = [_mend(run_id, first), _mend(run_id, second)]
    assert len(set(jobs)) == 2
    assert [job.id for job in due_jobs.run_all()] == jobs, "one after the other"
    assert query("SELECT no FROM customer ORDER BY no") == [("C1",), ("C2",)]


@pytest.mark.parametrize(
    ("status", "state", "takes"),
    [
        (EntryStatus.READY, RunState.COMPLETED, True),
        (EntryStatus.IN_PROCESS, RunState.PROCESSING, True),
        (EntryStatus.IN_PROCESS, RunState.COMPLETED, False),
    ],
)
def test_a_job_for_all_records_takes_them_itself_as_long_as_it_processes(
    failed: tuple[int, int, int], status: EntryStatus, state: RunState, takes: bool
) -> None:
    run_id, first, second = failed
    repair.retry(run_id, [first])
    whole = service.start_processing(run_id, "MARIA")
    repair.retry(run_id, [second])
    with connected():
        JobQueueEntry.update(status=status).where(JobQueueEntry.id == whole).execute()
        ImportRun.update(state=state).where(ImportRun.id == run_id).execute()
    if takes:
        with pytest.raises(BackdeskError) as refused:
            service.start_processing(run_id, "MARIA", record_ids=[second], following=True)
        assert refused.value.code == "UnderWay"
    else:
        assert service.start_processing(run_id, "MARIA", record_ids=[second], following=True) != whole
