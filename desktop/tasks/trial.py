"""Sessions that are slow or fail on purpose, so that a developer sees how a page takes it.

Who starts a session asks `Trials` what is to be done to it; where the session runs, on a thread or in a child
process, `undergo` does it. A `Trial` is plain values, so it crosses either way.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import Final

from desktop.errors import TaskCancelledError, TrialFailureError
from desktop.sessions.session import CancelToken
from desktop.settings import Settings

NEVER: Final = "Never"
EVERY_SECOND_TIME: Final = "Every second time"
ALWAYS: Final = "Always"
FAILURES: Final = (NEVER, EVERY_SECOND_TIME, ALWAYS)


@dataclass(frozen=True, slots=True)
class Trial:
    """What is done to one session before its codeunit runs.

    Args:
        delay_ms: how long it waits; a cancel or a time-out ends the wait at once.
        fails: whether it fails then, in place of running.
    """

    delay_ms: int = 0
    fails: bool = False


class Trials:
    """Decides, session by session, what the developer settings of this moment ask for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._started: Counter[str] = Counter()

    def next_of(self, codeunit: str) -> Trial | None:
        """What the next session of this codeunit undergoes; None for nothing.

        "Every second time" counts each codeunit by itself: its second session is the first to fail.
        """
        settings = self._settings
        if not settings.developer_mode or settings.trial_codeunit not in ("", codeunit):
            return None
        self._started[codeunit] += 1
        fails = settings.trial_failure == ALWAYS or (
            settings.trial_failure == EVERY_SECOND_TIME and self._started[codeunit] % 2 == 0
        )
        return Trial(max(0, settings.trial_delay_ms), fails)


def undergo(trial: Trial, token: CancelToken, longest_ms: int) -> None:
    """Be slow, and then fail, as the trial says; call it where the codeunit is about to run.

    Args:
        longest_ms: the session's time-out, after which there is nothing left to wait for.
    Raises:
        TaskCancelledError: the session was told to stop meanwhile.
        TrialFailureError: it was to fail.
    """
    if trial.delay_ms:
        woken = threading.Event()
        token.interrupt_with(woken.set)
        try:
            woken.wait(min(trial.delay_ms, longest_ms) / 1000)
        finally:
            token.interrupt_with(None)
    if token.is_cancelled():
        raise TaskCancelledError
    if trial.fails:
        raise TrialFailureError
