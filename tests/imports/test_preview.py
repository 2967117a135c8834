"""What a person sees before a file is read: the first rows, the mapping, and what to look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from desktop.codeunits import preview_file
from desktop.errors import SourceError
from desktop.imports import service
from desktop.imports.integrations.definition import Choices
from desktop.imports.preview import Preview
from models.database import connected, read_only
from models.errors import BackdeskError
from models.integration_record import ImportRun
from models.job_queue import EntryStatus, JobQueueEntry
from models.rules import FieldRule


def test_the_preview_of_the_northwind_customers(
    company: Path, shared_file: Callable[[str], Path], contents: Callable[[], dict[str, int]]
) -> None:
    before = contents()
    shown = service.preview(shared_file("northwind/customers.csv"), "NORTHWIND-CUSTOMERS", 10)
    assert contents() == before
    assert shown.description == "Text divided by comma (likely), UTF-8, columns named in line 1"
    assert [(column.header, column.caption) for column in shown.columns][:4] == [
        ("customerID", "No."),
        ("companyName", "Name"),
        ("contactName", "Contact"),
        ("contactTitle", ""),
    ]
    assert len(shown.rows) == 10
    assert (shown.rows[0].line_no, shown.rows[0].cells[0], shown.rows[0].faults) == (2, "ALFKI", [])
    assert shown.rows[6].faults == [
        "The row has 12 cells, the header has 11: probably a comma stands inside a value without quotes."
    ]
    assert shown.checked_rows == 91
    assert "1 column will not be imported: contactTitle." in shown.warnings
    assert shown.warnings[-1].startswith("24 of 91 rows: The row has 12 cells")
    assert (shown.problem, shown.confirm_encoding) == ("", False)


def test_a_header_of_several_lines_is_told_with_all_of_them(company: Path, write: Any) -> None:
    path = write("Customer,Customer\nNo.,Name\nC1,Wagner\n")
    for rows, words in ((1, "line 1"), (2, "lines 1 and 2"), (3, "lines 1 to 3")):
        shown = service.preview(path, "CUSTOMERS", choices=Choices(header_line=1, header_rows=rows))
        assert shown.description.endswith(f", columns named in {words}")


def test_a_sentence_that_ends_with_the_name_of_a_number_has_one_full_stop(company: Path, write: Any) -> None:
    shown = service.preview(write("No.,Name,Account No.\nC1,Wagner,7\n"), "CUSTOMERS")
    assert "1 column will not be imported: Account No." in shown.warnings
    assert not any(".." in warning for warning in shown.warnings)
    with pytest.raises(BackdeskError, match=r"is not a valid Bank No\.$"):
        FieldRule("bank", "Bank No.", pattern="[0-9]+").check("seven")


def test_a_guessed_encoding_is_shown_to_be_confirmed_and_then_chosen(importer: Any, write: Any) -> None:
    path = write("No.;Name\nC1;Müller\n".encode("cp1252"))
    shown = service.preview(path, "CUSTOMERS")
    assert shown.confirm_encoding
    assert shown.rows[0].cells == ["C1", "Müller"]
    assert any("is a guess: check the letters" in warning for warning in shown.warnings)
    run_id = importer.read(path, encoding=shown.dialect.encoding)
    assert importer.staged(run_id) == [(2, ["C1", "Müller"])]


def test_a_missing_column_is_a_problem_beside_the_rows(company: Path, write: Any) -> None:
    shown = service.preview(write("No.,City\nC1,Kiel\n"), "CUSTOMERS")
    assert shown.problem_code == "MissingColumn"
    assert "has no column “Name”" in shown.problem
    assert shown.rows[0].cells == ["C1", "Kiel"]


def test_constants_are_shown(company: Path, write: Any, integration: Any) -> None:
    code = integration(("No.", "no"), ("Name", "name"), {"target_field": "country_code", "constant": "DE"})
    shown = service.preview(write("No.,Name\nC1,A\n"), code)
    assert [(one.caption, one.value) for one in shown.constants] == [("Country/Region Code", "DE")]


def test_fields_without_a_column_are_named_in_the_right_number(
    company: Path, write: Any, integration: Any
) -> None:
    code = integration(("No.", "no"), ("Name", "name"), ("Town", "city"), ("Street", "address"))
    said = service.preview(write("No.,Name,Town\nC1,A,Kiel\n"), code).warnings
    assert "The file has no column for: Address. It stays as it is." in said
    said = service.preview(write("No.,Name\nC1,A\n", name="less.csv"), code).warnings
    assert "The file has no column for: City, Address. They stay as they are." in said


def test_the_codeunit_hands_the_preview_over_as_json_and_only_reads(
    company: Path, write: Any, session: Any
) -> None:
    running = session(
        parameters={"path": str(write("No.,Name\nC1,A\nC2,\n")), "integration": "", "rows": "1"}
    )
    with read_only():
        preview_file.run(running)
    shown = msgspec.json.decode(running.results["preview"], type=Preview)
    assert shown.integration == "CUSTOMERS"
    assert len(shown.rows) == 1
    assert "1 of 2 rows: Name is empty." in shown.warnings


@pytest.mark.parametrize(
    ("name", "header", "expected"),
    [
        (
            "x.csv",
            "customerID,companyName,contactName,address,city,region,postalCode,country",
            "NORTHWIND-CUSTOMERS",
        ),
        ("x.csv", "No.,Name,Credit Limit", "CUSTOMERS"),
        ("items.csv", "No.,Description,Unit Price,Vendor No.", "ITEMS"),
        ("vendors 2026.csv", "No.,Name,City", "VENDORS"),
        ("x.csv", "colour,size", None),
    ],
)
def test_the_integration_that_fits_the_columns_is_suggested(
    name: str, header: str, expected: str | None, company: Path, write: Any
) -> None:
    path = write(f"{header}\n" + "1,2,3,4,5,6,7,8\n", name)
    assert service.suggest_integration(path) == expected


def test_the_sheet_that_is_read_is_the_one_whose_columns_suggest_an_integration(
    company: Path, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Please ask Petra about this list"])
    book.create_sheet("Customers").append(["No.", "Name", "City"])
    book["Customers"].append(["C1", "Petersen", "Kiel"])
    book.save(tmp_path / "list.xlsx")
    assert service.suggest_integration(tmp_path / "list.xlsx") == "CUSTOMERS", "the note is passed over"
    assert service.suggest_integration(tmp_path / "list.xlsx", Choices(sheet="Sheet")) is None


def test_a_field_whose_column_a_person_took_away_is_named_with_what_to_do(company: Path, write: Any) -> None:
    path = write("No.,Name\nC1,Petersen\n")
    shown = service.preview(path, "CUSTOMERS", choices=Choices(columns={"no": "", "name": "No."}))
    assert "No column of “customers.csv” fills “No.”, which the integration CUSTOMERS needs." in shown.problem


def test_where_nothing_fits_the_person_is_asked_to_name_one(company: Path, write: Any) -> None:
    with pytest.raises(SourceError, match=r"No integration has the columns of “customers\.csv”"):
        service.fitting_integration(write("colour,size\nred,1\n"))


def test_columns_are_matched_by_name_then_spelling_then_synonym(
    importer: Any, write: Any, query: Any
) -> None:
    path = write("customer_no,COMPANY,zip code,Town,e-mail address\nC1,Miller,024 11,Kiel,a@b.de\n")
    assert importer(path).created == 1
    assert query("SELECT no, name, post_code, city, email FROM customer") == [
        ("C1", "Miller", "024 11", "Kiel", "a@b.de")
    ]


def test_a_synonym_never_takes_the_column_that_another_field_names(
    importer: Any, write: Any, query: Any
) -> None:
    assert importer(write("No.,Name,Contact Name,Contact\nC1,A,wrong,right\n")).created == 1
    assert query("SELECT contact FROM customer") == [("right",)]


def test_a_job_is_created_once_and_only_for_what_is_ready(importer: Any, write: Any) -> None:
    run_id = importer.read(write("No.,Name\nC1,A\nC2,B\n"))
    job_id = service.start_processing(run_id, "ANNA")
    with connected():
        entry = JobQueueEntry.get_by_id(job_id)
        assert ImportRun.get_by_id(run_id).job_id == job_id
    assert (entry.description, entry.codeunit, entry.status) == (
        "Import customers.csv",
        "process_import",
        EntryStatus.READY,
    )
    assert (entry.record_table, entry.record_id, entry.retries) == ("import_run", str(run_id), 3)
    with pytest.raises(BackdeskError, match="is being processed already"):
        service.start_processing(run_id, "ANNA")
    importer.process(run_id)
    with pytest.raises(BackdeskError, match=r"No record of “customers\.csv” is ready"):
        service.start_processing(run_id, "ANNA")
    with pytest.raises(BackdeskError, match="There is no import 999"):
        service.start_processing(999, "ANNA")


def test_chosen_records_travel_with_the_job(importer: Any, write: Any, session: Any, add_up: Any) -> None:
    from desktop.codeunits import process_import

    run_id = importer.read(write("No.,Name\nC1,A\nC2,B\nC3,C\n"))
    ids = importer.record_ids(run_id)
    job_id = service.start_processing(run_id, "ANNA", record_ids=[ids[2], ids[0]], on_hold=True)
    with connected():
        entry = JobQueueEntry.get_by_id(job_id)
    assert entry.status == EntryStatus.ON_HOLD
    running = session(parameters=msgspec.json.decode(entry.parameters), record_id=entry.record_id)
    process_import.run(running)
    assert running.result_text == "2 records created, 1 not yet processed"
    assert running.notify_run_id == run_id
    assert add_up(run_id).ready == 1


def test_values_that_look_up_tables_do_not_have_are_told_with_counts(
    company: Path, write: Any, integration: Any
) -> None:
    rows = "".join(f"C{number},A,{land}\n" for number, land in enumerate(["DE", "XX", "YY", "XX"]))
    shown = service.preview(write("No.,Name,Country\n" + rows), "CUSTOMERS")
    assert "2 values in Country have no match in Countries/Regions (3 of 4 rows)." in shown.warnings
    assert not any("There is no Country" in warning for warning in shown.warnings), "told once"
    (found,) = shown.unmatched
    assert (found.path, found.header, found.table_caption) == ("country_code", "Country", "Country/Region")
    assert (found.distinct, found.rows, found.values) == (2, 3, [("XX", 2), ("YY", 1)])
    assert shown.rows[1].faults == ["There is no Country/Region “XX”."]


def test_look_up_records_that_an_import_would_create_are_announced_and_not_created(
    company: Path, write: Any, integration: Any, contents: Callable[[], dict[str, int]]
) -> None:
    before = contents()
    code = integration(
        ("No.", "no"),
        ("Name", "name"),
        {"source_column": "Terms", "target_field": "payment_terms_code", "lookup_missing": "Create"},
    )
    shown = service.preview(write("No.,Name,Terms\nC1,A,60D\nC2,B,90D\n"), code)
    assert "2 Payment Terms will be created." in shown.warnings
    assert shown.unmatched == []
    assert contents() == before


def test_each_column_says_how_sure_its_field_is_and_what_an_unused_one_could_fill(
    company: Path, write: Any, integration: Any
) -> None:
    code = integration(("No.", "no"), ("Name", "name"), ("Credit", "credit_limit"))
    path = write("No.,Company,Credit,E-Mail,Colour\nC1,A,10,a@b.de,red\nC2,B,ten,c@d.de,blue\n")
    no, name, credit, mail, colour = service.preview(path, code).columns
    assert (no.path, no.how, no.certainty, no.kind) == ("no", "exact", "certain", "Code")
    assert (name.path, name.how, name.certainty) == ("name", "synonym", "likely")
    assert (credit.path, credit.certainty, credit.valid_share) == ("credit_limit", "a guess", 0.5)
    assert (mail.path, mail.proposed, mail.proposed_caption, mail.how) == ("", "email", "E-Mail", "exact")
    assert (colour.path, colour.proposed) == ("", "")
    chosen = service.preview(path, code, choices=Choices(columns={"city": "Colour"})).columns[4]
    assert (chosen.path, chosen.how, chosen.certainty) == ("city", "chosen", "certain")


def test_with_a_missing_column_the_others_are_shown_mapped_so_that_a_person_can_choose(
    company: Path, write: Any
) -> None:
    shown = service.preview(write("No.,City,Firm\nC1,Kiel,Miller\n"), "CUSTOMERS")
    assert shown.problem_code == "MissingColumn"
    assert [column.path for column in shown.columns] == ["no", "city", ""]
    mended = service.preview(
        write("No.,City,Firm\nC1,Kiel,Miller\n"), "CUSTOMERS", choices=Choices(columns={"name": "Firm"})
    )
    assert mended.problem == ""


def test_a_file_that_writes_numbers_otherwise_is_told_before_it_is_read(
    company: Path, write: Any, integration: Any
) -> None:
    code = integration(("No.", "no"), ("Name", "name"), ("Credit", "credit_limit"))
    path = write("No.;Name;Credit\nC1;A;1.234,50\nC2;B;7,25\n")
    shown = service.preview(path, code)
    assert shown.detected.decimal_separator == ","
    assert [found.written for found in shown.contradictions] == [","]
    chosen = service.preview(path, code, choices=Choices(decimal_separator=","))
    assert (chosen.warnings, chosen.contradictions) == ([], [])


def test_both_files_of_orders_and_their_lines_are_shown(company: Path, write: Any) -> None:
    heads = write("orderID,customerID,orderDate\n1,C1,2026-01-02\n", "orders.csv")
    lines = write("orderID,productID,unitPrice,quantity,discount\n1,I9,2,3,0.1\n", "lines.csv")
    alone = service.preview(heads, "NORTHWIND-ORDERS")
    assert alone.problem_code == "MissingColumn", "lines are in a second file"
    shown = service.preview(heads, "NORTHWIND-ORDERS", lines_path=lines)
    assert shown.problem == ""
    assert shown.lines is not None
    assert [column.path for column in shown.lines.columns] == [
        "1.order_no",
        "1.item_no",
        "1.unit_price",
        "1.quantity",
        "",
    ]
    assert shown.lines.unmatched[0].values == [("I9", 1)]
    assert not any("discount" in text for text in shown.lines.warnings), "a formula reads it"


def test_a_file_without_an_integration_is_shown_all_the_same(company: Path, write: Any, session: Any) -> None:
    running = session(parameters={"path": str(write("colour,size\nred,1\n")), "integration": ""})
    preview_file.run(running)
    shown = msgspec.json.decode(running.results["preview"], type=Preview)
    assert (shown.integration, shown.problem_code) == ("", "NoIntegration")
    assert shown.header == ["colour", "size"]
    assert shown.rows[0].cells == ["red", "1"]


def test_a_cell_with_several_values_is_looked_at_value_by_value(
    company: Path, write: Any, integration: Any
) -> None:
    split = {"transforms": '{"split_separator": "|"}'}
    code = integration(
        {"source_column": "No.", "target_field": "no"} | split,
        ("Name", "name"),
        {"source_column": "Credit", "target_field": "credit_limit"} | split,
        {"target_field": "contact", "column_type": "Dynamic", "expression": "User ID"},
    )
    shown = service.preview(write("No.,Name,Credit\nC1|C2,A,1|2\nC3|C4,A,1|two\n"), code)
    assert [row.faults for row in shown.rows] == [[], ["“two” is not a number."]]
    assert [(one.caption, one.value) for one in shown.constants] == [("Contact", "User ID")]


def test_a_formula_over_a_column_that_is_not_there_is_a_problem_and_nothing_is_staged(
    company: Path, write: Any, integration: Any, importer: Any
) -> None:
    code = integration(
        ("No.", "no"), {"target_field": "name", "column_type": "Formula", "expression": "[First] & [Last]"}
    )
    path = write("No.,First\nC1,Ann\n")
    shown = service.preview(path, code)
    assert shown.problem_code == "WrongFormula"
    assert "There is no column “Last”" in shown.problem
    with pytest.raises(SourceError, match="position 11"):
        importer.read(path, code)
    with connected():
        assert ImportRun.select().count() == 0
