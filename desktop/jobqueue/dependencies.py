"""Run after: entries that wait for others, and their release when those have ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from desktop.clock import Clock
from desktop.errors import TransitionError
from desktop.scheduler import tasks
from models import changes, statements
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueDependency, JobQueueEntry, RunAfterRule

MOST_DEPENDENCIES: Final = 100  # of one entry

_ENDED: Final = (EntryStatus.FINISHED, EntryStatus.CANCELLED, EntryStatus.ERROR, EntryStatus.EXPIRED)


def set_dependencies(job_id: str, after_ids: Iterable[str]) -> None:
    """Let an entry wait for others, inside the running transaction; what it waited for before is forgotten.

    Raises:
        TransitionError: with code Cycle when they would wait for each other, NotFound when one of them is gone,
            TooMany for more than MOST_DEPENDENCIES.
    """
    wanted = list(dict.fromkeys(after_ids))
    if len(wanted) > MOST_DEPENDENCIES:
        raise TransitionError(
            f"An entry can wait for {MOST_DEPENDENCIES} others at most; these are {len(wanted)}.",
            "Let some of them wait for each other, and this one for the last of them.",
            "TooMany",
        )
    names = {
        entry.id: entry.description for entry in JobQueueEntry.select().where(JobQueueEntry.id.in_(wanted))
    }
    for after_id in wanted:
        if after_id not in names:
            raise TransitionError(
                f"The job queue entry {after_id} that it is to run after does not exist any more.",
                "Choose another one.",
                "NotFound",
            )
        if after_id == job_id or job_id in _all_before(after_id):
            raise TransitionError(
                f"It cannot run after “{names[after_id]}”, which runs after it: both would wait for ever.",
                "Choose another one, or take the dependency away there.",
                "Cycle",
            )
    JobQueueDependency.delete().where(JobQueueDependency.job_id == job_id).execute()
    if wanted:
        rows = [(job_id, after_id) for after_id in wanted]
        JobQueueDependency.insert_many(
            rows, fields=[JobQueueDependency.job_id, JobQueueDependency.after_id]
        ).execute()
    changes.touch(JobQueueDependency.table(), job_id)


def predecessors(job_id: str) -> list[str]:
    """The ids of the entries that this one runs after, in the order in which they were named."""
    with connected():
        query = (
            JobQueueDependency.select()
            .where(JobQueueDependency.job_id == job_id)
            .order_by(JobQueueDependency.id)
        )
        return [row.after_id for row in query]


def may_run(entry: JobQueueEntry) -> bool:
    """Whether all that an entry waits for has ended as its rule wants it."""
    return not (statements.exists(JobQueueDependency, "job_id", entry.id) and blocking(entry))


def blocking(entry: JobQueueEntry) -> list[JobQueueEntry]:
    """The entries that one still waits for; those that have failed first."""
    before = list(
        JobQueueEntry.select()
        .join(JobQueueDependency, on=(JobQueueDependency.after_id == JobQueueEntry.id))
        .where(JobQueueDependency.job_id == entry.id)
        .order_by(JobQueueDependency.id)
    )
    since = entry.last_ready_at
    waiting = [one for one in before if not _satisfies(one, RunAfterRule(entry.run_after_rule), since)]
    return sorted(waiting, key=lambda one: one.status not in (EntryStatus.ERROR, EntryStatus.CANCELLED))


def release(ended_id: str, clock: Clock) -> list[str]:
    """Let those run that waited for an entry and need wait no longer, inside the transaction that ends it.

    Returns:
        The ids of the entries that may run now.
    """
    if not statements.exists(JobQueueDependency, "after_id", ended_id):
        return []
    waiting = (
        JobQueueEntry.select()
        .join(JobQueueDependency, on=(JobQueueDependency.job_id == JobQueueEntry.id))
        .where(JobQueueDependency.after_id == ended_id, JobQueueEntry.status == EntryStatus.READY)
        .order_by(JobQueueEntry.entry_no)
    )
    return [str(entry.id) for entry in waiting if _let_run(entry, clock)]


def release_one(job_id: str, clock: Clock) -> bool:
    """Let one entry run if it need not wait any longer, inside a transaction that took dependencies away."""
    entry = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
    return entry is not None and entry.status == EntryStatus.READY and _let_run(entry, clock)


def forget(job_id: str) -> None:
    """Take away all dependencies of an entry that is deleted, and on it, inside the running transaction."""
    JobQueueDependency.delete().where(
        (JobQueueDependency.job_id == job_id) | (JobQueueDependency.after_id == job_id)
    ).execute()


def waiting_for(after_id: str) -> list[str]:
    """The ids of the entries that run after this one."""
    query = JobQueueDependency.select().where(JobQueueDependency.after_id == after_id)
    return [row.job_id for row in query]


def waited_for(job_ids: Sequence[str]) -> list[str]:
    """Those of these entries for which others wait."""
    if not job_ids:
        return []
    marks = ", ".join("?" * len(job_ids))
    rows = database.execute_sql(
        f"SELECT DISTINCT after_id FROM job_queue_dependency WHERE after_id IN ({marks})", tuple(job_ids)
    ).fetchall()
    return [row[0] for row in rows]


def _let_run(entry: JobQueueEntry, clock: Clock) -> bool:
    if not entry.task_id or not may_run(entry):
        return False
    now = clock.now()
    if not tasks.set_task_ready(entry.task_id, max(entry.next_start or now, now), clock=clock):
        return False
    changes.touch(JobQueueEntry.table(), entry.id)
    return True


def _satisfies(before: JobQueueEntry, rule: RunAfterRule, since: datetime | None) -> bool:
    """Whether an entry has ended for one that is ready `since` then.

    A recurring one never stays ended: of it a run counts that ended after the other became ready.
    """
    if before.recurring and before.status not in _ENDED:
        ended = before.ended_at is not None and (since is None or before.ended_at > since)
        return ended and (rule is RunAfterRule.ENDED or not before.error_text)
    if rule is RunAfterRule.ENDED:
        return before.status in _ENDED
    return bool(before.status == EntryStatus.FINISHED)


def _all_before(job_id: str) -> set[str]:
    """Everything that an entry waits for, also through others."""
    rows = database.execute_sql(
        "WITH RECURSIVE before (id) AS (SELECT after_id FROM job_queue_dependency WHERE job_id = ?"
        " UNION SELECT step.after_id FROM job_queue_dependency AS step JOIN before ON step.job_id = before.id)"
        " SELECT id FROM before",
        (job_id,),
    ).fetchall()
    return {row[0] for row in rows}
