"""Where values come from besides plain columns: formulas, constants, numbers, what is known when the import runs."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.clock import Clock
from desktop.imports.integrations.definition import Transforms
from desktop.imports.values.formula import compile_formula
from desktop.imports.values.transforms import rounder, text_changer
from models.customer import Customer
from models.database import connected
from models.errors import FieldError
from models.integration import ColumnType, LookupMissing
from models.lookups import Country, PostCode
from models.sales_order import SalesHeader

HEADER = ["Qty", "Unit Price", "First", "Last"]


def formula(text: str, cells: list[str], separator: str = ".") -> str:
    return compile_formula(text, HEADER, separator)(cells)


@pytest.mark.parametrize(
    ("text", "cells", "result"),
    [
        ("[Qty] * [Unit Price]", ["3", "1.50", "", ""], "4.5"),
        ("[qty] + 1", ["", "", "", ""], "1"),
        ('[First] & " " & upper([Last])', ["", "", "Ann", "Lee"], "Ann LEE"),
        ('"Many" if number([Qty]) > 10 else "Few"', ["11", "", "", ""], "Many"),
        ("round([Unit Price] * 1.19, 2)", ["", "9.99", "", ""], "11.89"),
        ("coalesce([First], [Last], 'nobody')", ["", "", "", ""], "nobody"),
        ("replace([First], '[', '(')", ["", "", "a[b", ""], "a(b"),
        ("right([Last], 2) & mid([Last], 1, 1)", ["", "", "", "abcd"], "cda"),
        ("If([Qty] == '', 0, 1 / [Qty])", ["", "", "", ""], "0"),
        ("if([Qty] = 3, 'three', 'other')", ["3", "", "", ""], "three"),
        ("if([First] <> '' and if([Qty] >= 1, 1, 0) = 1, 1, 2)", ["1", "", "x", ""], "1"),
        ("1 if ([Qty] <= 2) else 2", ["3", "", "", ""], "2"),
        ('[First] & \' says ""\' & "it\'s ""so""" & \'\\\'', ["", "", "Ann", ""], 'Ann says ""it\'s "so"\\'),
        ("[First] = 5", ["", "", "abc", ""], "no"),
        ("[Qty] = 5 and [Qty] <> 6", ["5.0", "", "", ""], "yes"),
        ("if(date([First]) >= '2026-01-31', 'new', 'old')", ["", "", "2026-02-01", ""], "new"),
        ("UPPER(Left([Last], 1))", ["", "", "", "lee"], "L"),
        ("date('2026-01-31') < date('2026-02-01')", ["", "", "", ""], "yes"),
    ],
)
def test_a_formula_gives_what_it_says(text: str, cells: list[str], result: str) -> None:
    assert formula(text, cells) == result


def test_a_formula_reads_and_writes_numbers_as_the_file_does() -> None:
    assert formula("[Qty] * [Unit Price]", ["1.000", "2,5", "", ""], ",") == "2500"
    assert formula("[Qty] / 4", ["1", "", "", ""], ",") == "0,25"


@pytest.mark.parametrize(
    ("text", "position", "what"),
    [
        ("[Qty] *", 8, "cannot be understood"),
        ("1 + [Nope]", 5, "no column “Nope”"),
        ("1 + nope", 5, "neither a function nor a column"),
        ("1 + open('x')", 5, "no such function"),
        ("[Qty].real", 1, "not part of formulas"),
        ("[Qty] ** 9", 1, "operator"),
        ("(lambda: 1)", 2, "not part of formulas"),
        ("1" * 1001, 1000, "longer than"),
        ("'ä' & [Unit Price] & 'ü' & nope", 28, "neither a function nor a column"),
        ("if([Qty] = 1, [Qty] <> 2, nope)", 27, "neither a function nor a column"),
        ("1; 2", 2, "cannot be understood"),
        ("  [Qty] +* 2", 10, "cannot be understood"),
        ("'never ends", 1, "cannot be understood"),
        ("1 + min", 5, "neither a function nor a column"),
        ("left([Qty])", 1, "needs another number of values"),
        ("If([Qty], 1)", 1, "a condition and two values"),
        ("None", 1, "not part of formulas"),
        ("-" * 200 + "1", 101, "nested too deeply"),
    ],
)
def test_a_wrong_formula_says_where(text: str, position: int, what: str) -> None:
    with pytest.raises(FieldError, match=what) as refused:
        compile_formula(text, HEADER)
    assert refused.value.code == "WrongFormula"
    assert f"at position {position}:" in refused.value.text


@pytest.mark.parametrize(
    "text", ["1 / [Qty]", "number([First])", "left([First], 'x')", "round(1, 99999999)", "[First] * 3"]
)
def test_a_formula_that_fails_is_an_error_of_its_row(text: str) -> None:
    with pytest.raises(FieldError) as failed:
        formula(text, ["0", "", "abc", ""])
    assert failed.value.code == "FormulaFailed"
    assert text in failed.value.text


@pytest.mark.parametrize(
    "text",
    [
        "replace([First], 'a', [First])",
        "replace(replace([First], 'a', [First]), 'a', [First])",
        " & ".join(["[First]"] * 90),
        "replace([First], '', 'aaaaaaaaaa')",
        " * ".join(["9999999999999999"] * 50),
        "left([First], 9e300)",
    ],
)
def test_no_formula_takes_long_or_much_memory(text: str) -> None:
    began = process_time()
    compute = compile_formula(text, HEADER)
    with suppress(FieldError):
        assert len(compute(["1", "1", "a" * 10_000, ""])) <= 10_000
    assert process_time() - began < 0.5


@given(st.text(alphabet="[]QtyFirsLa +-*/&()'\"0123456789,.<>=_:{}nohumber;if", max_size=60))
def test_no_text_does_anything_but_compute_or_be_refused(text: str) -> None:
    try:
        result = formula(text, ["2", "3", "a", "b"])
    except FieldError:
        return
    assert isinstance(result, str)


def test_texts_are_changed_in_the_written_order() -> None:
    change = text_changer(
        Transforms(replace=(("-", ""), (".", "")), letter_case="Upper", pad_length=6, pad_side="Left")
    )
    assert change is not None
    assert [change(text) for text in ("a-1.2", "", "abcdefgh")] == ["00" + "0A12", "", "ABCDEFGH"]


@given(
    st.decimals(-1_000_000, 1_000_000, places=6),
    st.sampled_from(["0.01", "0.05", "1", "10"]),
    st.sampled_from(["Nearest", "Up", "Down"]),
)
def test_rounding_gives_a_multiple_that_is_near(value: Decimal, step: str, direction: str) -> None:
    rounded = rounder(Transforms(round_to=step, round_direction=direction))
    assert rounded is not None
    result, size = rounded(value), Decimal(step)
    assert result % size == 0
    assert abs(result - value) < size if direction != "Nearest" else abs(result - value) * 2 <= size
    assert {"Up": result >= value, "Down": result <= value}.get(direction, True)


def test_every_column_type_fills_its_field(importer: Any, write: Any, integration: Any) -> None:
    code = integration(
        ("ID", "no"),
        {"target_field": "name", "column_type": ColumnType.FORMULA, "expression": "[First] & ' ' & [Last]"},
        {"target_field": "contact", "column_type": ColumnType.DYNAMIC, "expression": "User ID"},
        {"target_field": "address", "column_type": ColumnType.DYNAMIC, "expression": "Current DateTime"},
        {"target_field": "city", "column_type": ColumnType.CONSTANT, "constant": "Kiel"},
        {
            "source_column": "Limit",
            "target_field": "credit_limit",
            "transforms": '{"round_to": "0.05", "decimal_separator": ","}',
        },
    )
    run_id = importer.read(write('ID,First,Last,Limit\nC1,Ann,Lee,"1.234,5678"\n'), code)
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert importer.process(run_id, clock=Clock(now=lambda: noon)).created == 1
    with connected():
        made = Customer.get()
    assert (made.name, made.contact, made.city) == ("Ann Lee", "ANNA", "Kiel")
    assert made.address == noon.astimezone().replace(tzinfo=None).isoformat(sep=" ")
    assert made.credit_limit == Decimal("1234.55")


def test_a_formula_error_names_the_row_and_not_the_whole_file(
    importer: Any, write: Any, integration: Any
) -> None:
    code = integration(
        ("ID", "no"),
        ("ID", "name"),
        {"target_field": "credit_limit", "column_type": ColumnType.FORMULA, "expression": "100 / [N]"},
    )
    run_id = importer.read(write("ID,N\nC1,4\nC2,0\n"), code)
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (1, 1)
    assert [(line, code) for line, code in importer.codes(run_id)] == [(3, "FormulaFailed")]


def test_the_error_of_a_spreadsheet_is_no_text_however_it_is_changed(
    importer: Any, write: Any, integration: Any
) -> None:
    code = integration(
        ("ID", "no"),
        {"target_field": "name", "column_type": ColumnType.FORMULA, "expression": "[First] & ' ' & [Last]"},
        {"source_column": "City", "target_field": "city", "transforms": '{"letter_case": "Title"}'},
    )
    run_id = importer.read(
        write("ID,First,Last,City\nC1,#N/A,Lee,Kiel\nC2,Ann,Lee,#REF!\nC3,#1,Lee,ulm\n"), code
    )
    assert importer.process(run_id).created == 1
    assert importer.codes(run_id) == [(2, "FormulaFailed"), (3, "FormulaError")]
    assert "the cell under First holds the error #N/A" in importer.errors(run_id)[0][4]


def test_records_get_numbers_of_their_series(importer: Any, write: Any, integration: Any, query: Any) -> None:
    code = integration(
        ("Name", "name"), {"target_field": "no", "column_type": ColumnType.ENTRY_NUMBERS}, match_field="name"
    )
    with connected():
        Customer.create(no="C00002", name="Here already")
    path = write("Name\nMiller\nZimmer\n")
    assert importer(path, code).created == 2
    found = query("SELECT no, name FROM customer ORDER BY no")
    assert found == [("C00001", "Miller"), ("C00002", "Here already"), ("C00003", "Zimmer")]
    assert importer(path, code).unchanged == 2


def test_a_table_that_numbers_itself_is_told_by_two_fields(
    importer: Any, write: Any, integration: Any, query: Any
) -> None:
    code = integration(("Code", "code"), ("City", "city"), target_table="post_code", match_field="code,city")
    path = write("Code,City\n24103,Kiel\n24103,Kiel-Süd\n24103,Kiel\n")
    run_id = importer.read(path, code)
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (2, 1)
    assert importer.codes(run_id) == [(4, "DuplicateKey")]
    with connected():
        ids = [str(row.id) for row in PostCode.select().order_by(PostCode.id)]
    keys = query("SELECT target_key FROM integration_record_status WHERE status = 1 ORDER BY record_id")
    assert [key for (key,) in keys] == ids


@pytest.mark.parametrize(
    ("missing", "values", "created"),
    [
        (LookupMissing.ERROR, [], 0),
        (LookupMissing.CREATE, ["XK"], 1),
        (LookupMissing.LEAVE_EMPTY, [None], 1),
        (LookupMissing.USE_DEFAULT, ["DE"], 1),
    ],
)
def test_a_value_that_the_look_up_table_lacks(
    importer: Any, write: Any, integration: Any, missing: str, values: list[Any], created: int
) -> None:
    code = integration(
        ("No", "no"),
        ("No", "name"),
        {
            "source_column": "Land",
            "target_field": "country_code",
            "lookup_missing": missing,
            "default_value": "DE",
        },
    )
    counts = importer(write("No,Land\nC1,xk\n"), code)
    assert counts.created == created
    with connected():
        assert [row.country_code for row in Customer.select()] == values
        assert Country.select().where(Country.code == "XK").count() == (missing == LookupMissing.CREATE)


def test_one_row_becomes_several_records_where_a_cell_holds_several_values(
    importer: Any, write: Any, integration: Any, query: Any
) -> None:
    code = integration(
        {"source_column": "Codes", "target_field": "code", "transforms": '{"split_separator": ";"}'},
        {"source_column": "Names", "target_field": "name", "transforms": '{"split_separator": ";"}'},
        target_table="country",
        match_field="code",
    )
    run_id = importer.read(write("Codes,Names\nQ1;Q2 ;Q3,One;Two;Three\nQ4,Four\n"), code)
    assert importer.process(run_id).created == 4
    assert query("SELECT code, name FROM country WHERE code GLOB 'Q[0-9]' ORDER BY code") == [
        ("Q1", "One"), ("Q2", "Two"), ("Q3", "Three"), ("Q4", "Four"),
    ]  # fmt: skip
    assert query("SELECT rows, file_rows FROM import_run") == [(4, 2)]
    assert query("SELECT DISTINCT line_no FROM integration_record ORDER BY line_no") == [(2,), (3,)]


def test_an_import_stops_at_as_many_errors_as_are_allowed_and_goes_on_when_told(
    importer: Any, write: Any, integration: Any, add_up: Any
) -> None:
    code = integration(("No", "no"), ("Name", "name"), error_policy="Stop at Number", error_limit=2)
    run_id = importer.read(write("No,Name\nC1,\nC2,A\nC3,\nC4,B\nC5,\nC6,C\nC7,\nC8,D\nC9,E\n"), code)
    counts = importer.process(run_id)
    assert (counts.state, counts.errors, counts.created, counts.ready) == ("Stopped", 2, 1, 6)
    add_up(run_id)
    # Whoever lets it go on has seen those two: it stops at the next two.
    counts = importer.process(run_id)
    assert (counts.state, counts.errors, counts.created, counts.ready) == ("Stopped", 4, 3, 2)
    counts = importer.process(run_id)
    assert (counts.state, counts.errors, counts.created, counts.ready) == ("Completed", 4, 5, 0)
    add_up(run_id)


def test_an_import_stops_at_a_share_of_errors(importer: Any, write: Any, integration: Any) -> None:
    code = integration(("No", "no"), ("Name", "name"), error_policy="Stop at Percent", error_limit=50)
    run_id = importer.read(write("No,Name\nC1,\nC2,A\n"), code)
    assert importer.process(run_id).state == "Completed"
    run_id = importer.read(write("No,Name\nC3,\nC4,\nC5,A\n" + "C6,B\n" * 600), code)
    assert importer.process(run_id).state == "Stopped"


def test_order_dates_come_from_the_work_date(importer: Any, write: Any, integration: Any) -> None:
    code = integration(
        ("Order", "no"),
        ("Customer", "customer_no"),
        {"target_field": "order_date", "column_type": ColumnType.DYNAMIC, "expression": "Work Date"},
        target_table="sales_header",
    )
    with connected():
        Customer.create(no="C1", name="Miller")
    assert importer(write("Order,Customer\nSO1,C1\n"), code).created == 1
    with connected():
        assert SalesHeader.get().order_date == date(2026, 11, 21)


def test_a_number_of_a_workbook_is_never_read_with_the_sign_of_texts(
    importer: Any, integration: Any, tmp_path: Path
) -> None:
    code = integration(
        ("ID", "no"),
        ("ID", "name"),
        {
            "source_column": "Limit",
            "target_field": "credit_limit",
            "transforms": '{"decimal_separator": ","}',
        },
    )
    book = openpyxl.Workbook()
    for row in (["ID", "Limit"], ["C1", 1.5], ["C2", "1.234,50"], ["C3", 1.234], ["C4", 7], ["C5", "2,5"]):
        book.active.append(row)
    book.save(tmp_path / "limits.xlsx")
    run_id = importer.read(tmp_path / "limits.xlsx", code)
    importer.process(run_id)
    with connected():
        limits = {row.no: row.credit_limit for row in Customer.select()}
    assert limits == {"C1": Decimal("1.5"), "C2": Decimal("1234.5"), "C4": 7, "C5": Decimal("2.5")}
    assert [(found[3], found[2], found[4]) for found in importer.errors(run_id)] == [
        ("1.234", "AmbiguousNumber", "“1.234” may be 1.234 or 1234."),
    ]  # fmt: skip
