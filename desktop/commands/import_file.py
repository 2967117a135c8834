"""`backdesk import`: a file becomes records, here and now or by a worker."""

from __future__ import annotations

import argparse
import functools
import json
import logging
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from desktop.changes import ChangeWatcher
    from desktop.scheduler.children import ChildPool

ALL_GOOD, SOME_ERRORS, BROKEN_OFF = 0, 1, 2
_BAR: Final = 30  # characters
_CAUSES: Final = 10  # shown at most
_LOOK_SECONDS: Final = 1.0  # how soon Ctrl+C is noticed where waiting cannot be interrupted
_log = logging.getLogger(__name__)


def add_parser(subparsers: Any) -> None:
    """Add the verb to the command line."""
    parser = subparsers.add_parser(
        "import",
        help="import a CSV file or workbook",
        description="Imports a file. Exit code: 0 all rows are good, 1 some have errors, 2 the file"
        " cannot be read or the import broke off.",
    )
    parser.add_argument("file", metavar="FILE", help="a CSV or text file, or an xlsx, xls or ods workbook")
    parser.add_argument(
        "--integration",
        metavar="NAME",
        default="",
        help="how to read it; without it, the one that fits the columns",
    )
    parser.add_argument(
        "--encoding", metavar="NAME", default="", help="for a text file that is not UTF-8, e.g. cp1252"
    )
    parser.add_argument("--sheet", metavar="NAME", default="", help="for a workbook; the first with data")
    parser.add_argument(
        "--background", action="store_true", help="leave the processing to a window or worker"
    )
    parser.add_argument("--wait", action="store_true", help="with --background: wait for the end")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Import the file; 0 when all rows are good, 1 when some have errors or it was stopped, 2 when it broke off.

    Raises:
        BackdeskError: the file, the integration or the company cannot be used; nothing was written.
        Exception: the company cannot be written any more; what is committed stays, and the job goes on later.
        KeyboardInterrupt: stopped while the file was read; nothing was written.
    """
    from desktop.changes import ChangeWatcher
    from desktop.imports import service
    from desktop.scheduler.children import ChildPool
    from desktop.sessions import permissions
    from desktop.sessions.client import ClientSession

    line = _ProgressLine(shown=sys.stderr.isatty())
    pool = ChildPool(args.company_path, 1, grace_seconds=args.settings.cancel_grace_seconds)
    watcher = ChangeWatcher()
    watcher.start()
    client = ClientSession(args.company_path, args.settings.user(), "Import")
    client.log_on()
    try:
        service.recover_reading_runs()
        with _Stopping() as stopping:
            run_id = _read(args, pool, stopping, line)
            with permissions.enforced(args.settings.user()):
                job_id = service.start_processing(run_id, args.settings.user())
            stopping.stop_with(functools.partial(_cancel, job_id))
            if not args.background:
                _process(args, job_id, pool, watcher, line)
            elif args.wait:
                _wait(job_id, watcher, line)
    finally:
        line.clear()
        pool.close()
        client.log_off()
        watcher.stop()
    return _report(args, run_id, job_id)


class _Stopping:
    """Turns Ctrl+C and a termination signal into a wish to stop, said on a thread of its own; the second one leaves.

    The main thread waits in locks then; it must not take them a second time in the middle of a signal.
    """

    def __init__(self) -> None:
        self._action: Callable[[], None] | None = None
        self._threads: list[threading.Thread] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Stopping:
        self._before = {
            number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        for thread in self._threads:
            thread.join()

    def stop_with(self, action: Callable[[], None]) -> None:
        """What stops the step that begins now."""
        self._action = action

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._action is None or self._threads:  # asked twice: whoever was to obey does not
            raise KeyboardInterrupt
        thread = threading.Thread(target=self._action, name="stop")
        self._threads.append(thread)
        thread.start()


class _ProgressLine:
    """One line on standard error that is written over; nothing where that is not a terminal."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._length = 0

    def show(self, done: int, total: int, text: str) -> None:
        """How far it is; `total` 0 while that is not known."""
        if not self._shown:
            return
        if total:
            filled = _BAR * done // total
            bar = "█" * filled + "░" * (_BAR - filled)
            said = f"{text}  {bar}  {done:,} of {total:,}"
        else:
            said = f"{text}  {done:,}" if done else text
        sys.stderr.write(f"\r{said}{' ' * (self._length - len(said))}")
        sys.stderr.flush()
        self._length = len(said)

    def clear(self) -> None:
        """Leave an empty line."""
        if self._length:
            sys.stderr.write(f"\r{' ' * self._length}\r")
            sys.stderr.flush()
            self._length = 0


def _read(args: argparse.Namespace, pool: ChildPool, stopping: _Stopping, line: _ProgressLine) -> int:
    """Stage the file in a child process, so that no file can bring this one down. Returns the run's id."""
    import msgspec

    from desktop.errors import SourceError
    from desktop.imports import reader, service
    from desktop.imports.definition import Choices
    from desktop.scheduler.engine import ChildRequest, Ending
    from desktop.sessions.session import CancelToken
    from models.integration_record import RunSource

    path = Path(args.file).expanduser().absolute()
    reader.check_kind(path)  # here, because the child has other pipes
    token = CancelToken()
    stopping.stop_with(token.cancel)
    request = ChildRequest(
        codeunit="read_file",
        parameters={
            "path": str(path),
            "integration": args.integration,
            "choices": msgspec.json.encode(
                Choices(encoding=args.encoding or None, sheet=args.sheet or None)
            ).decode(),
            "source": RunSource.COMMAND,
        },
        user_id=args.settings.user(),
    )
    outcome = pool.run(request, line.show, token)
    if outcome.ending is Ending.DONE:
        return int(outcome.results["run_id"])
    service.recover_reading_runs()
    if outcome.ending is Ending.CANCELLED:
        raise KeyboardInterrupt
    if outcome.ending is Ending.FAILED and outcome.error is not None:
        raise SourceError(outcome.error.text, code=outcome.error.code)
    raise SourceError(
        f"Reading “{path.name}” broke off: the process that read it came to an end.",
        "The file is damaged, or needs more memory than there is. Save the table as CSV and import that.",
        "BrokenWorkbook",
    )


def _process(
    args: argparse.Namespace, job_id: str, pool: ChildPool, watcher: ChangeWatcher, line: _ProgressLine
) -> None:
    """Run the job in this process's own child, or watch the worker that was quicker to take it."""
    from desktop.scheduler.scheduler import TaskScheduler
    from desktop.scheduler.slots import QtSlots

    scheduler = TaskScheduler(
        args.company_path,
        kind="worker",
        slots=QtSlots(1),
        watcher=watcher,
        grace_seconds=args.settings.cancel_grace_seconds,
        runner=pool,
    )
    scheduler.listen(on_progress=lambda _job_id, done, total, text: line.show(done, total, text))
    try:
        scheduler.run_job(job_id)
    except Exception:
        line.clear()
        print(
            f"backdesk: The file was read, but its import broke off. Job {job_id[:8]} goes on with: backdesk worker",
            file=sys.stderr,
        )
        raise


def _wait(job_id: str, watcher: ChangeWatcher, line: _ProgressLine) -> None:
    """Wait until another process has ended the job."""
    from desktop.changes import EVERYTHING
    from desktop.jobqueue import entries
    from models.changes import Change
    from models.job_queue import EntryStatus, JobQueueEntry

    ended = threading.Event()
    under_way = (EntryStatus.ON_HOLD, EntryStatus.READY, EntryStatus.IN_PROCESS, EntryStatus.CANCELLING)

    def look(told: list[Change]) -> None:
        if not any(change.table in (JobQueueEntry.table(), EVERYTHING) for change in told):
            return
        entry = entries.get(job_id)
        if entry is None or entry.status not in under_way:
            ended.set()
        else:
            line.show(
                entry.progress_done, entry.progress_total, entry.progress_text or "Waiting for a worker"
            )

    unsubscribe = watcher.subscribe(look)
    try:
        look([Change(0, EVERYTHING, "")])
        while not ended.wait(_LOOK_SECONDS):
            pass
    finally:
        unsubscribe()


def _cancel(job_id: str) -> None:
    """What "Cancel job" does; a job that has ended meanwhile is left alone."""
    from desktop.errors import TransitionError
    from desktop.jobqueue import actions
    from desktop.sessions.session import describe_error

    try:
        actions.cancel(job_id)
    except TransitionError:
        pass
    except Exception as error:
        _log.exception("the job could not be stopped")
        print(f"backdesk: {describe_error(error)[1]} Press Ctrl+C again to leave.", file=sys.stderr)


def _report(args: argparse.Namespace, run_id: int, job_id: str) -> int:
    """Say how it went; the exit code."""
    from desktop.imports import repair, service
    from desktop.jobqueue import entries
    from models.job_queue import EntryStatus

    counts = service.summary(run_id)
    entry = entries.get(job_id)
    status = str(entry.status) if entry is not None else ""
    left_to_others = args.background and not args.wait
    if args.json:
        names = ("rows", "created", "updated", "unchanged", "errors", "excluded", "ready")
        values: dict[str, Any] = {name: getattr(counts, name) for name in names}
        print(json.dumps({**values, "run": run_id, "job": job_id, "status": status}))
    elif left_to_others:
        print(f"{counts.rows:,} records of {counts.file_name} were read; job {job_id[:8]} is {status}.")
    else:
        print(f"{counts.file_name}: {counts.text}.")
        for group in repair.error_groups(run_id)[:_CAUSES]:
            where = f"{group.source_column}: " if group.source_column else ""
            print(f"  {group.count:,} × {where}{group.message} {group.hint}")
    if left_to_others:
        return ALL_GOOD
    if entry is not None and entry.error_text:
        print(f"backdesk: {entry.error_text}", file=sys.stderr)
    if status == EntryStatus.CANCELLED:
        print(f"backdesk: stopped. Go on with: backdesk jobs retry {job_id[:8]}", file=sys.stderr)
    if status == EntryStatus.ERROR:
        return BROKEN_OFF
    return ALL_GOOD if status == EntryStatus.FINISHED and not counts.errors else SOME_ERRORS
