"""A measured figure and what it must not exceed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Args:
        name: what was measured.
        value: the figure; smaller is better.
        unit: of the value and the limit, e.g. "s" or "ms".
        limit: what it must stay under; None where nothing was promised.
        note: how it was measured, or a rate beside it.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The value as a share of its limit; under 1 is good."""
        return None if self.limit is None else self.value / self.limit
