"""An xlsx is read as a stream: in every form in which programs write it, and as another library reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter

from desktop.errors import SourceError
from desktop.imports.sources import shared_strings, workbook_safety
from desktop.imports.sources.typed_cells import CellTexts, serial_text, span_text
from desktop.imports.sources.workbook_reader import open_workbook
from desktop.imports.sources.xlsx_package import DATE, PADDED, PERCENT, TIME_SPAN, format_kind
from tests.imports.hostile import MAIN, xlsx
from tests.imports.reading import read


def rows(path: Path, sheet: str = "", separator: str = ".") -> list[tuple[int, list[str]]]:
    with open_workbook(path, sheet, separator) as book:
        return list(book.rows())


def row(cells: str, number: int = 1) -> str:
    return f'<row r="{number}">{cells}</row>'


STRINGS = (
    "<si><t>plain</t></si>"
    '<si><t xml:space="preserve"> a &amp; b &#228;_x000D_&lt; </t></si>'
    "<si><r><rPr><b/></rPr><t>rich </t></r><r><t>text</t></r><rPh><t>spoken</t></rPh></si>"
    "<si/><si><t/></si>"
    "<si><t>漢字</t><rPh sb='0' eb='1'><t>かんじ</t></rPh></si>"
)


def test_texts_are_those_that_people_see(tmp_path: Path) -> None:
    cells = "".join(f'<c r="{letter}1" t="s"><v>{number}</v></c>' for number, letter in enumerate("ABCDEF"))
    path = xlsx(tmp_path / "a.xlsx", row(cells + '<c r="G1" t="s"/>'), STRINGS)
    assert rows(path) == [(1, ["plain", " a & b ä\r< ", "rich text", "", "", "漢字"])]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A1"><v>17850</v></c>', "17850"),
        ('<c r="A1"><v>17850.0</v></c>', "17850"),
        ('<c r="A1"><v>0.30000000000000004</v></c>', "0.3"),
        ('<c r="A1"><v>1.5E3</v></c>', "1500"),
        ('<c r="A1"><v>-2.5</v></c>', "-2.5"),
        ('<c r="A1" t="n"><v>1</v></c>', "1"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A1" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="A1" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A1" t="str"><f>A2&amp;"x"</f><v>007 &amp; x</v></c>', "007 & x"),
        ('<c r="A1" t="inlineStr"><is><t>in &lt;place&gt;</t></is></c>', "in <place>"),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>_x0041_</t></r></is></c>', "aA"),
        ('<c r="A1" t="d"><v>2026-11-21T00:00:00</v></c>', "2026-11-21"),
        ('<c r="A1" t="d"><v>2026-11-21T14:30:00Z</v></c>', "2026-11-21 14:30:00"),
        ('<c r="A1"><f t="shared" ref="A1:A9" si="0">B1+1</f><v>3</v></c>', "3"),
        ('<c r="A1"><f t="shared" si="0"/><v>4</v></c>', "4"),
        ("<c t='inlineStr' r='A1'><is><t>quoted otherwise</t></is></c>", "quoted otherwise"),
        ("<c><v>5</v></c>", "5"),
        ('<c r="A1" cm="1" s="0"><v>6</v></c>', "6"),
        ('<c\nr="A1"><v>7</v></c>', "7"),
        ('<c r="A1"><v>8</v><extLst><ext/></extLst></c>', "8"),
        ('<c r="A1" t="inlineStr"><is><t><![CDATA[a < b & c]]></t></is></c>', "a < b & c"),
        ('<!-- <c r="A1"><v>1</v></c> --><c r="A1"><v>9</v></c>', "9"),
    ],
)
def test_a_cell_is_understood_in_whatever_form(cell: str, text: str, tmp_path: Path) -> None:
    assert rows(xlsx(tmp_path / "a.xlsx", row(cell))) == [(1, [text])]


def test_rows_and_cells_without_numbers_follow_each_other(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "a.xlsx",
        '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row spans="1:3" r="7"><c r="B7"><v>2</v></c></row>'
        "<row><c><v>8</v></c></row>",
    )
    assert rows(path) == [(1, ["1", "", "3"]), (7, ["", "2"]), (8, ["8"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_prefixes_and_other_encodings_are_read_too(encoding: str, tmp_path: Path) -> None:
    part = (
        f'<?xml version="1.0" encoding="{encoding}"?><x:worksheet xmlns:x="{MAIN}"><x:dimension ref="A1:A2"/>'
        '<x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>ä</x:t></x:is></x:c></x:row>'
        '<x:row r="2"><x:c r="A2"><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert rows(xlsx(tmp_path / "a.xlsx", part.encode(encoding))) == [(1, ["ä"]), (2, ["2"])]


STYLES = (
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="[h]:mm"/>'
    "</numFmts><cellXfs><xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='10'/></cellXfs>"
)


@pytest.mark.parametrize(
    ("book", "style", "value", "text"),
    [
        ("", 1, "44197", "2021-01-01"),
        ("", 1, "44197.604166666664", "2021-01-01 14:30:00"),
        ("", 1, "0.5", "12:00:00"),
        ("", 1, "59", "1900-02-28"),
        ("", 1, "61", "1900-03-01"),
        ("", 1, "1e9", "1000000000"),
        ("", 1, "-3", "-3"),
        ("", 2, "1.0868055555555556", "26:05:00"),
        ("", 3, "0.52", "52%"),
        ("", 3, "0.125", "12.5%"),
        ("", 3, "-0.07", "-7%"),
        ("<workbookPr date1904='1'/>", 1, "42735", "2021-01-01"),
    ],
)
def test_numbers_are_read_as_they_are_shown(
    book: str, style: int, value: str, text: str, tmp_path: Path
) -> None:
    cell = f'<c r="A1" s="{style}"><v>{value}</v></c>'
    assert rows(xlsx(tmp_path / "a.xlsx", row(cell), styles=STYLES, book=book)) == [(1, [text])]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", 0),
        ("0.00", 0),
        ('#,##0.00 "days"', 0),
        ("0%", PERCENT),
        ('[Red]0.0" "%;0', PERCENT),
        ('0.00" %"', 0),
        ("[Red]0.00", 0),
        ("[$-409]d-mmm-yy", DATE),
        ("yyyy\\-mm\\-dd hh:mm:ss.000", DATE),
        ("h:mm AM/PM", DATE),
        ("[hh]:mm:ss", TIME_SPAN),
        ('"Year" 0', 0),
        ("@", 0),
        ("0", 0),
        ("00000", PADDED + 5),
        ("[$-407]00000;@", PADDED + 5),
        ("00000\\-0000", 0),
    ],
)
def test_formats_tell_days_and_percent_from_numbers(code: str, kind: int) -> None:
    assert format_kind(code) == kind


def test_the_shared_workbook_with_percent_is_read_as_people_see_it(
    shared_file: Callable[[str], Path],
) -> None:
    found = rows(shared_file("workbooks/preserve-formatting-percentage.xlsx"))
    assert [cells[1] for _, cells in found][:2] == ["col2", "52%"]


def test_what_is_hidden_in_a_sheet_is_read_and_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in ([None, "id", "name"], *([None, number, "A"] for number in range(1, 5))):
        book.active.append(cells)
    book.active.row_dimensions[3].hidden = book.active.row_dimensions[4].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.save(tmp_path / "a.xlsx")
    source, found = read(tmp_path / "a.xlsx")
    assert len(found) == 4
    assert source.notes == [
        "Among the first rows of the sheet, 2 rows are hidden, as by a filter. They are read like all others.",
        "The hidden column “name” is read like all others.",
    ]


def test_a_formula_that_was_not_calculated_is_told_from_an_error(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in (["id", "sum"], [1, "=A2+1"], [2, "=A3+1"]):
        book.active.append(cells)
    book.save(tmp_path / "a.xlsx")
    source, _ = read(tmp_path / "a.xlsx")
    assert source.notes == [
        "2 cells have a formula without its value: the program that wrote the workbook has calculated nothing."
    ]


def test_a_code_keeps_the_zeros_with_which_it_is_shown(tmp_path: Path) -> None:
    styles = "<numFmts><numFmt numFmtId='164' formatCode='00000'/></numFmts><cellXfs><xf numFmtId='164'/></cellXfs>"
    cells = "".join(
        f'<c r="{letter}1" s="0"><v>{value}</v></c>'
        for letter, value in zip("ABCD", ["1067", "123456", "-5", "1.5"], strict=True)
    )
    found = rows(xlsx(tmp_path / "a.xlsx", row(cells), styles=styles))
    assert found == [(1, ["01067", "123456", "-5", "1.5"])]


@pytest.mark.parametrize(
    "name",
    ["date_1904", "has_x000D_", "merged-cells", "multiline-headers", "number-format-multicode",
     "sheets"],
)  # fmt: skip
def test_shared_workbooks_are_read_as_another_library_reads_them(
    name: str, shared_file: Callable[[str], Path]
) -> None:
    path = shared_file(f"workbooks/{name}.xlsx")
    book = python_calamine.load_workbook(str(path))
    text = CellTexts(".")
    for sheet in book.sheet_names:
        found = book.get_sheet_by_name(sheet)
        if not found.height:
            continue
        expected = [
            [value if isinstance(value, str) else text(value) for value in cells]
            for cells in found.iter_rows()
        ]
        width = len(expected[0])
        assert [[*cells, *[""] * (width - len(cells))] for _, cells in rows(path, sheet)] == [
            cells for cells in expected if any(cells)
        ]


@pytest.mark.parametrize("constant_memory", [False, True])
def test_what_two_libraries_write_is_read_alike(constant_memory: bool, tmp_path: Path) -> None:
    lines: list[list[Any]] = [["No.", "Name", "Amount", "Since", "Blocked", "Note"]]
    lines += [[f"C{n:04}", f"Müller & <{n}>", n + 0.25, dt.datetime(2026, 1, 1) + dt.timedelta(n), n % 2 == 0, None]
              for n in range(300)]  # fmt: skip
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    with xlsxwriter.Workbook(
        str(first), {"constant_memory": constant_memory, "default_date_format": "d.m.yyyy"}
    ) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    other = openpyxl.Workbook()
    for line in lines:
        other.active.append(line)
    other.save(second)
    found = rows(first)
    assert found == rows(second)
    assert found[300] == (301, ["C0299", "Müller & <299>", "299.25", "2026-10-27", "FALSE"])


def test_more_texts_than_fit_into_memory_are_kept_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_strings, "MOST_IN_MEMORY", 10_000)
    monkeypatch.setattr(shared_strings, "_PAGES_KEPT", 2)
    monkeypatch.setattr(workbook_safety, "_BLOCK", 2_000)
    strings = "".join(f"<si><t>text {number}</t></si>" for number in range(3_001))
    order = [(number * 1_237) % 3_001 for number in range(3_001)]
    cells = "".join(row(f'<c r="A{n}" t="s"><v>{text}</v></c>', n) for n, text in enumerate(order, 1))
    assert [cells[0] for _, cells in rows(xlsx(tmp_path / "a.xlsx", cells, strings))] == [
        f"text {n}" for n in order
    ]


def test_a_table_announced_further_right_than_it_is_loses_nothing(tmp_path: Path) -> None:
    cells = "".join(row(f'<c r="C{n}"><v>{n}</v></c>', n) for n in range(1, 1_100))
    part = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="C1:C2000"/><sheetData>{cells}%s</sheetData></worksheet>'
    )
    path = xlsx(tmp_path / "a.xlsx", (part % "").encode())
    assert rows(path)[0] == (1, ["1"])
    path = xlsx(tmp_path / "b.xlsx", (part % row('<c r="A1100"><v>1</v></c>', 1_100)).encode())
    with pytest.raises(SourceError, match="its row 1,100 begins left of the table that it announces"):
        rows(path)


@pytest.mark.parametrize(
    "part",
    [
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>',
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v>',
        "",
        "nonsense",
    ],
)
def test_a_sheet_that_ends_too_early_is_told(part: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="its rows end too early") as refused:
        rows(xlsx(tmp_path / "a.xlsx", part.encode()))
    assert refused.value.code == "BrokenWorkbook"


def test_a_package_without_workbook_and_one_that_is_another_kind_are_told(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", row('<c r="A1"><v>1</v></c>'), target="nowhere.xml")
    with pytest.raises(SourceError, match="its sheet “S” is missing"):
        rows(path)


@pytest.mark.parametrize(("days", "text"), [(0.0, "0:00:00"), (-0.5, "-12:00:00"), (2.5, "60:00:00")])
def test_spans_of_time_are_hours(days: float, text: str) -> None:
    assert span_text(days) == text


def test_the_last_day_of_all_is_still_a_day() -> None:
    assert serial_text(2_958_465.0, False) == "9999-12-31"
    assert serial_text(2_958_465.9999999, False) == "2958465.9999999"


def test_a_formula_that_was_never_calculated_is_no_empty_cell(
    importer: Any, tmp_path: Path, query: Any
) -> None:
    """Programs write formulas without values; a spreadsheet shows amounts where an import would see nothing."""
    importer_file = tmp_path / "customers.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["No.", "Name", "Credit Limit (LCY)"])
    sheet.append(["C1", "Miller", "=100*10"])
    sheet.append(["C2", "Smith", 500])
    book.save(importer_file)
    run_id = importer.read(importer_file)
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (1, 1)
    ((line, column, code, value, message),) = importer.errors(run_id)
    assert (line, column, code, value) == (2, "Credit Limit (LCY)", "FormulaError", "#NOT CALCULATED!")
    assert (
        message == "The cell has a formula that was never calculated, so that its value is not in the file."
    )
    assert query("SELECT no, credit_limit FROM customer") == [("C2", 5_000_000)]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A1"><f>1+1</f></c>', "#NOT CALCULATED!"),
        ('<c r="A1" s="3"><f t="shared" si="0"/></c>', "#NOT CALCULATED!"),
        ("<c s='3' r='A1' t='n'><f>1+1</f><v /></c>", "#NOT CALCULATED!"),
        ("<c><f>1+1</f><v></v></c>", "#NOT CALCULATED!"),
        ('<c r="A1" t="str"><f>IF(1,"","")</f><v></v></c>', ""),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="A1"/>', ""),
    ],
)
def test_only_formulas_without_a_value_are_told_so(tmp_path: Path, cell: str, text: str) -> None:
    path = xlsx(tmp_path / "a.xlsx", row(cell + '<c r="B1"><v>7</v></c>'))
    assert rows(path) == [(1, [text, "7"])]


def test_a_formula_without_a_value_stays_in_its_column(tmp_path: Path) -> None:
    cells = "<c r=\"A1\"><v>1</v></c><c s='3' r='D1' t='n'><f>1+1</f><v /></c><c r=\"E1\"><v>5</v></c>"
    assert rows(xlsx(tmp_path / "a.xlsx", row(cells))) == [(1, ["1", "", "", "#NOT CALCULATED!", "5"])]
