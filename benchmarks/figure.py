"""A measured figure and what it must not exceed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Args:
        name: what was measured.
        value: the figure; smaller is better, unless `more` is.
        unit: of the value and the limit, e.g. "s" or "ms".
        limit: what it must stay under, or reach when `more` is better; None where nothing was promised.
        note: how it was measured, or a rate beside it.
        more: whether a larger figure is better, as of a rate.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""
    more: bool = False

    @property
    def ratio(self) -> float | None:
        """The value as a share of its limit, or the other way round when more is better; under 1 is good."""
        if self.limit is None:
            return None
        return self.limit / self.value if self.more else self.value / self.limit
