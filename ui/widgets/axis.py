"""The value axis of a chart: round steps that a person would choose."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["nice_ticks", "short_number"]

ROUND_STEPS = (1.0, 2.0, 2.5, 4.0, 5.0, 10.0)


def nice_ticks(values: Sequence[float], wanted: int = 4) -> list[float]:
    """Return the marks of an axis that begins at 0 (or below, for negative values) and holds all values.

    There are about ``wanted`` steps, each of a round size; the last mark is never below the largest value.
    """
    finite = [value for value in values if math.isfinite(value)]
    high = max([0.0, *finite])
    low = min([0.0, *finite])
    span = high - low
    if span <= 0:
        return [0.0, 1.0]
    rough = span / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in ROUND_STEPS if power * factor >= rough * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def short_number(value: float) -> str:
    """Return a number for an axis, e.g. "0", "40 K", "1.5 M"; the space is one that does not break."""
    for limit, sign in ((1e9, "G"), (1e6, "M"), (1e3, "K")):
        if abs(value) >= limit:
            return f"{value / limit:,.10g}\N{NO-BREAK SPACE}{sign}"
    return f"{value:,.10g}"
