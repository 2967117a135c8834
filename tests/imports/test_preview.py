"""What a person sees before a file is read: the first rows, the mapping, and what to look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.codeunits import preview_file
from desktop.errors import SourceError
from desktop.imports import service
from desktop.imports.preview import Preview
from models.database import connected, read_only
from models.errors import BackdeskError
from models.integration_record import ImportRun
from models.job_queue import EntryStatus, JobQueueEntry


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
