"""Who looks on: one thread that sees every commit of any process and tells what changed."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from models import changes
from models.changes import Change
from models.database import company_path, data_version, database

ChangesCallback = Callable[[list[Change]], None]
AlsoChanged = Callable[[list[Change]], list[Change]]

EVERYTHING: Final = ""  # the table name of a change after which every page must refresh
_FILE_CHECK_POLLS: Final = 20  # how many polls pass between two looks at the file itself

_log = logging.getLogger(__name__)


class ChangeWatcher:
    """Polls the company's data version and tells subscribers what changed, this process's own writes included.

    Args:
        interval_seconds: how long a change may stay unseen.
        also: what has changed besides without a commit; it is given what was found, on the watcher's thread with its
            connection, at every look.
    """

    def __init__(self, interval_seconds: float = 0.1, *, also: AlsoChanged | None = None) -> None:
        self._interval = interval_seconds
        self._also = also
        self._subscribers: list[ChangesCallback] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def subscribe(self, callback: ChangesCallback) -> Callable[[], None]:
        """Call `callback` with all changes, oldest first, on the watcher's thread.

        After the company file was replaced, or after more changes than are kept, the list is one change whose
        table is EVERYTHING.

        Returns:
            What ends the subscription.
        """
        with self._lock:
            self._subscribers.append(callback)

        def unsubscribe() -> None:
            with self._lock, contextlib.suppress(ValueError):
                self._subscribers.remove(callback)

        return unsubscribe

    def start(self) -> None:
        """Watch from now on; starting twice is the same as once."""
        if self._thread is not None:
            return
        self._ended.clear()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(ready,), name="change-watcher", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """End the thread and wait for it; the subscriptions stay for a later start."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._ended.set()
        thread.join()

    def _watch(self, ready: threading.Event) -> None:
        company = company_path()
        view = _View(company)
        try:
            view.open()
            ready.set()
            polls = 0
            while not self._ended.wait(self._interval):
                polls += 1
                found = view.look(also_at_file=polls % _FILE_CHECK_POLLS == 0)
                if self._also is not None:
                    found = [*found, *view.ask(self._also, found)]
                self._tell(found)
        finally:
            ready.set()
            view.close()

    def _tell(self, told: list[Change]) -> None:
        if not told or self._ended.is_set():
            return
        with self._lock:
            subscribers = list(self._subscribers)
        for callback in subscribers:
            try:
                callback(told)
            except Exception:
                _log.exception("a subscriber of changes failed")


class _View:
    """The watcher's connection, and what it has seen through it."""

    def __init__(self, company: Path) -> None:
        self._company = company
        self._version = -1
        self._number = 0
        self._file: tuple[int, int] | None = None

    def open(self) -> None:
        """Connect if the file is there, and begin after its newest change."""
        self._file = self._identity()
        if self._file is None:
            return
        try:
            database.connect(reuse_if_open=True)
            self._version = data_version()
            self._number = changes.last_number()
        except Exception as error:
            _log.debug("the company cannot be watched just now: %s", error)
            self.close()
            self._file = None

    def close(self) -> None:
        if database.obj is not None and not database.is_closed():
            database.close()

    def look(self, *, also_at_file: bool) -> list[Change]:
        """What changed since the last look; a file that is away for a while is no error."""
        if (also_at_file or self._file is None) and self._identity() != self._file:
            self.close()
            self.open()
            return [] if self._file is None else [Change(self._number, EVERYTHING, changes.MANY)]
        if self._file is None:
            return []
        try:
            version = data_version()
            if version == self._version:
                return []
            found = changes.since(self._number)
        except Exception as error:  # whatever it is, watching goes on
            _log.debug("the company cannot be watched just now: %s", error)
            return []
        self._version = version
        if not found:
            return []
        gap = found[0].number > self._number + 1  # numbers have no holes; the oldest were pruned
        self._number = found[-1].number
        return [Change(self._number, EVERYTHING, changes.MANY)] if gap else found

    def ask(self, also: AlsoChanged, found: list[Change]) -> list[Change]:
        """What `also` finds through this connection; a file that is away for a while is no error."""
        if self._file is None:
            return []
        try:
            return also(found)
        except Exception as error:  # whatever it is, watching goes on
            _log.debug("the company cannot be looked at just now: %s", error)
            return []

    def _identity(self) -> tuple[int, int] | None:
        try:
            stat = self._company.stat()
        except OSError:
            return None
        return stat.st_dev, stat.st_ino
