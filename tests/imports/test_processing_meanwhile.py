"""Processing is stopped, taken over, killed or overtaken by a person, and the counts still add up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import ReplacedError, TaskCancelledError
from desktop.imports import processing, service
from desktop.imports.mending import repair
from desktop.imports.writing.ahead import Ahead
from desktop.imports.writing.records import RecordWork
from desktop.sessions.pace import Pace
from desktop.sessions.session import CancelToken
from models.customer import Customer
from models.database import connected, database
from models.integration_record import RunState


def test_cancelling_keeps_what_is_committed_and_the_rest_ready(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    monkeypatch.setattr(processing, "FIRST_CHUNK", 10)
    monkeypatch.setattr(processing, "LARGEST_CHUNK", 10)
    monkeypatch.setattr(processing, "SMALLEST_CHUNK", 10)
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(95))))
    token = CancelToken()

    def stop(done: int, _total: int, _text: str) -> None:
        if done == 30:
            token.cancel()

    with pytest.raises(TaskCancelledError):
        importer.process(run_id, token=token, on_progress=stop)
    counts = add_up(run_id)
    assert (counts.created, counts.ready, counts.state) == (40, 55, RunState.READY)
    assert importer.process(run_id).text == "95 records created"
    add_up(run_id)


def test_whoever_was_taken_over_writes_nothing_more(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    monkeypatch.setattr(processing, "FIRST_CHUNK", 10)
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(50))))

    ids = importer.record_ids(run_id)

    def take_over(done: int, _total: int, _text: str) -> None:
        if done == 10:
            importer.process(run_id, ids[10:20])

    with pytest.raises(processing.TakenOverError, match="Another job has taken over"):
        importer.process(run_id, on_progress=take_over)
    assert add_up(run_id).created == 20
    assert importer.process(run_id).created == 50
    assert add_up(run_id).state == RunState.COMPLETED


def test_a_session_that_lost_its_task_writes_nothing(importer: Any, write: Any, add_up: Any) -> None:
    run_id = importer.read(write("No.,Name\nC1,N\n"))
    calls = []

    def guard() -> None:
        calls.append(1)
        if len(calls) > 1:
            raise ReplacedError

    with pytest.raises(ReplacedError):
        importer.process(run_id, guard=guard)
    assert add_up(run_id).ready == 1


def test_a_row_mended_while_its_chunk_is_computed_is_taken_as_mended(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, query: Any, add_up: Any
) -> None:
    run_id = importer.read(write("No.,Name\nC1,Old\nC2,Old\n"))
    first, second = importer.record_ids(run_id)
    compute = RecordWork.map
    done: list[int] = []

    def compute_slowly(self: Any, rows: Any) -> Any:
        mapped = compute(self, rows)
        if not done:
            done.append(1)
            repair.edit_record(first, ["C1", "New"])
            repair.exclude([second])
        return mapped

    monkeypatch.setattr(RecordWork, "map", compute_slowly)
    counts = importer.process(run_id)
    assert (counts.created, counts.excluded) == (1, 1)
    assert query("SELECT no, name FROM customer") == [("C1", "New")]
    add_up(run_id)


class _Killed(BaseException):
    """Stands for the end of the process."""


rows_of_a_file = st.lists(
    st.tuples(
        st.integers(0, 14), st.sampled_from(["DE", "FR", "XX", ""]), st.sampled_from(["1", "2.5", "x", ""])
    ),
    min_size=1,
    max_size=40,
)


@pytest.mark.long
@given(
    table=rows_of_a_file,
    known=st.sets(st.integers(0, 14), max_size=8),
    kills=st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=5),
    chunk=st.integers(1, 9),
)
@settings(max_examples=40)
def test_any_split_by_kills_ends_like_an_undisturbed_import(
    table: list[tuple[int, str, str]],
    known: set[int],
    kills: list[tuple[int, bool]],
    chunk: int,
    importer: Any,
    write: Any,
    query: Any,
    add_up: Any,
) -> None:
    text = "No.,Name,Country,Credit Limit\n" + "".join(
        f"K{no},N{no},{land},{limit}\n" for no, land, limit in table
    )
    path = write(text)

    def result(kills: list[tuple[int, bool]]) -> tuple[Any, ...]:
        with connected(), database.atomic():
            database.execute_sql("DELETE FROM customer")
            for no in known:
                Customer.create(no=f"K{no}", name=f"N{no}")
        run_id = importer.read(path)
        with pytest.MonkeyPatch.context() as patch:
            for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
                patch.setattr(processing, name, chunk)
            for after, in_transaction in kills:
                _process_and_die(run_id, after, in_transaction=in_transaction)
            importer.process(run_id)
        counts = add_up(run_id)
        records = query("SELECT no, name, country_code, credit_limit FROM customer ORDER BY no")
        errors = [(line, code, value) for line, _, code, value, _ in importer.errors(run_id)]
        return (counts.created, counts.updated, counts.unchanged, counts.errors), records, errors

    def _process_and_die(run_id: int, after: int, *, in_transaction: bool) -> None:
        done: list[int] = []
        write_chunk = RecordWork.write

        def dying(self: Any, decision: Any) -> Any:
            outcome = write_chunk(self, decision)
            done.append(1)
            if in_transaction and len(done) > after:
                raise _Killed
            return outcome

        def on_progress(*_told: object) -> None:
            if not in_transaction and len(done) > after:
                raise _Killed

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(RecordWork, "write", dying)
            # A process that was killed tidies nothing up.
            patch.setattr(processing._Processing, "release", lambda self, ended=False: True)
            try:
                importer.process(run_id, on_progress=on_progress)
            except _Killed:
                add_up(run_id)

    assert result(kills) == result([])


def test_a_large_chunk_is_halved_when_it_keeps_others_from_writing(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write_chunk = RecordWork.write
    times = iter(range(10_000))

    def watched(self: Any, decision: Any) -> Any:
        sizes.append(len(decision.outcome.statuses))
        return write_chunk(self, decision)

    from desktop.clock import Clock

    monkeypatch.setattr(RecordWork, "write", watched)
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(2000))))
    importer.process(run_id, clock=Clock(monotonic=lambda: float(next(times))))
    assert sizes[:5] == [500, 500, 250, 125, 62], "the second one was read while the first was written"
    assert service.summary(run_id).created == 2000


def test_what_somebody_creates_after_a_chunk_was_decided_is_updated(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    run_id = importer.read(write("No.,Name\nC1,From the file\nC2,From the file\n"))
    make_room = Pace.make_room

    def create_meanwhile(self: Any) -> None:
        make_room(self)
        with ThreadPoolExecutor(1) as somebody:
            somebody.submit(_create, "C1").result()

    monkeypatch.setattr(Pace, "make_room", create_meanwhile)
    counts = importer.process(run_id)
    assert (counts.created, counts.updated, counts.errors) == (1, 1, 0)
    with connected():
        assert Customer.get_by_id("C1").name == "From the file"
    add_up(run_id)


def _create(no: str) -> None:
    with connected():
        Customer.create(no=no, name="A person's")


def test_a_row_knows_the_one_before_it_though_it_was_decided_while_that_was_written(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
        monkeypatch.setattr(processing, name, 1)
    begin = Ahead.begin

    def begin_and_wait(self: Any, *which: Any, **how: Any) -> None:
        begin(self, *which, **how)
        self._preparing.exception()

    monkeypatch.setattr(Ahead, "begin", begin_and_wait)
    run_id = importer.read(write("No.,Name\nC1,First\nC1,Again\nC2,Other\n"))
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (2, 1)
    [(line, _, code, value, _)] = importer.errors(run_id)
    assert (line, code, value) == (3, "DuplicateKey", "C1")
    add_up(run_id)
