"""Ordering a report: a job queue entry that makes it now, later, or again and again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.jobqueue import entries
from desktop.jobqueue.recurrence import Schedule
from desktop.reports import registry
from desktop.reports.document import Output
from desktop.reports.parameters import read_values
from models.job_queue import ObjectType, RunTrigger


class Repeat(StrEnum):
    """How often a report is made that somebody schedules."""

    NEVER = "Once"
    DAILY = "Every day"
    WORKING_DAYS = "Monday to Friday"
    WEEKLY = "Every week on this day"
    MONTHLY = "On the first day of each month"


def order(
    name: str,
    parameters: Mapping[str, str],
    output: Output,
    *,
    user_id: str,
    description: str = "",
    start: datetime | None = None,
    schedule: Schedule | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> str:
    """Let a report be made for somebody.

    Args:
        name: of the report registry.
        parameters: texts by the names that the report declares.
        description: what the document is called in the inbox; the report's own name when empty.
        start: aware; None is at once. A schedule says itself when it begins.
        schedule: when it is made again and again; None is once.
    Returns:
        The id of the job queue entry.
    Raises:
        UnknownCodeunitError: there is no such report.
        ParameterError, FieldError: a parameter is none.
        ScheduleError, TransitionError: it would never be made.
        PermissionDeniedError: the user may not.
    """
    report = registry.find(name)
    read_values(report.parameters, parameters)
    return entries.create_entry(
        description or report.caption,
        report.name,
        {key: text for key, text in parameters.items() if text},
        user_id=user_id,
        object_type=ObjectType.REPORT,
        report_output=output,
        earliest_start=start if schedule is None else schedule.earliest_start,
        schedule=schedule,
        trigger=RunTrigger.PERSON,
        clock=clock,
    )


def moment_of(day: date, at: time) -> datetime:
    """A day and a time of this computer's as a moment."""
    return datetime.combine(day, at).astimezone()


def schedule_of(repeat: Repeat, first: datetime) -> Schedule | None:
    """The schedule of a repetition whose first run is at that moment; None for a single run."""
    if repeat is Repeat.NEVER:
        return None
    local = first.astimezone()
    at = f"{local:%H:%M}"
    if repeat is Repeat.MONTHLY:
        if local.day > 1:
            next_month = local.date().replace(day=1) + timedelta(days=31)
            first = moment_of(next_month.replace(day=1), local.time())
        return Schedule(date_formula="CM+1D", starting_time=at, earliest_start=first)
    weekdays = {
        Repeat.DAILY: tuple(range(7)),
        Repeat.WORKING_DAYS: tuple(range(5)),
        Repeat.WEEKLY: (local.weekday(),),
    }[repeat]
    return Schedule(weekdays=weekdays, starting_time=at, earliest_start=first)
