"""All fields of a job's card that a person changes one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from desktop.formats import duration_text, when_text
from desktop.jobqueue.field_rules import OUTPUTS, PRIORITIES
from models.tables import TABLES
from ui.framework.context import PageContext
from ui.jobs.job_field import JobCheck, JobChoice, JobField, SavingField
from ui.jobs.typed import typed_count, typed_duration, typed_start

AT_ONCE: Final = "As soon as possible"
NEVER: Final = "Never"
NO_TABLE: Final = ("", "–")


def job_fields(context: PageContext, job_id: str) -> dict[str, SavingField]:
    """The fields by their names, as `change_field` knows them."""

    def moment_text(moment: Any) -> str:
        return when_text(moment, context.clock.now()) if moment is not None else ""

    def typed_moment(text: str) -> Any:
        return typed_start(text, context.clock.now())

    def text(
        name: str,
        caption: str,
        help_text: str,
        show: Callable[[Any], str] = str,
        read: Callable[[str], Any] = str,
        empty: str = "",
    ) -> JobField:
        made = JobField(context, job_id, name, caption, show, read, help_text)
        made.edit.setPlaceholderText(empty)
        return made

    def choice(name: str, caption: str, choices: list[tuple[Any, str]], help_text: str) -> JobChoice:
        return JobChoice(context, job_id, name, caption, choices, help_text)

    def count(name: str, caption: str, help_text: str) -> JobField:
        return text(name, caption, help_text, str, typed_count)

    def duration(name: str, caption: str, help_text: str) -> JobField:
        return text(name, caption, help_text, duration_text, typed_duration)

    def check(name: str, caption: str, help_text: str) -> JobCheck:
        return JobCheck(context, job_id, name, caption, help_text)

    tables = [NO_TABLE, *sorted(((name, table.CAPTION) for name, table in TABLES.items()), key=_caption)]
    made: list[tuple[str, SavingField]] = [
        ("description", text("description", "Description", "What the job does, in your words")),
        (
            "report_output",
            choice(
                "report_output",
                "Report output",
                [(one, one) for one in OUTPUTS],
                "What the report is made as",
            ),
        ),
        (
            "earliest_start",
            text(
                "earliest_start",
                "Earliest start",
                "E.g. 10:30 or tomorrow 6:00; empty for as soon as possible",
                moment_text,
                typed_moment,
                AT_ONCE,
            ),
        ),
        (
            "expires_at",
            text(
                "expires_at",
                "Expiration",
                "When it has not begun by then, it does not run any more; empty for never",
                moment_text,
                typed_moment,
                NEVER,
            ),
        ),
        ("retries", count("retries", "Retries", "How often a failed run is tried again")),
        (
            "retry_delay_seconds",
            duration("retry_delay_seconds", "First retry after", "How long to wait before the first retry"),
        ),
        (
            "retry_backoff",
            count(
                "retry_backoff", "Longer each time by", "Each wait is so many times the one before; 1 is not"
            ),
        ),
        (
            "retry_cap_seconds",
            duration("retry_cap_seconds", "Longest wait", "However many retries there were"),
        ),
        (
            "stop_after_failures",
            count(
                "stop_after_failures",
                "Stop after failures",
                "A job that recurs stops after so many failed runs in a row; 0 is never",
            ),
        ),
        ("timeout_seconds", duration("timeout_seconds", "Time-out", "A longer run is ended")),
        (
            "inactivity_timeout_seconds",
            duration(
                "inactivity_timeout_seconds",
                "Inactivity time-out",
                "How long a job that recurs rests when it found nothing to do; 0 is not at all",
            ),
        ),
        (
            "wake_table",
            choice("wake_table", "Wake on change of", tables, "A change of this table ends the rest"),
        ),
        (
            "category_code",
            choice("category_code", "Category", [("", "–")], "Its capacity limits what runs at once"),
        ),
        (
            "priority",
            choice("priority", "Priority", list(PRIORITIES.items()), "Among the jobs of its category"),
        ),
        ("notify_on_success", check("notify_on_success", "Tell when it succeeds", "The owner is told")),
        (
            "notify_on_failure",
            check(
                "notify_on_failure", "Tell when it fails", "The owner and those who look after the job queue"
            ),
        ),
        ("run_as_user_id", choice("run_as_user_id", "Runs as", [], "With whose rights it works")),
        ("owner_user_id", choice("owner_user_id", "Owner", [], "Who is told, and sees it under Mine")),
        (
            "record_table",
            choice(
                "record_table", "Table of the record", tables, "What the job works on, if it is one record"
            ),
        ),
        ("record_id", text("record_id", "Record to process", "Its key, e.g. C00010", empty="None")),
    ]
    return dict(made)


def _caption(pair: tuple[str, str]) -> str:
    return pair[1].casefold()
