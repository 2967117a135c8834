"""What a person may enter into the fields of a job queue entry, one rule each, and how a value is read aloud."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from desktop.formats import as_texts, duration_text
from models.errors import FieldError
from models.job_queue import JobQueueCategory, RunAfterRule
from models.tables import TABLES, table_caption

LONGEST_DESCRIPTION: Final = 250
MOST_RETRIES: Final = 100
LONGEST_TIMEOUT_SECONDS: Final = 7 * 86_400
LONGEST_DELAY_SECONDS: Final = 7 * 86_400
MOST_BACKOFF: Final = 10
LONGEST_PARAMETER: Final = 4_000
MOST_PARAMETERS: Final = 100
PRIORITIES: Final = {1000: "High", 2000: "Normal", 3000: "Low"}
OUTPUTS: Final = ("PDF", "Excel")


@dataclass(frozen=True, slots=True)
class EntryField:
    """One field.

    Attributes:
        caption: what people read.
        check: turns what was entered into what is stored, or raises FieldError.
        shown: the stored value as people read it.
        moves_start: a change of it moves the start of an entry that is Ready.
        changes_work: a change of it is a change of what runs; see `actions.run_as`.
    """

    caption: str
    check: Callable[[Any], Any]
    shown: Callable[[Any], str] = str
    moves_start: bool = False
    changes_work: bool = False


def _description(value: Any) -> str:
    text = " ".join(str(value).split())
    if not text:
        raise FieldError("The description is empty.", "Say what the job does.", "Required")
    if len(text) > LONGEST_DESCRIPTION:
        raise FieldError(
            f"The description has {len(text)} characters.", f"Shorten it to {LONGEST_DESCRIPTION}.", "TooLong"
        )
    return text


def _moment(value: Any) -> datetime | None:
    if value is not None and (not isinstance(value, datetime) or value.tzinfo is None):
        raise ValueError("a moment of an entry has a time zone, or is None")
    return value


def _between(caption: str, least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        number = int(value)
        if not least <= number <= most:
            raise FieldError(
                f"{caption} cannot be {number:,}.",
                f"It is at least {least} and at most {most:,}.",
                "OutOfRange",
            )
        return number

    return check


def _one_of(caption: str, choices: tuple[str, ...]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if str(value) not in choices:
            raise FieldError(f"{caption} cannot be “{value}”.", f"Choose one of: {', '.join(choices)}.")
        return str(value)

    return check


def _priority(value: Any) -> int:
    if value not in PRIORITIES:
        raise FieldError(f"There is no priority {value}.", "Choose High, Normal or Low.")
    return int(value)


def _category(value: Any) -> str:
    code = str(value).strip().upper()
    if code and not JobQueueCategory.select().where(JobQueueCategory.code == code).exists():
        raise FieldError(
            f"There is no job queue category “{code}”.",
            "Choose one of the list, or create it in Job Queue Categories.",
            "NotFound",
        )
    return code


def _table(value: Any) -> str:
    name = str(value)
    if name and name not in TABLES:
        raise FieldError(f"There is no table “{name}”.", "Choose one of the list.", "NotFound")
    return name


def _user(value: Any) -> str:
    user_id = str(value).strip().upper()
    if not user_id:
        raise FieldError("The user is empty.", "Name the user as whom the job runs.", "Required")
    return user_id


def _parameters(value: Any) -> str:
    texts = as_texts(value, "parameters")
    if len(texts) > MOST_PARAMETERS:
        raise FieldError(
            f"These are {len(texts)} parameters.", f"A job has at most {MOST_PARAMETERS}.", "TooMany"
        )
    for name, text in texts.items():
        if len(text) > LONGEST_PARAMETER:
            raise FieldError(
                f"The parameter {name} has {len(text):,} characters.",
                f"Shorten it to {LONGEST_PARAMETER:,}.",
                "TooLong",
            )
    return msgspec.json.encode(texts).decode()


def _when(value: datetime | None) -> str:
    return "" if value is None else value.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _seconds(value: int) -> str:
    return duration_text(value) if value else "none"


def _yes(value: bool) -> str:
    return "Yes" if value else "No"


def _pairs(value: str) -> str:
    return ", ".join(
        f"{name}={text}" for name, text in msgspec.json.decode(value, type=dict[str, str]).items()
    )


FIELDS: Final[dict[str, EntryField]] = {
    "description": EntryField("Description", _description),
    "parameters": EntryField("Parameters", _parameters, _pairs, changes_work=True),
    "report_output": EntryField("Report Output", _one_of("The report output", OUTPUTS)),
    "record_table": EntryField("Record to Process, Table", _table, table_caption, changes_work=True),
    "record_id": EntryField("Record to Process", str, changes_work=True),
    "owner_user_id": EntryField("Owner", _user),
    "run_as_user_id": EntryField("Run as User", _user),
    "earliest_start": EntryField("Earliest Start", _moment, _when, moves_start=True),
    "expires_at": EntryField("Expiration", _moment, _when, moves_start=True),
    "retries": EntryField("Retries", _between("Retries", 0, MOST_RETRIES)),
    "retry_delay_seconds": EntryField(
        "Retry Delay", _between("The retry delay in seconds", 0, LONGEST_DELAY_SECONDS), _seconds
    ),
    "retry_backoff": EntryField("Retry Backoff", _between("The retry backoff", 1, MOST_BACKOFF)),
    "retry_cap_seconds": EntryField(
        "Longest Retry Delay",
        _between("The longest retry delay in seconds", 1, LONGEST_DELAY_SECONDS),
        _seconds,
    ),
    "stop_after_failures": EntryField("Stop after Failures", _between("Stop after failures", 0, 1_000)),
    "timeout_seconds": EntryField("Time-out", _between("Time-out", 1, LONGEST_TIMEOUT_SECONDS), _seconds),
    "inactivity_timeout_seconds": EntryField(
        "Inactivity Timeout", _between("The inactivity timeout in seconds", 0, 366 * 86_400), _seconds
    ),
    "wake_table": EntryField("Wake on Change of", _table, table_caption),
    "category_code": EntryField("Category", _category),
    "priority": EntryField("Priority", _priority, lambda value: PRIORITIES.get(value, str(value))),
    "notify_on_success": EntryField("Notify on Success", bool, _yes),
    "notify_on_failure": EntryField("Notify on Failure", bool, _yes),
    "run_after_rule": EntryField(
        "Run after, when They Have", _one_of("The rule", tuple(rule.value for rule in RunAfterRule))
    ),
}
"""Every field that a person changes by itself; the object, the schedule and run after have functions of their own."""


def check_new(**values: Any) -> None:
    """Make sure that the values of a new entry are such as a person could enter.

    Raises:
        FieldError: one of them is refused.
        ValueError: a moment has no time zone.
    """
    for name, value in values.items():
        FIELDS[name].check(value)
