"""What is kept for so many days, and how what is older is found and deleted: in batches, each a short transaction.

What somebody or something still needs is never found: what runs or waits, what a retry begins with, and errors that
nobody has settled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from models import changes
from models.database import database
from models.fields import stored_time
from models.setup import RetentionPolicy

BATCH: Final = 500  # rows that one transaction deletes; 10 to 20 milliseconds
FEWEST_DAYS: Final = 1
MOST_DAYS: Final = 3_650


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table that go.

    Args:
        table: where they are.
        key: what names a row.
        condition: SQL for the old ones; ":before" is the moment up to which rows are old.
        children: tables and columns of the rows that belong to one of these, a few to each.
        batch: how many go at once.
    """

    table: str
    key: str
    condition: str
    children: tuple[tuple[str, str], ...] = ()
    batch: int = BATCH


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row.

    Args:
        name: what the policy is stored under.
        caption: what people read.
        explanation: one sentence: what goes, and what stays however old it is.
        days: how long rows are kept where nobody has said otherwise.
        parts: in the order in which they go; the last one is what is counted.
    """

    name: str
    caption: str
    explanation: str
    days: int
    parts: tuple[Part, ...]


_OLD_ENTRY: Final = (
    "status IN ('Finished', 'Cancelled', 'Expired') AND COALESCE(ended_at, modified_at) < :before"
    " AND checkpoint = '' AND id NOT IN (SELECT after_id FROM job_queue_dependency)"
)
_UNDER_WAY: Final = "SELECT id FROM job_queue_entry WHERE status IN ('Ready', 'In Process', 'Cancelling')"
_OLD_IMPORT: Final = (
    "(state = 'Undone' OR state = 'Completed' AND errors = 0 AND ready = 0 AND id NOT IN"
    " (SELECT run_id FROM post_process_entry WHERE status <> 'Completed'))"
    f" AND COALESCE(ended_at, created_at) < :before AND job_id NOT IN ({_UNDER_WAY})"
    f" AND post_job_id NOT IN ({_UNDER_WAY}) AND undo_job_id NOT IN ({_UNDER_WAY})"
)
_AS_THE_COMPANY: Final = "integration_code NOT IN (SELECT code FROM integration WHERE retention_days > 0)"
# A beginning whose end has not come in 90 days more has lost it.
_OVER: Final = "at < :before AND (is_open = 0 OR at < :long_before)"
_LONG: Final = timedelta(days=90)


def _import_parts(which: str) -> tuple[Part, ...]:
    """Imports with all that belongs to them, the run last: so it goes on where it was interrupted."""
    old = f"{which} AND {_OLD_IMPORT}"
    of_old = f"run_id IN (SELECT id FROM import_run WHERE {old})"
    return (
        Part("post_process_entry", "id", of_old),
        Part("import_change", "id", of_old),
        Part(
            "integration_record",
            "id",
            of_old,
            (("integration_record_error", "record_id"), ("integration_record_status", "record_id")),
        ),
        Part("import_run", "id", old),
    )


KINDS: Final = (
    Kind(
        "log_entries",
        "Job Queue Log Entries",
        "Runs that have ended. The runs of a job that is in Error stay.",
        180,
        (
            Part(
                "job_queue_log_entry",
                "id",
                "ended_at < :before AND status <> 'In Process' AND job_id NOT IN (SELECT id FROM job_queue_entry"
                " WHERE status IN ('Error', 'In Process', 'Cancelling'))",
            ),
        ),
    ),
    Kind(
        "entries",
        "Job Queue Entries",
        "Entries that are Finished, Cancelled or Expired, with their log. Those in Error, those that others run "
        "after, and those that would go on from a checkpoint stay.",
        90,
        (
            Part(
                "job_queue_log_entry",
                "id",
                f"job_id IN (SELECT id FROM job_queue_entry WHERE {_OLD_ENTRY})",
            ),
            Part(
                "job_queue_entry",
                "id",
                _OLD_ENTRY,
                (("job_queue_change", "job_id"), ("job_queue_dependency", "job_id")),
            ),
        ),
    ),
    Kind(
        "changes",
        "History of job queue entries",
        "Who changed what of an entry.",
        365,
        (Part("job_queue_change", "id", "at < :before"),),
    ),
    Kind(
        "imports",
        "Imports",
        "Imports in which every record is settled, with their records. Those with errors or records to be "
        "processed stay. What was imported stays in any case. An integration may have days of its own.",
        90,
        _import_parts(_AS_THE_COMPANY),
    ),
    Kind(
        "reports",
        "Report Inbox",
        "Documents that jobs have made, read or not.",
        180,
        (Part("report_inbox", "id", "created_at < :before", (("report_content", "report_id"),), batch=50),),
    ),
    Kind(
        "notifications",
        "Notifications",
        "What people were told. What somebody has to act on, and has not read, stays.",
        90,
        (
            Part(
                "notification",
                "id",
                "created_at < :before AND (needs_action = 0 OR read_at IS NOT NULL OR dismissed_at IS NOT NULL)",
            ),
        ),
    ),
    Kind(
        "mail",
        "E-mails",
        "Messages that were sent, or could not be sent. Those that wait stay.",
        30,
        (
            Part(
                "mail_message",
                "id",
                "status IN ('Sent', 'Failed') AND COALESCE(sent_at, created_at) < :before",
            ),
        ),
    ),
    Kind(
        "client_sessions",
        "Session events of windows and workers",
        "When people logged on and off.",
        90,
        (Part("session_event", "id", f"kind = 'Client' AND {_OVER}"),),
    ),
    Kind(
        "background_sessions",
        "Session events of background sessions",
        "When jobs and other sessions without a window began and ended.",
        5,
        (Part("session_event", "id", f"kind <> 'Client' AND {_OVER}"),),
    ),
)
BY_NAME: Final = {kind.name: kind for kind in KINDS}


class Policy(NamedTuple):
    """How long the rows of one kind are kept, in days; for ever while it is not enabled."""

    kind: Kind
    enabled: bool
    keep_days: int


def policies() -> list[Policy]:
    """All of them, in the order of `KINDS`; what nobody has set stands at its default."""
    stored = {row.kind: row for row in RetentionPolicy.select()}
    return [_policy(kind, stored.get(kind.name)) for kind in KINDS]


def _policy(kind: Kind, row: RetentionPolicy | None) -> Policy:
    return Policy(kind, True, kind.days) if row is None else Policy(kind, bool(row.enabled), row.keep_days)


def store_policy(kind: Kind, *, enabled: bool, keep_days: int) -> None:
    """Keep the policy of one kind, inside the running transaction."""
    row = RetentionPolicy.insert(kind=kind.name, enabled=enabled, keep_days=keep_days)
    row.on_conflict_replace().execute()
    changes.touch(RetentionPolicy.table(), kind.name)


def own_import_days() -> list[int]:
    """The numbers of days for which single integrations keep their imports, in place of the company's."""
    rows = database.execute_sql(
        "SELECT DISTINCT retention_days FROM integration WHERE retention_days > 0 ORDER BY retention_days"
    )
    return [int(row[0]) for row in rows.fetchall()]


def imports_of_own_days(days: int) -> Kind:
    """The imports of the integrations that keep theirs for so many days."""
    which = f"integration_code IN (SELECT code FROM integration WHERE retention_days = {int(days)})"
    return replace(BY_NAME["imports"], days=days, parts=_import_parts(which))


def count_old(kind: Kind, before: datetime) -> int:
    """How many rows of a kind are older than that and not needed any more."""
    part = kind.parts[-1]
    sql = f"SELECT count(*) FROM {part.table} WHERE {_bound(part.condition)}"
    return int(database.execute_sql(sql, _values(part.condition, before)).fetchone()[0])


def delete_batch(part: Part, before: datetime) -> int:
    """Delete some of the old rows in a transaction of its own; how many, 0 when there are none left.

    They are looked for before it, so that nothing is locked where nothing is old, and looked at again in it.
    """
    select = f"SELECT {part.key} FROM {part.table} WHERE {_bound(part.condition)}"
    values = _values(part.condition, before)
    found = [row[0] for row in database.execute_sql(f"{select} LIMIT ?", (*values, part.batch)).fetchall()]
    if not found:
        return 0
    with database.atomic():
        marks = ", ".join("?" * len(found))
        sql = f"{select} AND {part.key} IN ({marks})"
        keys = [row[0] for row in database.execute_sql(sql, (*values, *found)).fetchall()]
        marks = ", ".join("?" * len(keys))
        for table, column in part.children:
            database.execute_sql(f"DELETE FROM {table} WHERE {column} IN ({marks})", keys)
        database.execute_sql(f"DELETE FROM {part.table} WHERE {part.key} IN ({marks})", keys)
        changes.touch(part.table)
    return len(found)


def delete_log_batch(before: datetime | None) -> int:
    """Delete some log entries of runs that have ended, before that moment or at any time; how many."""
    condition = "status <> 'In Process'" + ("" if before is None else " AND ended_at < :before")
    part = Part("job_queue_log_entry", "id", condition)
    return delete_batch(part, before or datetime.max)


def _values(condition: str, before: datetime) -> list[str]:
    known = {":before": before, ":long_before": before - _LONG}
    return [stored_time(known[word.strip("()")]) for word in condition.split() if word.strip("()") in known]


def _bound(condition: str) -> str:
    return condition.replace(":long_before", "?").replace(":before", "?")
