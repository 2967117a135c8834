"""The failed rows leave as a workbook or CSV file, are mended elsewhere, and come back into the same records."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.codeunits import export_errors as export_codeunit
from desktop.codeunits import take_back_errors
from desktop.errors import SourceError
from desktop.imports.afterwards import undo
from desktop.imports.mending import repair
from desktop.imports.mending.error_export import export_errors
from desktop.imports.mending.error_file import RAW_KEY_CAPTION, is_error_file
from desktop.imports.mending.error_return import take_back
from models.customer import Customer
from models.database import connected, database
from models.errors import BackdeskError
from models.integration_record import ImportRun, RecordStatus
from models.item import Item
from tests.imports.flat_orders import FLAT_ORDERS

TEXT = (
    "No.,Name,Country,Credit Limit (LCY)\n"
    "C1,A,XX,5\n"
    "C2,B,DE,1\n"
    "C3,,YY,many\n"
    "C4,=1+1,XX,7\n"
    'C5,"E,E",FR,\n'
    "C6,too,few\n"
)


@pytest.fixture
def failed(importer: Any, write: Any) -> int:
    """Four of six customers have errors."""
    run_id: int = importer.read(write(TEXT))
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (2, 4)
    return run_id


@pytest.fixture
def orders_goods(company: Any) -> None:
    """What orders name."""
    with connected():
        Customer.create(no="C1", name="Miller & Sons")
        for number in (1, 2):
            Item.create(no=f"I{number}", description=f"Item {number}")


def sheet_of(path: Path) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]


def edit(path: Path, *cells: tuple[int, str, Any]) -> None:
    """Write into cells of a workbook: row, caption and value."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    captions = {cell.value: cell.column for cell in sheet[1]}
    for row, caption, value in cells:
        sheet.cell(row, captions[caption]).value = value
    book.save(path)


def edited(query: Any, run_id: int) -> dict[int, list[str]]:
    """The cells of rows that were edited, by line."""
    found = query(
        "SELECT line_no, edited_payload FROM integration_record WHERE run_id = ? AND edited_payload IS NOT NULL",
        run_id,
    )
    return {line: json.loads(payload) for line, payload in found}


def test_exactly_the_failed_rows_stand_in_the_workbook_with_the_message_beside_the_marked_cell(
    failed: int, tmp_path: Path
) -> None:
    path = tmp_path / "errors.xlsx"
    assert export_errors(failed, path) == 4
    head, *rows = sheet_of(path)
    assert head == [
        RAW_KEY_CAPTION,
        "Row",
        "No.",
        "Name",
        "What is wrong: Name",
        "Country",
        "What is wrong: Country",
        "Credit Limit (LCY)",
        "What is wrong: Credit Limit (LCY)",
        "What is wrong",
    ]
    assert [row[1] for row in rows] == [2, 4, 5, 7]
    assert rows[0][5:7] == [
        "XX",
        "There is no Country/Region “XX”. Create it or correct the column Country, then choose Retry.",
    ]
    assert rows[0][3:5] == ["A", ""]
    assert rows[2][3] == "=1+1"
    assert "The row has 3 cells, the header has 4" in str(rows[3][9])
    sheet = openpyxl.load_workbook(path).active
    assert sheet.column_dimensions["A"].hidden
    assert sheet["F2"].fill.start_color.rgb == "FFFBD9D7"
    assert sheet["D2"].fill.fill_type is None
    assert sheet["D4"].data_type == "s"
    assert list(tmp_path.glob(".errors*")) == []


def test_the_mended_workbook_updates_the_same_records(
    failed: int, importer: Any, query: Any, add_up: Any, session: Any, tmp_path: Path
) -> None:
    path = tmp_path / "errors.xlsx"
    export_errors(failed, path)
    edit(
        path,
        (2, "Country", "AT"),
        (3, "Name", "Carol"),
        (3, "Country", "CH"),
        (3, "Credit Limit (LCY)", 12.5),
    )
    assert is_error_file(path)
    done = take_back(path, session())
    assert (done.run_id, done.rows, done.changed, done.unchanged, done.strange) == (failed, 4, 2, 2, 0)
    assert done.text == "2 rows corrected, 2 not changed"
    assert done.hint == (
        "2 unchanged rows stay errors: correct them in the file, or choose Retry to try them as they are."
    )
    assert edited(query, failed) == {2: ["C1", "A", "AT", "5"], 4: ["C3", "Carol", "CH", "12.5"]}
    counts = add_up(failed)
    assert (counts.ready, counts.errors, len(done.record_ids)) == (2, 2, 2)
    again = take_back(path, session())
    assert (again.changed, again.unchanged, again.record_ids) == (0, 4, done.record_ids)
    counts = importer.process(failed, again.record_ids)
    assert (counts.created, counts.errors) == (4, 2)
    assert add_up(failed).rows == 6
    with connected():
        assert (Customer.get_by_id("C3").name, str(Customer.get_by_id("C3").credit_limit)) == (
            "Carol",
            "12.5000",
        )
    again = take_back(path, session())
    assert (again.changed, again.left, again.unchanged) == (0, 2, 2)
    assert "2 left, because they are not waiting any more" in again.text


def test_rows_may_be_sorted_deleted_and_added_and_columns_moved(
    failed: int, query: Any, add_up: Any, session: Any, tmp_path: Path
) -> None:
    path = tmp_path / "errors.xlsx"
    export_errors(failed, path)
    head, *rows = sheet_of(path)
    place = {caption: number for number, caption in enumerate(head)}
    book = openpyxl.Workbook()
    sheet = book.active
    kept = ["Country", "My own notes", RAW_KEY_CAPTION, "No."]
    sheet.append(kept)
    for row in (rows[2], rows[0]):
        told = {caption: row[number] for caption, number in place.items()}
        sheet.append(["AT", "asked Ms. Miller", told[RAW_KEY_CAPTION], told["No."]])
    sheet.append(["DE", "", "", "C10"])
    sheet.append(["DE", "", rows[0][0], "C11"])
    book.save(path)
    done = take_back(path, session())
    assert (done.changed, done.doubled, done.strange) == (2, 1, 1)
    assert edited(query, failed) == {2: ["C1", "A", "AT", "5"], 5: ["C4", "=1+1", "AT", "7"]}
    counts = add_up(failed)
    assert (counts.ready, counts.errors) == (2, 2)


def test_a_csv_file_is_safe_in_a_spreadsheet_and_comes_back_as_it_was(
    failed: int, query: Any, session: Any, tmp_path: Path
) -> None:
    path = tmp_path / "errors.csv"
    assert export_errors(failed, path) == 4
    with path.open(encoding="utf-8-sig", newline="") as opened:
        head, *rows = list(csv.reader(opened))
    assert head == ["Backdesk Record", "Row", "No.", "Name", "Country", "Credit Limit (LCY)", "What is wrong"]
    assert rows[2][3] == "'=1+1"
    assert rows[1][6].startswith("Name: Name is empty.")
    assert "Country: There is no Country/Region “YY”." in rows[1][6]
    assert is_error_file(path)
    rows[2][4] = "AT"
    with path.open("w", encoding="cp1252", newline="") as opened:
        csv.writer(opened, delimiter=";").writerows([head, *rows])
    done = take_back(path, session())
    assert (done.changed, done.unchanged) == (1, 3)
    assert edited(query, failed) == {5: ["C4", "=1+1", "AT", "7"]}


def test_texts_may_be_left_as_they_are(failed: int, session: Any, tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"
    export_errors(failed, path, safe=False)
    assert ",=1+1," in path.read_text(encoding="utf-8-sig")
    assert is_error_file(path)
    done = take_back(path, session())
    assert (done.unchanged, done.still_errors, done.record_ids) == (4, 4, [])


def test_rows_of_an_order_come_back_and_the_order_is_written_whole(
    importer: Any, write: Any, orders_goods: None, integration: Any, session: Any, tmp_path: Path, add_up: Any
) -> None:
    orders = integration(
        *FLAT_ORDERS,
        target_table="sales_header",
        code="ORDERS",
    )
    text = "Order,Date,Customer,Item,Qty\nSO1,2026-01-01,C1,I1,1\nSO2,2026-01-01,C1,I1,1\nSO1,2026-01-01,C1,I9,1\n"
    run_id = importer.read(write(text), orders)
    importer.process(run_id)
    path = tmp_path / "errors.xlsx"
    assert export_errors(run_id, path) == 2
    assert sheet_of(path)[1][-1] == (
        "Not imported, because row 4 of the same document has an error. Correct that row; this one follows."
    )
    edit(path, (3, "Item", "I2"))
    done = take_back(path, session())
    assert (done.changed, done.unchanged, done.hint) == (1, 1, "")
    assert importer.process(run_id, done.record_ids).documents_created == 2
    assert add_up(run_id).errors == 0


def test_a_file_of_another_company_or_of_two_imports_is_refused(
    failed: int, importer: Any, write: Any, query: Any, session: Any, tmp_path: Path
) -> None:
    path, other = tmp_path / "errors.csv", tmp_path / "other.csv"
    export_errors(failed, path)
    second = importer.read(write("No.,Name\nC9,\n"))
    importer.process(second)
    export_errors(second, other)
    both = tmp_path / "both.csv"
    both.write_text(
        path.read_text(encoding="utf-8-sig") + other.read_text(encoding="utf-8-sig"), encoding="utf-8-sig"
    )
    for file, code in ((both, "SeveralImports"), (write("a,b\n1,2\n", "plain.csv"), "NotAnErrorFile")):
        with pytest.raises(SourceError) as refused:
            take_back(file, session())
        assert refused.value.code == code
    for of_another in (
        {"file_sha256": "0" * 64},
        {"created_at": datetime(2026, 1, 1, tzinfo=UTC)},  # the same file, as the first import there too
    ):
        with connected():
            before = ImportRun.get_by_id(failed)
            ImportRun.update(of_another).where(ImportRun.id == failed).execute()
        with pytest.raises(SourceError) as refused:
            take_back(path, session())
        assert refused.value.code == "OtherImport"
        with connected():
            before.save()
    assert edited(query, failed) == {}


def test_what_cannot_be_exported_is_told_and_leaves_nothing_behind(
    failed: int, importer: Any, write: Any, tmp_path: Path
) -> None:
    good = importer(write("No.,Name\nC9,Z\n")).run_id
    folder = tmp_path / "out"
    for run_id, path, code in (
        (failed, folder / "errors.xlsx", "CannotWrite"),
        (failed, tmp_path / "errors.pdf", "WrongEnding"),
        (good, tmp_path / "errors.csv", "NoErrors"),
        (99, tmp_path / "errors.csv", "NotFound"),
    ):
        with pytest.raises(BackdeskError) as refused:
            export_errors(run_id, path)
        assert refused.value.code == code

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_errors(failed, tmp_path / "errors.xlsx", tell=stop)
    assert [path.name for path in tmp_path.glob("*err*")] == []


def test_other_files_are_no_error_files(write: Any, tmp_path: Path) -> None:
    for content, name in ((b"", "a.xlsx"), (b"PK\x03\x04nothing", "b.xlsx"), (b"No.,Name\n", "c.csv")):
        assert not is_error_file(write(content, name))
    assert not is_error_file(tmp_path / "gone.csv")


def test_jobs_write_and_take_back(failed: int, session: Any, tmp_path: Path, query: Any) -> None:
    path = tmp_path / "errors.xlsx"
    writing = session(parameters={"run_id": str(failed), "path": str(path)})
    export_codeunit.run(writing)
    assert (writing.results["rows"], writing.result_text) == ("4", "4 rows written")
    taking = session(parameters={"path": str(path)})
    take_back_errors.run(taking)
    assert json.loads(taking.results["taken_back"])["unchanged"] == 4
    ready = query("SELECT COUNT(*) FROM integration_record_status WHERE status = ?", int(RecordStatus.READY))
    assert ready == [(0,)]
    assert taking.result_text == "4 rows not changed"


def test_broken_rows_of_a_real_file_are_put_right_in_the_workbook(
    importer: Any, shared_file: Any, session: Any, tmp_path: Path, add_up: Any
) -> None:
    run_id = importer.read(shared_file("northwind/customers.csv"), "NORTHWIND-CUSTOMERS")
    importer.process(run_id)
    path = tmp_path / "errors.xlsx"
    assert export_errors(run_id, path) == 24
    book = openpyxl.load_workbook(path)
    sheet = book.active
    captions = {cell.value: cell.column for cell in sheet[1]}
    assert "Column 12" in captions
    places = [
        number
        for caption, number in captions.items()
        if not str(caption).startswith(("Backdesk", "Row", "What"))
    ]
    for line in range(2, sheet.max_row + 1):
        cells = [str(sheet.cell(line, place).value or "") for place in places]
        joined = [*cells[:4], f"{cells[4].rstrip()}, {cells[5].lstrip()}", *cells[6:], ""]
        for place, text in zip(places, joined, strict=True):
            sheet.cell(line, place).value = text
    book.save(path)
    done = take_back(path, session())
    assert (done.changed, done.strange) == (24, 0)
    assert importer.process(run_id, done.record_ids).text == "91 records created"
    add_up(run_id)
    with connected():
        assert Customer.get_by_id("BLONP").address == "24, place Kléber"


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@settings(max_examples=8)
@given(st.lists(st.text(max_size=20), min_size=4, max_size=6))
def test_whatever_the_cells_hold_comes_back_unchanged(
    failed: int, session: Any, query: Any, tmp_path: Path, ending: str, cells: list[str]
) -> None:
    path = tmp_path / f"errors{ending}"
    with connected():
        database.execute_sql(
            "UPDATE integration_record SET edited_payload = ? WHERE run_id = ? AND line_no = 4",
            (json.dumps(cells), failed),
        )
        database.execute_sql("UPDATE integration_record_status SET status = 4 WHERE status = 0")
        database.execute_sql("UPDATE import_run SET errors = errors + ready, ready = 0")
    assert export_errors(failed, path) == 4
    done = take_back(path, session())
    assert (done.changed, done.unchanged, done.strange) == (0, 4, 0)
    assert edited(query, failed) == {4: cells}


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_an_apostrophe_that_the_file_had_stays(
    failed: int, session: Any, query: Any, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"errors{ending}"
    repair.edit_record(
        query("SELECT id FROM integration_record WHERE line_no = 4")[0][0], ["C3", "", "'=1+1", "-5"]
    )
    export_errors(failed, path)
    assert take_back(path, session()).changed == 0
    assert edited(query, failed) == {4: ["C3", "", "'=1+1", "-5"]}


def test_what_was_undone_is_not_taken_back(failed: int, session: Any, tmp_path: Path) -> None:
    path = tmp_path / "errors.xlsx"
    export_errors(failed, path)
    undo.undo(session(), failed)
    with pytest.raises(BackdeskError, match="was undone"):
        take_back(path, session())
