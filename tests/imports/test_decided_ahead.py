"""A chunk is decided while another is written; the result is that of one after the other, whoever comes between."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desktop.imports import processing
from desktop.imports.mending import repair
from desktop.imports.writing.ahead import Ahead
from desktop.imports.writing.records import RecordWork
from desktop.sessions.pace import Pace
from models.company import take_numbers
from models.customer import Customer
from models.database import connected, database
from models.integration import ColumnType, ErrorPolicy, Integration, LookupMissing
from models.item import Item
from models.lookups import Country
from models.record_edit import delete_record
from models.sales_order import SalesHeader
from tests.waiting import WAIT


def _chunks_of(patch: pytest.MonkeyPatch, size: int) -> None:
    for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
        patch.setattr(processing, name, size)


def _decide_before_writing(patch: pytest.MonkeyPatch) -> None:
    """The next chunk is always decided before this one is written."""
    begin = Ahead.begin

    def begin_and_wait(self: Any, *which: Any, **how: Any) -> None:
        begin(self, *which, **how)
        self._preparing.exception()

    patch.setattr(Ahead, "begin", begin_and_wait)


def _decide_after_writing(patch: pytest.MonkeyPatch) -> None:
    """The next chunk is always decided after this one is written."""
    write, prepare = processing._Processing._write, Ahead._prepare
    written = threading.Event()
    written.set()

    def write_and_tell(self: Any, *what: Any) -> None:
        write(self, *what)
        written.set()

    def begin_and_hold(self: Any, work: Any, size: int, after: int, *which: Any, **how: Any) -> None:
        if after:
            written.clear()
        begin(self, work, size, after, *which, **how)

    def prepare_later(self: Any, *what: Any) -> Any:
        assert written.wait(WAIT)
        return prepare(self, *what)

    begin = Ahead.begin
    patch.setattr(processing._Processing, "_write", write_and_tell)
    patch.setattr(Ahead, "begin", begin_and_hold)
    patch.setattr(Ahead, "_prepare", prepare_later)


def _once_before_a_chunk(patch: pytest.MonkeyPatch, number: int, deed: Any) -> None:
    """Somebody else does something between the decision about a chunk and the transaction that writes it."""
    make_room = Pace.make_room
    chunks = iter(range(1000))

    def meanwhile(self: Any) -> None:
        make_room(self)
        if next(chunks) == number:
            with ThreadPoolExecutor(1) as somebody:
                somebody.submit(_do, deed).result()

    patch.setattr(Pace, "make_room", meanwhile)


def _do(deed: Any) -> None:
    with connected(), database.atomic():
        deed()


CREATING = {"lookup_missing": LookupMissing.CREATE}
CUSTOMERS = (
    "No,Name,City,Land,Limit\n"
    "K1,Ada,Kiel,DE,1\nK2,Bo,Kiel,xa,1\nk1,Ada,Ulm,DE,1\nK3,Cy,Kiel,XA,x\nK4,Ada,Kiel,XA,2\n,Di,Bonn,,3\n"
    "K2,Bo,Bonn,DE,4\nK5,Ed,Ulm,xb,1\nK9,Flo,Ulm,XB,1\nK6,Ed,Ulm,XC,1\nK5,Ed,Bonn,DE,1\nK7,Gus,,FR,1\nK8,Gus,,FR,9\n"
)
ORDERS = (
    "Order,Date,Customer,Item,Qty\n"
    "w1,2026-01-01,C1,I1,1\nW2,2026-01-01,C2,I1,2\nW1 ,2026-01-01,C1,I2,3\nW3,2026-01-01,new,I1,1\n"
    "W4,2026-01-01,NEW,I1,0\nW2,2026-01-01,C2,bolt,1\nW5,2026-01-01,NEW,BOLT,1\nW1,2026-01-01,C1,I1,1\n"
    "W6,2026-01-01,C2,I1,many\nW7,2026-01-01,C2,I1,1\nw6,2026-01-01,C2,I1,1\nW7,2026-02-02,C2,I1,1\n"
)


@pytest.mark.parametrize("match_field", ["no", "name, city"])
def test_customers_become_the_same_however_chunks_overlap(
    match_field: str, importer: Any, write: Any, integration: Any, query: Any
) -> None:
    integration(
        ("No", "no"),
        ("Name", "name"),
        ("City", "city"),
        {"source_column": "Land", "target_field": "country_code", **CREATING},
        ("Limit", "credit_limit"),
        match_field=match_field,
    )
    # One that the database refuses, so that its chunk is written in halves.
    query(
        "CREATE TRIGGER t BEFORE INSERT ON customer WHEN NEW.no = 'K9' BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    path = write(CUSTOMERS)

    def deed() -> Any:
        _do(lambda: (Customer.delete().execute(), Country.delete().where(Country.code ** "X%").execute()))
        _do(lambda: Customer.create(no="K8", name="Gus", country_code="DE"))
        return _result(importer, query, importer.read(path, "MINE"), "customer", "country")

    _check_overlaps(deed)


def test_orders_become_the_same_however_chunks_overlap(
    importer: Any, write: Any, integration: Any, query: Any
) -> None:
    integration(
        ("Order", "no"),
        ("Date", "order_date"),
        {"source_column": "Customer", "target_field": "customer_no", **CREATING},
        {"level": 1, "source_column": "Item", "target_field": "item_no", **CREATING},
        {"level": 1, "source_column": "Qty", "target_field": "quantity"},
        target_table="sales_header",
    )
    path = write(ORDERS)

    def deed() -> Any:
        for table in ("sales_line", "sales_header", "customer", "item"):
            query(f"DELETE FROM {table}")
        _do(lambda: [Customer.create(no=no, name=f"Customer {no}") for no in ("C1", "C2")])
        _do(lambda: [Item.create(no=no, description=f"Item {no}", unit_price=2) for no in ("I1", "I2")])
        run_id = importer.read(path, "MINE")
        return _result(importer, query, run_id, "sales_header", "sales_line", "customer", "item")

    _check_overlaps(deed)


def _check_overlaps(deed: Any) -> None:
    undivided = deed()
    for overlap in (_decide_before_writing, _decide_after_writing):
        for size in (1, 3):
            with pytest.MonkeyPatch.context() as patch:
                _chunks_of(patch, size)
                overlap(patch)
                assert deed() == undivided, (overlap.__name__, size)


def _result(importer: Any, query: Any, run_id: int, *tables: str) -> list[Any]:
    """All that a run has left behind, but for the numbers of rows and the time."""
    importer.process(run_id)
    columns = {
        table: [
            name for _, name, *_ in query(f"PRAGMA table_info({table})") if name not in ("id", "modified_at")
        ]
        for table in tables
    }
    changed = query(
        "SELECT table_name, record_key, before, after FROM import_change WHERE run_id = ?", run_id
    )
    told = [
        (table, key, *({**json.loads(values or "{}"), "modified_at": ""} for values in images))
        for table, key, *images in changed
    ]
    return [
        *(query(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1, 2") for table, names in columns.items()),
        query(
            "SELECT r.line_no, s.status, s.target_key FROM integration_record_status AS s"
            " JOIN integration_record AS r ON r.id = s.record_id WHERE s.run_id = ? ORDER BY r.id",
            run_id,
        ),
        importer.errors(run_id),
        query(
            "SELECT state, ready, created, updated, unchanged, errors, documents_created, documents_updated"
            " FROM import_run WHERE id = ?",
            run_id,
        ),
        sorted(map(repr, told)),
    ]


def test_what_goes_wrong_in_the_thread_is_left_to_the_decision_that_counts(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    decide, failed = RecordWork.decide, []

    def failing_ahead(self: Any, units: Any, moment: str) -> Any:
        if threading.current_thread() is not threading.main_thread():
            failed.append(len(units))
            raise ValueError("half of what it read is from before")
        return decide(self, units, moment)

    monkeypatch.setattr(RecordWork, "decide", failing_ahead)
    _chunks_of(monkeypatch, 2)
    run_id = importer.read(write("No.,Name\nC1,A\nC2,B\nC3,C\n"))
    assert importer.process(run_id).created == 3
    assert failed == [2, 1]
    add_up(run_id)


def test_a_row_that_names_what_somebody_deletes_meanwhile_says_so(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    _do(lambda: Country.create(code="XA", name="Atlantis"))
    _once_before_a_chunk(monkeypatch, 0, lambda: delete_record(Country, "XA"))
    run_id = importer.read(write("No.,Name,Country\nC1,A,DE\nC2,B,XA\nC3,C,DE\n"))
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (2, 1)
    assert [found[1:4] for found in importer.errors(run_id)] == [("Country", "NotFound", "XA")]
    add_up(run_id)


@pytest.mark.parametrize("target", ["customer", "sales_header"])
def test_a_number_that_was_rolled_back_and_taken_by_somebody_is_not_given_again(
    target: str,
    importer: Any,
    write: Any,
    integration: Any,
    query: Any,
    monkeypatch: pytest.MonkeyPatch,
    add_up: Any,
) -> None:
    """Matched by the number itself: every row is a new one, and none may come to change a person's."""
    _do(lambda: Customer.create(no="C1", name="Petersen"))
    numbered = {"target_field": "no", "column_type": ColumnType.ENTRY_NUMBERS}
    field, series, refused = "name", "CUSTOMER", "name"
    more: list[Any] = []
    if target == "sales_header":
        field, series, refused = "external_document_no", "SALES_ORDER", "external_document_no"
        more = [("Date", "order_date"), ("Customer", "customer_no")]
    integration(numbered, ("Name", field), *more, target_table=target)
    query(
        f"CREATE TRIGGER t BEFORE INSERT ON {target} WHEN NEW.{refused} = 'B'"
        " BEGIN SELECT RAISE(ABORT, 'no'); END"
    )

    def create() -> None:
        no = take_numbers(series, 1)[0]
        if target == "customer":
            Customer.create(no=no, name="A person's")
        else:
            SalesHeader.create(no=no, customer_no="C1", order_date="2026-01-01", external_document_no="P")

    _once_before_a_chunk(monkeypatch, 1, create)
    run_id = importer.read(
        write("Name,Date,Customer\nA,2026-01-01,C1\nB,2026-01-01,C1\nC,2026-01-01,C1\n"), "MINE"
    )
    counts = importer.process(run_id)
    assert [(line, code) for line, code in importer.codes(run_id)] == [(3, "Refused")]
    assert (counts.created, counts.updated, counts.errors) == (2, 0, 1)
    person = "A person's" if target == "customer" else "P"
    found = query(f"SELECT {field} FROM {target} WHERE no <> 'C1' ORDER BY 1")
    assert [name for (name,) in found] == sorted(["A", "C", person])
    add_up(run_id)


def test_rows_chosen_to_be_processed_are_all_processed_though_one_is_repaired_meanwhile(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    _do(
        lambda: (
            Integration.update(error_policy=ErrorPolicy.STOP_AT_NUMBER, error_limit=1)
            .where(Integration.code == "CUSTOMERS")
            .execute()
        )
    )
    run_id = importer.read(write("No.,Name,Credit Limit\nC1,A,1\nC2,B,1\nC3,C,x\nC4,D,1\n"))
    ids = importer.record_ids(run_id)
    # The chunk is rolled back for its error, to be written up to that one; then somebody corrects it.
    _once_before_a_chunk(monkeypatch, 1, lambda: repair.edit_record(ids[2], ["C3", "C", "2"]))
    counts = importer.process(run_id, ids)
    assert (counts.created, counts.ready, counts.errors) == (4, 0, 0)
    add_up(run_id)
