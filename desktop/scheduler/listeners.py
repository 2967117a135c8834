"""Who is told of the jobs that run in a worker."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

JobProgressCallback = Callable[[str, int, int, str], None]
JobEndedCallback = Callable[[str], None]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Listener:
    on_progress: JobProgressCallback | None
    on_job_ended: JobEndedCallback | None


class JobListeners:
    """They are told on the threads of the slots; one that fails keeps nothing from the others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: list[_Listener] = []

    def add(
        self, on_progress: JobProgressCallback | None, on_job_ended: JobEndedCallback | None
    ) -> Callable[[], None]:
        """Tell somebody from now on; what ends it."""
        listener = _Listener(on_progress, on_job_ended)
        with self._lock:
            self._known = [*self._known, listener]

        def end() -> None:
            with self._lock:
                self._known = [known for known in self._known if known is not listener]

        return end

    def tell_progress(self, job_id: str, done: int, total: int, text: str) -> None:
        """A job has come so far."""
        for listener in self._known:
            if listener.on_progress is not None:
                _call(listener.on_progress, job_id, done, total, text)

    def tell_ended(self, job_id: str) -> None:
        """The end of a job is written."""
        for listener in self._known:
            if listener.on_job_ended is not None:
                _call(listener.on_job_ended, job_id)


def _call(told: Callable[..., None], *values: object) -> None:
    try:
        told(*values)
    except Exception:
        _log.exception("a listener of jobs failed")
