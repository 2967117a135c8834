"""Qt's binding gives back every reference that it takes.

One release of the binding lost a reference of None on every call without a result, and one of True on every
emit; Python 3.11 counts those references and aborts when they run out, after minutes of ordinary work. From
Python 3.12 on None and True are immortal and their counts stand still: there these tests only show that
the calls survive. That is why the cap on the binding's version may go when they pass on 3.11 without it.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal

CALLS = 20_000
TOLERANCE = 200  # what caches and pytest itself may hold or let go meanwhile


class Bell(QObject):
    rung = Signal(bool)


def test_void_calls_give_none_back() -> None:
    bell = Bell()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        bell.setObjectName("bell")
    assert sys.getrefcount(None) > before - TOLERANCE


def test_emits_give_true_and_none_back() -> None:
    bell = Bell()
    heard = 0

    def listen(loud: bool) -> None:
        nonlocal heard
        heard += loud

    bell.rung.connect(listen)
    none_before, true_before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(CALLS):
        bell.rung.emit(True)
    assert heard == CALLS
    assert sys.getrefcount(None) > none_before - TOLERANCE
    assert sys.getrefcount(True) > true_before - TOLERANCE


def test_connecting_and_disconnecting_gives_true_back() -> None:
    bell = Bell()

    def listen(loud: bool) -> None: ...

    before = sys.getrefcount(True)
    for _ in range(CALLS):
        bell.rung.connect(listen)
        bell.rung.disconnect(listen)
    assert sys.getrefcount(True) > before - TOLERANCE
