"""What needs the interpreter goes on in a second thread; nothing is lost, doubled or hidden by that."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from desktop.imports.second_thread import one_ahead, second_thread
from tests.waiting import WAIT


def test_items_come_in_their_order_and_the_next_one_is_made_meanwhile() -> None:
    made: list[int] = []
    second_made = threading.Event()

    def items() -> Iterator[int]:
        for number in range(5):
            made.append(threading.get_ident())
            if number == 1:
                second_made.set()
            yield number

    used: list[int] = []
    with second_thread("test") as thread:
        for item in one_ahead(thread, items()):
            if item == 0:
                assert second_made.wait(WAIT), "the second is made while the first is used"
            used.append(item)
    assert used == [0, 1, 2, 3, 4]
    assert threading.get_ident() not in made


def test_what_goes_wrong_in_it_is_told_after_all_before_it_were_used() -> None:
    def items() -> Iterator[str]:
        yield "good"
        raise OSError("the drive has gone")

    with second_thread("test") as thread:
        ahead = one_ahead(thread, items())
        assert next(ahead) == "good"
        with pytest.raises(OSError, match="drive"):
            next(ahead)


def test_who_stops_in_the_middle_leaves_no_thread_and_the_turns_as_they_were() -> None:
    turns = sys.getswitchinterval()
    makers: list[threading.Thread] = []

    def items() -> Iterator[int]:
        makers.append(threading.current_thread())
        yield from range(100)

    with second_thread("test") as thread:
        assert next(one_ahead(thread, items())) == 0
    assert not makers[0].is_alive()
    assert sys.getswitchinterval() == pytest.approx(turns)
