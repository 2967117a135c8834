"""A report as a PDF: every page says what it is, every name can be read, figures lie below each other."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.errors import TaskCancelledError
from desktop.reports import excel, pdf
from desktop.reports.document import Column, ColumnKind, Content, Frame
from desktop.reports.pdf_font import PdfFont, printable
from resources import path as resource_path
from tests.reports.pdf_reading import ReadPdf

FRAME = Frame("Łódź & Söhne", "Customer List", datetime(2026, 11, 21, 9, 45, tzinfo=UTC), "MARIA")
COLUMNS = (Column("Name", share=3), Column("Balance (EUR)", ColumnKind.AMOUNT))
Row = tuple[str, Decimal]


def content(rows: list[Row] | Iterator[Row], count: int, **options: object) -> Content:
    return replace(Content(COLUMNS, rows, count, "customers"), **options)  # type: ignore[arg-type]


def nobody(_done: int) -> None:
    """Nobody watches."""


def written(tmp_path: Path, made: Content) -> ReadPdf:
    path = tmp_path / "made.pdf"
    pdf.write(path, FRAME, made, nobody)
    return ReadPdf(path)


def test_the_first_page_has_company_title_date_filters_and_figures(tmp_path: Path) -> None:
    made = content(
        [("Anna", Decimal("1234.5"))],
        1,
        filters=(("City", "Hamburg"),),
        figures=(("Customers", "1"),),
        totals=("Total", Decimal("1234.5")),
    )
    (page,) = written(tmp_path, made).pages
    assert {"Łódź & Söhne", "Customer List", FRAME.made_text, "City:", "Hamburg", "Customers"} <= set(page)
    assert page.count("1,234.50") == 2
    assert "Page 1 of " in page
    assert page[-1] == "1"


def test_heads_and_page_x_of_y_stand_on_every_page(tmp_path: Path) -> None:
    rows = [(f"Customer {number}", Decimal(number)) for number in range(500)]
    pages = written(tmp_path, content(rows, 500)).pages
    assert len(pages) > 10
    for number, page in enumerate(pages, start=1):
        assert "Balance (EUR)" in page
        assert f"Page {number} of " in page
        assert page[-1] == str(len(pages))
    names = [
        text for page in pages for text in page if text.startswith("Customer ") and text != "Customer List"
    ]
    assert names == [name for name, _ in rows]


EUROPE = (
    "Ærøskøbing Þórður Œuvre",
    "Žofie Šťastná Ůřčďň",
    "Łukasz Żółć Gdańsk",
    "Şükrü İğdır",
    "Ünal Köß ẞ",
    "Ђорђе Щукин Їжак Ґ",
    "Αθανάσιος Ώρα",
    "Ēriks Ģirts Ņina Ķekava",
    "Ștefan Țepeș",
    "Ħamrun Ġużè",
    "Ŵyn Ŷ",
)


@pytest.mark.parametrize("name", EUROPE)
def test_every_european_name_can_be_drawn_and_copied(tmp_path: Path, name: str) -> None:
    font = PdfFont(resource_path("fonts", "Inter-Regular.otf"))
    font.encode(name)
    assert 0 not in font.used, "a sign has no glyph"
    (page,) = written(tmp_path, content([(name, Decimal(1))], 1)).pages
    assert name in page


def test_a_name_that_is_written_with_loose_accents_is_the_same_name() -> None:
    assert printable("Mu\u0308ller\tAG\n") == "Müller AG "


def test_figures_are_equally_wide_so_that_columns_lie_below_each_other() -> None:
    for name in ("Inter-Regular.otf", "Inter-SemiBold.otf"):
        font = PdfFont(resource_path("fonts", name))
        widths = [font.width(sign) for sign in "0123456789"]
        assert max(widths) - min(widths) <= 1  # thousandths of the size, by rounding


def test_a_long_name_goes_on_in_the_next_line_and_nothing_is_lost(tmp_path: Path) -> None:
    name = "Vereinigte Schiffsausrüstung und Segelmacherei Nordseeküste " * 3
    (page,) = written(tmp_path, content([(name.strip(), Decimal(1))], 1)).pages
    lines = [text for text in page if text and text in name]
    assert len(lines) > 1
    assert " ".join(lines) == name.strip()


def test_a_text_without_end_is_cut_and_says_so(tmp_path: Path) -> None:
    (page,) = written(tmp_path, content([("x" * 5_000, Decimal(1))], 1)).pages
    assert any(text.endswith("…") for text in page)


def test_without_rows_it_says_why_there_is_no_table(tmp_path: Path) -> None:
    (page,) = written(tmp_path, content([], 0, nothing="No customer matches what was chosen.")).pages
    assert "No customer matches what was chosen." in page


def test_an_empty_company_name_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "made.pdf"
    pdf.write(path, replace(FRAME, company="", user_id=""), content([("Anna", Decimal(1))], 1), nobody)
    assert len(ReadPdf(path).pages) == 1


def stream(count: int) -> Iterator[Row]:
    for number in range(count):
        yield f"Customer {number} Öffentliche Werft", Decimal(number)


@pytest.mark.parametrize("write", [pdf.write, excel.write], ids=["pdf", "excel"])
def test_rows_do_not_stay_in_memory(tmp_path: Path, write: Callable[..., None]) -> None:
    """Ten times the rows need hardly more memory: a million of them would not either."""

    def peak(count: int) -> int:
        tracemalloc.start()
        write(tmp_path / f"made{count}", FRAME, content(stream(count), count), nobody)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    few = peak(1_000)
    assert peak(10_000) - few < 1_000_000


@pytest.mark.parametrize("write", [pdf.write, excel.write], ids=["pdf", "excel"])
def test_whoever_is_told_may_end_it(tmp_path: Path, write: Callable[..., None]) -> None:
    def stop(done: int) -> None:
        if done == 100:
            raise TaskCancelledError

    rows = stream(1_000)
    with pytest.raises(TaskCancelledError):
        write(tmp_path / "made", FRAME, content(rows, 1_000), stop)
    assert next(rows)[0].startswith("Customer 100 ")
