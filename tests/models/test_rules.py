"""Field rules: what goes in comes out in stored shape, or a person is told why not."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.customer import Customer
from models.errors import FieldError
from models.fields import stored_decimal
from models.rules import LARGEST, FieldRule, Kind

NAME = FieldRule("name", "Name", max_length=10, required=True)
CODE = FieldRule("no", "No.", Kind.CODE, max_length=10)
LIMIT = FieldRule("credit_limit", "Credit Limit", Kind.DECIMAL, minimum=0)


def code_of(rule: FieldRule, value: object) -> str:
    with pytest.raises(FieldError) as caught:
        rule.check(value)
    assert caught.value.hint
    return caught.value.code


@given(st.text())
def test_a_text_is_stored_trimmed_or_refused(text: str) -> None:
    trimmed = text.strip()
    if 0 < len(trimmed) <= 10:
        assert NAME.check(text) == NAME.check(trimmed) == trimmed
    else:
        assert code_of(NAME, text) == ("TooLong" if trimmed else "Required")


@given(st.text(max_size=12))
@example("ßßßßßß")
@example("A\u200b1")
def test_a_code_is_upper_case_and_never_longer_than_its_field_or_unseen(text: str) -> None:
    code = text.upper().strip()
    if len(code) <= 10 and any(unicodedata.category(sign) in ("Cc", "Cf") for sign in code):
        assert code_of(CODE, text) == "UnseenSign"
    elif len(code) <= 10:
        assert CODE.check(text) == CODE.check(code) == code
    else:
        assert code_of(CODE, text) == "TooLong"


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_a_number_that_is_accepted_can_be_stored(value: Decimal) -> None:
    if not value.is_nan() and 0 <= value <= LARGEST:
        assert 0 <= stored_decimal(LIMIT.check(value)) < 2**63 / 900, "900 of them add up in 64 bits"
    else:
        assert code_of(LIMIT, value) in ("TooSmall", "TooLarge", "NotANumber")


def test_an_empty_value() -> None:
    assert code_of(NAME, None) == code_of(NAME, "   ") == "Required"
    assert CODE.check(None) == ""
    assert LIMIT.check(None) == Decimal(0)
    assert FieldRule("country_code", "Country", Kind.CODE, lookup="country").check("") is None
    assert FieldRule("day", "Day", Kind.DATE).check(None) is None
    assert code_of(FieldRule("day", "Day", Kind.DATE, required=True), None) == "Required"
    assert code_of(FieldRule("n", "N", Kind.INTEGER, required=True), None) == "Required"


def test_bounds() -> None:
    rule = FieldRule("discount", "Discount %", Kind.DECIMAL, minimum=0, maximum=100)
    assert rule.check(Decimal(100)) == 100
    assert code_of(rule, Decimal("100.01")) == "TooLarge"
    assert code_of(rule, Decimal("-0.01")) == "TooSmall"


def test_options_are_found_in_any_case_and_stored_in_their_own() -> None:
    rule = Customer.rule("blocked")
    assert rule.check("ship") == "Ship"
    assert rule.check(None) == ""
    with pytest.raises(FieldError, match=r"\(empty\), Ship, Invoice, All"):
        rule.check("Sometimes")


@pytest.mark.parametrize("address", ["maria@example.com", "a.b+c@sub.example.org"])
def test_an_address_that_is_one(address: str) -> None:
    assert Customer.rule("email").check(f" {address} ") == address


@pytest.mark.parametrize("address", ["maria", "maria@", "@example.com", "a b@example.com", "a@b"])
def test_an_address_that_is_none(address: str) -> None:
    assert code_of(Customer.rule("email"), address) == "WrongFormat"


def test_a_date_and_a_boolean_pass_as_they_are() -> None:
    assert FieldRule("day", "Day", Kind.DATE).check(date(2026, 11, 21)) == date(2026, 11, 21)
    assert FieldRule("blocked", "Blocked", Kind.BOOLEAN).check(True) is True


def test_a_rule_that_does_not_exist() -> None:
    with pytest.raises(KeyError, match="Customer has no field colour"):
        Customer.rule("colour")
