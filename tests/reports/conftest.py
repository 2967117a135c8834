"""The demo company to write in, a clock that the test moves, and jobs that run in this thread."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from desktop.jobqueue import checkpoints, dispatcher, entries
from desktop.reports import registry
from desktop.reports.document import Content
from desktop.reports.parameters import Values
from desktop.reports.registry import Report
from desktop.scheduler import claims
from desktop.scheduler.engine import ChildOutcome
from desktop.sessions.job_calls import JobEntry
from desktop.sessions.session import Session, SessionKind
from models.database import close_company, connected, open_company
from models.job_queue import ObjectType
from models.sales_order import SalesHeader
from tests.companies import NOW
from tests.scheduler.conftest import MovableClock


@pytest.fixture(autouse=True)
def own_demo(light_demo: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the demo company, open."""
    path = Path(shutil.copy(light_demo, tmp_path / "own.db"))
    yield open_company(path)
    close_company()


@pytest.fixture
def moving() -> MovableClock:
    """A clock at the moment of the demo company."""
    clock = MovableClock()
    clock.moment = NOW
    return clock


def order(
    name: str, output: str, parameters: Mapping[str, str], moving: MovableClock, **options: object
) -> str:
    """An entry that makes a report for MARIA at once; its id."""
    return entries.create_entry(
        f"My {name}",
        name,
        parameters,
        user_id="MARIA",
        object_type=ObjectType.REPORT,
        report_output=output,
        clock=moving.clock,
        **options,
    )


def run_next(
    moving: MovableClock, prepare: Callable[[Session], None] = lambda _session: None
) -> ChildOutcome:
    """Run what is due in this thread, as a child process does it."""
    clock = moving.clock
    with connected():
        held = claims.claim_due(
            "w", clock.now(), 60.0, lambda found: dispatcher.begin(found, "here process 1", clock)
        )
    assert held is not None, "nothing is due"
    session = Session(
        SessionKind.BACKGROUND,
        held.user_id,
        held.parameters,
        moving.clock.today(),
        clock=clock,
        entry=JobEntry(job_id=held.job_id, entry_no=1, description=held.description),
        attempt=held.attempt,
        kept=checkpoints.of_claim(held),
    )
    prepare(session)
    return dispatcher.run(held, session)


@pytest.fixture
def put_report() -> Iterator[None]:
    """A report that wants more than a report may."""
    registry.register(Report(50_700, "greedy", "Greedy", "Deletes what it reads.", f"{__name__}:greedy"))
    yield
    registry.unregister("greedy")


def greedy(_session: Session, _values: Values) -> Content:
    """Delete all sales orders."""
    SalesHeader.delete().execute()
    return Content((), iter(()), 0, "orders")
