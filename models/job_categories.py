"""Job queue categories as the window lists and changes them: gates, and who runs or waits at each.

A category that jobs name but nobody has set up lets one run at a time, as a new one does; it is listed too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from models import changes
from models.database import connected, database
from models.errors import FieldError, RecordChangedError
from models.fields import shown_time, stored_time
from models.job_queue import EntryStatus, JobQueueCategory
from models.record_edit import RecordInUseError
from models.row_lists import matching
from models.rules import FieldRule, Kind

MOST_CAPACITY: Final = 100
CODE: Final = FieldRule("code", "Code", Kind.CODE, max_length=20, required=True)
DESCRIPTION: Final = FieldRule("description", "Description", max_length=100)
CAPACITY: Final = FieldRule("capacity", "Capacity", Kind.INTEGER, minimum=1, maximum=MOST_CAPACITY)
PAUSED: Final = FieldRule("paused", "Paused", Kind.BOOLEAN)
SHOWN_JOBS: Final = 20
_OVER: Final = (EntryStatus.FINISHED.value, EntryStatus.CANCELLED.value, EntryStatus.EXPIRED.value)


class CategoryRow(NamedTuple):
    """One category of the list.

    Attributes:
        known: it is set up; False for a code that jobs name without that.
        running, waiting: runs of it now, and runs that are due and wait.
        planned: runs of it that are planned for later.
        runs_now, next_job: descriptions of what runs, or "", and of what comes next.
    """

    code: str
    description: str
    capacity: int
    paused: bool
    known: bool
    running: int
    waiting: int
    planned: int
    runs_now: str
    next_job: str

    @property
    def id(self) -> str:
        """The key, by which a list knows it again."""
        return self.code


class CategoryJob(NamedTuple):
    """A job that runs in a category, waits at it, or is planned.

    Attributes:
        job_id: its entry; "" for a scheduled task without one.
        name: the entry's description, or the codeunit's name.
        due: its time has come.
    """

    job_id: str
    name: str
    running: bool
    due: bool
    not_before: datetime


_DUE: Final = "task.running = 0 AND task.is_ready = 1 AND task.not_before <= moment.now"
_NAME: Final = (
    "SELECT COALESCE(NULLIF(job.description, ''), task.codeunit) FROM scheduled_task AS task"
    " LEFT JOIN job_queue_entry AS job ON job.id = task.job_id WHERE task.category_code = gate.code"
)
_LIST: Final = f"""
    WITH moment (now) AS (VALUES (?)),
    gate AS (
        SELECT code, description, capacity, paused, 1 AS known FROM job_queue_category
        UNION ALL SELECT DISTINCT category_code, '', 1, 0, 0 FROM scheduled_task
        WHERE category_code <> '' AND category_code NOT IN (SELECT code FROM job_queue_category)
    ),
    counted AS (
        SELECT task.category_code AS code, SUM(task.running) AS running, SUM({_DUE}) AS waiting, COUNT(*) AS tasks
        FROM scheduled_task AS task, moment WHERE task.category_code <> '' GROUP BY task.category_code
    )
    SELECT gate.code, gate.description, gate.capacity, gate.paused, gate.known, COALESCE(counted.running, 0),
        COALESCE(counted.waiting, 0), COALESCE(counted.tasks - counted.running - counted.waiting, 0),
        CASE WHEN counted.running > 0
            THEN ({_NAME} AND task.running = 1 ORDER BY task.sequence LIMIT 1) ELSE '' END,
        CASE WHEN counted.waiting > 0
            THEN ({_NAME} AND {_DUE} ORDER BY task.priority, task.sequence LIMIT 1) ELSE '' END
    FROM moment, gate LEFT JOIN counted ON counted.code = gate.code
"""
_ORDERS: Final = {
    "code": "gate.code",
    "description": "lower(gate.description)",
    "capacity": "gate.capacity",
    "state": "gate.paused DESC, counted.running DESC, counted.waiting",
}


def category_list(
    now: datetime, search: str = "", order: str = "", *, descending: bool = False
) -> list[CategoryRow]:
    """All categories, those that jobs only name among them.

    Args:
        now: aware; decides what waits and what is planned for later.
        search: words, all of which must be in the category; empty for no search.
        order: a column's key; empty sorts by code.
    """
    where, values = matching(search, ("gate.code", "gate.description"))
    sorting = f"{_ORDERS[order or 'code']} {'DESC' if descending else 'ASC'}, gate.code"
    rows = database.execute_sql(
        f"{_LIST} WHERE 1 = 1 {where} ORDER BY {sorting}", (stored_time(now), *values)
    ).fetchall()
    return [
        CategoryRow._make((*row[:3], bool(row[3]), bool(row[4]), *row[5:8], row[8] or "", row[9] or ""))
        for row in rows
    ]


def category_jobs(code: str, now: datetime, limit: int = SHOWN_JOBS) -> list[CategoryJob]:
    """What runs in a category, then what waits in the order in which it will run, then what is planned."""
    rows = database.execute_sql(
        "SELECT task.job_id, COALESCE(NULLIF(job.description, ''), task.codeunit), task.running,"
        " task.is_ready = 1 AND task.not_before <= ? AS due, task.not_before"
        " FROM scheduled_task AS task LEFT JOIN job_queue_entry AS job ON job.id = task.job_id"
        " WHERE task.category_code = ? ORDER BY task.running DESC, due DESC,"
        " CASE WHEN due THEN task.priority ELSE task.not_before END, task.sequence LIMIT ?",
        (stored_time(now), code, limit),
    ).fetchall()
    return [CategoryJob._make((*row[:2], bool(row[2]), bool(row[3]), shown_time(row[4]))) for row in rows]


def create_category(values: Mapping[str, Any]) -> str:
    """Set a category up; return its code.

    Args:
        values: by the names of the rules above.
    Raises:
        FieldError: a value is refused, with the code of its rule, or Exists for a code that is taken.
    """
    code = CODE.check(values["code"])
    stored = _checked(values)
    with connected(), database.atomic():
        if JobQueueCategory.get_or_none(JobQueueCategory.code == code) is not None:
            raise FieldError(f"The category {code} exists already.", "Choose another code.", "Exists")
        JobQueueCategory(code=code, **stored).save(force_insert=True)
    return str(code)


def change_category(code: str, values: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Write changed fields of a category; one that jobs only name is set up by that.

    Args:
        values: the new values by name.
        expected: what the person saw of these fields.
    Raises:
        FieldError: a value is refused.
        RecordChangedError: somebody else has changed one of the fields, or has deleted the category.
    """
    stored = _checked(values)
    with connected(), database.atomic():
        row = JobQueueCategory.get_or_none(JobQueueCategory.code == code)
        if row is None:
            if expected.get("known", True):
                raise RecordChangedError(
                    f"The category {code} has been deleted meanwhile.", "Close this and refresh the list."
                )
            JobQueueCategory(code=code, **stored).save(force_insert=True)
            return
        for name, value in stored.items():
            found = getattr(row, name)
            if found not in (expected[name], value):
                raise RecordChangedError(
                    f"{_RULES[name].caption} was changed to “{found}” by somebody else meanwhile.",
                    "Your change was not saved. Refresh the list, then change it again.",
                )
            setattr(row, name, value)
        row.save()


def set_paused(codes: Sequence[str], paused: bool) -> int:
    """Let no further job of these categories start, or let them start again; return how many it changed."""
    changed = 0
    with connected(), database.atomic():
        for code in codes:
            row = JobQueueCategory.get_or_none(JobQueueCategory.code == code)
            if row is None:
                JobQueueCategory(code=code, paused=paused).save(force_insert=True)
            elif row.paused != paused:
                row.paused = paused
                row.save()
            else:
                continue
            changed += 1
    return changed


def delete_category(code: str) -> None:
    """Delete a category that nothing uses.

    Raises:
        RecordInUseError: an entry that may still run, or an integration, names it; nothing is deleted.
        RecordChangedError: it is gone already.
    """
    with connected(), database.atomic():
        marks = ", ".join("?" * len(_OVER))
        jobs, first = database.execute_sql(
            "SELECT COUNT(*), MIN(description) FROM job_queue_entry"
            f" WHERE category_code = ? AND status NOT IN ({marks})",
            (code, *_OVER),
        ).fetchone()
        imports, integration = database.execute_sql(
            "SELECT COUNT(*), MIN(code) FROM integration WHERE category_code = ?", (code,)
        ).fetchone()
        if jobs or imports:
            raise RecordInUseError(
                f"The category {code} is used by {_users(jobs, first, imports, integration)}.",
                "Give them another category first; jobs that are over do not count.",
            )
        if not JobQueueCategory.delete().where(JobQueueCategory.code == code).execute():
            raise RecordChangedError(f"The category {code} has been deleted already.")
        changes.touch(JobQueueCategory.table(), code)


_RULES: Final = {rule.name: rule for rule in (DESCRIPTION, CAPACITY, PAUSED)}


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rule.check(values[name]) for name, rule in _RULES.items() if name in values}


def _users(jobs: int, first: str | None, imports: int, integration: str | None) -> str:
    said = []
    if jobs:
        said.append(f"“{first}”" if jobs == 1 else f"{jobs:,} job queue entries")
    if imports:
        said.append(f"the integration {integration}" if imports == 1 else f"{imports:,} integrations")
    return " and ".join(said)
