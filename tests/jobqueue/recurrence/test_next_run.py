"""When a recurring entry runs: the cases of docs/recurrence.md, and what must hold for every schedule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from desktop.jobqueue.recurrence import Schedule, check, last_slot, next_run, slot_to_run, upcoming
from desktop.jobqueue.recurrence.business_central import is_inside_window

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = tuple(range(7))
WORKDAYS = (0, 1, 2, 3, 4)


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shown(moment: datetime | None, zone: str = "Europe/Berlin") -> str:
    assert moment is not None
    return moment.astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")


def plan(**fields: object) -> Schedule:
    fields.setdefault("time_zone", "Europe/Berlin")
    made = Schedule(**fields)  # type: ignore[arg-type]
    check(made)
    return made


NIGHT = {"weekdays": (0,), "starting_time": "22:00", "ending_time": "02:00", "minutes_between": 10}
OFFICE = {"weekdays": WORKDAYS, "starting_time": "08:00", "ending_time": "16:00", "minutes_between": 30}

# 2026-11-16 is a Monday. What Business Central does with each is in the next test.
FIXED_CLOCK = [
    ("hourly keeps the hour", {"minutes_between": 60}, "2026-11-16T10:00", "2026-11-16T10:07", "Mon 11:00"),
    (
        "daily keeps its time",
        {"minutes_between": 1440, "starting_time": "02:00"},
        "2026-11-16T02:00",
        "2026-11-16T02:10",
        "Tue 02:00",
    ),
    (
        "a run longer than its window skips no day",
        {"minutes_between": 1440, "starting_time": "02:00", "ending_time": "02:05"},
        "2026-11-16T02:00",
        "2026-11-16T02:10",
        "Tue 02:00",
    ),
    ("after midnight is Monday's night still", NIGHT, "2026-11-16T23:55", "2026-11-16T23:55", "Tue 00:05"),
    ("the end of the night belongs to it", NIGHT, "2026-11-17T01:50", "2026-11-17T01:50", "Tue 02:00"),
    ("and then it is over for a week", NIGHT, "2026-11-17T02:00", "2026-11-17T02:00", "Mon 22:00"),
    ("the last run of Friday", OFFICE, "2026-11-20T15:15", "2026-11-20T15:15", "Fri 15:45"),
    ("the first one of Monday", OFFICE, "2026-11-20T15:45", "2026-11-20T15:45", "Mon 08:00"),
    (
        "only an end",
        {"ending_time": "08:00", "minutes_between": 60},
        "2026-11-16T09:00",
        "2026-11-16T09:00",
        "Tue 00:00",
    ),
    ("the end of the month", {"date_formula": "CM"}, "2026-11-30T00:00", "2026-11-30T00:01", "Thu 00:00"),
    (
        "a formula that looks back",
        {"date_formula": "-1D"},
        "2026-11-16T00:00",
        "2026-11-16T00:01",
        "Tue 00:00",
    ),
    (
        "every third day",
        {"minutes_between": 4320, "starting_time": "06:00"},
        "2026-11-16T06:00",
        "2026-11-16T06:30",
        "Thu 06:00",
    ),
    (
        "every seven hours over midnight",
        {"minutes_between": 420},
        "2026-11-16T21:00",
        "2026-11-16T21:01",
        "Tue 04:00",
    ),
    (
        "a new day after a day off begins at midnight",
        {"minutes_between": 420, "weekdays": (0, 2)},
        "2026-11-16T21:00",
        "2026-11-16T21:01",
        "Wed 00:00",
    ),
]


@pytest.mark.parametrize(("_name", "fields", "after", "now", "expected"), FIXED_CLOCK)
def test_the_fixed_clock(_name: str, fields: dict[str, object], after: str, now: str, expected: str) -> None:
    found = next_run(plan(**fields), at(after), at(now))
    assert found is not None
    assert found.astimezone(BERLIN).strftime("%a %H:%M") == expected


def test_the_end_of_the_month_is_strictly_later() -> None:
    assert shown(next_run(plan(date_formula="CM"), at("2026-11-30T00:00"), at("2026-11-30T00:01"))) == (
        "Thu 2026-12-31 00:00"
    )


FROM_COMPLETION = [
    ("hourly drifts", {"minutes_between": 60}, "2026-11-16T10:07", "Mon 2026-11-16 11:07"),
    (
        "daily drifts",
        {"minutes_between": 1440, "starting_time": "02:00", "weekdays": EVERY_DAY},
        "2026-11-16T02:10",
        "Tue 2026-11-17 02:10",
    ),
    (
        "a window that is missed costs a day",
        {"minutes_between": 1440, "starting_time": "02:00", "ending_time": "02:05", "weekdays": EVERY_DAY},
        "2026-11-16T02:10",
        "Wed 2026-11-18 02:00",
    ),
    ("the wrong night", NIGHT, "2026-11-16T23:55", "Mon 2026-11-23 00:05"),
    ("Friday 15:15", OFFICE, "2026-11-20T15:15", "Fri 2026-11-20 15:45"),
    ("Friday 15:45", OFFICE, "2026-11-20T15:45", "Mon 2026-11-23 08:00"),
    (
        "only a start",
        {"starting_time": "08:00", "minutes_between": 60, "weekdays": EVERY_DAY},
        "2026-11-16T03:00",
        "Mon 2026-11-16 08:00",
    ),
    (
        "only an end",
        {"ending_time": "08:00", "minutes_between": 60, "weekdays": EVERY_DAY},
        "2026-11-16T09:00",
        "Tue 2026-11-17 00:00",
    ),
    (
        "the day after the end of the month",
        {"date_formula": "1D+CM"},
        "2026-11-30T00:01",
        "Thu 2026-12-31 00:00",
    ),
]


@pytest.mark.parametrize(("_name", "fields", "now", "expected"), FROM_COMPLETION)
def test_from_completion_is_business_centrals_algorithm(
    _name: str, fields: dict[str, object], now: str, expected: str
) -> None:
    assert shown(next_run(plan(basis="From Completion", **fields), at(now), at(now))) == expected


def test_business_centrals_loop_at_the_end_of_the_month_is_there_a_second_apart() -> None:
    now = at("2026-11-30T00:01")
    assert next_run(plan(basis="From Completion", date_formula="CM"), now, now) == now + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("fields", "now", "expected"),
    [
        ({"starting_time": "08:00", "minutes_between": 60}, "2026-11-16T03:00", "Mon 2026-11-16 08:00"),
        ({"starting_time": "08:00", "minutes_between": 60}, "2026-11-16T09:20", "Mon 2026-11-16 10:00"),
        ({"minutes_between": 15}, "2026-11-16T09:20", "Mon 2026-11-16 09:30"),
        ({"weekdays": (4,), "starting_time": "18:00"}, "2026-11-16T09:20", "Fri 2026-11-20 18:00"),
        (NIGHT, "2026-11-17T00:33", "Tue 2026-11-17 00:40"),
        ({"date_formula": "CW+1D", "starting_time": "05:00"}, "2026-11-18T12:00", "Mon 2026-11-23 05:00"),
    ],
)
def test_the_first_run_is_the_next_on_the_clock(fields: dict[str, object], now: str, expected: str) -> None:
    assert shown(next_run(plan(**fields), None, at(now))) == expected


def test_an_earliest_start_is_the_first_run_and_sets_the_clock_where_nothing_else_does() -> None:
    schedule = plan(minutes_between=60, earliest_start=at("2026-11-17T10:07"))
    assert [shown(run)[-5:] for run in upcoming(schedule, at("2026-11-16T09:00"), 3)] == [
        "10:07",
        "11:07",
        "12:07",
    ]
    assert shown(next_run(schedule, None, at("2026-11-18T09:30"))) == "Wed 2026-11-18 10:07"
    office = plan(**OFFICE, earliest_start=at("2026-11-21T10:07"))
    assert shown(next_run(office, None, at("2026-11-16T09:00"))) == "Mon 2026-11-23 08:00", (
        "not on a Saturday"
    )


def test_after_the_expiration_there_is_no_run() -> None:
    schedule = plan(minutes_between=60, expires_at=at("2026-11-16T12:00"))
    assert len(upcoming(schedule, at("2026-11-16T09:30"))) == 2
    assert next_run(schedule, at("2026-11-16T11:00"), at("2026-11-16T11:01")) is None


MISSED = (
    at("2026-11-16T02:00"),
    at("2026-11-16T07:30"),
)  # planned at two; the worker is back at half past seven


@pytest.mark.parametrize(
    ("misfire", "expected"),
    [
        ("Run Once", "Mon 2026-11-16 07:00"),
        ("Skip", "Mon 2026-11-16 08:00"),
        ("Run All", "Mon 2026-11-16 03:00"),
    ],
)
def test_missed_runs(misfire: str, expected: str) -> None:
    assert shown(next_run(plan(minutes_between=60, misfire=misfire), *MISSED)) == expected


def test_no_more_than_the_cap_is_caught_up() -> None:
    schedule = plan(minutes_between=60, misfire="Run All", run_all_cap=2)
    assert shown(next_run(schedule, *MISSED)) == "Mon 2026-11-16 06:00"
    assert shown(next_run(schedule, at("2026-11-16T06:00"), MISSED[1])) == "Mon 2026-11-16 07:00"
    assert shown(next_run(schedule, at("2026-11-16T07:00"), MISSED[1])) == "Mon 2026-11-16 08:00"


def test_a_late_start_stands_for_the_latest_run_for_none_or_for_its_own() -> None:
    planned, now = MISSED
    assert slot_to_run(plan(minutes_between=60), planned, now) == at("2026-11-16T07:00")
    assert slot_to_run(plan(minutes_between=60, misfire="Run All"), planned, now) == planned
    skip = plan(minutes_between=60, misfire="Skip")
    assert slot_to_run(skip, planned, now) is None
    assert slot_to_run(skip, planned, planned + timedelta(seconds=59)) == planned


def test_nothing_begins_outside_its_window() -> None:
    office = plan(**OFFICE)
    assert slot_to_run(office, at("2026-11-16T15:30"), at("2026-11-16T16:00")) == at("2026-11-16T16:00")
    assert slot_to_run(office, at("2026-11-16T15:30"), at("2026-11-16T16:01")) is None
    assert slot_to_run(plan(**NIGHT), at("2026-11-16T23:50"), at("2026-11-17T01:59")) is not None


def test_a_run_in_between_leaves_the_schedule_as_it_is() -> None:
    now = at("2026-11-16T10:03")
    schedule = plan(minutes_between=60)
    assert shown(last_slot(schedule, now)) == "Mon 2026-11-16 10:00"
    assert shown(next_run(schedule, last_slot(schedule, now), now)) == "Mon 2026-11-16 11:00"
    weekly = plan(weekdays=(4,), starting_time="18:00")
    assert shown(last_slot(weekly, now)) == "Fri 2026-11-13 18:00"


# --- changes of clocks ----------------------------------------------------------------------------

ZONES = ("Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca")
CHANGES = [
    # zone, a moment shortly before the clocks change, a fixed time that the change is about
    ("Europe/Berlin", "2026-03-28T12:00", "02:30"),
    ("Europe/Berlin", "2026-10-24T12:00", "02:30"),
    ("America/Santiago", "2026-09-05T12:00", "00:30"),
    ("America/Santiago", "2026-04-03T12:00", "23:30"),
    ("Australia/Lord_Howe", "2026-10-03T12:00", "02:15"),
    ("Australia/Lord_Howe", "2026-04-04T12:00", "01:45"),
    ("Africa/Casablanca", "2026-02-14T12:00", "02:30"),
    ("Africa/Casablanca", "2026-03-21T12:00", "02:30"),
]


@pytest.mark.parametrize(("zone", "before", "time"), CHANGES)
def test_a_fixed_time_runs_once_a_day_when_clocks_change(zone: str, before: str, time: str) -> None:
    now = at(before, zone) - timedelta(days=2)
    runs = upcoming(plan(weekdays=EVERY_DAY, starting_time=time, time_zone=zone), now, 6)
    days = [run.astimezone(ZoneInfo(zone)).date() for run in runs]
    assert [day - days[0] for day in days] == [timedelta(days=number) for number in range(6)]
    offsets = {run.astimezone(ZoneInfo(zone)).utcoffset() for run in runs}
    assert len(offsets) == 2, "the clocks really change in these days"


@pytest.mark.parametrize(("zone", "before", "time"), CHANGES)
def test_minutes_between_runs_follow_the_clock_that_exists(zone: str, before: str, time: str) -> None:
    schedule = plan(minutes_between=30, time_zone=zone)
    runs = upcoming(schedule, at(before, zone), 150)
    local = [run.astimezone(ZoneInfo(zone)) for run in runs]
    assert {moment.minute for moment in local} == {0, 30}
    assert {late - early for early, late in pairwise(runs)} <= {timedelta(minutes=30)}


def test_an_hour_that_comes_twice_has_two_runs_and_one_that_does_not_come_has_none() -> None:
    hourly = plan(minutes_between=60)
    autumn = [run.astimezone(BERLIN) for run in upcoming(hourly, at("2026-10-25T01:00"), 4)]
    assert [(run.hour, run.tzname()) for run in autumn] == [(1, "CEST"), (2, "CEST"), (2, "CET"), (3, "CET")]
    spring = [run.astimezone(BERLIN) for run in upcoming(hourly, at("2026-03-29T01:00"), 3)]
    assert [(run.hour, run.tzname()) for run in spring] == [(1, "CET"), (3, "CEST"), (4, "CEST")]


def test_a_fixed_time_in_the_gap_runs_at_its_end_and_one_that_comes_twice_in_the_first_pass() -> None:
    daily = plan(weekdays=EVERY_DAY, starting_time="02:30")
    gap = next_run(daily, at("2026-03-28T02:30"), at("2026-03-28T02:31"))
    assert shown(gap) == "Sun 2026-03-29 03:00"
    assert shown(next_run(daily, gap, at("2026-03-29T03:10"))) == "Mon 2026-03-30 02:30"
    twice = next_run(daily, at("2026-10-24T02:30"), at("2026-10-24T02:31"))
    assert twice is not None
    assert twice.astimezone(BERLIN).tzname() == "CEST"
    assert shown(next_run(daily, twice, twice)) == "Mon 2026-10-26 02:30"


# --- for every schedule ---------------------------------------------------------------------------

moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
times = st.one_of(st.just(""), st.times().map(lambda time: f"{time:%H:%M}"))
schedules = st.builds(
    Schedule,
    basis=st.sampled_from(["Fixed Clock", "From Completion"]),
    weekdays=st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    minutes_between=st.one_of(st.just(0), st.integers(1, 3_000)),
    starting_time=times,
    ending_time=times,
    time_zone=st.sampled_from(ZONES),
    misfire=st.sampled_from(["Run Once", "Skip", "Run All"]),
    run_all_cap=st.integers(1, 5),
    expires_at=st.one_of(st.none(), moments),
).filter(lambda schedule: bool(schedule.weekdays or schedule.minutes_between))


@settings(max_examples=300)
@given(schedules, moments, st.timedeltas(timedelta(), timedelta(days=40)))
def test_the_next_run_is_later_and_on_an_allowed_day_in_the_window(
    schedule: Schedule, after: datetime, away: timedelta
) -> None:
    now = after + away
    found = next_run(schedule, after, now)
    if found is None:
        assert schedule.expires_at is not None
        return
    assert found > after
    assert schedule.expires_at is None or found < schedule.expires_at
    if schedule.basis == "Fixed Clock":
        local = found.astimezone(ZoneInfo(schedule.time_zone))
        sparse = schedule.minutes_between in range(1, 1_440)
        changes = {(found + timedelta(hours=hours)).astimezone(local.tzinfo).utcoffset() for hours in (-4, 4)}
        if len(changes) > 1:
            return  # the end of a gap may lie outside
        if sparse:
            assert is_inside_window(schedule, found)
        over = bool(schedule.ending_time) and schedule.ending_time < (schedule.starting_time or "00:00")
        evening = local
        if sparse and over and f"{local:%H:%M}" <= schedule.ending_time:
            evening = local - timedelta(days=1)
        assert not schedule.weekdays or evening.weekday() in schedule.weekdays


@settings(max_examples=150)
@given(schedules, moments, st.timedeltas(timedelta(), timedelta(days=3)))
def test_skip_starts_nothing_in_the_past_and_run_once_only_one(
    schedule: Schedule, after: datetime, away: timedelta
) -> None:
    assume(schedule.basis == "Fixed Clock")
    now = after + away
    found = next_run(schedule, after, now)
    if found is None:
        return
    if schedule.misfire == "Skip":
        assert found > now
    if schedule.misfire == "Run Once" and found <= now:
        again = next_run(schedule, found, now)
        assert again is None or again > now
    if schedule.misfire == "Run All":
        caught_up = 0
        while found is not None and found <= now:
            caught_up += 1
            found = next_run(schedule, found, now)
        assert caught_up <= schedule.run_all_cap


@settings(max_examples=100)
@given(schedules, moments)
def test_what_is_shown_before_saving_is_what_happens(schedule: Schedule, now: datetime) -> None:
    shown_runs = upcoming(schedule, now)
    assert shown_runs == sorted(set(shown_runs))
    run = next_run(schedule, None, now)
    for expected in shown_runs:
        assert run == expected
        run = next_run(schedule, run, run)
