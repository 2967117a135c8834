"""Text files are read as they are meant: the acid set for CSV, odd encodings, headers and lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import SourceError
from desktop.imports.integrations.definition import Reading
from desktop.imports.sources.dialect import sniff
from desktop.imports.sources.encoding import CAPTIONS, OFFERED, examine
from desktop.imports.sources.reader import open_source
from tests.imports.reading import definition, read

CSV_SPECTRUM = (
    "comma_in_quotes",
    "empty",
    "empty_crlf",
    "escaped_quotes",
    "json",
    "newlines",
    "newlines_crlf",
    "quotes_and_newlines",
    "simple",
    "simple_crlf",
    "utf8",
)


@pytest.mark.parametrize("name", CSV_SPECTRUM)
def test_the_acid_set_gives_the_results_that_came_with_it(
    name: str, shared_file: Callable[[str], Path]
) -> None:
    expected = json.loads(shared_file(f"csv-spectrum/json/{name}.json").read_text(encoding="utf-8"))
    source, rows = read(shared_file(f"csv-spectrum/csvs/{name}.csv"))
    found = [dict(zip(source.header, cells, strict=True)) for _, cells in rows]
    # The results were written with LF line ends whatever the file has.
    assert [{key: value.replace("\r\n", "\n") for key, value in row.items()} for row in found] == [
        {key: value.replace("\r\n", "\n") for key, value in row.items()} for row in expected
    ]


def test_the_line_of_a_record_is_where_it_begins_also_after_line_breaks_in_quotes(write: Any) -> None:
    _, rows = read(write('id,name\n1,"one\ntwo\nthree"\n\n2,"a\r\nb"\n3,c\n'))
    assert [(line, cells[0]) for line, cells in rows] == [(2, "1"), (6, "2"), (8, "3")]


@pytest.mark.parametrize(
    ("name", "delimiter", "header", "count"),
    [
        ("delimited/table.tsv", "\t", ["id", "name"], 3),
        ("delimited/bom.csv", ",", ["id", "name"], 2),
        ("delimited/blank-headers.csv", ",", ["id", "Column 2", "age"], 2),
        ("delimited/duplicate-headers.csv", ",", ["id", "name", "id (2)", "age", "id (3)"], 2),
        ("delimited/blank-rows-multiple.csv", ",", ["id", "name", "age"], 2),
        ("delimited/skip-rows-before-headers.csv", ",", ["id", "name"], 2),
        ("delimited/leading-zeros.csv", ",", ["value"], 3),
        ("northwind/customers.csv", ",", None, 91),
        ("northwind/products.csv", ",", None, 77),
        ("northwind/orders.csv", ",", None, 830),
        ("online-retail/2010-12-01.csv", ",", None, 3108),
    ],
)
def test_real_files_are_divided_as_their_makers_meant(
    name: str, delimiter: str, header: list[str] | None, count: int, shared_file: Callable[[str], Path]
) -> None:
    source, rows = read(shared_file(name))
    assert source.dialect.delimiter == delimiter
    assert header is None or source.header == header
    assert len(rows) == count


ALL_OF_THEM = (
    *(f"northwind/{name}.csv" for name in ("categories", "customers", "employee-territories", "employees",
      "order-details", "orders", "products", "regions", "shippers", "suppliers", "territories")),
    *(f"online-retail/{day}.csv" for day in ("2010-12-01", "2010-12-02", "2010-12-03", "2010-12-05", "2011-12-09")),
    "delimited/defective-rows.csv",
    "delimited/formula_injection.csv",
)  # fmt: skip


@pytest.mark.parametrize("name", ALL_OF_THEM)
def test_real_files_are_read_cell_by_cell_as_the_csv_module_reads_them(
    name: str, shared_file: Callable[[str], Path]
) -> None:
    path = shared_file(name)
    with path.open(encoding="utf-8", newline="") as file:
        header, *expected = [row for row in csv.reader(file) if any(row)]
    source, rows = read(path, header_line=1)
    assert source.header == header
    assert [cells for _, cells in rows] == expected


def test_what_business_central_imports_itself_is_read_whole(shared_file: Callable[[str], Path]) -> None:
    source, rows = read(shared_file("bcapps/LocalPostCodes.txt"), has_header=False)
    assert source.dialect.delimiter == ";"
    assert source.dialect.encoding == "utf-8-sig"
    assert source.header == ["Column 1", "Column 2", "Column 3", "Column 4"]
    assert rows[0] == (1, ["100 00", "Strašnice (Praha 10) (část)", "CZ", "Hlavní město Praha"])
    assert len(rows) == 16_620


def test_leading_zeros_stay(shared_file: Callable[[str], Path]) -> None:
    _, rows = read(shared_file("delimited/leading-zeros.csv"))
    assert [cells[0] for _, cells in rows] == ["01", "002", "00003"]


def test_a_header_under_a_comment_is_found_and_said(shared_file: Callable[[str], Path]) -> None:
    source, _ = read(shared_file("delimited/skip-rows-before-headers.csv"))
    assert source.dialect.header_line == 2
    assert source.notes == ["The columns are named in line 2; what stands above is left out."]


def test_a_file_that_is_not_utf_8_is_refused_and_its_likely_encoding_only_stated(
    shared_file: Callable[[str], Path],
) -> None:
    path = shared_file("delimited/latin1.csv")
    with pytest.raises(SourceError, match=r"line 3 has the byte 0xA9 at position 3") as refused:
        read(path)
    assert refused.value.code == "WrongEncoding"
    source, rows = read(path, guess=True)
    assert source.dialect.encoding_guessed
    assert source.dialect.encoding_caption == "Western European (Windows-1252)"
    assert rows[1][1] == ["2", "©"]


def test_a_person_names_the_encoding(shared_file: Callable[[str], Path]) -> None:
    source, rows = read(shared_file("delimited/table-infer-iso-8859-7.csv"), encoding="iso-8859-7")
    assert all("Α" <= cells[2][0] <= "ώ" for _, cells in rows)
    assert not source.dialect.encoding_guessed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_found_with_and_without_a_mark(encoding: str, write: Any) -> None:
    source, rows = read(write("id;name\n1;Müller & Söhne\n2;Smith\n".encode(encoding)))
    assert rows[0][1] == ["1", "Müller & Söhne"]
    assert not source.dialect.encoding_guessed


def test_the_wrong_byte_is_found_beyond_the_first_block(write: Any) -> None:
    path = write(b"id,name\n" + b"1,abc\n" * 400_000 + b"2,\xe4\n")
    with pytest.raises(SourceError, match=r"line 400,002 has the byte 0xE4 at position 3 \(byte 2,400,010"):
        examine(path)


@pytest.mark.parametrize("encoding", OFFERED)
def test_each_encoding_on_offer_is_read_and_told_by_its_words(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes("id,name\n1,Bob\n".encode(encoding))
    text = examine(path, encoding)
    assert text.caption != text.encoding
    assert text.caption.startswith(CAPTIONS[encoding])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_the_delimiter_is_the_one_that_divides_all_rows_alike(delimiter: str) -> None:
    rows = [["id", "name", "note"], ["1", "a", "1,5; or|so"], ["2", "b", "x"], ["3", "c", ""]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    dialect = sniff(text.getvalue(), Reading())
    assert dialect.delimiter == delimiter
    assert dialect.certainty == "certain"


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("price;cost\n" + "1,5;2,5\n" * 20, ";"),
        ("link\n" + "https://example.com\n" * 20, ","),
        ("time\n" + "10:30\n" * 20, ","),
        ("no;at\n" + "1;10:30\n" * 20, ";"),
        ("# written by hand\nid,name\n1,a\n2,b\n", ","),
        ("name\n", ","),
        ("", ","),
    ],
)
def test_signs_inside_values_are_not_taken_for_delimiters(text: str, delimiter: str) -> None:
    assert sniff(text, Reading()).delimiter == delimiter


def test_backslashes_before_quotes_are_understood(write: Any) -> None:
    _, rows = read(write('id,name\n1,"5\\" pipe, long"\n2,x\n'))
    assert rows[0][1] == ["1", '5" pipe, long']


def test_double_quotes_inside_single_ones_are_part_of_the_value(write: Any) -> None:
    _, rows = read(write("'id','name'\n'1','The \"Anchor\", inn'\n", "quoted.csv"))
    assert rows == [(2, ["1", 'The "Anchor", inn'])]


def test_single_quotes_around_values_are_understood_and_apostrophes_left_alone(write: Any) -> None:
    _, rows = read(write("id,name\n1,'Miller, Sons'\n2,'x'\n", "quoted.csv"))
    assert rows[0][1] == ["1", "Miller, Sons"]
    _, rows = read(write("id,name\n1,'s-Hertogenbosch\n2,O'Hara\n", "apostrophe.csv"))
    assert [cells[1] for _, cells in rows] == ["'s-Hertogenbosch", "O'Hara"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('id,name\n1,"x\n2,y\n', 2),
        ('id,name\n1,"x', 2),
        ('id,name\n1,a\n"2\nb",c\n"d', 5),
        ('id,name\r\n1,"a\r\nb"\r\n2,"c\r\nd\r\ne', 4),
        ('id,name\n1,x\n2,"' + "word and word\n" * 20_000, 3),
    ],
)
def test_an_unclosed_quote_is_told_by_the_line_where_it_opens(text: str, line: int, write: Any) -> None:
    with pytest.raises(SourceError, match=f"A quote opens in line {line} of “customers.csv”") as refused:
        read(write(text), delimiter=",")
    assert refused.value.code == "UnclosedQuote"


cell = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ue000"), max_size=12)
table = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=12)
)


@given(
    table=table, delimiter=st.sampled_from([",", ";", "\t", "|"]), line_end=st.sampled_from(["\n", "\r\n"])
)
@settings(max_examples=150)
def test_any_table_written_by_the_csv_module_comes_back(
    table: list[list[str]], delimiter: str, line_end: str, tmp_path: Path
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow([f"id{position}" for position in range(len(table[0]))])
    writer.writerows(table)
    path = tmp_path / "table.csv"
    path.write_bytes(text.getvalue().encode())
    _, rows = read(path, delimiter=delimiter, quote='"', header_line=1)
    assert [cells for _, cells in rows] == [row for row in table if any(row)]
    assert [line for line, _ in rows] == [line for line, row in enumerate(table, 2) if any(row)]


def test_a_file_that_is_not_read_to_its_end_is_closed_at_once(write: Any) -> None:
    """Else Windows lets nobody rename or replace it."""
    with open_source(write("id,name\n" + "C1,Miller\n" * 9_000), definition()) as source:
        assert next(source.rows) == (2, ["C1", "Miller"])
        rows = source.rows
    assert len(list(rows)) < 8_999, "only what was looked at already comes after the file was closed"


def test_codes_that_look_the_same_are_no_two_records(importer: Any, write: Any, query: Any) -> None:
    run_id = importer.read(write("No.,Name\nC1,A\n\u200bC1,B\nC\ufeff1,C\nC1\u00a0,D\nC\u00a01,E\n"))
    importer.process(run_id)
    assert importer.codes(run_id) == [(3, "UnseenSign"), (4, "UnseenSign"), (5, "DuplicateKey")]
    assert importer.errors(run_id)[1][4] == (
        "No. has a sign at position 2 that cannot be seen (U+FEFF), so that it would look like another one."
    )
    assert query("SELECT no FROM customer ORDER BY name") == [("C1",), ("C\u00a01",)]


@pytest.mark.parametrize(
    ("text", "header", "cells"),
    [
        ('id, "name"\n1, "Miller, John"\n', ["id", "name"], ["1", "Miller, John"]),
        ('id, "name"\n1, "Miller"\n', ["id", "name"], ["1", "Miller"]),
        ("# exported\n# by me\nid,name\n1,Miller\n", ["id", "name"], ["1", "Miller"]),
        ("Time: 10:15:00\nUser: me\nid;name\n1;Miller\n", ["id", "name"], ["1", "Miller"]),
        ("id,name\n1,Miller\n\x1a", ["id", "name"], ["1", "Miller"]),
        ("id,name\n1,Mil\x0bler\x0c\x85x\u2028y\n", ["id", "name"], ["1", "Mil\x0bler\x0c\x85x\u2028y"]),
        ('id,name\n1,"RED, "\n', ["id", "name"], ["1", "RED, "]),
        ("+----+--------+\nid | name\n1 | Miller\n", ["id", "name"], ["1 ", " Miller"]),
    ],
    ids=[
        "blanks before quotes",
        "in every row",
        "remarks",
        "a head",
        "an old end",
        "odd signs",
        "a comma at the end",
        "a rule",
    ],
)
def test_what_programs_write_around_a_table_does_not_hide_it(
    text: str, header: list[str], cells: list[str], write: Any
) -> None:
    source, rows = read(write(text))
    assert (source.header, [row for _, row in rows]) == (header, [cells])


def test_xml_is_told_by_its_name(write: Any) -> None:
    with pytest.raises(SourceError, match="is not a text file but XML or a web page") as refused:
        read(write("<?xml version='1.0'?><customers/>"))
    assert refused.value.code == "NotWhatItSays"


def test_an_old_macintosh_and_the_euro_of_two_code_pages_are_guessed(write: Any) -> None:
    source, rows = read(write("id;name\r1;Müller\r".encode("mac-roman")), guess=True)
    assert (source.dialect.encoding, rows[0][1][1]) == ("mac-roman", "Müller")
    source, rows = read(write("id;name\n1;5 €\n".encode("iso8859-15")), guess=True)
    assert (source.dialect.encoding, rows[0][1][1]) == ("iso8859-15", "5 €")
    source, rows = read(write("id;name\n1;5 €\n".encode("cp1252")), guess=True)
    assert (source.dialect.encoding, rows[0][1][1]) == ("cp1252", "5 €")


def test_the_first_line_may_say_what_the_delimiter_is(write: Any) -> None:
    """As spreadsheets want it: it decides, and is neither names nor a record."""
    for line in ("sep=;", '"sep=;"', "SEP=;;;"):
        source, rows = read(write(f"{line}\r\nid;name\r\n1;a, b, c\r\n2;d, e, f\r\n"))
        assert (source.header, source.dialect.certainty, source.notes) == (["id", "name"], "certain", [])
        assert rows == [(3, ["1", "a, b, c"]), (4, ["2", "d, e, f"])]
    source, rows = read(write("sep=|\n1|a\n"), has_header=False)
    assert rows == [(2, ["1", "a"])]


def test_columns_without_name_and_value_need_no_word(write: Any) -> None:
    """As where each line ends with a delimiter."""
    source, rows = read(write("id;name;\n1;a;\n2;b;\n"))
    assert (source.header, source.notes) == (["id", "name", "Column 3"], [])
    assert len(rows) == 2


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "iso8859-15", "mac-roman"])
def test_a_refusal_names_the_encoding_that_is_likely(write: Any, encoding: str) -> None:
    end = "\r" if encoding == "mac-roman" else "\n"
    amount = "5 €" if encoding == "iso8859-15" else "Müller"
    with pytest.raises(SourceError, match=f"or name its encoding, probably {encoding}: Western European"):
        read(write(f"id;name{end}1;{amount}{end}".encode(encoding)))
