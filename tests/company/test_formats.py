"""Values as texts, for programs and for people."""

from __future__ import annotations

import contextlib
import locale
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from desktop import formats
from desktop.formats import as_texts, evaluate, format_value

NOW = datetime(2026, 11, 21, 9, 45, 7, tzinfo=UTC)


# --- texts for programs --------------------------------------------------------------------------

ZONES = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
VALUES = st.one_of(
    st.integers(),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=ZONES),
    st.text(),
)


@given(VALUES)
def test_a_value_comes_back_as_it_was(value: formats.Value) -> None:
    text = format_value(value)
    assert isinstance(text, str)
    assert evaluate(text, type(value)) == value


EXAMPLES: tuple[formats.Value, ...] = (
    1234567,
    -5,
    True,
    False,
    Decimal("1234567.89"),
    Decimal("-0.001"),
    date(2026, 11, 1),
    datetime(2026, 11, 1, 13, 5, 9, 250_000, tzinfo=UTC),
    "1.234,56 €",
)


def test_the_language_of_machine_and_window_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts written here are read in Munich, and those from Munich here, also where the program is told so late."""
    written = [format_value(value) for value in EXAMPLES]
    window = QLocale()  # asked now: Qt, too, reads the environment late
    for name in ("LC_ALL", "LC_NUMERIC", "LC_TIME", "LANG", "LANGUAGE"):
        monkeypatch.setenv(name, "de_DE.UTF-8")
    _in_german_c_library(written)
    QLocale.setDefault(QLocale("de_DE"))
    try:
        assert QLocale().toString(1234567) == "1.234.567", "the window is German"
        assert [format_value(value) for value in EXAMPLES] == written
        assert [evaluate(text, type(value)) for text, value in zip(written, EXAMPLES, strict=True)] == list(
            EXAMPLES
        )
    finally:
        QLocale.setDefault(window)


def _in_german_c_library(written: list[str]) -> None:
    """The same where the C library itself is German, as far as this machine knows that."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        for name in ("de_DE.UTF-8", "de_DE.utf8", "de_DE", "German_Germany.1252"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_ALL, name)
                break
        assert [format_value(value) for value in EXAMPLES] == written
        assert [evaluate(text, type(value)) for text, value in zip(written, EXAMPLES, strict=True)] == list(
            EXAMPLES
        )
    finally:
        locale.setlocale(locale.LC_ALL, before)


@given(st.dictionaries(st.text(), st.text()))
def test_texts_by_name_are_copied(texts: dict[str, str]) -> None:
    copied = as_texts(texts, "parameters")
    assert copied == texts
    assert copied is not texts
    assert as_texts(None, "parameters") == {}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"count": 5}, "'count' is 5, so write format_value"),
        ({"day": date(2026, 11, 21)}, "datetime.date"),
        ({5: "count"}, "the name 5 is no text"),
        ("count=5", "not 'count=5'"),
        ([("count", "5")], "texts by name, not"),
    ],
)
def test_anything_but_texts_by_name_says_what_to_do(values: Any, told: str) -> None:
    with pytest.raises(TypeError, match=re.escape(told)) as refused:
        as_texts(values, "parameters of “wait”")
    assert str(refused.value).startswith("parameters of “wait” are texts by name")


@given(st.text(), st.sampled_from([int, bool, Decimal, date, datetime]))
def test_any_other_text_is_a_value_error_and_nothing_else(text: str, kind: type) -> None:
    try:
        value = evaluate(text, kind)
    except ValueError:
        return
    assert isinstance(value, kind)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (1234567, "1234567"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.50"), "-0.50"),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, 10, 45, tzinfo=timezone(timedelta(hours=1))), "2026-11-21T09:45:00Z"),
    ],
)
def test_texts_are_the_same_on_every_machine(value: formats.Value | None, text: str) -> None:
    assert format_value(value) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", int),
        ("1,000", int),
        (" 1", int),
        ("1_000", int),
        ("١", int),
        ("1.5", int),
        ("1,5", Decimal),
        ("NaN", Decimal),
        ("1e3", Decimal),
        ("True", bool),
        ("1", bool),
        ("21.11.2026", date),
        ("20261121", date),
        ("2026-02-30", date),
        ("2026-11-21", datetime),
        ("2026-11-21T09:45:00", datetime),
    ],
)
def test_a_text_that_is_no_such_value(text: str, kind: type) -> None:
    with pytest.raises(ValueError, match=f"“{text}” is not a value of type {kind.__name__}"):
        evaluate(text, kind)


def test_values_that_cannot_be_passed_on() -> None:
    for value in (1.5, b"x", [1]):
        with pytest.raises(TypeError, match="cannot be passed on"):
            format_value(value)
    with pytest.raises(TypeError, match="cannot be read as float"):
        evaluate("1.5", float)
    with pytest.raises(TypeError, match="a text is needed"):
        evaluate(1, int)
    with pytest.raises(ValueError, match="time zone"):
        format_value(datetime(2026, 11, 21, 9, 45))
    with pytest.raises(ValueError, match="not a number"):
        format_value(Decimal("NaN"))


# --- texts for people ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "€ 0.00"),
        ("1234.5", "€ 1,234.50"),
        ("0.005", "€ 0.01"),
        ("-0.004", "€ 0.00"),
        ("-1234567.891", "−€ 1,234,567.89"),
    ],
)
def test_an_amount(amount: str, text: str) -> None:
    assert formats.amount_text(Decimal(amount), "EUR") == text


def test_other_currencies_and_none() -> None:
    assert formats.amount_text(Decimal(12), "GBP") == "£ 12.00"
    assert formats.amount_text(Decimal(12), "SEK", 0) == "SEK 12"
    assert formats.amount_text(Decimal("12.345"), decimals=3) == "12.345"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "€ 0"),
        ("949.5", "€ 950"),
        ("999.4", "€ 999"),
        ("999.5", "€ 1.0 K"),
        ("184237.11", "€ 184.2 K"),
        ("999949.99", "€ 999.9 K"),
        ("999950", "€ 1.0 M"),
        ("12099999", "€ 12.1 M"),
        ("1234567890123", "€ 1,234.6 B"),
        ("-184237.11", "−€ 184.2 K"),
        ("-0.2", "€ 0"),
    ],
)
def test_a_short_amount(amount: str, text: str) -> None:
    assert formats.short_amount(Decimal(amount), "EUR") == text


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_a_short_amount_is_short(amount: Decimal) -> None:
    assert len(formats.short_amount(amount, "EUR")) <= 12


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (999, "999"), (12_480, "12,480")])
def test_a_count(count: int, text: str) -> None:
    assert formats.count_text(count) == text


def test_what_is_counted_is_named() -> None:
    assert [formats.counted(count, "row") for count in (0, 1, 2_010)] == ["0 rows", "1 row", "2,010 rows"]
    assert formats.counted(3, "entry", "entries") == "3 entries"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=2, seconds=50), "2 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(hours=8), "Today 01:45"),
        (timedelta(hours=12), "Yesterday 21:45"),
    ],
)
def test_how_long_ago(ago: timedelta, text: str) -> None:
    assert formats.ago_text(NOW - ago, NOW) == text


@pytest.mark.parametrize(
    ("away", "text"),
    [
        (timedelta(0), "Today 09:45"),
        (timedelta(days=-1), "Yesterday 09:45"),
        (timedelta(days=1), "Tomorrow 09:45"),
        (timedelta(days=-40), "12 Oct 2026 09:45"),
    ],
)
def test_when(away: timedelta, text: str) -> None:
    assert formats.when_text(NOW + away, NOW) == text


def test_no_moment_is_a_dash() -> None:
    assert formats.when_text(None, NOW) == "–"


def test_the_age_of_a_value() -> None:
    assert formats.updated_text(NOW, NOW) == "Updated 09:45"
    assert formats.updated_text(NOW - timedelta(days=1), NOW) == "Updated yesterday 09:45"
    assert formats.updated_text(NOW - timedelta(days=9), NOW) == "Updated 12 Nov 2026 09:45"


def test_a_moment_in_full() -> None:
    assert formats.exact_text(NOW) == "21 Nov 2026 09:45:07 UTC"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (0.04, "0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (72, "1 min 12 s"),
        (7_500, "2 h 5 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_a_duration(seconds: float, text: str) -> None:
    assert formats.duration_text(seconds) == text
    assert formats.duration_text(timedelta(seconds=seconds)) == text
