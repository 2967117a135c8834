"""`backdesk jobs`: lists, shows, stops and retries job queue entries."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.job_queue import JobQueueEntry, JobQueueLogEntry


def add_parser(subparsers: Any) -> None:
    """Add the verb and its actions to the command line."""
    parser = subparsers.add_parser(
        "jobs", help="list, show, stop and retry job queue entries", description="The job queue."
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the newest entries")
    listing.add_argument("--status", metavar="STATUS", help="only entries in this status, e.g. error")
    listing.add_argument("--limit", type=_limit, default=50, metavar="N", help="how many at most; 50")
    listing.add_argument("--json", action="store_true", help="one JSON object")
    for action, text in (
        ("show", "all about one entry"),
        ("cancel", "stop one entry, whether it waits or runs"),
        ("retry", "run an entry that has ended once more"),
        ("log", "the runs of one entry, with error and call stack"),
    ):
        one = actions.add_parser(action, help=text)
        one.add_argument("id", metavar="ID", help="the entry's number, or the first characters of its id")
        one.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0.

    Raises:
        UsageError: there is no such entry.
        TransitionError: the entry is in a state that does not allow it.
        PermissionDeniedError: the person may not do that.
    """
    from desktop.sessions import permissions

    with permissions.enforced(args.settings.user()):
        return _run(args)


def _run(args: argparse.Namespace) -> int:
    if args.action == "list":
        return _list(args)
    from desktop.jobqueue import actions, entries

    entry = entries.find(args.id)
    job_id = str(entry.id)
    if args.action == "show":
        _print(args, _entry_values(entry), _entry_lines(entry))
    elif args.action == "log":
        log = entries.log_of(job_id)
        _print(args, {"job": job_id, "log": [_log_values(row) for row in log]}, _log_lines(log))
    elif args.action == "cancel":
        status = actions.cancel(job_id)
        said = "is Cancelled" if status == "Cancelled" else "is being stopped"
        _print(args, {"job": job_id, "status": str(status)}, [f"“{_name(entry)}” {said}."])
    else:
        actions.restart(job_id, user_id=args.settings.user())
        _print(args, {"job": job_id, "status": "Ready"}, [f"“{_name(entry)}” is Ready."])
    return 0


def _list(args: argparse.Namespace) -> int:
    from desktop.errors import UsageError
    from desktop.jobqueue import entries
    from models.job_queue import EntryStatus

    status = None
    if args.status:
        known = {str(value).lower(): value for value in EntryStatus}
        status = known.get(args.status.replace("-", " ").lower())
        if status is None:
            raise UsageError(
                f"“{args.status}” is not a status.", f"Choose one of: {', '.join(map(str, EntryStatus))}."
            )
    rows = entries.newest(args.limit, status=status)
    table = [
        (
            str(row.entry_no),
            str(row.id)[:8],
            row.status,
            _progress(row),
            _shown(row.started_at or row.earliest_start),
            row.description or row.codeunit,
        )
        for row in rows
    ]
    lines = _aligned(("No.", "ID", "Status", "Progress", "Start", "Description"), table)
    _print(args, {"jobs": [_entry_values(row) for row in rows]}, lines if rows else ["There are no entries."])
    return 0


def _print(args: argparse.Namespace, values: dict[str, Any], lines: Sequence[str]) -> None:
    if args.json:
        print(json.dumps(values, ensure_ascii=False))
        return
    for line in lines:
        print(line)


def _entry_values(entry: JobQueueEntry) -> dict[str, Any]:
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
        "earliest_start": _iso(entry.earliest_start),
        "started": _iso(entry.started_at),
        "ended": _iso(entry.ended_at),
        "result": entry.result_text,
        "error": entry.error_text,
    }


def _log_values(row: JobQueueLogEntry) -> dict[str, Any]:
    return {
        "attempt": row.attempt,
        "status": row.status,
        "started": _iso(row.started_at),
        "ended": _iso(row.ended_at),
        "user": row.user_id,
        "worker": row.worker,
        "result": row.result_text,
        "error_code": row.error_code,
        "error": row.error_text,
        "call_stack": row.call_stack,
        "messages": row.messages.splitlines(),
    }


def _entry_lines(entry: JobQueueEntry) -> list[str]:
    attempts = f"{entry.attempts} of {entry.retries + 1}"
    pairs = [
        ("No.", str(entry.entry_no)),
        ("ID", str(entry.id)),
        ("Description", entry.description),
        ("Codeunit", entry.codeunit),
        ("Status", entry.status),
        ("Progress", f"{_progress(entry)} {entry.progress_text}".strip()),
        ("Attempts", attempts),
        ("Category", entry.category_code),
        ("User ID", entry.run_as_user_id),
        ("Earliest Start", _shown(entry.earliest_start)),
        ("Started", _shown(entry.started_at)),
        ("Ended", _shown(entry.ended_at)),
        ("Result", entry.result_text),
        ("Error", entry.error_text),
        *((f"Parameter {name}", value) for name, value in json.loads(entry.parameters).items()),
    ]
    shown = [(name, value) for name, value in pairs if value]
    width = max(len(name) for name, _ in shown)
    return [f"{name:<{width}}  {value}" for name, value in shown]


def _log_lines(log: list[JobQueueLogEntry]) -> list[str]:
    if not log:
        return ["It has not run yet."]
    table = [
        (str(row.attempt), row.status, _shown(row.started_at), _shown(row.ended_at), row.worker)
        for row in log
    ]
    heads = ("Attempt", "Status", "Start", "End", "Worker")
    aligned = _aligned(heads, table)
    lines = [aligned[0]]
    for line, row in zip(aligned[1:], log, strict=True):
        told = [row.result_text, *row.messages.splitlines(), row.error_text, *row.call_stack.splitlines()]
        lines += [line, *(f"    {text}" for text in told if text)]
    return lines


def _aligned(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    return [
        "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()
        for row in (heads, *rows)
    ]


def _name(entry: JobQueueEntry) -> str:
    return str(entry.description or entry.id)


def _progress(entry: JobQueueEntry) -> str:
    from models.job_queue import EntryStatus

    if entry.status not in (EntryStatus.IN_PROCESS, EntryStatus.CANCELLING):
        return ""  # how far the last run had come says nothing about one that has ended
    if entry.progress_total:
        return f"{100 * entry.progress_done // entry.progress_total} %"
    return str(entry.progress_done) if entry.progress_done else ""


def _shown(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from 1 on")
    return int(text)
