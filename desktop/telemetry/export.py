"""Sends events to OpenTelemetry where its environment variables name a place, from a thread of its own.

Nothing of OpenTelemetry is imported where it is not configured. A place that cannot be reached costs events there,
never work; the file of JSON lines has them all.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Protocol

MOST_WAITING: Final = 10_000  # events that are not sent yet; the next ones are dropped, and counted
GATHER_SECONDS: Final = 0.25
END_SECONDS: Final = 1.5  # less than what a worker waits for its child processes to end
_PLACES: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)

_log = logging.getLogger(__name__)


class Sender(Protocol):
    """What the thread hands events over to."""

    def tell(self, noted: dict[str, Any]) -> None: ...

    def flush(self) -> None: ...

    def close(self) -> None: ...


def is_configured() -> bool:
    """Whether OpenTelemetry's variables name a place, and do not switch it off."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    return any(os.environ.get(name) for name in _PLACES)


class Exporter:
    """A thread that hands events over, begun with the first one.

    Args:
        sender: to whom; it is called in that thread only.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._ending = threading.Event()
        self._dropped = 0

    def receive(self, noted: dict[str, Any]) -> None:
        """Take an event; never waits."""
        try:
            self._waiting.put_nowait(noted)
        except queue.Full:
            self._dropped += 1
            return
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="telemetry", daemon=True)
                    self._thread.start()

    def close(self) -> None:
        """Send what waits, for 1.5 seconds at most."""
        thread = self._thread
        if thread is not None:
            self._ending.set()
            with suppress(queue.Full):
                self._waiting.put_nowait(None)
            thread.join(END_SECONDS)

    def _work(self) -> None:
        while self._send(self._waiting.get()):
            self._say_dropped()
        self._say_dropped()
        self._sender.close()

    def _send(self, first: dict[str, Any] | None) -> bool:
        """Hand over what has gathered; False when that was all for ever."""
        self._ending.wait(GATHER_SECONDS)
        noted = first
        while noted is not None:
            try:
                self._sender.tell(noted)
            except Exception:
                _log.exception("an event was not sent to OpenTelemetry")
            try:
                noted = self._waiting.get_nowait()
            except queue.Empty:
                self._sender.flush()
                return not self._ending.is_set()
        return False

    def _say_dropped(self) -> None:
        dropped, self._dropped = self._dropped, 0
        if dropped:
            _log.warning("%s events were not sent to OpenTelemetry, which did not keep up", dropped)


def over_http() -> Sender:
    """What sends to the place that OpenTelemetry's variables name.

    Raises:
        ImportError: the optional extra is not installed.
    """
    from desktop.telemetry import signals

    return signals.over_http()


def begin(make: Callable[[], Sender] = over_http) -> Exporter | None:
    """The exporter of this process, which sends what is left when the program ends; None when there is to be none.

    OpenTelemetry is imported here and not in the thread: it cannot be imported once the program is ending.
    """
    if not is_configured():
        return None
    try:
        exporter = Exporter(make())
    except ImportError:
        _log.warning("OpenTelemetry is configured, but not installed; install Backdesk with the extra “otel”")
        return None
    except Exception:
        _log.exception("OpenTelemetry cannot be set up; events go to the file only")
        return None
    atexit.register(exporter.close)
    return exporter
