"""A file that certainly writes 1.234,56 is not read with another decimal sign in silence; somebody says first how."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from desktop.errors import SourceError
from desktop.imports import service
from desktop.imports.integrations.definition import Choices
from models.customer import Customer
from models.database import connected
from models.integration import Integration, IntegrationField

GERMAN = "No.;Name;Credit Limit (LCY)\nC1;A;1.234\nC2;B;1.234,56\n"
ORDERS = "Order No.,Sell-to Customer No.,Order Date\n"


def limits() -> list[Decimal]:
    with connected():
        return [row.credit_limit for row in Customer.select().order_by(Customer.no)]


@pytest.fixture
def dated(integration: Callable[..., str]) -> Callable[[str], str]:
    """An integration for orders whose dates are written so."""

    def make(date_format: str) -> str:
        return integration(
            ("No.", "no"),
            ("Customer", "customer_no"),
            ("Date", "order_date"),
            target_table="sales_header",
            date_format=date_format,
        )

    return make


def test_a_file_that_writes_numbers_otherwise_is_refused_and_nothing_is_kept(
    importer: Any, write: Any, contents: Callable[[], dict[str, int]]
) -> None:
    before = contents()
    with pytest.raises(SourceError) as refused:
        importer.read(write(GERMAN))
    assert refused.value.code == "OtherFormat"
    assert str(refused.value) == (
        "“customers.csv” writes numbers with “,” before their decimals (“1.234,56” in “Credit Limit (LCY)”, line 3),"
        " but the integration CUSTOMERS reads them with “.”. Choose the decimal sign for this file (in the import"
        " dialog, or with --decimal on the command line), or change Decimal Separator on the integration."
    )
    assert contents() == before


@pytest.mark.parametrize(
    ("sign", "stored"), [(",", [Decimal("1234"), Decimal("1234.56")]), (".", [Decimal("1.234")])]
)
def test_who_has_chosen_the_sign_is_obeyed(
    sign: str, stored: list[Decimal], importer: Any, write: Any
) -> None:
    importer.process(importer.read(write(GERMAN), decimal_separator=sign))
    assert limits() == stored


def test_the_integrations_own_sign_is_what_counts(importer: Any, write: Any) -> None:
    with connected():
        Integration.update(decimal_separator=",").where(Integration.code == "CUSTOMERS").execute()
    importer(write(GERMAN))
    assert limits() == [Decimal("1234"), Decimal("1234.56")]
    with pytest.raises(SourceError, match=r"writes numbers with “\.” before their decimals"):
        importer.read(write("No.;Name;Credit Limit (LCY)\nC1;A;1.5\n"))


def test_what_can_be_read_in_two_ways_is_read_and_told(importer: Any, write: Any, session: Any) -> None:
    notes: list[str] = []
    path = write("No.;Name;Credit Limit (LCY)\nC1;A;1.234\nC2;B;2.345\n")
    run_id = service.read(path, "CUSTOMERS", session(), on_notes=notes.extend)
    assert notes == [
        "“1.234” in “Credit Limit (LCY)” can be read in two ways, and no other value tells which; numbers are read "
        "with “.” before their decimals, as the integration says."
    ]
    importer.process(run_id)
    assert limits() == [Decimal("1.234"), Decimal("2.345")]
    notes.clear()
    service.read(path, "CUSTOMERS", session(), choices=Choices(decimal_separator="."), on_notes=notes.extend)
    assert notes == []


def test_dates_that_are_written_otherwise_are_refused(importer: Any, write: Any, dated: Any) -> None:
    path = write("No.,Customer,Date\nO1,C1,01/02/2024\nO2,C1,31/12/2024\n", "orders.csv")
    code = dated("M/D/YYYY")
    with pytest.raises(SourceError) as refused:
        importer.read(path, code)
    assert refused.value.text == (
        "“orders.csv” writes dates like DD/MM/YYYY (“31/12/2024” in “Date”, line 3), but the integration MINE "
        "reads them as M/D/YYYY."
    )
    assert "--date-format" in refused.value.hint
    assert importer.read(path, code, date_format="DD/MM/YYYY")


@pytest.mark.parametrize(
    ("date_format", "days"),
    [
        ("D/M/YYYY", "31/12/2024"),
        ("D/M/YYYY", "2024-12-31"),
        ("MM/DD/YYYY", "01/02/2024"),
        ("MM/DD/YYYY", "13/13/2024"),
        ("DD.MM.YY", "31.12.24"),
    ],
)
def test_dates_that_are_read_as_they_are_meant_or_not_certain_are_not(
    date_format: str, days: str, importer: Any, write: Any, dated: Any
) -> None:
    assert importer.read(write(f"No.,Customer,Date\nO1,C1,{days}\n"), dated(date_format))


@pytest.mark.parametrize(
    "field",
    [
        {"transforms": '{"decimal_separator": ","}'},
        {"transforms": '{"replace": [[".", ""], [",", "."]]}'},
        {"transforms": '{"split_separator": "|"}'},
    ],
)
def test_what_the_integration_does_to_a_value_first_counts(
    field: dict[str, str], importer: Any, write: Any, integration: Any
) -> None:
    code = integration(
        ("No.", "no"), ("Name", "name"), {"source_column": "Limit", "target_field": "credit_limit"} | field
    )
    value = "1.50|2.50" if "split" in field["transforms"] else "1.234,56"
    assert importer.read(write(f"No.;Name;Limit\nC1;A;{value}\n"), code)


def test_numbers_of_a_workbook_have_no_sign_but_texts_in_it_do(importer: Any, tmp_path: Path) -> None:
    def book(value: object) -> Path:
        made = openpyxl.Workbook()
        made.active.append(["No.", "Name", "Credit Limit (LCY)"])
        made.active.append(["C1", "A", value])
        made.save(tmp_path / "c.xlsx")
        return tmp_path / "c.xlsx"

    with connected():
        Integration.update(decimal_separator=",").where(Integration.code == "CUSTOMERS").execute()
        IntegrationField.update(transforms='{"decimal_separator": "."}').where(
            IntegrationField.target_field == "credit_limit"
        ).execute()
    assert importer.read(book(12.5)), "the field has a sign of its own, a number none"
    assert importer.read(book("12.5"))
    with connected():
        IntegrationField.update(transforms="{}").execute()
    assert importer.read(book(12.5))
    with pytest.raises(SourceError, match=r"writes numbers with “\.”"):
        importer.read(book("12.5"))


@pytest.mark.parametrize("junk", ["unknown", "007", "-", "1.2.3"])
def test_values_that_are_no_numbers_hide_nothing(junk: str, importer: Any, write: Any) -> None:
    with pytest.raises(SourceError, match="writes numbers with “,”"):
        importer.read(write(GERMAN + "".join(f"D{n};X;{junk}\n" for n in range(20))))


def rows_of(*limits: str) -> str:
    """A file with a thousand rows whose limits tell nothing, and these ones below."""
    first = "".join(f"A{number};A;{number}\n" for number in range(1_000))
    return (
        "No.;Name;Credit Limit (LCY)\n"
        + first
        + "".join(f"L{n};L;{limit}\n" for n, limit in enumerate(limits))
    )


@pytest.mark.parametrize("limits", [("1.234", "1.234,56"), ("1.234,56", "1.234")])
def test_a_value_far_below_tells_how_others_were_meant_and_nothing_is_kept(
    limits: tuple[str, str], importer: Any, write: Any, contents: Callable[[], dict[str, int]]
) -> None:
    before = contents()
    path = write(rows_of(*limits))
    with pytest.raises(SourceError) as refused:
        importer.read(path)
    assert refused.value.code == "OtherFormat"
    line = 1_002 + limits.index("1.234,56")
    assert f"(“1.234,56” in “Credit Limit (LCY)”, line {line:,})" in refused.value.text
    assert contents() == before
    assert importer.read(path, decimal_separator=",")


@pytest.mark.parametrize(
    "limits",
    [
        (
            "1.234",
            "5.5",
            "1.234,56",
        ),  # one has told that the point is before decimals; the last one is a fault
        ("1,5", "2,5"),  # faults of their rows: none is read as another number
        ("1.234", "2.345"),
        ("1.234", "n/a", "007"),
    ],
)
def test_faults_of_single_rows_far_below_stop_nothing(
    limits: tuple[str, ...], importer: Any, write: Any
) -> None:
    assert importer.read(write(rows_of(*limits)))


def test_a_day_far_below_tells_how_others_were_meant(importer: Any, write: Any, dated: Any) -> None:
    first = "".join(f"O{number},C1,01/02/2024\n" for number in range(1_000))
    path = write("No.,Customer,Date\n" + first + "X1,C1,12/31/2024\n")
    with pytest.raises(
        SourceError, match=r"writes dates like MM/DD/YYYY \(“12/31/2024” in “Date”, line 1,002\)"
    ):
        importer.read(path, dated("DD/MM/YYYY"))
    path = write("No.,Customer,Date\n" + first + "X1,C1,31.12.2024\nX2,C1,2024-12-31\n")
    assert importer.read(path, "MINE"), "one that is written in a way of its own is a fault of its row"


def test_a_column_that_is_not_imported_stops_nothing(importer: Any, write: Any) -> None:
    assert importer.read(write("No.;Name;Weight\nC1;A;1,5\n"))


def test_both_kinds_are_told_at_once(importer: Any, write: Any, integration: Any) -> None:
    code = integration(
        ("No.", "no"),
        ("Name", "description"),
        ("Price", "unit_price"),
        ("Cost", "unit_cost"),
        target_table="item",
    )
    with pytest.raises(SourceError) as refused:
        importer.read(write("No.;Name;Price;Cost\nI1;A;1,5;2,5\n"), code)
    assert refused.value.text.count("writes numbers") == 1, "one column is example enough"


def test_the_preview_shows_the_rows_and_says_what_is_to_be_chosen(company: Path, write: Any) -> None:
    path = write(GERMAN)
    shown = service.preview(path, "CUSTOMERS")
    (found,) = shown.contradictions
    assert (found.option, found.written, found.read_as) == ("decimal_separator", ",", ".")
    assert shown.problem == ""
    assert shown.rows[1].faults == ["“1.234,56” is not a number."]
    assert not any("Numbers in the file" in warning for warning in shown.warnings), "it is said once"
    assert service.preview(path, "CUSTOMERS", choices=Choices(decimal_separator=".")).contradictions == []


def test_each_of_two_files_has_signs_of_its_own(importer: Any, write: Any, session: Any) -> None:
    """The shop writes orders as a person does, and their lines as a machine."""
    orders = write(f"{ORDERS}O1,C1,2026-11-21\n", "orders.csv")
    lines = write("Order No.;Item No.;Quantity;Unit Price\nO1;I1;1,5;1.234,56\n", "lines.csv")
    with pytest.raises(SourceError, match=r"“lines\.csv” writes numbers with “,”") as refused:
        importer.read(orders, "SALES-ORDERS", lines)
    assert "with --lines-decimal on the command line" in refused.value.hint
    with pytest.raises(SourceError, match=r"“lines\.csv” writes numbers with “,”"):
        importer.read(orders, "SALES-ORDERS", lines, decimal_separator=".")
    choices = Choices(lines=Choices(decimal_separator=","))
    shown = service.preview(orders, "SALES-ORDERS", lines_path=lines, choices=choices).lines
    assert shown is not None
    assert shown.contradictions == []
    assert not any("not a number" in fault for row in shown.rows for fault in row.faults)
    run_id = service.read(orders, "SALES-ORDERS", session(), choices=choices, lines_path=lines)
    importer.process(run_id)
    assert not [code for _, code in importer.codes(run_id) if code == "NotANumber"]


def test_a_script_says_how_and_reads_the_notes(backdesk: Any, write: Any) -> None:
    path = write(GERMAN)
    code, said, complained = backdesk("import", path, "--integration", "CUSTOMERS", "--json")
    assert (code, said) == (2, "")
    assert "reads them with “.”. Choose the decimal sign for this file" in complained
    code, said, complained = backdesk("import", path, "--decimal", "comma", "--json")
    told = json.loads(said)
    assert (code, told["created"], told["notes"], complained) == (0, 2, [], "")


def test_preview_and_contradictions_travel_as_json(company: Path, write: Any) -> None:
    shown = service.preview(write(GERMAN), "CUSTOMERS")
    assert msgspec.json.decode(msgspec.json.encode(shown), type=type(shown)) == shown
