"""The rows that a person has selected where not all of them are loaded: named by their places, never one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from models.errors import BackdeskError
from models.integration_record import RecordStatus
from models.integration_record_lists import STATUSES, Cause, View
from models.list_query import ListQuery, count_rows, read_rows

__all__ = ["Chosen", "ChosenRows"]

_CAN_BE_EXCLUDED: Final = (RecordStatus.READY, RecordStatus.ERROR)


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """Rows of one view of a run.

    Args:
        query: what the list asks, in the order that it shows.
        total: how many rows it has.
        places: pairs of the first and the last selected place, in order.
        known: the ids of selected rows that are loaded, by their places; they tell whether the list is the same.
    """

    view: View
    cause: Cause | None
    query: ListQuery
    total: int
    places: tuple[tuple[int, int], ...]
    known: tuple[tuple[int, int], ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all rows of the view are selected."""
        return self.places == ((0, self.total - 1),)

    def statuses_to_exclude(self) -> list[RecordStatus]:
        """Which statuses rows of the view may have that can be left out."""
        mine = STATUSES.get(self.view, tuple(RecordStatus))
        return [status for status in _CAN_BE_EXCLUDED if status in mine]

    def ids(self) -> list[int]:
        """The ids of the rows; reads the database.

        Raises:
            BackdeskError: RowsChanged where other rows stand at these places by now.
        """
        same = count_rows(self.query) == self.total
        by_place: dict[int, int] = {}
        for first, last in self.places if same else ():
            rows = read_rows(self.query, first, last - first + 1, self.total).rows
            by_place.update((first + offset, int(row[0])) for offset, row in enumerate(rows))
        if not same or any(by_place.get(place) != record_id for place, record_id in self.known):
            raise BackdeskError(
                "The list has changed since these rows were selected.", "Select them again.", "RowsChanged"
            )
        return list(by_place.values())


Chosen = list[int] | ChosenRows
"""Selected rows: their ids, or where they stand."""
