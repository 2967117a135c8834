"""All fields of a job's card that a person changes one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from desktop.formats import duration_text, when_text
from desktop.jobqueue.field_rules import OUTPUTS, PRIORITIES
from models.tables import TABLES
from ui.framework.context import PageContext
from ui.jobs.job_field import JobCheck, JobChoice, JobField, SavingField
from ui.jobs.typed import typed_count, typed_duration, typed_start

AT_ONCE: Final = "As soon as possible"
NEVER: Final = "Never"
NO_TABLE = NO_CATEGORY = ("", "–")


def job_fields(context: PageContext, job_id: str) -> dict[str, SavingField]:
    """The fields by their names, as `change_field` knows them."""
    make = _Maker(context, job_id)
    _what_it_does(make)
    _when_it_runs(make)
    _what_happens_to_failures(make)
    _whom_it_concerns(make)
    return make.fields


class _Maker:
    """Makes the fields of one entry."""

    def __init__(self, context: PageContext, job_id: str) -> None:
        self._context, self._job_id = context, job_id
        self.fields: dict[str, SavingField] = {}

    def text(
        self,
        name: str,
        caption: str,
        help_text: str,
        show: Callable[[Any], str] = str,
        read: Callable[[str], Any] = str,
        empty: str = "",
    ) -> None:
        made = JobField(self._context, self._job_id, name, caption, show, read, help_text)
        made.edit.setPlaceholderText(empty)
        self.fields[name] = made

    def moment(self, name: str, caption: str, help_text: str, empty: str) -> None:
        self.text(name, caption, help_text, self._moment_text, self._typed_moment, empty)

    def count(self, name: str, caption: str, help_text: str) -> None:
        self.text(name, caption, help_text, str, typed_count)

    def duration(self, name: str, caption: str, help_text: str) -> None:
        self.text(name, caption, help_text, duration_text, typed_duration)

    def choice(self, name: str, caption: str, choices: Sequence[tuple[Any, str]], help_text: str) -> None:
        self.fields[name] = JobChoice(self._context, self._job_id, name, caption, list(choices), help_text)

    def check(self, name: str, caption: str, help_text: str) -> None:
        self.fields[name] = JobCheck(self._context, self._job_id, name, caption, help_text)

    def _moment_text(self, moment: Any) -> str:
        return when_text(moment, self._context.clock.now()) if moment is not None else ""

    def _typed_moment(self, text: str) -> Any:
        return typed_start(text, self._context.clock.now())


def _what_it_does(make: _Maker) -> None:
    make.text("description", "Description", "What the job does, in your words")
    make.choice(
        "report_output", "Report output", [(one, one) for one in OUTPUTS], "What the report is made as"
    )
    make.choice("category_code", "Category", [NO_CATEGORY], "Its capacity limits what runs at once")
    make.choice("priority", "Priority", list(PRIORITIES.items()), "Among the jobs of its category")
    make.choice(
        "record_table", "Table of the record", _tables(), "What the job works on, if it is one record"
    )
    make.text("record_id", "Record to process", "Its key, e.g. C00010", empty="None")


def _when_it_runs(make: _Maker) -> None:
    make.moment(
        "earliest_start",
        "Earliest start",
        "E.g. 10:30 or tomorrow 6:00; empty for as soon as possible",
        AT_ONCE,
    )
    make.moment(
        "expires_at",
        "Expiration",
        "When it has not begun by then, it does not run any more; empty for never",
        NEVER,
    )
    make.duration("timeout_seconds", "Time-out", "A longer run is ended")
    make.duration(
        "inactivity_timeout_seconds",
        "Inactivity time-out",
        "How long a job that recurs rests when it found nothing to do; 0 is not at all",
    )
    make.choice("wake_table", "Wake on change of", _tables(), "A change of this table ends the rest")


def _what_happens_to_failures(make: _Maker) -> None:
    make.count("retries", "Retries", "How often a failed run is tried again")
    make.duration("retry_delay_seconds", "First retry after", "How long to wait before the first retry")
    make.count("retry_backoff", "Longer each time by", "Each wait is so many times the one before; 1 is not")
    make.duration("retry_cap_seconds", "Longest wait", "However many retries there were")
    make.count(
        "stop_after_failures",
        "Stop after failures",
        "A job that recurs stops after so many failed runs in a row; 0 is never",
    )


def _whom_it_concerns(make: _Maker) -> None:
    make.choice("run_as_user_id", "Runs as", [], "With whose rights it works")
    make.choice("owner_user_id", "Owner", [], "Who is told, and sees it under Mine")
    make.check("notify_on_success", "Tell when it succeeds", "The owner is told")
    make.check("notify_on_failure", "Tell when it fails", "The owner and those who look after the job queue")


def _tables() -> list[tuple[str, str]]:
    return [NO_TABLE, *sorted(((name, table.CAPTION) for name, table in TABLES.items()), key=_caption)]


def _caption(pair: tuple[str, str]) -> str:
    return pair[1].casefold()
