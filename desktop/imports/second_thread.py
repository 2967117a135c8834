"""A second thread for what needs the interpreter, while the first one writes to the database, which does not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

Item = TypeVar("Item")

# SQLite works without the interpreter, but the writing thread asks for it between two statements, while it keeps
# others from writing; Python's own 5 ms for each of them would make the lock twice as long.
_SWITCH_SECONDS: Final = 0.0001


@contextmanager
def second_thread(name: str) -> Iterator[ThreadPoolExecutor]:
    """One thread, which takes short turns; at the end of the block it has ended."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(_SWITCH_SECONDS, before))
    try:
        with ThreadPoolExecutor(1, name) as thread:
            yield thread
    finally:
        sys.setswitchinterval(before)


def one_ahead(thread: ThreadPoolExecutor, items: Iterator[Item]) -> Iterator[Item]:
    """The items, each made in the other thread while the one before is used.

    Raises:
        Exception: what making an item raises, once all before it were used.
    """
    following = thread.submit(_next, items)
    while found := following.result():
        following = thread.submit(_next, items)
        yield found[0]


def _next(items: Iterator[Item]) -> tuple[Item] | None:
    for item in items:
        return (item,)
    return None
