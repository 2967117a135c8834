"""What would be imported without an error, and is not what it seems, is told before it is."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest

from desktop.imports import service
from desktop.imports.integrations.definition import Choices
from tests.imports.conftest import new_session


def said(path: Any, integration: str = "CUSTOMERS") -> str:
    return "\n".join(service.preview(path, integration).warnings)


def test_numbers_that_a_spreadsheet_shortened_are_told(company: Any, write: Any) -> None:
    path = write('No.,Name,Phone No.\nC1,A,4.91512E+11\nC2,B,"4,9E+11"\nC3,2E5,+49 151 2\n')
    assert (
        "“Phone No.” has numbers like 4.91512E+11 (2 rows): a spreadsheet has shortened them, and their last digits "
        "are not in the file. Format the column as text there, and save the file again."
    ) in said(path)
    assert "“Name”" not in said(path)
    notes: list[str] = []
    service.read(path, "CUSTOMERS", new_session(), on_notes=notes.extend)
    assert any("has shortened them" in note for note in notes), "the command line tells it too"


def test_words_for_no_value_are_told_until_the_integration_knows_them(
    company: Any, write: Any, integration: Any
) -> None:
    path = write("No.,Name,City\nC1,A,NULL\nC2,B,NULL\nC3,n/a,Kiel\n")
    assert (
        "“NULL” stands in “City” (2 cells) and is read as a text. If it means that there is no value, name it on the "
        "integration as Text for Empty."
    ) in said(path)
    knows = integration(("No.", "no"), ("Name", "name"), ("City", "city"), null_text="NULL")
    assert "stands in “City”" not in said(path, knows)


@pytest.mark.parametrize(
    ("percents", "told"), [(("0.12", "0"), True), (("0.5", "12"), False), (("1", "0"), False)]
)
def test_a_discount_below_one_percent_is_told_where_no_other_is_larger(
    company: Any, write: Any, percents: tuple[str, str], told: bool
) -> None:
    head = "Order No.,Customer No.,Order Date,Item No.,Quantity,Line Discount %\n"
    lines = "".join(f"O1,C1,2026-01-31,I1,1,{percent}\n" for percent in percents)
    found = said(write(head + lines), "SALES-ORDERS")
    expected = "All numbers in “Line Discount %” are 1 or less: 0.12 is read as 0.12 %. If it means 12 %, write it so"
    assert (expected in found) is told


def test_a_second_table_on_the_sheet_is_told(company: Any, tmp_path: Any) -> None:
    book = openpyxl.Workbook()
    for cells in (
        ["No.", "Name", "City"],
        ["C1", "A", "Kiel"],
        [],
        ["Item", "Price"],
        ["I1", 12.5],
        ["I2", 3],
    ):
        book.active.append(cells)
    book.save(tmp_path / "a.xlsx")
    assert "In line 4 another table seems to begin: “Item”, “Price”." in said(tmp_path / "a.xlsx")


def test_an_empty_line_alone_begins_no_table(company: Any, write: Any) -> None:
    for text in (
        "No.,Name,Credit Limit (LCY)\nC1,A,1\n\nC2,B,2\n\nC3,C,3\n",
        'No.,Name,Address,Phone No.\nC1,A,"x\ny",1\nC2,B,z,none\nC3,C,z,1\n',
    ):
        assert "another table" not in said(write(text))


def test_codes_that_a_program_took_for_numbers_are_told(company: Any, write: Any) -> None:
    expected = "All codes in “No.” end like 1000.0: a program has taken them for numbers."
    assert expected in said(write("No.,Name\n1000.0,A\n1001.0,B\n"))
    assert expected not in said(write("No.,Name\n1000.0,A\nC2,B\n"))


def test_letters_that_another_program_read_wrongly_are_told(company: Any, write: Any) -> None:
    assert "“MÃ¼ller” in “Name” is probably “Müller”" in said(write("No.,Name\nC1,MÃ¼ller\n"))
    for name in ("SÃO PAULO", "Müller", "Â"):
        assert "is probably" not in said(write(f"No.,Name\nC1,{name}\n"))


def test_totals_below_the_table_are_told_with_what_leaves_them_out(company: Any, write: Any) -> None:
    lines = "".join(f"C{number},A,{number}\n" for number in range(5))
    head = "No.,Name,Credit Limit (LCY)\n"
    assert (
        "The last 2 rows look like totals or notes, and not like records: Skip last 2 leaves them out."
    ) in said(write(f"{head}{lines}\nTotal,,10\nPrinted by Meier,,\n"))
    one = "The last row looks like a total or a note, and not like a record: Skip last 1 leaves it out."
    path = write(f"{head}{lines}Total,,10\n")
    assert one in said(path)
    shown = service.preview(path, "CUSTOMERS", choices=Choices(footer_rows=1)).warnings
    assert "1 row at the end, as chosen is left out: line 7." in shown
    assert "look" not in said(write(f"{head}{lines}C9,,10\nC10,B,10\n")), "a faulty row above is none of them"
