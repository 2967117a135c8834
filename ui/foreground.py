"""Foreground work: what a person waits for, such as reading a file, done in a child process.

The runner lives as long as the application. Its threads only wait for a child process; they emit the runner's one
signal, and the GUI thread looks up who asked. Windows own no signal that a thread emits.
"""

from __future__ import annotations

import itertools
import logging
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Ending, ErrorInfo, Runner
from desktop.sessions.session import CancelToken
from desktop.tasks.task import TaskError, task_error
from ui.later import later

__all__ = ["ForegroundHandle", "ForegroundRunner"]

Progressed = Callable[[int, int, str], None]
Done = Callable[[dict[str, str]], None]
Failed = Callable[[TaskError], None]
Cancelled = Callable[[], None]

THREADS: Final = 4
PROGRESS_MS: Final = 100
_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Order:
    """One piece of work from its order until its child is done with it."""

    number: int
    owner: weakref.ref[Any]
    request: ChildRequest
    on_progress: weakref.WeakMethod[Any] | None
    on_done: weakref.WeakMethod[Any]
    on_error: weakref.WeakMethod[Any]
    on_cancelled: weakref.WeakMethod[Any] | None
    token: CancelToken = field(default_factory=CancelToken)
    lock: threading.Lock = field(default_factory=threading.Lock)
    latest: tuple[int, int, str] | None = None  # progress that nobody was told yet


class ForegroundHandle:
    """A running order as the one who gave it sees it."""

    def __init__(self, token: CancelToken) -> None:
        self._token = token

    def cancel(self) -> None:
        """Ask it to stop; `on_cancelled` tells when it has. Asking twice, or too late, changes nothing."""
        self._token.cancel()


class _Wait(QRunnable):
    """The thread's side: waits for the child; it owns nothing that lives in the window."""

    def __init__(self, foreground: ForegroundRunner, runner: Runner, order: _Order) -> None:
        super().__init__()
        self._foreground, self._runner, self._order = foreground, runner, order

    def run(self) -> None:
        order = self._order
        if order.token.is_cancelled():
            outcome = ChildOutcome(ending=Ending.CANCELLED)
        else:
            try:
                outcome = self._runner.run(order.request, self._on_progress, order.token)
            except BaseException as error:
                told = task_error(error)
                info = ErrorInfo(told.code, told.text, told.call_stack)
                outcome = ChildOutcome(ending=Ending.FAILED, error=info)
        # The child may end when the program has ended already.
        if shiboken6.isValid(self._foreground):
            self._foreground.reported.emit((order.number, outcome))

    def _on_progress(self, done: int, total: int, text: str) -> None:
        order = self._order
        with order.lock:
            announced = order.latest is not None
            order.latest = (done, total, text)
        if not announced and shiboken6.isValid(self._foreground):
            self._foreground.reported.emit((order.number, None))


class ForegroundRunner(QObject):
    """Runs codeunits in warm child processes for windows that show how far they are.

    Args:
        runner: the pool of child processes; closed by whoever made it, after this has been closed.
        user_id: in whose name codeunits run.
        clock: gives the work date.

    Callbacks must be bound methods and are held weakly; a window that is gone is called back no more and what it
    ordered is cancelled. They run on the GUI thread, progress at most ten times a second.
    """

    reported = Signal(object)  # (number, ChildOutcome, or None for progress); emitted by threads

    def __init__(
        self, runner: Runner, user_id: str, clock: Clock = SYSTEM_CLOCK, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._user_id = user_id
        self._clock = clock
        self._numbers = itertools.count(1)
        self._orders: dict[int, _Order] = {}
        self._pool = QThreadPool()
        self._pool.setObjectName("foreground")
        self._pool.setMaxThreadCount(THREADS)
        self._pause = later(self, PROGRESS_MS, self._tell_progress)
        self._unsaid: set[int] = set()
        self.reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        owner: Any,
        codeunit: str,
        parameters: Mapping[str, str],
        on_progress: Progressed | None,
        on_done: Done,
        on_error: Failed,
        on_cancelled: Cancelled | None = None,
    ) -> ForegroundHandle:
        """Run a codeunit in a child process; it may write.

        Args:
            owner: the window that waits; when it is gone the work is cancelled.
            codeunit: its name in the registry.
            parameters: texts by name.
            on_progress: called with done, total (0 while unknown) and a text.
            on_done: called with the results, texts by name.
            on_error: called with the error.
            on_cancelled: called when the work has stopped after `cancel`; nothing else is called then.
        Raises:
            TypeError: for a callback that is not a bound method.
        """
        request = ChildRequest(
            codeunit=codeunit,
            parameters=dict(parameters),
            user_id=self._user_id,
            work_date=self._clock.today().isoformat(),
        )
        order = _Order(
            next(self._numbers),
            weakref.ref(owner),
            request,
            _bound(on_progress) if on_progress is not None else None,
            _bound(on_done),
            _bound(on_error),
            _bound(on_cancelled) if on_cancelled is not None else None,
        )
        self._orders[order.number] = order
        if isinstance(owner, QObject):
            owner.destroyed.connect(self._on_owner_destroyed)
        self._pool.start(_Wait(self, self._runner, order))
        return ForegroundHandle(order.token)

    def forget(self, owner: Any) -> None:
        """The owner is closed: cancel what it ordered, and call it back no more."""
        for order in list(self._orders.values()):
            if order.owner() is owner or order.owner() is None:
                del self._orders[order.number]
                order.token.cancel()

    def is_idle(self) -> bool:
        """Nothing runs or is on its way back."""
        return not self._orders and self._pool.activeThreadCount() == 0

    def close(self, timeout_s: float = 12.0) -> bool:
        """Cancel everything and wait for its end; the pool of children must still be open.

        Returns:
            Whether all of it ended in time.
        """
        for order in self._orders.values():
            order.token.cancel()
        self._orders.clear()
        self._pause.stop()
        ended = self._pool.waitForDone(int(timeout_s * 1000))
        QCoreApplication.removePostedEvents(self, QEvent.Type.MetaCall.value)
        return ended

    @Slot(object)
    def _on_reported(self, message: tuple[int, ChildOutcome | None]) -> None:
        number, outcome = message
        if outcome is None:
            self._unsaid.add(number)
            if not self._pause.isActive():
                self._tell_progress()
            return
        self._unsaid.discard(number)
        order = self._orders.pop(number, None)
        if order is not None:
            self._deliver(order, outcome)

    @Slot()
    def _tell_progress(self) -> None:
        told = False
        for number in sorted(self._unsaid):
            order = self._orders.get(number)
            if order is None:
                continue
            with order.lock:
                latest, order.latest = order.latest, None
            callback = _callback(order, order.on_progress)
            if latest is not None and callback is not None and not order.token.is_cancelled():
                callback(*latest)
                told = True
        self._unsaid.clear()
        if told:
            self._pause.start()

    def _deliver(self, order: _Order, outcome: ChildOutcome) -> None:
        if outcome.ending is Ending.DONE:
            callback = _callback(order, order.on_done)
            if callback is not None:
                callback(dict(outcome.results))
        elif outcome.ending is Ending.CANCELLED:
            callback = _callback(order, order.on_cancelled)
            if callback is not None:
                callback()
        else:
            error = _error_of(outcome)
            _log.info("%s failed: %s %s", order.request.codeunit, error.text, error.call_stack)
            callback = _callback(order, order.on_error)
            if callback is not None:
                callback(error)

    @Slot()
    def _on_owner_destroyed(self) -> None:
        for order in list(self._orders.values()):
            owner = order.owner()
            if owner is None or (isinstance(owner, QObject) and not shiboken6.isValid(owner)):
                del self._orders[order.number]
                order.token.cancel()


def _error_of(outcome: ChildOutcome) -> TaskError:
    if outcome.error is not None:
        info = outcome.error
        return TaskError(info.code, info.text, info.call_stack)
    how = f"exit code {outcome.exit_code}" if outcome.exit_code is not None else "no exit code"
    return TaskError(
        "Interrupted",
        f"The background process ended before its work was done ({how}). Nothing was kept. Try again.",
        "\n".join(outcome.last_lines),
        expected=False,
    )


def _bound(method: Callable[..., Any]) -> weakref.WeakMethod[Any]:
    if not hasattr(method, "__self__") or not hasattr(method, "__func__"):
        raise TypeError(f"a callback must be a bound method, so that it ends with its window; not {method!r}")
    return weakref.WeakMethod(method)


def _callback(order: _Order, method: weakref.WeakMethod[Any] | None) -> Callable[..., None] | None:
    """The bound method to call, or None when its window is gone."""
    found = method() if method is not None else None
    if found is None or order.owner() is None:
        return None
    receiver = found.__self__
    if isinstance(receiver, QObject) and not shiboken6.isValid(receiver):
        return None
    bound: Callable[..., None] = found
    return bound
