"""`backdesk import`: a file becomes records, here and now or by a worker."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from desktop.commands import reading_words
from desktop.commands.running import ALL_GOOD, BROKEN_OFF, SOME_ERRORS, Here, here, raise_if_told, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.imports.dry_run_result import DryRun, DryRunCause
    from desktop.imports.mending.repair import ErrorGroup

_CAUSES: Final = 10  # shown at most


def add_parser(subparsers: Any) -> None:
    """Add the verb to the command line."""
    parser = subparsers.add_parser(
        "import",
        help="import a CSV file or workbook",
        description="Imports a file. Exit code: 0 all rows are good, 1 some have errors, 2 the file"
        " cannot be read or the import broke off.",
    )
    parser.add_argument("file", metavar="FILE", help="a text file, a workbook or a JSON file")
    parser.add_argument(
        "--lines",
        metavar="FILE",
        default="",
        help="a second file with the lines of the first one's documents",
    )
    parser.add_argument(
        "--integration",
        metavar="NAME",
        default="",
        help="how to read it; without it, the one that fits the columns",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be imported; nothing of it is kept"
    )
    parser.add_argument(
        "--background", action="store_true", help="leave the processing to a window or worker"
    )
    parser.add_argument("--wait", action="store_true", help="with --background: wait for the end")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    reading_words.add_words(parser)


def run(args: argparse.Namespace) -> int:
    """Import the file; 0 when all rows are good, 1 when some have errors or it was stopped, 2 when it broke off.

    Raises:
        BackdeskError: the file, the integration or the company cannot be used; nothing was written.
        Exception: the company cannot be written any more; what is committed stays, and the job goes on later.
        KeyboardInterrupt: stopped while the file was read; nothing was written.
    """
    from desktop.imports import service
    from desktop.sessions import permissions

    with here(args) as program:
        service.recover_reading_runs()
        run_id, notes = _read(program)
        if args.dry_run:
            return _try(program, run_id, notes)
        with permissions.enforced(args.settings.user()):
            job_id = service.start_processing(run_id, args.settings.user())
        if not args.background:
            program.run_job(job_id, "The file was read, but its import broke off.")
        elif args.wait:
            program.wait(job_id)
    return _report(args, run_id, job_id, notes)


def _read(program: Here) -> tuple[int, list[str]]:
    """Stage the file in a child process, so that no file can bring this one down.

    Returns:
        The run's id, and what somebody should know who has not seen a preview.
    """
    import msgspec

    from desktop.errors import SourceError
    from desktop.imports import service
    from desktop.imports.mending import error_file
    from desktop.imports.sources import file_checks
    from desktop.scheduler.engine import ChildRequest, Ending
    from models.integration_record import RunSource

    args = program.args
    path = Path(args.file).expanduser().absolute()
    lines = Path(args.lines).expanduser().absolute() if args.lines else None
    for file in (path, lines):
        if file is not None:
            file_checks.check_kind(file)  # here, because the child has other pipes
    if error_file.is_error_file(path):
        raise SourceError(
            f"“{path.name}” holds the failed rows of an import.",
            f"Take them back with: backdesk imports take-back {path.name}",
            "IsErrorFile",
        )
    choices = reading_words.choices_of(args, path, lines)
    outcome = program.run_child(
        ChildRequest(
            codeunit="read_file",
            parameters={
                "path": str(path),
                "lines_path": str(lines or ""),
                "integration": args.integration,
                "choices": msgspec.json.encode(choices).decode(),
                "source": RunSource.COMMAND,
            },
            user_id=args.settings.user(),
        )
    )
    if outcome.ending is Ending.DONE:
        notes = msgspec.json.decode(outcome.results["notes"], type=list[str])
        if not args.json:
            program.line.clear()
            for note in notes:
                print(f"Note: {shown(note)}", file=sys.stderr)
        return int(outcome.results["run_id"]), notes
    service.recover_reading_runs()
    raise_if_told(outcome)
    raise SourceError(
        f"Reading “{path.name}” broke off: the process that read it came to an end.",
        "The file is damaged, or needs more memory than there is. Save the table as CSV and import that.",
        "BrokenWorkbook",
    )


def _try(program: Here, run_id: int, notes: list[str]) -> int:
    """Say what an import would do, and let the rows go that were read for it."""
    import msgspec

    from desktop.imports.dry_run_result import DryRun
    from desktop.imports.run_removal import remove_run

    args = program.args
    try:
        results = program.results_of("dry_run_import", {"run_id": str(run_id)})
    finally:
        remove_run(run_id)
    found = msgspec.json.decode(results["dry_run"], type=DryRun)
    _print_trial(args, found, notes)
    return SOME_ERRORS if found.errors or found.post_failed else ALL_GOOD


def _print_trial(args: argparse.Namespace, found: DryRun, notes: list[str]) -> None:
    import msgspec

    if args.json:
        print(json.dumps({**msgspec.to_builtins(found), "notes": notes}))
        return
    print(f"{Path(args.file).name}: {found.text}. Nothing was imported.")
    documents = (
        (found.documents_created, "would be created"),
        (found.documents_updated, "would be updated"),
        (found.documents_unchanged, "would stay as they are"),
    )
    if said := ", ".join(f"{number:,} {what}" for number, what in documents if number):
        print(f"  Documents: {said}.")
    _print_causes(found.causes)
    for caption, count in found.changed_fields.items():
        print(f"  {caption} would change in {count:,} record{'s' if count != 1 else ''}.")


def _print_causes(causes: Iterable[ErrorGroup | DryRunCause]) -> None:
    for cause in list(causes)[:_CAUSES]:
        where = f"{cause.source_column}: " if cause.source_column else ""
        print(shown(f"  {cause.count:,} × {where}{cause.message} {cause.hint}"))


def _report(args: argparse.Namespace, run_id: int, job_id: str, notes: list[str]) -> int:
    """Say how it went; the exit code."""
    from desktop.imports import service
    from desktop.imports.mending import repair
    from desktop.jobqueue import entries
    from models.job_queue import EntryStatus

    counts = service.summary(run_id)
    entry = entries.get(job_id)
    status = str(entry.status) if entry is not None else ""
    left_to_others = args.background and not args.wait
    if args.json:
        names = ("rows", "created", "updated", "unchanged", "errors", "excluded", "ready")
        values: dict[str, Any] = {name: getattr(counts, name) for name in names}
        print(json.dumps({**values, "run": run_id, "job": job_id, "status": status, "notes": notes}))
    elif left_to_others:
        print(f"{counts.rows:,} records of {counts.file_name} were read; job {job_id[:8]} is {status}.")
    else:
        print(f"{counts.file_name}: {counts.text}.")
        _print_causes(repair.error_groups(run_id))
    if left_to_others:
        return ALL_GOOD
    if entry is not None and entry.error_text:
        print(f"backdesk: {entry.error_text}", file=sys.stderr)
    if status == EntryStatus.CANCELLED:
        print(f"backdesk: stopped. Go on with: backdesk jobs retry {job_id[:8]}", file=sys.stderr)
    if status == EntryStatus.ERROR:
        return BROKEN_OFF
    return ALL_GOOD if status == EntryStatus.FINISHED and not counts.errors else SOME_ERRORS
