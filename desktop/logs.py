"""Logs: one line of JSON per event, in files that rotate and that several processes may share.

A fault that nothing else caught is written down and told in one calm sentence; a crash of the interpreter
itself leaves its stacks in the crash file.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO

from desktop import paths

MAX_BYTES: Final = 2_000_000  # of one file; as many again in each of the older ones
OLDER_FILES: Final = 4

UnexpectedErrorCallback = Callable[[BaseException, str], None]

job_id: ContextVar[str] = ContextVar("job_id", default="")
"""The job that the running code belongs to; stands in every line that it logs."""

_log = logging.getLogger(__name__)
_active: _Logging | None = None
_callback: UnexpectedErrorCallback | None = None


def setup_logging(name: str) -> Path:
    """Write this process's log, from INFO on, to `<log folder>/<name>.jsonl`, and note faults nobody caught.

    Calling it again starts anew.

    Args:
        name: the kind of process, e.g. "window" or "worker".
    Returns:
        The log file; it comes into being with the first line. Where no file can be made, the program works
        without one.
    """
    global _active
    shutdown_logging()
    folder, crash_file = _places()
    _active = _Logging(folder / f"{name}.jsonl", crash_file)
    return _active.file


def _places() -> tuple[Path, TextIO | None]:
    try:
        folder = paths.log_folder()
        return folder, (folder / "crash.log").open("a", encoding="utf-8")
    except OSError:
        return Path(tempfile.gettempdir(), "backdesk-no-logs"), None


def shutdown_logging() -> None:
    """Close the files and give the process its own hooks back; without a log it does nothing."""
    global _active
    if _active is not None:
        _active.close()
        _active = None


def on_unexpected_error(callback: UnexpectedErrorCallback | None) -> None:
    """Have a fault that nothing caught told to somebody as well; None ends it.

    Args:
        callback: receives the error and where it was, e.g. "thread Thread-3". It is called from whichever
            thread failed, so it must only pass the news on; whatever it raises is logged.
    """
    global _callback
    _callback = callback


class JsonLines(logging.Formatter):
    """A log record as one line of JSON; extra attributes that a caller gave are fields of their own."""

    _KNOWN: Final = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            "thread": record.threadName,
        }
        if job := job_id.get():
            line["job_id"] = job
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        line.update((key, value) for key, value in vars(record).items() if key not in self._KNOWN)
        return json.dumps(line, ensure_ascii=False, default=str)


class _SharedFile(RotatingFileHandler):
    """A rotating file that follows when another process has rotated it, so that no process wipes a backup."""

    def emit(self, record: logging.LogRecord) -> None:
        self._follow()
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the standard library's name
        """A full disk or a missing folder costs the line, not the work."""

    def doRollover(self) -> None:  # noqa: N802  the standard library's name
        # Windows does not rename a file that another process holds: then it grows until it can.
        with suppress(OSError):
            super().doRollover()
        if self.stream is None:
            self.stream = self._open()

    def _follow(self) -> None:
        if self.stream is None:
            return
        try:
            moved = not os.path.samestat(os.fstat(self.stream.fileno()), Path(self.baseFilename).stat())
        except OSError:
            moved = True
        if moved:
            self.stream.close()
            self.stream = self._open()


class _Logging:
    """What one `setup_logging` has set and `shutdown_logging` takes back."""

    def __init__(self, file: Path, crash_file: TextIO | None) -> None:
        self.file = file
        self._handler = _SharedFile(
            self.file, maxBytes=MAX_BYTES, backupCount=OLDER_FILES, encoding="utf-8", delay=True
        )
        self._handler.setFormatter(JsonLines())
        root = logging.getLogger()
        self._level = root.level
        root.addHandler(self._handler)
        root.setLevel(logging.INFO)
        self._crash_file = crash_file
        self._catches_crashes = crash_file is not None and not faulthandler.is_enabled()
        if crash_file is not None and self._catches_crashes:
            faulthandler.enable(crash_file)
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        sys.unraisablehook = self._unraisable

    def close(self) -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        if self._catches_crashes:
            faulthandler.disable()
        if self._crash_file is not None:
            self._crash_file.close()
        root = logging.getLogger()
        root.removeHandler(self._handler)
        root.setLevel(self._level)
        self._handler.close()

    def _uncaught(
        self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, traceback)
            return
        self._note(error, traceback, "main thread")
        _say(
            f"backdesk: Something went wrong in Backdesk: {str(error) or kind.__name__}. Details: {self.file}"
        )

    def _uncaught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is None or issubclass(args.exc_type, SystemExit):
            return
        name = args.thread.name if args.thread else "unknown"
        self._note(args.exc_value, args.exc_traceback, f"thread {name}")

    def _unraisable(self, args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            self._note(args.exc_value, args.exc_traceback, f"{args.err_msg or 'finalizer'}: {args.object!r}")

    def _note(self, error: BaseException, traceback: TracebackType | None, where: str) -> None:
        _log.critical("uncaught in %s: %r", where, error, exc_info=(type(error), error, traceback))
        callback = _callback
        if callback is None:
            return
        try:
            callback(error, where)
        except Exception:
            _log.exception("the callback for unexpected errors failed")


def _say(text: str) -> None:
    console: TextIO | None = sys.stderr
    if console is not None:  # a program without a console has none
        with suppress(OSError, ValueError):
            console.write(text + "\n")
