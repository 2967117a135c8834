"""A child session has a connection, a snapshot and parameters of its own, and can do nothing but read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from desktop.sessions.session import Session
from desktop.tasks.hub import Hub
from models.customer import Customer
from models.database import connected, database
from tests.waiting import WAIT, WAIT_MS


@pytest.fixture(autouse=True)
def one_customer(company: Path) -> None:
    with connected():
        Customer.create(no="C1", name="Petersen")


def test_a_task_sees_the_company_as_it_was_when_it_began(
    hub: Hub, page: Any, step: Any, submit: Any, company: Path
) -> None:
    def look(session: Session) -> None:
        with closing(sqlite3.connect(company, isolation_level=None)) as other:
            other.execute("INSERT INTO customer (no, name) VALUES ('C2', 'Hansen')")
        first = Customer.select().count()
        with database.atomic():
            second = Customer.select().count()
        session.set_background_task_result({"seen": f"{first} {second}"})

    step("look", look)
    task_id = submit(hub, page, "look")
    assert hub.drain(WAIT)
    assert page.results[task_id] == {"seen": "1 1"}
    step("count", lambda session: session.set_background_task_result({"n": str(Customer.select().count())}))
    later = submit(hub, page, "count")
    assert hub.drain(WAIT)
    assert page.results[later] == {"n": "2"}


def test_a_task_inside_the_call_does_not_see_what_its_caller_has_not_committed(
    hub: Hub, page: Any, step: Any, submit: Any
) -> None:
    hub.synchronous = True
    step("count", lambda session: session.set_background_task_result({"n": str(Customer.select().count())}))
    with connected(), database.atomic():
        Customer.create(no="C2", name="Hansen")
        task_id = submit(hub, page, "count")
        assert Customer.select().count() == 2
    assert hub.drain(WAIT)
    assert page.results == {task_id: {"n": "1"}}
    with connected():
        assert Customer.select().count() == 2


def test_parameters_and_results_are_copies_and_no_record_is_handed_in(
    hub: Hub, page: Any, step: Any, submit: Any, new_gate: Any
) -> None:
    gate, kept = new_gate(), {"shade": "grey"}

    def tell(session: Session) -> None:
        gate(session)
        given = session.get_background_parameters()
        given["colour"] = "green"
        kept["colour"] = session.get_background_parameters()["colour"]
        kept["record"] = session.record_table + session.record_id
        kept["user"] = f"{session.user_id} {session.kind} {session.gui_allowed}"
        session.set_background_task_result(kept)
        kept["colour"] = "blue"

    step("tell", tell)
    asked = {"step": "tell", "colour": "red"}
    task_id = hub.submit(page, "test_step", asked, on_completed=page.completed, on_error=page.failed)
    asked["colour"] = "yellow"
    gate.open()
    assert hub.drain(WAIT)
    told = {"shade": "grey", "colour": "red", "record": "", "user": "MARIA Child False"}
    assert page.results[task_id] == told


@pytest.mark.parametrize(
    ("write", "right"),
    [
        (lambda: Customer.create(no="C2", name="Hansen"), "Insert"),
        (lambda: Customer.update(name="Hansen").execute(), "Modify"),
        (lambda: Customer.delete().execute(), "Delete"),
        (lambda: database.execute_sql("INSERT INTO customer (no, name) VALUES ('C2', 'x')"), "Insert"),
        (lambda: database.execute_sql("UPDATE customer SET name = 'x'"), "Modify"),
        (lambda: database.execute_sql("DELETE FROM customer"), "Delete"),
    ],
)
def test_a_write_is_an_error_of_the_task_and_the_row_is_unchanged(
    hub: Hub, page: Any, step: Any, submit: Any, write: Callable[[], object], right: str
) -> None:
    step("write", lambda _session: write())
    task_id = submit(hub, page, "write")
    assert hub.drain(WAIT)
    error, _ = page.errors[task_id]
    sentence = f"You do not have the following permissions on TableData Customer: {right}."
    assert (error.code, error.text.startswith(sentence)) == ("PermissionDenied", True)
    assert (page.results, hub.counters().failed) == ({}, 1)
    with connected():
        assert [customer.name for customer in Customer.select()] == ["Petersen"]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts the open files as Linux shows them")
def test_a_deaf_task_that_ends_later_gives_nothing_to_anybody_and_its_connection_is_closed(
    new_hub: Any, page: Any, step: Any, submit: Any, new_gate: Any, time: Any, company: Path
) -> None:
    hub, deaf = new_hub(time.clock()), new_gate(listens=False)
    before = _open_files(company)
    step("deaf", deaf)
    task_id = submit(hub, page, "deaf", timeout_ms=1_000)
    assert deaf.reached.wait(WAIT)
    assert _open_files(company) > before
    time.seconds = 1.0
    hub.check_time()
    time.seconds = 10.0
    hub.check_time()
    assert [info.state for info in hub.child_sessions()] == ["Abandoned"]
    deaf.open()
    assert hub._child.pool.waitForDone(WAIT_MS)
    assert hub.drain(WAIT)
    assert (page.results, list(page.errors)) == ({}, [task_id])
    assert hub.child_sessions() == []
    assert _open_files(company) == before


def _open_files(company: Path) -> int:
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(descriptor.readlink()))
        except OSError:
            continue
    return sum(link.startswith(str(company)) for link in links)
