"""`backdesk imports`: what was imported, and what is done with it afterwards."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from desktop.commands.answers import print_answer
from desktop.commands.running import ALL_GOOD, BROKEN_OFF, SOME_ERRORS, Here, here

_RUN_HELP: Final = "the number of the import, as `backdesk imports list` shows it"
_ON_ONE: Final = (
    ("show", "all about one import"),
    ("process", "process what is ready, e.g. after it was stopped"),
    ("retry", "process again what has errors"),
    ("post-process", "post-process what is ready"),
    ("retry-post", "post-process again what has errors"),
    ("undo", "remove what it has created, and restore what it has changed"),
    ("reconcile", "count it once more"),
)
MOST_NAMED: Final = 10  # records that are named for each reason
_JOBS: Final = ("process", "retry", "post-process", "retry-post", "undo")


def add_parser(subparsers: Any) -> None:
    """Add the verb and its actions to the command line."""
    parser = subparsers.add_parser(
        "imports",
        help="list, go on with, retry and undo imports; export and import integrations",
        description="Imports. Exit code: 0 all is good, 1 something has errors, 2 it cannot be done.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the newest imports")
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="how many at most; 20")
    listing.add_argument("--integration", metavar="NAME", default="", help="only those of one integration")
    every = [listing]
    for name, text in _ON_ONE:
        one = actions.add_parser(name, help=text)
        one.add_argument("run", type=int, metavar="NUMBER", help=_RUN_HELP)
        if name in _JOBS:
            one.add_argument("--background", action="store_true", help="leave it to a window or worker")
        every.append(one)
    errors = actions.add_parser("errors", help="write the failed rows into a file, to be mended there")
    errors.add_argument("run", type=int, metavar="NUMBER", help=_RUN_HELP)
    errors.add_argument("file", metavar="FILE", help="a new file, ending in .xlsx or .csv")
    errors.add_argument(
        "--as-it-is", action="store_true", help="leave texts in a CSV that a spreadsheet takes for formulas"
    )
    back = actions.add_parser("take-back", help="take a mended file of failed rows back, and process them")
    back.add_argument("file", metavar="FILE", help="the file that `errors` has written")
    back.add_argument("--background", action="store_true", help="leave the processing to a window or worker")
    every += [errors, back]
    export = actions.add_parser(
        "export-definition", help="write an integration into a file, for another company"
    )
    export.add_argument("integration", metavar="NAME")
    export.add_argument("file", metavar="FILE", nargs="?", default="", help="standard output without it")
    define = actions.add_parser("import-definition", help="make the integration that a file describes")
    define.add_argument("file", metavar="FILE")
    define.add_argument("--code", metavar="NAME", default="", help="another name than the file's")
    for one in (*every, define):
        one.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when all is good, 1 when something has errors.

    Raises:
        BackdeskError: there is no such import, or it is in a state that does not allow it.
        PermissionDeniedError: the person may not do that.
    """
    if args.action in (*_JOBS, "errors", "take-back"):
        with here(args) as program:
            return _WITH_CHILDREN.get(args.action, _job)(program)
    from desktop.sessions import permissions

    with permissions.enforced(args.settings.user()):
        return _ACTIONS[args.action](args)


def _list(args: argparse.Namespace) -> int:
    from desktop.commands import job_texts
    from models.database import connected
    from models.import_rows import status_now
    from models.integration_record import ImportRun

    with connected():
        query = ImportRun.select().order_by(ImportRun.id.desc()).limit(max(1, args.limit))
        if args.integration:
            query = query.where(ImportRun.integration_code == args.integration.strip().upper())
        runs = list(query)
    table = [
        (
            str(run.id),
            status_now(run.state, run.owner, run.ready, errors=0),  # they have a column of their own
            f"{run.rows:,}",
            f"{run.errors:,}",
            run.integration_code,
            run.created_at.astimezone().strftime("%Y-%m-%d %H:%M"),
            run.file_name,
        )
        for run in runs
    ]
    lines = job_texts.aligned(("No.", "Status", "Rows", "Errors", "Integration", "Read", "File"), table)
    values = {"imports": [_values(run.id) for run in runs]} if args.json else {}
    print_answer(args, values, lines if runs else ["Nothing was imported."])
    return ALL_GOOD


def _show(args: argparse.Namespace) -> int:
    from desktop.imports import service
    from desktop.imports.afterwards.post_processing import counts
    from desktop.imports.mending import repair
    from desktop.imports.told_when_read import told_when_read
    from models.integration_record import RunState

    told = service.summary(args.run)
    after = counts(args.run)
    lines = [f"{told.file_name} ({told.integration}): {told.text}.", f"Status: {told.status}"]
    if after.ready or after.completed or after.errors or after.reversed:
        lines.append(f"Post-processing: {after.text}.")
    lines += _not_post_processed(args.run)
    lines += _left_by_undoing(args.run)
    lines += [f"Note: {note}" for note in told_when_read(args.run)]
    lines += [
        f"  {group.count:,} × {group.source_column}{': ' if group.source_column else ''}{group.message} {group.hint}"
        for group in repair.error_groups(args.run)
    ]
    print_answer(args, _values(args.run), lines)
    bad = told.errors or after.errors or told.state == RunState.INTERRUPTED
    return SOME_ERRORS if bad else ALL_GOOD


def _export(args: argparse.Namespace) -> int:
    from desktop.imports.integrations.definition_file import export_definition

    text = export_definition(args.integration)
    if not args.file:
        print(text)
        return ALL_GOOD
    path = Path(args.file).expanduser()
    _with_file(path, lambda: path.write_text(text, encoding="utf-8"))
    print(f"The integration {args.integration.strip().upper()} is in {path}.")
    return ALL_GOOD


def _define(args: argparse.Namespace) -> int:
    from desktop.imports.integrations.definition_file import import_definition

    path = Path(args.file).expanduser()
    code = import_definition(_with_file(path, lambda: path.read_text(encoding="utf-8")), args.code)
    print_answer(args, {"integration": code}, [f"The integration {code} is there."])
    return ALL_GOOD


def _reconcile(args: argparse.Namespace) -> int:
    from desktop.imports.afterwards.reconciliation import reconcile
    from desktop.sessions import permissions
    from models.integration_record import ImportRun

    permissions.require(
        permissions.Right.READ, ImportRun.table()
    )  # counting itself is the program's own work
    found = reconcile(args.run)
    lines = [found.text, *(f"  {check.what}: {check.text}" for check in found.checks if check.text)]
    print_answer(args, {"run": args.run, "differs": found.differs, "equation": found.equation}, lines)
    return SOME_ERRORS if found.differs else ALL_GOOD


_ACTIONS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "list": _list,
    "show": _show,
    "reconcile": _reconcile,
    "export-definition": _export,
    "import-definition": _define,
}


def _job(program: Here) -> int:
    """Start a job and, unless it is left to others, run it here."""
    from desktop.sessions import permissions

    args = program.args
    with permissions.enforced(args.settings.user()):
        job_id = _start(args.action, args.run, args.settings.user())
    return _follow(program, args.run, job_id)


def _follow(program: Here, run_id: int, job_id: str, before: Sequence[str] = ()) -> int:
    """Run a job here, unless it is left to others, and say how it ended."""
    from desktop.jobqueue import entries
    from models.job_queue import EntryStatus

    args = program.args
    if not args.background:
        program.run_job(job_id, "It broke off.")
        program.line.clear()
    entry = entries.get(job_id)
    status = str(entry.status) if entry is not None else ""
    said = (entry.error_text or entry.result_text) if entry is not None else ""
    shown = f"{said.rstrip('.')}." if said and not args.background else f"Job {job_id[:8]} is {status}."
    values = _values(run_id)
    left = _left_by_undoing(run_id) if args.action == "undo" else []
    print_answer(
        args, {**values, "job": job_id, "job_status": status, "result": said}, [*before, shown, *left]
    )
    if args.background:
        return ALL_GOOD
    if status == EntryStatus.ERROR:
        return BROKEN_OFF
    bad = values["undo_left"]
    if args.action != "undo":  # rows that were never taken are no fault of undoing
        bad = bad or values["errors"] or values["post_processing"]["errors"]
    return ALL_GOOD if status == EntryStatus.FINISHED and not bad else SOME_ERRORS


def _errors(program: Here) -> int:
    """Write the failed rows of an import into a file."""
    from desktop.errors import SourceError

    args = program.args
    path = Path(args.file).expanduser().absolute()
    if path.exists():
        raise SourceError(
            f"There is a “{path.name}” in {path.parent} already.",
            "Choose another name: that file may hold rows that somebody has mended.",
            "FileExists",
        )
    results = program.results_of(
        "export_errors",
        {"run_id": str(args.run), "path": str(path), "safe": "false" if args.as_it_is else "true"},
    )
    rows = int(results["rows"])
    said = f"{rows:,} row{'s are' if rows != 1 else ' is'} in {path}."
    print_answer(args, {"run": args.run, "rows": rows, "file": str(path)}, [said])
    return ALL_GOOD


def _take_back(program: Here) -> int:
    """Take a mended file back into the same records, and process just these."""
    import msgspec

    from desktop.imports import service
    from desktop.imports.mending.error_return import TakenBack
    from desktop.sessions import permissions

    args = program.args
    path = Path(args.file).expanduser().absolute()
    results = program.results_of("take_back_errors", {"path": str(path)})
    taken = msgspec.json.decode(results["taken_back"], type=TakenBack)
    said = f"{taken.file_name}: {taken.text}. {taken.hint}".rstrip()
    if not taken.record_ids:
        print_answer(args, _values(taken.run_id), [said])
        return SOME_ERRORS
    with permissions.enforced(args.settings.user()):
        job_id = service.start_processing(taken.run_id, args.settings.user(), record_ids=taken.record_ids)
    return _follow(program, taken.run_id, job_id, [said])


_WITH_CHILDREN: Final[dict[str, Callable[[Here], int]]] = {"errors": _errors, "take-back": _take_back}


def _start(action: str, run_id: int, user_id: str) -> str:
    """Create the job; its id."""
    from desktop.imports import service
    from desktop.imports.afterwards import post_process_jobs
    from desktop.imports.afterwards.undo import start_undo
    from desktop.imports.mending import repair
    from models.database import connected, database

    if action == "undo":
        return start_undo(run_id, user_id)
    if action == "post-process":
        return post_process_jobs.start(run_id, user_id)
    if action == "retry-post":
        return post_process_jobs.retry(run_id, user_id)
    with connected(), database.atomic():  # where no job can be started, the errors stay errors
        if action == "retry":
            repair.retry(run_id)
        return service.start_processing(run_id, user_id)


def _not_post_processed(run_id: int) -> list[str]:
    """Which records could not be post-processed, by the reason."""
    from models.database import connected
    from models.post_process_lists import post_process_reasons

    with connected():
        reasons = post_process_reasons(run_id, named=MOST_NAMED)
    return [
        f"  {reason.records:,} × {reason.message} {reason.hint} {_named(reason.keys, reason.records)}"
        for reason in reasons
    ]


def _named(keys: Sequence[str], count: int) -> str:
    """The first of so many records."""
    shown = keys[:MOST_NAMED]
    return f"{', '.join(shown)}{f' and {count - len(shown):,} more' if count > len(shown) else ''}"


def _left_by_undoing(run_id: int) -> list[str]:
    """Which records undoing has left, by the reason."""
    from desktop.imports.afterwards.undo import kept_report

    report = kept_report(run_id)
    if report is None:
        return []
    keys: dict[str, list[str]] = {}
    for row in (*report.kept_rows, *report.failed_rows):
        keys.setdefault(f"{row.reason} {row.hint}".strip(), []).append(row.key)
    return [f"  {reason} {_named(named, len(named))}" for reason, named in keys.items()]


def _values(run_id: int) -> dict[str, Any]:
    """An import as scripts read it."""
    from desktop.imports import service
    from desktop.imports.afterwards.post_processing import counts
    from desktop.imports.afterwards.undo import kept_report

    told = service.summary(run_id)
    after = counts(run_id)
    report = kept_report(run_id)
    names = ("rows", "created", "updated", "unchanged", "errors", "excluded", "ready", "reversed")
    return {
        "run": run_id,
        "integration": told.integration,
        "file": told.file_name,
        "status": str(told.state),
        **{name: getattr(told, name) for name in names},
        "post_processing": {"ready": after.ready, "completed": after.completed, "errors": after.errors},
        "undo_left": 0 if report is None else report.kept + report.failed,
    }


def _with_file(path: Path, act: Callable[[], Any]) -> Any:
    """Do something with a file.

    Raises:
        SourceError: the system does not let it be done.
    """
    from desktop.errors import SourceError

    try:
        return act()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SourceError(
            f"“{path}” cannot be used: {why}.", "Check the name, and your right to use it."
        ) from error
