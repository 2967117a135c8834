"""The short way of a cell gives what the long way gives, whatever the cell holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.imports.integrations.definition import Definition
from desktop.imports.integrations.loading import load_definition
from desktop.imports.values.mapping import Mapper
from models.database import connected

FIELDS = ("no", "name", "post_code", "email", "credit_limit")
_NEVER = {"a text that no cell holds": "x"}

cells = st.one_of(
    st.text(max_size=130),
    st.from_regex(r"\s?[-+−]?\d{0,14}([.,]\d{0,6})?\s?", fullmatch=True),
    st.from_regex(r"[a-z0-9.]{1,6}@[a-z]{1,6}(\.[a-z]{2})?", fullmatch=True),
    st.sampled_from(
        ["", " ", "NULL", "#N/A", " #REF!", "0", "ß" * 20, "٣", "1e3", "1,234.50", "99999999999"]
    ),
)


@pytest.fixture
def both(company: Path) -> Iterator[tuple[Mapper, Mapper]]:
    """The mapper of customers, and one that has a value map for each field, so that it goes the long way."""
    with connected():
        loaded = load_definition("CUSTOMERS")
        chosen = {field.target_field: field for field in loaded.fields}
        fields = tuple(
            msgspec.structs.replace(chosen[name], column=position, required=name == "no")
            for position, name in enumerate(FIELDS)
        )
        short = msgspec.structs.replace(loaded, fields=fields, null_text="NULL")
        long = msgspec.structs.replace(short, value_maps=dict.fromkeys(FIELDS, _NEVER))
        yield _mapper(short), _mapper(long)


def _mapper(definition: Definition) -> Mapper:
    return Mapper(definition, len(FIELDS), pad=False, delimiter=",")


@settings(max_examples=400)
@given(text=cells)
def test_both_ways_end_at_the_same_value_or_the_same_error(both: tuple[Mapper, Mapper], text: str) -> None:
    short, long = both
    good = ["C1", "Name", "20095", "a@b.de", "1.5"]
    for position in range(len(FIELDS)):
        row = [*good[:position], text, *good[position + 1 :]]
        assert _typed(short(row)) == _typed(long(row))


def _typed(result: tuple[list[Any] | None, list[Any]]) -> Any:
    values, faults = result
    return None if values is None else [(type(value), value) for value in values], faults


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("7", 70_000),
        ("0.5", 5_000),
        ("12.3456", 123_456),
        ("007.10", 71_000),
        ("99999999999.9999", 999999999999999),
    ],
)
def test_amounts_are_stored_exactly(both: tuple[Mapper, Mapper], cell: str, stored: int) -> None:
    values, faults = both[0](["C1", "Name", "", "", cell])
    assert faults == []
    assert values is not None
    assert values[-1] == stored
