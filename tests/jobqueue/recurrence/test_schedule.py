"""What a schedule is: date formulas and their errors, what is refused, and how it is told in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.jobqueue.recurrence import Schedule, ScheduleError, check, decode, describe, encode
from desktop.jobqueue.recurrence.date_formula import DateFormulaError, calc_date, parse

WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("1D", date(2026, 11, 19)),
        ("-1D", date(2026, 11, 17)),
        ("2W", date(2026, 12, 2)),
        ("1M", date(2026, 12, 18)),
        ("1Q", date(2027, 2, 18)),
        ("-1Y", date(2025, 11, 18)),
        ("CD", WEDNESDAY),
        ("CW", date(2026, 11, 22)),
        ("-CW", date(2026, 11, 16)),
        ("CM", date(2026, 11, 30)),
        ("-CM", date(2026, 11, 1)),
        ("CQ", date(2026, 12, 31)),
        ("CY", date(2026, 12, 31)),
        ("-CY", date(2026, 1, 1)),
        ("1D+CM", date(2026, 11, 30)),
        ("CW+1D", date(2026, 11, 23)),
        ("-1M+CM", date(2026, 10, 31)),
        ("CM+10D", date(2026, 12, 10)),
        ("WD4", date(2026, 11, 19)),
        ("WD3", date(2026, 11, 25)),
        ("-WD3", date(2026, 11, 11)),
        ("D15", date(2026, 12, 15)),
        ("-D15", date(2026, 11, 15)),
        ("<1d + cm>", date(2026, 11, 30)),
    ],
)
def test_a_date_formula_makes_a_day_of_a_day(formula: str, expected: date) -> None:
    assert calc_date(parse(formula), WEDNESDAY) == expected


def test_the_end_of_a_month_stays_within_it() -> None:
    assert calc_date(parse("1M"), date(2026, 1, 31)) == date(2026, 2, 28)
    assert calc_date(parse("D31"), date(2026, 1, 31)) == date(2026, 3, 31)
    assert calc_date(parse("9999Y"), WEDNESDAY) is None


@pytest.mark.parametrize(
    ("formula", "position", "text"),
    [
        ("", 0, "is empty"),
        ("1X", 1, "“X” is not a unit of time"),
        ("1D+2", 3, "A number stands without a unit"),
        ("1D+", 2, "ends with a sign"),
        ("1DCM", 2, "“C” stands where + or - is expected"),
        ("CX", 1, "C stands without a unit"),
        ("1D+?", 3, "“?” is not a part"),
        ("WD9", 2, "There is no weekday 9"),
        ("CM+D40", 4, "There is no day of a month 40"),
        ("99999D", 0, "99999 is too large"),
        ("1D" + "+1D" * 20, 32, "has 62 characters"),
    ],
)
def test_an_error_points_at_the_character(formula: str, position: int, text: str) -> None:
    with pytest.raises(DateFormulaError) as caught:
        parse(formula)
    assert text in caught.value.text
    assert caught.value.position == position
    if formula:
        with pytest.raises(ScheduleError) as refused:
            check(Schedule(date_formula=formula))
        assert (refused.value.field, refused.value.position) == ("date_formula", position)


@given(st.text(alphabet="CDWMQY0123456789+- <>x", max_size=40))
def test_any_text_is_a_formula_or_an_error_with_a_place(text: str) -> None:
    try:
        terms = parse(text)
    except DateFormulaError as error:
        found = error
    else:
        assert terms
        calc_date(terms, WEDNESDAY)
        return
    assert 0 <= found.position <= max(0, len(text) - 1)
    assert found.hint


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "weekdays"),
        ({"starting_time": "08:00"}, "weekdays"),
        ({"weekdays": (7,)}, "weekdays"),
        ({"weekdays": (0, 0)}, "weekdays"),
        ({"minutes_between": -1}, "minutes_between"),
        ({"minutes_between": 600_000}, "minutes_between"),
        ({"minutes_between": 5, "starting_time": "25:00"}, "starting_time"),
        ({"minutes_between": 5, "ending_time": "8 o'clock"}, "ending_time"),
        ({"minutes_between": 5, "ending_time": "08:00+01:00"}, "ending_time"),
        ({"minutes_between": 5, "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"minutes_between": 5, "time_zone": "../etc/passwd"}, "time_zone"),
        ({"minutes_between": 5, "run_all_cap": 0}, "run_all_cap"),
        ({"minutes_between": 5, "date_formula": "1D"}, "date_formula"),
        ({"weekdays": (1,), "date_formula": "1D"}, "date_formula"),
        ({"minutes_between": 5, "basis": "Sundial"}, "basis"),
        ({"minutes_between": 5, "misfire": "Panic"}, "misfire"),
        (
            {
                "minutes_between": 5,
                "earliest_start": datetime(2026, 1, 2, tzinfo=UTC),
                "expires_at": datetime(2026, 1, 1, tzinfo=UTC),
            },
            "expires_at",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_and_says_where(fields: dict[str, object], field: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        check(Schedule(**fields))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert refused.value.hint


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"minutes_between": 60}, "Every hour"),
        ({"minutes_between": 1}, "Every minute"),
        ({"minutes_between": 1440, "starting_time": "02:00"}, "Every day, at 02:00"),
        (
            {
                "weekdays": (0, 1, 2, 3, 4),
                "minutes_between": 30,
                "starting_time": "08:00",
                "ending_time": "16:00",
            },
            "Every 30 minutes on Monday to Friday, from 08:00 to 16:00",
        ),
        (
            {"weekdays": (0,), "minutes_between": 10, "starting_time": "22:00", "ending_time": "02:00"},
            "Every 10 minutes on Monday, from 22:00 to 02:00 of the next day",
        ),
        ({"weekdays": (5, 6)}, "Once a day on Saturday and Sunday"),
        ({"minutes_between": 120, "ending_time": "08:00"}, "Every 2 hours, until 08:00"),
        (
            {"date_formula": "1D+cm", "time_zone": "Europe/Berlin"},
            "By the date formula 1D+CM at 00:00 (Europe/Berlin)",
        ),
        (
            {"minutes_between": 45, "basis": "From Completion"},
            "Every 45 minutes, counted from the end of each run",
        ),
    ],
)
def test_a_schedule_is_told_in_plain_words(fields: dict[str, object], sentence: str) -> None:
    schedule = Schedule(**fields)  # type: ignore[arg-type]
    check(schedule)
    assert describe(schedule) == sentence


def test_what_is_kept_is_what_comes_back_without_the_entrys_own_columns() -> None:
    schedule = Schedule(weekdays=(1, 3), starting_time="08:00", expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert decode(encode(schedule)) == Schedule(weekdays=(1, 3), starting_time="08:00")
    with pytest.raises(ScheduleError, match="cannot be read"):
        decode("{")
