"""A worker hears the signal that ends it, whatever it does just then."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType
from typing import Any

import pytest

from desktop.commands import worker
from desktop.commands.worker import StopWish
from tests.waiting import WAIT


@pytest.mark.parametrize("moment", range(1, 40))
def test_a_signal_is_heard_at_any_step_of_waiting(monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    monkeypatch.setattr(worker, "_LOOK_SECONDS", 0.0001)
    wish = StopWish()
    steps = 0

    def step(_frame: FrameType, _event: str, _value: object) -> Any:
        nonlocal steps
        steps += 1
        if steps == moment:
            wish.on_signal(signal.SIGTERM, None)
        return step

    def wait() -> None:
        sys.settrace(step)
        wish.wait()

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    waiting.join(WAIT)
    assert not waiting.is_alive()
    assert wish.said
