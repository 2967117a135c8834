"""What a card asks of the database, as functions of plain values for the hub's threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from desktop.tasks.task import TaskError, task_error
from models.errors import BackdeskError
from models.list_query import ListQuery, neighbour
from models.record import Record
from models.record_edit import Values, create_record, delete_record, read_values, restore_record, save_field


@dataclass(frozen=True, slots=True)
class Loaded:
    """A record as it was read; `values` is None when there is none of that key."""

    key: str
    values: Values | None


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one field of one record."""

    key: str
    name: str
    value: Any
    error: TaskError | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Reads a record."""

    record: type[Record]
    key: str

    def __call__(self) -> Loaded:
        return Loaded(self.key, read_values(self.record, self.key))


@dataclass(frozen=True, slots=True)
class SaveField:
    """Saves one field; a refused value is a result and no failure, so that it finds its field again."""

    record: type[Record]
    key: str
    name: str
    value: Any
    expected: Any

    def __call__(self) -> Saved:
        try:
            stored = save_field(self.record, self.key, self.name, self.value, self.expected)
        except BackdeskError as error:
            return Saved(self.key, self.name, self.value, task_error(error))
        return Saved(self.key, self.name, stored)


@dataclass(frozen=True, slots=True)
class Create:
    """Creates a record; returns its key."""

    record: type[Record]
    values: Values
    series: str

    def __call__(self) -> str:
        return create_record(self.record, self.values, self.series)


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes a record; returns its values."""

    record: type[Record]
    key: str

    def __call__(self) -> Values:
        return delete_record(self.record, self.key)


@dataclass(frozen=True, slots=True)
class Restore:
    """Makes a deleted record again; returns its key."""

    record: type[Record]
    values: Values

    def __call__(self) -> str:
        return restore_record(self.record, self.values)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Finds the record before or after one, in the order of a list."""

    query: ListQuery
    key: str
    step: int

    def __call__(self) -> str | None:
        return neighbour(self.query, self.key, self.step)
