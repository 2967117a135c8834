"""JSON files: the array is found, inner objects become columns, and what is broken or endless is told in time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import SourceError
from desktop.imports import service
from desktop.imports.sources import json_reader
from tests.imports.reading import read


def test_an_array_of_objects_becomes_rows_with_the_columns_of_all_of_them(write: Any) -> None:
    path = write('[{"id": "007", "name": "Müller"},\n {"id": 12.50, "vip": true, "name": null}]', "a.json")
    source, rows = read(path)
    assert source.header == ["id", "name", "vip"]
    assert rows == [(1, ["007", "Müller", ""]), (2, ["12.50", "", "TRUE"])]
    assert source.expected_rows == 2
    assert source.dialect.text == "JSON, UTF-8"


def test_numbers_carry_the_decimal_separator_of_the_integration_and_texts_stay(write: Any) -> None:
    path = write('[{"a": 1.25, "b": "1.25", "c": 12345678901234567890, "d": 1e3, "e": -0.0}]', "a.json")
    assert read(path, decimal_separator=",")[1] == [
        (1, ["1,25", "1.25", "12345678901234567890", "1000", "-0,0"])
    ]


ORDERS = {
    "meta": {"shops": [{"no": 1}]},
    "data": {
        "orders": [
            {"id": "O1", "to": {"city": "Kiel"}, "tags": ["a", "b"], "lines": [{"item": "A"}, {"item": "B"}]},
            {"id": "O2", "lines": []},
            {"id": "O3", "lines": [{"item": "C", "parts": [{"no": 1}, {"no": 2}]}]},
        ]
    },
}


def test_the_array_with_most_records_is_found_and_others_are_offered(write: Any) -> None:
    source, rows = read(write(json.dumps(ORDERS), "a.json"))
    assert source.dialect.array_path == "data.orders"
    assert source.dialect.arrays == ("meta.shops",)
    assert source.header == ["id", "to.city", "tags", "lines.item", "lines.parts.no"]
    assert [(number, cells[0], cells[3], cells[4]) for number, cells in rows] == [
        (1, "O1", "A", ""),
        (1, "O1", "B", ""),
        (2, "O2", "", ""),
        (3, "O3", "C", "1"),
        (3, "O3", "C", "2"),
    ]
    assert rows[0][1][1:3] == ["Kiel", "a; b"]


def test_the_array_whose_records_name_what_is_looked_for_is_taken_before_a_longer_one(
    importer: Any, write: Any
) -> None:
    told = {"errors": [{"at": n, "city": "x"} for n in range(9)], "data": [{"No.": "C1", "Name": "A"}]}
    path = write(json.dumps(told), "a.json")
    assert importer.staged(importer.read(path)) == [(1, ["C1", "A"])]
    shown = service.preview(path, "CUSTOMERS")
    assert shown.warnings[0] == "The file has records in data, errors; “data” is read: its names fit best."
    assert read(path)[0].notes == [
        "The file has records in errors, data; “errors” is read: it has most records."
    ]
    assert read(path, array_path="data")[0].notes == []


def test_a_person_names_another_array_or_the_whole_file(write: Any) -> None:
    path = write(json.dumps(ORDERS), "a.json")
    assert read(path, array_path="meta.shops")[1] == [(1, ["1"])]
    assert read(path, array_path="data.orders.lines")[1][0] == (1, ["A", ""])
    source, rows = read(path, array_path="$")
    assert len(rows) == 5
    assert "data.orders.to.city" in source.header
    with pytest.raises(
        SourceError, match=r"no records in the array “data.items”.* It has: meta.shops, data.orders"
    ) as refused:
        read(path, array_path="data.items")
    assert refused.value.code == "Empty"


def test_without_flattening_inner_values_stay_json(write: Any) -> None:
    path = write('[{"id": 1, "to": {"city": "Kiel"}, "lines": [{"n": 1}]}]', "a.json")
    assert read(path, flatten=False)[1] == [(1, ["1", '{"city":"Kiel"}', '[{"n":1}]'])]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson"])
def test_one_record_per_line_is_understood(name: str, write: Any) -> None:
    path = write('{"id": 1, "lines": [{"x": 1}]}\n{"id": 2}\n', name)
    source, rows = read(path)
    assert source.header == ["id", "lines.x"]
    assert rows == [(1, ["1", "1"]), (2, ["2", ""])]


def test_arrays_of_arrays_and_of_plain_values_have_columns_too(write: Any) -> None:
    assert read(write("[[1, 2], [3]]", "a.json"))[1] == [(1, ["1", "2"]), (2, ["3", ""])]
    source, rows = read(write('["a", "b"]', "a.json"))
    assert (source.header, rows) == (["value"], [(1, ["a"]), (2, ["b"])])


def test_keys_with_dots_do_not_mix_with_inner_objects(write: Any) -> None:
    source, rows = read(write('[{"a.b": 1, "a": {"b": 2}}]', "a.json"))
    assert (source.header, rows) == (["a.b", "a.b (2)"], [(1, ["1", "2"])])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_of_unicode_are_read_too(encoding: str, write: Any) -> None:
    assert read(write('[{"id": "Müller 中国"}]'.encode(encoding), "a.json"))[1] == [(1, ["Müller 中国"])]


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        ('[{"id": 1},\n {"id": 2,}]', "BrokenJson", "line 2, invalid object key"),
        ('[{"id": 1},\n\n {"id": 2}', "BrokenJson", "line 3, where the file ends too early"),
        ('{"a": 1} x', "BrokenJson", "line 1"),
        ('[{"id": NaN}]', "BrokenJson", "line 1"),
        ("id,name\n1,2\n", "BrokenJson", "line 1"),
        ("[]", "Empty", "There are no records in “a.json”"),
        ('{"rows": []}', "Empty", "no records"),
        ("[" * 100_000, "TooDeep", "nested more than 64 levels"),
        ('[{"a": 1}, {"a": ' + "9" * 300_000 + "}]", "TooLarge", "a number of more than 4,300 digits"),
        ('{"a":' * 100_000, "TooDeep", "nested more than 64 levels"),
        (b'[{"id": "M\xfcller"}]', "WrongEncoding", "line 1 has the byte 0xFC"),
        (json.dumps([{f"c{n}": 1 for n in range(2_000)}]), "TooWide", "1,001 columns"),
    ],
)
def test_what_is_no_usable_json_is_told_with_its_place(
    content: str | bytes, code: str, sentence: str, write: Any
) -> None:
    path = write(content, "a.json")
    with pytest.raises(SourceError) as refused:
        read(path)
    assert refused.value.code == code
    assert sentence in refused.value.text


def test_brackets_in_texts_are_no_depth(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reader, "_BLOCK", 7)
    value = '[[[{{{"\\' * 50
    path = write(json.dumps([{"id": value, "x": [{"id": value}]}] * 3), "a.json")
    assert [cells for _, cells in read(path)[1]] == [[value, value]] * 3


def test_digits_in_texts_are_no_number(write: Any) -> None:
    digits = "9" * 100_000
    source = read(write(f'[{{"a": "{digits}", "b": {digits[:4_000]}}}]', "long.json"))
    assert source[1] == [(1, [digits, digits[:4_000]])]


def test_an_integration_for_json_reads_it_whatever_the_name_and_refuses_others(write: Any) -> None:
    assert read(write('[{"id": 1}]', "export.txt"), source_type="JSON")[1] == [(1, ["1"])]
    with pytest.raises(SourceError, match=r"reads JSON files, but “a\.csv” is a text file"):
        read(write("id,name\n1,a\n", "a.csv"), source_type="JSON")
    with pytest.raises(SourceError, match=r"reads CSV files, but “a\.json” is a JSON file"):
        read(write("[]", "a.json"), source_type="CSV")


TWICE = "#NAMED TWICE!"


@pytest.mark.parametrize(
    ("record", "cells"),
    [
        ('{"id": 1, "name": "A", "name": "B"}', ["1", TWICE]),
        ('{"id": 1, "name": "A", "name": null}', ["1", TWICE]),
        ('{"id": 1, "name": "A", "name": "A"}', ["1", "A"]),
        ('{"id": 1, "to": {"city": "Kiel", "city": "Ulm"}}', ["1", TWICE]),
        ('{"id": 1, "to": {"city": "Kiel"}, "to": {"zip": 5}}', ["1", TWICE, TWICE]),
        ('{"id": 1, "to": {"city": "Kiel"}, "to": {"city": "Kiel"}}', ["1", "Kiel"]),
        ('{"id": 1, "lines": [{"no": 1}], "lines": [{"no": 2}]}', ["1", TWICE]),
        ('{"id": 1, "tags": ["a"], "tags": ["b"]}', ["1", TWICE]),
        ('{"id": 1, "to": "Kiel", "to": {"city": "Ulm"}}', ["1", TWICE]),
    ],
)
def test_a_name_that_comes_again_with_another_value_is_unclear(
    record: str, cells: list[str], write: Any
) -> None:
    assert read(write(f"[{record}]", "a.json"))[1] == [(1, cells)]


def test_the_record_that_names_a_value_twice_is_in_error_and_the_others_are_imported(
    importer: Any, write: Any, query: Any
) -> None:
    first = '{"No.": "C1", "Name": "A"}'
    again = '{"No.": "C2", "Name": "B", "City": "Kiel", "City": "Ulm", "mood": 1, "mood": 2}'
    run_id = importer.read(write(f"[{first},\n{again},\n{first.replace('1', '3')}]", "customers.json"))
    assert importer.process(run_id).created == 2
    assert importer.errors(run_id) == [
        (
            2,
            "City",
            "NamedTwice",
            TWICE,
            "The record names “City” more than once, with different values.",
        )
    ]


plain = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=8)
value = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
records_of = st.lists(st.dictionaries(st.text(max_size=5), value, max_size=4), min_size=1, max_size=6)


@given(records=records_of, flatten=st.booleans())
@settings(max_examples=80)
def test_any_records_give_full_rows_or_a_sentence(records: list[Any], flatten: bool, write: Any) -> None:
    try:
        source, rows = read(write(json.dumps(records), "a.json"), flatten=flatten)
    except SourceError as refused:
        if refused.code != "Empty":  # where all records are
            raise
        return
    assert len(set(source.header)) == len(source.header)
    assert all(len(cells) == len(source.header) for _, cells in rows)
    assert {number for number, _ in rows} <= set(range(1, len(records) + 1))


@pytest.mark.parametrize(
    "text", ['{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n', '[\n {"id": 1, "name": "a"}]']
)
def test_records_are_known_whatever_the_file_is_called(write: Any, text: str) -> None:
    source, rows = read(write(text, "export.txt"))
    assert (source.dialect.kind, rows[0]) == ("JSON", (1, ["1", "a"]))
    assert read(write("[id],{name}\n1,a\n", "export.csv"))[0].dialect.kind == "CSV"
