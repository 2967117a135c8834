"""Workbooks: typed cells become the texts that a person would type, and no workbook brings the program down."""

from __future__ import annotations

import datetime as dt
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.errors import SourceError
from desktop.imports import service
from desktop.imports.sources import workbook_safety
from desktop.imports.sources.file_checks import COMPOUND
from desktop.imports.sources.workbook_reader import open_workbook


def rows(path: Path, sheet: str = "", separator: str = ".") -> list[tuple[int, list[str]]]:
    with open_workbook(path, sheet, separator) as book:
        return list(book.rows())


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook; a dict of sheets, or the rows of one."""

    def make(content: Any, name: str = "book.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, lines in (content if isinstance(content, dict) else {"Sheet1": content}).items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(line)
        book.save(tmp_path / name)
        return tmp_path / name

    return make


@pytest.mark.parametrize("name", ["table.xls", "table.ods"])
def test_the_old_and_the_open_format_are_read_alike(name: str, shared_file: Callable[[str], Path]) -> None:
    assert rows(shared_file(f"workbooks/{name}")) == [
        (1, ["id", "name"]),
        (2, ["1", "english"]),
        (3, ["2", "中国人"]),
    ]


def test_each_sheet_can_be_named_and_the_first_with_data_is_taken(shared_file: Callable[[str], Path]) -> None:
    path = shared_file("workbooks/sheets.xlsx")
    assert rows(path)[1] == (2, ["1", "london"])
    assert rows(path, "Sheet3")[1] == (2, ["3", "rome"])
    with pytest.raises(SourceError, match="has no sheet “Prices”; it has: Sheet1, Sheet2, Sheet3") as refused:
        rows(path, "Prices")
    assert refused.value.code == "NoSheet"


def test_empty_sheets_and_hidden_ones_come_last(workbook: Any, shared_file: Callable[[str], Path]) -> None:
    path = workbook({"Notes": [], "Data": [["id"], [1]]})
    assert rows(path) == [(1, ["id"]), (2, ["1"])]
    with pytest.raises(SourceError, match="has no sheet with data") as refused:
        rows(shared_file("workbooks/empty_sheet.xlsx"))
    assert refused.value.code == "Empty"


def test_typed_cells_become_plain_texts(workbook: Any) -> None:
    path = workbook(
        [
            [17850, 17850.0, 0.1 + 0.2, 1e15, -2.5, True, False, None, "007", " x "],
            [dt.date(2026, 11, 21), dt.datetime(2026, 11, 21, 14, 30), dt.time(9, 5), "=1+1", "1,5"],
        ]
    )
    found = rows(path)
    assert found[0][1] == ["17850", "17850", "0.3", "1e+15", "-2.5", "TRUE", "FALSE", "", "007", " x "]
    assert found[1][1][:3] == ["2026-11-21", "2026-11-21 14:30:00", "09:05:00"]
    assert found[1][1][4] == "1,5"


def test_typed_numbers_carry_the_decimal_separator_of_the_integration(workbook: Any) -> None:
    assert rows(workbook([[1.234, 1234, "1.234"]]), separator=",") == [(1, ["1,234", "1234", "1.234"])]


def test_days_since_1904_are_days(shared_file: Callable[[str], Path]) -> None:
    assert rows(shared_file("workbooks/date_1904.xlsx"))[0][1][0] == "2021-01-01"
    assert rows(shared_file("workbooks/date.xls"))[1][1] == ["2021-01-02", "16"]


def test_row_numbers_are_those_of_the_sheet_also_for_a_table_that_begins_further_down(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["C4"], book.active["D4"] = "id", "name"
    book.active["C7"], book.active["D7"] = 1, "#N/A"
    book.save(tmp_path / "far.xlsx")
    assert rows(tmp_path / "far.xlsx") == [(4, ["id", "name"]), (7, ["1", "#N/A"])]


def test_error_cells_are_errors_of_their_records_and_not_empty(
    importer: Any, tmp_path: Path, shared_file: Callable[[str], Path]
) -> None:
    texts = [row[1][0] for row in rows(shared_file("workbooks/errors.xlsx"))]
    assert {"#DIV/0!", "#NAME?", "#VALUE!"} <= set(texts)
    book = openpyxl.Workbook()
    for line in (["No.", "Name", "City"], ["C1", "A", "#N/A"], ["C2", "B", "Kiel"]):
        book.active.append(line)
    assert book.active["C2"].data_type == "e"
    book.save(tmp_path / "errors.xlsx")
    run_id = importer.read(tmp_path / "errors.xlsx")
    assert importer.process(run_id).created == 1
    assert importer.errors(run_id) == [
        (2, "City", "FormulaError", "#N/A", "The cell holds the formula error #N/A.")
    ]


def test_a_workbook_of_customers_becomes_customers(importer: Any, workbook: Any, query: Any) -> None:
    path = workbook(
        [["No.", "Name", "Credit Limit", "Country"], [1001, "Miller", 1500.5, "DE"], ["0042", "Smith", 3]]
    )
    assert importer(path).created == 2
    assert query("SELECT no, name, credit_limit, country_code FROM customer ORDER BY no") == [
        ("0042", "Smith", 30_000, None),
        ("1001", "Miller", 15_005_000, "DE"),
    ]


def test_a_password_is_told(shared_file: Callable[[str], Path]) -> None:
    with pytest.raises(SourceError, match="is protected by a password") as refused:
        rows(shared_file("workbooks/pass_protected.xlsx"))
    assert refused.value.code == "Password"


@pytest.mark.parametrize("kept", [200, 1500, 3000])
def test_a_workbook_that_was_cut_off_is_told(kept: int, workbook: Any, tmp_path: Path) -> None:
    path = tmp_path / "cut.xlsx"
    path.write_bytes(workbook([["id"], [1]]).read_bytes()[:kept])
    with pytest.raises(SourceError, match="is a damaged workbook") as refused:
        rows(path)
    assert refused.value.code == "BrokenWorkbook"


END, SECTOR = 0xFFFFFFFE, 512


def compound(table: list[int], more_tables: int = END, small: tuple[int, ...] = ()) -> bytes:
    """An old workbook: header, the table of sectors in sector 0, that of small sectors in sector 1."""
    head = bytearray(SECTOR)
    head[:8] = COMPOUND
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into(
        "<IIIIIIIII", head, 44, 1, 2, 0, 4096, 1 if small else END, len(small), more_tables, 0, 0
    )
    struct.pack_into("<108I", head, 80, *[0xFFFFFFFF] * 108)
    return bytes(head) + b"".join(
        struct.pack("<128I", *words, *[0xFFFFFFFF] * (128 - len(words))) for words in (table, small, [])
    )


@pytest.mark.parametrize(
    "content",
    [
        compound([0xFFFFFFFD, END, 2]),
        compound([0xFFFFFFFD, END, 3, 4, 2]),
        compound([0xFFFFFFFD, END, END], small=(1, 2, 0)),
        compound([0xFFFFFFFD, END, END], more_tables=4) + struct.pack("<128I", *[0xFFFFFFFF] * 127, 4) * 2,
    ],
    ids=["one sector", "three sectors", "small sectors", "the table itself"],
)
def test_an_old_workbook_that_runs_in_a_circle_does_not_take_all_memory(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "circle.xls"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="its parts follow each other in a circle") as refused:
        rows(path)
    assert refused.value.code == "BrokenWorkbook"


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_an_old_workbook_named_like_a_new_one_is_told(
    ending: str, shared_file: Callable[[str], Path], tmp_path: Path
) -> None:
    path = tmp_path / f"named.{ending}"
    shutil.copyfile(shared_file("workbooks/table.xls"), path)
    with pytest.raises(SourceError, match=r"Rename it to end with \.xls") as refused:
        rows(path)
    assert refused.value.code == "NotWhatItSays"


def test_a_damaged_part_is_told(workbook: Any, tmp_path: Path) -> None:
    path = tmp_path / "part.xlsx"
    with zipfile.ZipFile(workbook([["id"], [1]])) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, data[: len(data) // 2] if "sheet1.xml" in part.filename else data)
    with pytest.raises(SourceError, match="is a damaged workbook"):
        rows(path)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"]
)
def test_a_part_whose_bytes_were_damaged_is_told(part: str, workbook: Any) -> None:
    path = workbook([["id"], [1]])
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as package:
        begins = package.getinfo(part).header_offset
    content[begins + 30] ^= 0xFF  # of the name that stands before the part
    path.write_bytes(content)
    with pytest.raises(SourceError, match="is a damaged workbook") as refused:
        rows(path)
    assert refused.value.code == "BrokenWorkbook"


def test_an_open_document_without_its_end_is_told_instead_of_reading_for_ever(
    shared_file: Callable[[str], Path], tmp_path: Path
) -> None:
    path = tmp_path / "cut.ods"
    with zipfile.ZipFile(shared_file("workbooks/table.ods")) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(
                part.filename, data.replace(b"</table:table>", b"") if "content" in part.filename else data
            )
    with pytest.raises(SourceError, match="its content is no XML, mismatched tag") as refused:
        rows(path)
    assert refused.value.code == "BrokenWorkbook"


def test_one_cell_in_the_last_corner_does_not_take_all_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "id"
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "corner.xlsx")
    with pytest.raises(SourceError, match="reaches to column 16,384") as refused:
        rows(tmp_path / "corner.xlsx")
    assert refused.value.code == "TooWide"
    book = openpyxl.Workbook()
    book.active["A1"] = "id"
    book.active["ZZ1048576"] = 1
    book.save(tmp_path / "long.xlsx")
    (first, _), (last, cells) = rows(tmp_path / "long.xlsx")
    assert (first, last, len(cells), cells[-1]) == (1, 1_048_576, 702, "1")


def test_a_workbook_that_unpacks_without_end_is_refused_before_it_is_unpacked(
    workbook: Any, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(workbook([["id"], [1]])) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, old.read(part))
        new.writestr("xl/sharedStrings2.xml", b"\0" * (64 << 20))
    with pytest.raises(SourceError, match="more than a hundred times its size") as refused:
        rows(path)
    assert refused.value.code == "TooLarge"


def test_error_cells_are_found_across_blocks(workbook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_safety, "_BLOCK", 700)
    lines = [[f"text {number}", "#REF!" if number % 50 == 7 else number] for number in range(400)]
    found = rows(workbook(lines))
    assert [line for line, cells in found if cells[1] == "#REF!"] == [
        number + 1 for number in range(7, 400, 50)
    ]


def test_every_shared_workbook_is_read_or_refused_with_a_sentence(shared_file: Callable[[str], Path]) -> None:
    refused = {}
    for path in sorted(shared_file("workbooks").iterdir()):
        try:
            found = rows(path)
        except SourceError as error:
            refused[path.name] = error.code
        else:
            assert found, path.name
    assert refused == {"pass_protected.xlsx": "Password", "empty_sheet.xlsx": "Empty"}


def test_the_counts_of_a_workbook_are_known_from_the_beginning(
    company: Path, session: Any, workbook: Any
) -> None:
    told: list[tuple[int, int, str]] = []
    watched = session(on_progress=lambda *values: told.append(values))
    service.read(workbook([["No.", "Name"], ["C1", "A"], ["C2", "B"]]), "CUSTOMERS", watched)
    assert told[-1] == (2, 2, "Reading book.xlsx")


def test_repeated_cells_of_the_open_format_do_not_take_all_memory(tmp_path: Path) -> None:
    path = tmp_path / "repeated.ods"
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(
            "content.xml",
            f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="S">'
            '<table:table-row table:number-rows-repeated="1048576">'
            '<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
            "<text:p>x</text:p></table:table-cell></table:table-row>"
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    with pytest.raises(SourceError, match="reaches over too many rows and columns") as refused:
        rows(path)
    assert refused.value.code == "TooLarge"
