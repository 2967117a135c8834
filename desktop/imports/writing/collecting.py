"""Rows by the thousand, without Python's search for cycles among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# The rows of a chunk are no cycles and go with it; looking through them again and again takes a tenth of the time.
_THRESHOLDS: Final = (200_000, 20, 20)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Let Python look for cycles only after many more objects than usual, for as long as the block lasts."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
