"""`backdesk worker`: works the company's job queue without a window."""

from __future__ import annotations

import argparse
import contextlib
import queue
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

from desktop.commands import service_manager

if TYPE_CHECKING:
    from desktop.changes import ChangeWatcher
    from desktop.scheduler.engine import Engine
    from desktop.scheduler.scheduler import TaskScheduler
    from desktop.sessions.background import BackgroundSessions

_LOOK_SECONDS = 0.5  # how soon a signal is noticed where waiting cannot be interrupted


def add_parser(subparsers: Any) -> None:
    """Add the verb to the command line."""
    parser = subparsers.add_parser(
        "worker",
        help="work the job queue without a window",
        description="Works the job queue until Ctrl+C or a termination signal; what runs then goes on at the next"
        " start.",
    )
    parser.add_argument(
        "--until-idle", action="store_true", help="end as soon as nothing runs and nothing more can start"
    )
    parser.add_argument(
        "--slots", type=_slots, metavar="N", help="how many jobs run at once, 1 to 64; the settings' number"
    )


def run(args: argparse.Namespace) -> int:
    """Work until told to stop, or until idle; 0. docs/worker.md has all exit codes.

    Raises:
        Exception: with `--until-idle`, what keeps this worker from the company, e.g. a full disk.
    """
    import peewee

    from desktop.changes import ChangeWatcher
    from desktop.imports import service
    from desktop.jobqueue import retention
    from desktop.sessions.background import BackgroundSessions
    from desktop.sessions.client import ClientSession

    slots: int = args.slots or args.settings.worker_slots
    stopped = StopWish()
    before = {number: signal.signal(number, stopped.on_signal) for number in _ending_signals()}
    watcher = ChangeWatcher()
    watcher.start()
    client = ClientSession(args.company_path, args.settings.user(), "Worker")
    sessions = BackgroundSessions(
        args.company_path,
        args.settings,
        args.settings.user(),
        client_id=client.session_id,
        program=client.program,
    )
    scheduler = _scheduler(args, slots, watcher, sessions)
    client.log_on()
    try:
        with contextlib.suppress(peewee.DatabaseError):  # the scheduler tells, and tries again
            service.recover_reading_runs()
            if not args.until_idle:
                retention.ensure_entry()
        scheduler.start()
        jobs = "one job" if slots == 1 else f"{slots} jobs"
        _say(f"Working on {args.company_path}, {jobs} at once. Press Ctrl+C to stop.")
        service_manager.tell("READY=1", f"STATUS=Working on {args.company_path}, {jobs} at once")
        _wait(scheduler, stopped, until_idle=args.until_idle)
        while args.until_idle and not stopped.said and not sessions.wait_until_idle(_LOOK_SECONDS):
            pass
        if stopped.said:
            _say("Stopping; what runs goes on at the next start.")
            service_manager.tell("STOPPING=1", "STATUS=Stopping; what runs goes on at the next start")
    finally:
        scheduler.stop()
        sessions.close()
        client.log_off()
        watcher.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _scheduler(
    args: argparse.Namespace, slots: int, watcher: ChangeWatcher, sessions: BackgroundSessions
) -> TaskScheduler:
    from desktop.imports import run_removal
    from desktop.scheduler.children import ChildPool
    from desktop.scheduler.scheduler import TaskScheduler
    from desktop.scheduler.slots import QtSlots

    grace: float = args.settings.cancel_grace_seconds
    return TaskScheduler(
        args.company_path,
        kind="worker",
        slots=QtSlots(slots),
        watcher=watcher,
        runner=ChildPool(args.company_path, slots, grace_seconds=grace, sessions=sessions),
        look_after=run_removal.recover_some,
    )


class StopWish:
    """That a signal has asked for the end.

    A signal comes in the middle of whatever the main thread does. If that waited for a `threading.Event`, and had its
    lock just then, setting the event would wait for that lock for ever; a SimpleQueue is made for this.

    Attributes:
        said: whether it was asked.
    """

    def __init__(self) -> None:
        self.said = False
        self._signals: queue.SimpleQueue[int] = queue.SimpleQueue()

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Take the signal; a handler of `signal.signal`."""
        self.said = True
        self._signals.put(number)

    def wait(self) -> None:
        """Wait until it is asked."""
        while not self.said:
            with contextlib.suppress(queue.Empty):
                self._signals.get(timeout=_LOOK_SECONDS)


def _ending_signals() -> list[signal.Signals]:
    """Ctrl+C, a termination signal, a closed terminal unless `nohup` keeps it away, and Windows' Ctrl+Break."""
    found = [
        getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
    ]
    return [
        number
        for number in found
        if number.name != "SIGHUP" or signal.getsignal(number) is not signal.SIG_IGN
    ]


def _wait(engine: Engine, stopped: StopWish, *, until_idle: bool) -> None:
    if not until_idle:
        stopped.wait()
        return
    while not stopped.said and not engine.wait_until_idle(_LOOK_SECONDS):
        pass
    trouble = engine.status().trouble
    if trouble is not None:
        raise trouble


def _say(text: str) -> None:
    # Whoever reads the output line by line, e.g. a service manager, sees it at once.
    print(text, file=sys.stderr, flush=True)


def _slots(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from 1 to 64")
    return int(text)
