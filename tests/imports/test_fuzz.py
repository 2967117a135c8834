"""Damaged files and odd texts: whatever comes, it is rows, values or a sentence, and never anything else."""

from __future__ import annotations

import contextlib
import json
import random
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desktop.errors import SourceError
from desktop.imports.integrations.definition import FixedColumn, Reading
from desktop.imports.sources.detect import detect
from desktop.imports.sources.dialect import sniff
from desktop.imports.sources.encoding import examine
from desktop.imports.values.conversions import converter
from models.errors import FieldError
from models.rules import Kind
from tests.imports.reading import read
from tests.imports.xlsb import xlsb

REAL = (
    "northwind/customers.csv",
    "online-retail/2011-12-09.csv",
    "bcapps/LocalPostCodes.txt",
    "delimited/latin1.csv",
    "csv-spectrum/csvs/newlines_crlf.csv",
    "csv-spectrum/json/json.json",
)
BOOKS = (
    "sheets.xlsx",
    "errors.xlsx",
    "date_1904.xlsx",
    "multiline-headers.xlsx",
    "table.xls",
    "date.xls",
    "table.ods",
)
ROUNDS = 25  # damages of each file
slow = settings(max_examples=100)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Some bytes other than they were, a piece lost or doubled, or the end cut off."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) or 1)
        kind = chance.randrange(5)
        if kind == 0 and data:
            data[at] = chance.randrange(256)
        elif kind == 1:
            del data[at : at + chance.randint(1, 200)]
        elif kind == 2:
            data[at:at] = data[at : at + chance.randint(1, 200)]
        elif kind == 3:
            data[at:at] = chance.choice(
                [b'"', b"\0", b"\n", b"\xff", b"<!--", b"]]>", b"&", b"\xef\xbb\xbf", b"<c "]
            )
        elif chance.random() < 0.3:
            del data[at:]
    return bytes(data)


def told(path: Path, **values: Any) -> None:
    """Reads the file; only our own errors may come, each with what to do."""
    refused: SourceError | None = None
    try:
        source, rows = read(path, guess=True, **values)
    except SourceError as error:
        refused = error
    if refused is not None:
        assert refused.code != "Source"
        assert refused.hint
        return
    assert len(set(source.header)) == len(source.header) > 0
    assert all(any(cells) and line > 0 for line, cells in rows)
    assert source.detected is not None


@pytest.mark.parametrize("name", REAL)
def test_damaged_texts(name: str, shared_file: Callable[[str], Path], tmp_path: Path) -> None:
    content = shared_file(name).read_bytes()[:60_000]
    chance = random.Random(name)
    for _ in range(ROUNDS):
        path = tmp_path / Path(name).name
        path.write_bytes(damaged(content, chance))
        told(path)
        if path.suffix != ".json":
            told(
                path,
                source_type="Fixed Width",
                fixed_columns=(FixedColumn("id", 1, 7), FixedColumn("", 5, 40)),
            )


@pytest.mark.parametrize("name", BOOKS)
def test_damaged_workbooks(name: str, shared_file: Callable[[str], Path], tmp_path: Path) -> None:
    content = shared_file(f"workbooks/{name}").read_bytes()
    chance = random.Random(name)
    for _ in range(ROUNDS):
        path = tmp_path / name
        path.write_bytes(damaged(content, chance))
        told(path)


@pytest.mark.parametrize("name", [name for name in BOOKS if not name.endswith(".xls")])
def test_workbooks_whose_parts_were_damaged_before_they_were_packed(
    name: str, shared_file: Callable[[str], Path], tmp_path: Path
) -> None:
    with zipfile.ZipFile(shared_file(f"workbooks/{name}")) as package:
        parts = {part.filename: package.read(part) for part in package.infolist()}
    chance = random.Random(name)
    for _ in range(ROUNDS):
        broken = chance.choice([part for part in parts if part.endswith(".xml") or part.endswith(".rels")])
        with zipfile.ZipFile(tmp_path / name, "w") as package:
            for part, content in parts.items():
                package.writestr(part, damaged(content, chance) if part == broken else content)
        told(tmp_path / name)


def test_damaged_binary_workbooks(tmp_path: Path) -> None:
    path = xlsb(tmp_path / "a.xlsb", {0: {0: "id", 1: "name"}, 1: {0: 1.5, 1: 0x2A}, 2: {0: 2.5, 1: "x"}})
    with zipfile.ZipFile(path) as package:
        parts = {part.filename: package.read(part) for part in package.infolist()}
    chance = random.Random(1)
    for _ in range(ROUNDS):
        broken = chance.choice(list(parts))
        with zipfile.ZipFile(path, "w") as package:
            for part, content in parts.items():
                package.writestr(part, damaged(content, chance) if part == broken else content)
        told(path)


@given(
    content=st.binary(max_size=400),
    ending=st.sampled_from([".csv", ".json", ".xlsx", ".xls", ".ods", ".xlsb"]),
)
@example(content=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ending=".xls")
@example(content=b"PK\x03\x04" + bytes(100), ending=".xlsx")
@slow
def test_any_bytes_under_any_name(content: bytes, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"any{ending}"
    path.write_bytes(content)
    told(path)


@given(text=st.text(max_size=300))
@example(text='"')
@example(text="\ue000end of file\ue000")
@slow
def test_any_text_has_a_dialect_and_rows_or_a_sentence(text: str, tmp_path: Path) -> None:
    assert sniff(text, Reading()).delimiter
    path = tmp_path / "any.csv"
    path.write_bytes(text.encode("utf-8", "replace"))
    told(path)
    with contextlib.suppress(SourceError):
        assert examine(path).size == path.stat().st_size


@given(text=st.text(st.characters(exclude_categories=("Cs",)), max_size=60))
@slow
def test_any_text_comes_back_from_json_as_it_stands(text: str, tmp_path: Path) -> None:
    path = tmp_path / "any.json"
    path.write_text(json.dumps([{"id": text, "x": "y"}]), encoding="utf-8")
    assert read(path)[1] == [(1, [text, "y"])]


number_like = st.text("0123456789.,'’-+−eE   %", max_size=20)
date_like = st.text("0123456789-./ T:Z", max_size=20)


@given(text=number_like | date_like | st.text(max_size=12), separator=st.sampled_from([".", ","]))
@example(text="1e999", separator=".")
@example(text="٣", separator=".")
@example(text="²", separator=",")
@settings(max_examples=400)
def test_any_text_becomes_a_value_or_an_error_that_says_what_to_do(text: str, separator: str) -> None:
    for kind, expected in (
        (Kind.DECIMAL, Decimal),
        (Kind.INTEGER, int),
        (Kind.DATE, date),
        (Kind.BOOLEAN, bool),
        (Kind.TEXT, str),
    ):
        if not text.strip():
            continue
        value: Any = None
        try:
            value = converter(kind, separator, "DD.MM.YYYY")(text.strip())
        except FieldError as error:
            value = error
        assert value.hint if isinstance(value, FieldError) else isinstance(value, expected)


@given(rows=st.lists(st.lists(number_like | date_like | st.text(max_size=5), max_size=4), max_size=12))
@settings(max_examples=150)
def test_anything_can_be_looked_at_for_numbers_and_dates(rows: list[list[str]]) -> None:
    found = detect(["a", "b", "c"], rows)
    assert len(found.columns) == 3
    assert found.decimal_separator in ("", ".", ",")
