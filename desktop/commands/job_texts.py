"""What `backdesk jobs` says about entries and runs, for people and for scripts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.job_queue import JobQueueEntry, JobQueueLogEntry


def entry_values(entry: JobQueueEntry) -> dict[str, Any]:
    """An entry for a script."""
    return {
        "job": entry.id,
        "no": entry.entry_no,
        "description": entry.description,
        "codeunit": entry.codeunit,
        "parameters": json.loads(entry.parameters),
        "status": entry.status,
        "category": entry.category_code,
        "user": entry.run_as_user_id,
        "attempts": entry.attempts,
        "retries": entry.retries,
        "done": entry.progress_done,
        "total": entry.progress_total,
        "text": entry.progress_text,
        "priority": entry.priority,
        "earliest_start": iso(entry.earliest_start),
        "next_start": iso(entry.next_start),
        "started": iso(entry.started_at),
        "ended": iso(entry.ended_at),
        "result": entry.result_text,
        "error": entry.error_text,
    }


def log_values(row: JobQueueLogEntry) -> dict[str, Any]:
    """A run for a script."""
    return {
        "attempt": row.attempt,
        "status": row.status,
        "started": iso(row.started_at),
        "ended": iso(row.ended_at),
        "user": row.user_id,
        "worker": row.worker,
        "result": row.result_text,
        "error_code": row.error_code,
        "error": row.error_text,
        "call_stack": row.call_stack,
        "messages": row.messages.splitlines(),
    }


def entry_lines(entry: JobQueueEntry, why: str) -> list[str]:
    """An entry for a person; what is empty is left out."""
    attempts = f"{entry.attempts} of {entry.retries + 1}"
    pairs = [
        ("No.", str(entry.entry_no)),
        ("ID", str(entry.id)),
        ("Description", entry.description),
        ("Codeunit", entry.codeunit),
        ("Status", entry.status),
        ("Why", why),
        ("Progress", f"{progress(entry)} {entry.progress_text}".strip()),
        ("Attempts", attempts),
        ("Category", entry.category_code),
        ("User ID", entry.run_as_user_id),
        ("Earliest Start", shown(entry.earliest_start)),
        ("Next Start", shown(entry.next_start)),
        ("Started", shown(entry.started_at)),
        ("Ended", shown(entry.ended_at)),
        ("Result", entry.result_text),
        ("Error", entry.error_text),
        *((f"Parameter {name}", value) for name, value in json.loads(entry.parameters).items()),
    ]
    told = [(name, value) for name, value in pairs if value]
    width = max(len(name) for name, _ in told)
    return [f"{name:<{width}}  {value}" for name, value in told]


def log_lines(log: list[JobQueueLogEntry]) -> list[str]:
    """The runs of an entry for a person, each with what it said."""
    if not log:
        return ["It has not run yet."]
    table = [
        (str(row.attempt), row.status, shown(row.started_at), shown(row.ended_at), row.worker) for row in log
    ]
    heads = ("Attempt", "Status", "Start", "End", "Worker")
    table_lines = aligned(heads, table)
    lines = [table_lines[0]]
    for line, row in zip(table_lines[1:], log, strict=True):
        told = [row.result_text, *row.messages.splitlines(), row.error_text, *row.call_stack.splitlines()]
        lines += [line, *(f"    {text}" for text in told if text)]
    return lines


def aligned(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A table whose columns stand under their heads."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    return [
        "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()
        for row in (heads, *rows)
    ]


def progress(entry: JobQueueEntry) -> str:
    """How far the run is; empty when none goes on."""
    from models.job_queue import EntryStatus

    if entry.status not in (EntryStatus.IN_PROCESS, EntryStatus.CANCELLING):
        return ""  # how far the last run had come says nothing about one that has ended
    if entry.progress_total:
        return f"{100 * entry.progress_done // entry.progress_total} %"
    return str(entry.progress_done) if entry.progress_done else ""


def shown(moment: datetime | None) -> str:
    """A moment where the person is."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def iso(moment: datetime | None) -> str | None:
    """A moment for a script."""
    return moment.isoformat() if moment else None
