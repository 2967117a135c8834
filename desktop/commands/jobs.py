"""`backdesk jobs`: what a person does with job queue entries, without a window."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from desktop.commands import job_texts
from desktop.commands.answers import print_answer

if TYPE_CHECKING:
    from models.job_queue import JobQueueEntry

PRIORITIES: Final = {"high": 1000, "normal": 2000, "low": 3000}
SOME_REFUSED: Final = 1
OLD_DAYS: Final = 7

_ID_HELP: Final = "the entry's number, or the first characters of its id"
_ON_SEVERAL: Final = (
    ("why", "why entries run, wait or have stopped, in one sentence each"),
    ("ready", "set entries to Ready"),
    ("hold", "put entries on hold"),
    ("cancel", "stop entries, whether they wait or run"),
    ("retry", "run entries that have ended once more"),
    ("run-now", "run entries at once; their schedule goes on afterwards"),
    ("copy", "copy entries; the copies are on hold"),
    ("delete", "delete entries with their log"),
)


def add_parser(subparsers: Any) -> None:
    """Add the verb and its actions to the command line."""
    parser = subparsers.add_parser(
        "jobs", help="list, show, stop and retry job queue entries", description="The job queue."
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the newest entries")
    listing.add_argument("--status", metavar="STATUS", help="only entries in this status, e.g. error")
    listing.add_argument("--limit", type=_limit, default=50, metavar="N", help="how many at most; 50")
    show = actions.add_parser("show", help="all about one entry")
    show.add_argument("id", metavar="ID", help=_ID_HELP)
    log = actions.add_parser("log", help="the runs of one entry, with error and call stack; or clear the log")
    log.add_argument("id", metavar="ID", nargs="?", help=_ID_HELP)
    log.add_argument("--clear", action="store_true", help="delete the log of runs that have ended long ago")
    log.add_argument(
        "--days", type=_limit, default=OLD_DAYS, metavar="N", help=f"… so many days ago; {OLD_DAYS}"
    )
    log.add_argument("--all", action="store_true", help="… or whenever that was")
    listed = [listing, show, log]
    priority = actions.add_parser("priority", help="set the priority of entries in their category")
    priority.add_argument("level", choices=tuple(PRIORITIES), metavar="LEVEL", help="high, normal or low")
    later = actions.add_parser("reschedule", help="let entries start no earlier than then")
    later.add_argument(
        "when", type=moment, metavar="WHEN", help="now, +2h, +30m, +1d, 22:30 or 2026-11-30T02:00, local time"
    )
    several = [priority, later, *(actions.add_parser(name, help=text) for name, text in _ON_SEVERAL)]
    for one in several:
        one.add_argument("ids", metavar="ID", nargs="+", help=_ID_HELP)
    for one in (*listed, *several):
        one.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0, or 1 when some of several entries could not do it.

    Raises:
        UsageError: there is no such entry.
        TransitionError: the only entry is in a state that does not allow it.
        PermissionDeniedError: the person may not do that.
    """
    from desktop.sessions import permissions

    with permissions.enforced(args.settings.user()):
        return _run(args)


def _run(args: argparse.Namespace) -> int:
    if args.action == "list":
        return _list(args)
    if args.action == "show":
        return _show(args)
    if args.action == "log":
        return _clear(args) if args.clear else _log(args)
    from desktop.jobqueue import entries

    found = [entries.find(text) for text in args.ids]
    if args.action == "why":
        return _why(args, found)
    return _on_each(args, found, _doing(args))


def _on_each(
    args: argparse.Namespace, found: list[JobQueueEntry], do: Callable[[str], tuple[dict[str, Any], str]]
) -> int:
    """Do it with each entry; what one of several cannot do does not keep the others from it."""
    from models.errors import BackdeskError

    if len(found) == 1:
        values, said = do(str(found[0].id))
        print_answer(args, values, [f"“{_name(found[0])}” {said}."])
        return 0
    done: list[dict[str, Any]] = []
    refused = 0
    for entry in found:
        try:
            values, said = do(str(entry.id))
        except BackdeskError as error:
            refused += 1
            done.append({"job": str(entry.id), "error": str(error)})
            print(f"backdesk: {error}", file=sys.stderr)
        else:
            done.append(values)
            if not args.json:
                print(f"“{_name(entry)}” {said}.")
    if args.json:
        print(json.dumps({"jobs": done}, ensure_ascii=False))
    return SOME_REFUSED if refused else 0


def _doing(args: argparse.Namespace) -> Callable[[str], tuple[dict[str, Any], str]]:
    """What the action does with one entry: for a script, and what is said about it."""
    from desktop.jobqueue import actions, editing, entries

    user_id = args.settings.user()

    def simple(act: Callable[..., object], status: str, job_id: str) -> tuple[dict[str, Any], str]:
        act(job_id, user_id=user_id)
        return {"job": job_id, "status": status}, f"is {status}"

    def cancel(job_id: str) -> tuple[dict[str, Any], str]:
        status = str(actions.cancel(job_id, user_id=user_id))
        return {"job": job_id, "status": status}, (
            "is Cancelled" if status == "Cancelled" else "is being stopped"
        )

    def copy(job_id: str) -> tuple[dict[str, Any], str]:
        new = entries.copy(job_id, user_id=user_id)
        return {"job": job_id, "copy": new}, f"was copied: {new[:8]}"

    def prioritise(job_id: str) -> tuple[dict[str, Any], str]:
        _raise_first(editing.set_priority([job_id], PRIORITIES[args.level], user_id=user_id))
        return {"job": job_id, "priority": PRIORITIES[args.level]}, f"has priority {args.level} now"

    def reschedule(job_id: str) -> tuple[dict[str, Any], str]:
        _raise_first(editing.reschedule([job_id], args.when, user_id=user_id))
        return (
            {"job": job_id, "earliest_start": job_texts.iso(args.when)},
            f"does not start before {job_texts.shown(args.when)}",
        )

    doing: dict[str, Callable[[str], tuple[dict[str, Any], str]]] = {
        "ready": partial(simple, actions.set_ready, "Ready"),
        "hold": partial(simple, actions.set_on_hold, "On Hold"),
        "retry": partial(simple, actions.restart, "Ready"),
        "run-now": partial(simple, actions.run_now, "Ready"),
        "delete": partial(simple, actions.delete, "deleted"),
        "cancel": cancel,
        "copy": copy,
        "priority": prioritise,
        "reschedule": reschedule,
    }
    return doing[args.action]


def _raise_first(refused: Sequence[tuple[str, Exception]]) -> None:
    for _, error in refused:
        raise error


def _why(args: argparse.Namespace, found: list[JobQueueEntry]) -> int:
    from desktop.jobqueue import diagnosis

    said = diagnosis.sentences([str(entry.id) for entry in found])
    if len(found) == 1:
        job_id = str(found[0].id)
        print_answer(args, {"job": job_id, "why": said.get(job_id, "")}, [said.get(job_id, "")])
        return 0
    values = [{"job": str(entry.id), "why": said.get(str(entry.id), "")} for entry in found]
    lines = [f"{_name(entry)}: {said.get(str(entry.id), '')}" for entry in found]
    print_answer(args, {"jobs": values}, lines)
    return 0


def _show(args: argparse.Namespace) -> int:
    from desktop.jobqueue import diagnosis, entries

    entry = entries.find(args.id)
    why = diagnosis.why(str(entry.id))
    print_answer(args, {**job_texts.entry_values(entry), "why": why}, job_texts.entry_lines(entry, why))
    return 0


def _log(args: argparse.Namespace) -> int:
    from desktop.errors import UsageError
    from desktop.jobqueue import entries

    if args.id is None:
        raise UsageError(
            "The entry is not named.", "Name it, or clear the log with: backdesk jobs log --clear"
        )
    entry = entries.find(args.id)
    log = entries.log_of(str(entry.id))
    values = {"job": str(entry.id), "log": [job_texts.log_values(row) for row in log]}
    print_answer(args, values, job_texts.log_lines(log))
    return 0


def _clear(args: argparse.Namespace) -> int:
    from desktop.errors import UsageError
    from desktop.formats import count_text
    from desktop.jobqueue import retention

    if args.id is not None:
        raise UsageError("The log is cleared of all entries together.", "Leave the entry out.")
    gone = retention.delete_log_entries(None if args.all else args.days)
    rows = "1 log entry was" if gone == 1 else f"{count_text(gone)} log entries were"
    print_answer(args, {"deleted": gone}, [f"{rows} deleted."])
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
            job_texts.progress(row),
            job_texts.shown(row.started_at or row.earliest_start),
            row.description or row.codeunit,
        )
        for row in rows
    ]
    lines = job_texts.aligned(("No.", "ID", "Status", "Progress", "Start", "Description"), table)
    values = {"jobs": [job_texts.entry_values(row) for row in rows]}
    print_answer(args, values, lines if rows else ["There are no entries."])
    return 0


def _name(entry: JobQueueEntry) -> str:
    return str(entry.description or entry.id)


def moment(text: str, now: datetime | None = None) -> datetime:
    """The moment that a person names: now, +2h, 22:30 (the next one), or a date and time of this computer's clock.

    >>> moment("22:30", datetime(2026, 11, 21, 9, 0)).strftime("%d %H:%M")
    '21 22:30'
    """
    now = (now or datetime.now()).astimezone()
    word = text.strip().lower()
    units = {"m": "minutes", "h": "hours", "d": "days"}
    if word == "now":
        return now
    try:
        if word.startswith("+") and word[1:-1].isascii() and word[1:-1].isdigit() and word[-1] in units:
            return now + timedelta(**{units[word[-1]]: int(word[1:-1])})
        if "-" not in word:
            time = datetime.strptime(word, "%H:%M")
            start = now.replace(hour=time.hour, minute=time.minute, second=0, microsecond=0, tzinfo=None)
            return (start if start.astimezone() > now else start + timedelta(days=1)).astimezone()
        return datetime.fromisoformat(word.upper()).astimezone()
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"“{text}” is no time; write e.g. now, +2h, 22:30 or 2026-11-30T02:00"
        ) from None


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from 1 on")
    return int(text)
