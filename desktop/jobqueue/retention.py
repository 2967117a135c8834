"""Cleaning up: how long rows are kept, and the recurring job that deletes what is older."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.jobqueue import actions, entries
from desktop.jobqueue.recurrence import Schedule
from desktop.sessions import permissions
from models.database import company_path, connected, database
from models.errors import FieldError
from models.job_queue import JobQueueEntry
from models.retention import (
    BY_NAME,
    FEWEST_DAYS,
    MOST_DAYS,
    Kind,
    Policy,
    count_old,
    delete_batch,
    delete_log_batch,
    imports_of_own_days,
    own_import_days,
    policies,
    store_policy,
)

CODEUNIT: Final = "clean_up"
KEY: Final = "backdesk: clean up"  # there is one such entry in a company
_FIRST_MINUTE: Final = 60  # of the night, local time: from 01:00
_MINUTES: Final = 240  # … to 05:00


class PolicyState(NamedTuple):
    """A policy, and how many rows would go if the job ran now; that is told while it is disabled, too."""

    policy: Policy
    would_delete: int


class Overview(NamedTuple):
    """What a person sees of cleaning up: the policies, and the entry that applies them; None where there is none."""

    states: list[PolicyState]
    entry: JobQueueEntry | None


def overview(*, clock: Clock = SYSTEM_CLOCK) -> Overview:
    """The policies and their entry."""
    with connected():
        entry = JobQueueEntry.get_or_none(JobQueueEntry.idempotency_key == KEY)
        return Overview(states(clock=clock), entry)


def clean_now(*, clock: Clock = SYSTEM_CLOCK) -> str:
    """Let the entry run at once, in the background and as who it runs otherwise; it is made when there is none.

    Returns:
        The entry's id.
    Raises:
        TransitionError: it runs already.
        RightMissingError: the user may not change job queue entries.
    """
    job_id = ensure_entry(clock=clock)
    actions.run_now(job_id, clock=clock)
    return job_id


def states(*, clock: Clock = SYSTEM_CLOCK) -> list[PolicyState]:
    """Every policy with what it would delete now."""
    now = clock.now()
    with connected():
        return [PolicyState(policy, would_delete(policy, now)) for policy in policies()]


def set_policy(name: str, *, enabled: bool, keep_days: int) -> None:
    """Keep the rows of one kind for so many days, or for ever.

    Args:
        name: of one of the kinds in `models.retention`.
    Raises:
        FieldError: there is no such kind, or the days are none.
    """
    kind = BY_NAME.get(name)
    if kind is None:
        raise FieldError(
            f"There is no kind of row “{name}”.", f"Choose one of: {', '.join(BY_NAME)}.", "NotFound"
        )
    if not FEWEST_DAYS <= keep_days <= MOST_DAYS:
        raise FieldError(
            f"{kind.caption} cannot be kept for {keep_days} days.",
            f"Enter a number from {FEWEST_DAYS} to {MOST_DAYS}, or turn the policy off to keep all.",
            "OutOfRange",
        )
    with connected(), database.atomic():
        store_policy(kind, enabled=enabled, keep_days=keep_days)


def clean(policy: Policy, now: datetime, on_batch: Callable[[int], None] | None = None) -> int:
    """Delete what one policy does not keep; each batch is committed, so whatever stops it in between costs nothing.

    Args:
        on_batch: is told how many rows of all tables are gone so far, after each batch; what it raises ends it.
    Returns:
        How many rows of the kind itself are gone, 0 for a policy that is disabled.
    """
    if not policy.enabled:
        return 0
    gone = 0
    of_kind = 0
    for kind, days in _kinds_of(policy):
        for part in kind.parts:
            while deleted := delete_batch(part, before(now, days)):
                gone += deleted
                of_kind += deleted if part is kind.parts[-1] else 0
                if on_batch is not None:
                    on_batch(gone)
    return of_kind


def would_delete(policy: Policy, now: datetime) -> int:
    """How many rows of the kind itself a policy would delete now, if it were enabled."""
    return sum(count_old(kind, before(now, days)) for kind, days in _kinds_of(policy))


def _kinds_of(policy: Policy) -> list[tuple[Kind, int]]:
    """What one policy is about, and for how many days each is kept: integrations may differ from the company."""
    own = own_import_days() if policy.kind.name == "imports" else []
    return [(policy.kind, policy.keep_days), *((imports_of_own_days(days), days) for days in own)]


def delete_log_entries(older_than_days: int | None = 7, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Delete log entries of runs that have ended, in batches; those of runs that go on stay.

    Args:
        older_than_days: only of runs that ended before; None is all.
    Returns:
        How many are gone.
    Raises:
        FieldError: a negative number of days.
    """
    if older_than_days is not None and older_than_days < 0:
        raise FieldError("A number of days is not negative.", "Enter 0 or more.", "OutOfRange")
    limit = None if older_than_days is None else before(clock.now(), older_than_days)
    gone = 0
    with connected():
        while deleted := delete_log_batch(limit):
            gone += deleted
    return gone


def before(now: datetime, days: int) -> datetime:
    """The moment up to which rows are old that are kept for so many days."""
    return now - timedelta(days=days)


def ensure_entry(*, clock: Clock = SYSTEM_CLOCK) -> str:
    """See that the company has its recurring entry for cleaning up; one that a person has changed stays as it is.

    It runs once a night as the program itself, in each company at another minute, and at once when the computer was
    off then.

    Returns:
        The entry's id.
    """
    with connected(), permissions.as_system():
        return entries.create_entry(
            "Clean up by the retention policies",
            CODEUNIT,
            user_id="",
            schedule=Schedule(weekdays=tuple(range(7)), starting_time=starting_time(str(company_path()))),
            retries=2,
            retry_delay_seconds=300,
            idempotency_key=KEY,
            notify_on_success=False,
            clock=clock,
        )


def starting_time(company: str) -> str:
    """When the job of a company runs, "HH:MM": always the same, and spread over the night from 01:00 to 04:59."""
    minute = _FIRST_MINUTE + zlib.crc32(company.encode()) % _MINUTES
    return f"{minute // 60:02d}:{minute % 60:02d}"


__all__ = [
    "CODEUNIT",
    "KEY",
    "Kind",
    "Overview",
    "Policy",
    "PolicyState",
    "before",
    "clean",
    "clean_now",
    "delete_log_entries",
    "ensure_entry",
    "overview",
    "policies",
    "set_policy",
    "starting_time",
    "states",
    "would_delete",
]
