"""Which tables a search has been through, which it is in, and which come next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.errors import TooManyTasksError
from desktop.tasks.task import TaskError
from models.data_search import Found
from ui.data_search.sources import Source

IN_FLIGHT: Final = 6
SHOWN_HITS: Final = 5  # of a table with more
FIRST_HITS: Final = SHOWN_HITS + 1  # are read: for a single one more, no line need say that there is more
MORE_HITS: Final = 50


@dataclass(slots=True)
class TableSearch:
    """One table of a search.

    Attributes:
        limit: how many hits are read.
        waiting: it is not its turn yet.
        task_id: its task while it runs; 0 else.
        found: what there is; None before it is known. It stays while the table is searched once more.
        error: why it could not be searched.
    """

    source: Source
    limit: int = FIRST_HITS
    waiting: bool = False
    task_id: int = 0
    found: Found | None = None
    error: TaskError | None = None

    @property
    def ended(self) -> bool:
        """Whether it is neither searched nor about to be."""
        return not self.waiting and not self.task_id


class SearchQueue:
    """Six tables are searched at once; each that ends, well or not, makes room for the next.

    Args:
        enqueue: starts the task of a table and returns its id; raises TooManyTasksError when it is refused, and the
            table then keeps its place.
    """

    def __init__(self, sources: Sequence[Source], enqueue: Callable[[TableSearch], int]) -> None:
        self.tables = [TableSearch(source) for source in sources]
        self._enqueue = enqueue

    def begin(self) -> None:
        """Search all tables anew; the tasks of before are forgotten, so whoever calls it cancels them."""
        self.tables = [TableSearch(table.source, waiting=True) for table in self.tables]

    def forget(self) -> None:
        """Nothing is looked for any more."""
        self.tables = [TableSearch(table.source) for table in self.tables]

    def again(self, table: TableSearch, limit: int | None = None) -> bool:
        """Search one table once more, perhaps for more hits; False when it is being searched already."""
        if not table.ended:
            return False
        table.limit = limit or table.limit
        table.waiting, table.error = True, None
        return True

    def fill(self) -> bool:
        """Start as many tables as may be searched now.

        Returns:
            False when a task was refused and none runs whose end would bring the next try.
        """
        for table in self.tables:
            if not table.waiting:
                continue
            if self.running() >= IN_FLIGHT:
                break
            try:
                table.task_id = self._enqueue(table)
            except TooManyTasksError:
                return self.running() > 0
            table.waiting = False
        return True

    def end(self, task_id: int) -> TableSearch | None:
        """The table whose task has ended; None for a task that is none of this search."""
        for table in self.tables:
            if task_id and table.task_id == task_id:
                table.task_id = 0
                return table
        return None

    def running(self) -> int:
        """How many tables are being searched."""
        return sum(1 for table in self.tables if table.task_id)

    def ended(self) -> int:
        """How many tables are done with."""
        return sum(1 for table in self.tables if table.ended)

    def is_busy(self) -> bool:
        """Whether a table is searched, or about to be."""
        return self.ended() < len(self.tables)

    def table(self, name: str) -> TableSearch:
        """The search of one table.

        Raises:
            KeyError: it is not searched.
        """
        for table in self.tables:
            if table.source.table == name:
                return table
        raise KeyError(name)
