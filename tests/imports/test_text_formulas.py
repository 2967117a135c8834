"""Texts as formulas, such as ="00123": so people keep the zeros of a code in a file that a spreadsheet opens."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.imports import service
from desktop.imports.integrations.definition import Choices
from desktop.imports.mending.error_file import made_safe, taken_off
from desktop.imports.sources import encoding as encodings
from tests.companies import rows
from tests.imports.reading import read


def test_the_text_is_read_and_the_formula_is_told(importer: Any, write: Any) -> None:
    path = write('No.,Name,Post Code\n="00123",A,="01067"\n"=""00124""","B","=""04109"""\n')
    shown = service.preview(path, "CUSTOMERS")
    assert shown.rows[1].cells == ["00124", "B", "04109"]
    said = (
        "In the first 2 rows, 4 cells hold a text as a formula, with which spreadsheets keep leading zeros: "
        '="00123" is read as “00123”.'
    )
    assert said in shown.warnings
    importer(path)
    found = rows("SELECT no, post_code FROM customer ORDER BY no")
    assert [tuple(row) for row in found] == [("00123", "01067"), ("00124", "04109")]


def test_somebody_who_wants_the_formulas_gets_them(importer: Any, write: Any) -> None:
    path = write('No.,Name\nC1,="00123"\n')
    shown = service.preview(path, "CUSTOMERS", choices=Choices(text_formulas=False))
    assert shown.dialect.text_formulas, "so that the choice is still offered"
    assert shown.warnings[0].endswith('="00123" stays as it stands.')
    run_id = importer.read(path, text_formulas=False)
    assert importer.staged(run_id) == [(2, ["C1", '="00123"'])]


@pytest.mark.parametrize(
    "cell",
    ["=00123", '="1"&"2"', '=A1&"x"', '=HYPERLINK("http://x")', "=1+1", 'a="1"', '="1" x', '\'="1"', '="'],
)
def test_only_a_cell_that_is_nothing_else_is_taken(write: Any, cell: str) -> None:
    quoted = cell.replace('"', '""')
    source, found = read(write(f'id,name\n1,="x"\n2,"{quoted}"\n'))
    assert [cells[1] for _, cells in found] == ["x", cell]
    assert source.notes[-1].startswith("In the first 2 rows, 1 cell holds a text as a formula")


def test_a_text_with_quotes_and_an_empty_one(write: Any) -> None:
    _, found = read(write('id;"=""name"""\n1;"=""a """"b"""" c"""\n2;="" \n'))
    assert [cells[1] for _, cells in found] == ['a "b" c', ""]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_it_is_found_in_any_encoding_and_where_a_block_ends(
    write: Any, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encodings, "_BLOCK", 7)
    for more in range(8):
        text = f'id\tname\n1\t{"x" * more}\n3\t="007"\n'
        _, found = read(write(text.encode(encoding)), encoding=encoding if encoding == "cp1252" else "")
        assert found[-1][1] == ["3", "007"]


def test_what_the_own_export_makes_harmless_comes_back_as_it_was(write: Any) -> None:
    """An apostrophe stands before what a spreadsheet would run, so that it is no such formula any more."""
    for text in ('="00123"', "=1+1", "@x", "-x", "00123", "'=1"):
        cell = made_safe(text).replace('"', '""')
        _, found = read(write(f'id,name\n1,"{cell}"\n'))
        assert taken_off(found[0][1][1]) == text
