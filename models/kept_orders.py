"""Orders that no index leads to: the keys of a large list are sorted once, and its pages are read from them."""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Final

MOST_KEPT: Final = 2  # lists; the keys of a million rows take 8 MB


class KeptOrders:
    """The keys of the lists that were sorted last; for any thread.

    What a list was when it was sorted is its stamp: with another one, its order is not known any more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[tuple[Any, ...], array[int]]] = OrderedDict()

    def put(self, of: Hashable, stamp: tuple[Any, ...], keys: array[int]) -> None:
        """Keep the keys of a list in its order; the list that was looked at longest ago goes."""
        with self._lock:
            self._kept[of] = (stamp, keys)
            self._kept.move_to_end(of)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def get(self, of: Hashable, stamp: tuple[Any, ...]) -> array[int] | None:
        """The keys of a list; None where they are not known, or may be others by now."""
        with self._lock:
            known = self._kept.get(of)
            if known is None or known[0] != stamp:
                return None
            self._kept.move_to_end(of)
            return known[1]


KEPT_ORDERS: Final = KeptOrders()
