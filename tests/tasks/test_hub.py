"""What becomes of work that pages ask for: done, refused, cancelled, too late, too much, or never ending."""

from __future__ import annotations

import gc
import threading
import weakref
from functools import partial
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from pytestqt.qtbot import QtBot

from desktop.errors import UnknownCodeunitError
from desktop.sessions.session import Session
from desktop.tasks.hub import Hub
from desktop.tasks.lanes import Entry
from desktop.tasks.task import ErrorLevel, TaskError
from models.customer import Customer
from models.lookups import Country
from tests.waiting import WAIT, WAIT_MS


def test_results_come_back_to_the_page(hub: Hub, page: Any, step: Any, submit: Any) -> None:
    def count(session: Session) -> None:
        assert (session.kind, session.user_id) == ("Child", "MARIA")
        session.set_background_task_result({"customers": str(Customer.select().count())})

    step("count", count)
    task_id = submit(hub, page, "count")
    assert page.results == {}
    assert hub.drain(WAIT)
    assert page.results == {task_id: {"customers": "0"}}


def test_a_task_cannot_write(hub: Hub, page: Any, step: Any, submit: Any) -> None:
    step("write", lambda _session: Customer.create(no="C1", name="Nobody"))
    task_id = submit(hub, page, "write", error_level=ErrorLevel.WARNING)
    hub.drain(WAIT)
    error, level = page.errors[task_id]
    assert error.code == "PermissionDenied"
    assert error.text.startswith("You do not have the following permissions on TableData Customer: Insert.")
    assert level is ErrorLevel.WARNING
    hub.query(page, Customer.select().count, page.answered, page.answered)
    hub.drain(WAIT)
    assert page.answers == [0]


def test_a_fault_of_the_program_is_one_calm_sentence_with_its_traceback(
    hub: Hub, page: Any, step: Any, submit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(_session: Session) -> None:
        raise ZeroDivisionError("by zero")

    step("fault", fault)
    task_id = submit(hub, page, "fault")
    hub.drain(WAIT)
    error, _ = page.errors[task_id]
    assert (error.code, error.expected) == ("ZeroDivisionError", False)
    assert "Traceback" not in error.text
    assert "in fault" in error.call_stack
    assert "in fault" in caplog.text


@pytest.mark.parametrize("fault", [SystemExit, KeyboardInterrupt, MemoryError, StopIteration, GeneratorExit])
def test_a_fault_without_words_is_named_and_ends_its_task_alone(
    hub: Hub, page: Any, step: Any, submit: Any, fault: type[BaseException]
) -> None:
    def raise_it(_session: Session) -> None:
        raise fault

    step("fault", raise_it)
    step("well", lambda session: session.set_background_task_result({"well": "yes"}))
    failed, well = submit(hub, page, "fault"), submit(hub, page, "well")
    hub.drain(WAIT)
    error, _ = page.errors[failed]
    assert error.text == f"Something went wrong in Backdesk: {fault.__name__}."
    assert page.results[well] == {"well": "yes"}


def test_an_unknown_codeunit_is_told_at_the_call(hub: Hub, page: Any) -> None:
    with pytest.raises(UnknownCodeunitError, match="no_such_thing"):
        hub.submit(page, "no_such_thing", on_completed=page.completed, on_error=page.failed)
    assert hub.is_idle()


def test_closing_the_page_ends_its_sql_and_forgets_the_result(
    hub: Hub, page: Any, step: Any, submit: Any, endless: Any
) -> None:
    started, ended, run = endless
    step("endless", run)
    submit(hub, page, "endless")
    assert started.wait(WAIT)
    hub.forget(page)
    assert ended.wait(WAIT)
    assert hub.drain(WAIT)
    assert (page.results, page.errors) == ({}, {})


def test_a_page_that_qt_destroys_is_called_no_more(
    hub: Hub, step: Any, submit: Any, new_page: Any, new_gate: Any
) -> None:
    gate, told = new_gate(), []

    class Closing(new_page):
        def completed(self, task_id: int, results: dict[str, str]) -> None:
            told.append(task_id)

    step("wait", gate)
    page = Closing()
    submit(hub, page, "wait")
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not shiboken6.isValid(page)
    gate.open()
    assert hub.drain(WAIT)
    assert told == []


def test_the_hub_keeps_no_page_alive(hub: Hub, step: Any, submit: Any, new_page: Any, new_gate: Any) -> None:
    gate = new_gate()
    step("wait", gate)
    page = new_page()
    submit(hub, page, "wait")
    gone = weakref.ref(page)
    del page
    gc.collect()
    assert gone() is None
    gate.open()
    assert hub.drain(WAIT)


def test_a_newer_query_of_the_same_key_replaces_the_older(hub: Hub, page: Any, endless: Any) -> None:
    started, _, slow = endless
    hub.query(page, partial(slow, None), page.answered, page.answered, key="rows")
    assert started.wait(WAIT)
    hub.query(page, lambda: "new", page.answered, page.answered, key="rows")
    hub.query(page, lambda: "other", page.answered, page.answered, key="count")
    assert hub.drain(WAIT)
    assert sorted(page.answers) == ["new", "other"]


def test_writes_happen_one_after_the_other_in_their_order(hub: Hub, page: Any) -> None:
    def create(number: int) -> int:
        Country.create(code=f"X{number:02d}", name="Somewhere")
        return number

    for number in range(20):
        hub.write(page, lambda number=number: create(number), page.answered, page.answered)
    assert hub.drain(WAIT)
    assert page.answers == list(range(20))


def test_what_was_entered_is_saved_though_the_page_is_closed_at_once(hub: Hub, page: Any) -> None:
    lost: list[TaskError] = []
    hub.on_lost_write = lost.append

    def refuse() -> None:
        raise RuntimeError("the disk is gone")

    hub.write(page, lambda: Country.create(code="DE", name="Germany").code, page.answered, page.answered)
    hub.write(page, refuse, page.answered, page.answered)
    hub.forget(page)
    assert hub.drain(WAIT)
    assert page.answers == []
    assert [error.code for error in lost] == ["RuntimeError"]
    hub.query(page, Country.select().count, page.answered, page.answered)
    hub.drain(WAIT)
    assert page.answers == [1]


def test_without_threads_the_work_runs_here_and_the_answer_comes_later(hub: Hub, page: Any) -> None:
    hub.synchronous = True
    threads: list[threading.Thread] = []
    hub.query(
        page, lambda: threads.append(threading.current_thread()) or "done", page.answered, page.answered
    )
    assert threads == [threading.current_thread()]
    assert page.answers == []
    assert hub.drain(WAIT)
    assert page.answers == ["done"]


def test_a_callback_must_be_a_bound_method(hub: Hub, page: Any) -> None:
    with pytest.raises(TypeError, match="bound method"):
        hub.query(page, lambda: 1, lambda _answer: None, page.answered)


def test_parameters_are_texts_by_name(hub: Hub, page: Any) -> None:
    with pytest.raises(TypeError, match="texts by name"):
        hub.submit(
            page,
            "test_step",
            {"number": 5},  # type: ignore[dict-item]
            on_completed=page.completed,
            on_error=page.failed,
        )


def test_two_thousand_tasks_of_pages_that_come_and_go(
    hub: Hub, qtbot: QtBot, step: Any, submit: Any, new_page: Any
) -> None:
    """Each task of a page that stays is answered once; pages that go in between do no harm."""
    step("one", lambda session: session.set_background_task_result({"n": "1"}))
    stays = new_page()
    asked: set[int] = set()
    short_lived: list[Any] = []
    for number in range(2_000):
        while hub.waiting() > 80:
            qtbot.wait(1)
        if number % 3:
            asked.add(submit(hub, stays, "one"))
        else:
            passing = new_page()
            submit(hub, passing, "one")
            short_lived.append(passing)
        if len(short_lived) > 10:
            gone = short_lived.pop(0)
            if number % 2:
                hub.forget(gone)
            else:
                gone.deleteLater()
    qtbot.waitUntil(hub.is_idle)
    assert set(stays.results) == asked
    assert stays.errors == {}


def test_thousands_of_quick_tasks_leave_nothing_behind(
    hub: Hub, qapp: QCoreApplication, step: Any, submit: Any, new_page: Any
) -> None:
    loop = QEventLoop()

    class Next(new_page):
        def completed(self, task_id: int, results: dict[str, str]) -> None:
            loop.quit()

    page = Next()
    step("one", lambda _session: None)
    for _ in range(2_000):
        submit(hub, page, "one")
        loop.exec()
    assert hub._child.pool.waitForDone(WAIT_MS)
    gc.collect()
    assert [found for found in gc.get_objects() if isinstance(found, Entry)] == []
    assert (hub.counters().completed, len(hub.child_sessions())) == (2_000, 0)
