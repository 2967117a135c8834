"""Texts that a spreadsheet would take for formulas leave with an apostrophe and come back without it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.imports.mending.error_file import made_safe, taken_off


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "+1+2",
        "-cmd",
        "@x",
        "\tx",
        "＝x",
        "'=x",
        "''+x",
        "'s-Hertogenbosch",
        "-5",
        "+1,000.5",
        "'",
        "a=b",
    ],
)
def test_what_is_made_safe_is_found_again(text: str) -> None:
    safe = made_safe(text)
    assert taken_off(safe) == text
    assert safe == text or safe == f"'{text}"
    assert safe[:1] not in "=@\t＝" or safe == text == ""


def test_numbers_are_no_formulas() -> None:
    assert [made_safe(text) for text in ("-5", "+1,000.5", "-1 000", "'s-Hertogenbosch")] == [
        "-5",
        "+1,000.5",
        "-1 000",
        "'s-Hertogenbosch",
    ]


@settings(max_examples=40)
@given(st.text(max_size=12))
def test_any_text_is_found_behind_its_safe_form(text: str) -> None:
    assert taken_off(made_safe(text)) == text
