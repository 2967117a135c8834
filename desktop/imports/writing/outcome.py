"""What became of the rows of a chunk: statuses, errors and before-images, written in the chunk's own transaction."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from desktop.imports.values.mapping import Fault, Mapper
from models import changes
from models.enforcement import as_system
from models.fields import search_text
from models.import_change import ImportChange
from models.integration_record import RecordStatus
from models.many_rows import Blocks, blocks_of, insert_rows, update_blocks
from models.tables import TABLES

COUNTERS: Final = {
    RecordStatus.READY: "ready",
    RecordStatus.CREATED: "created",
    RecordStatus.UPDATED: "updated",
    RecordStatus.UNCHANGED: "unchanged",
    RecordStatus.ERROR: "errors",
    RecordStatus.EXCLUDED: "excluded",
    RecordStatus.REVERSED: "reversed",
}
_AT_ONCE: Final = 500  # keys per statement
_OF_FAULT: Final = Fault._fields  # the columns of an error have the same names
_encode = msgspec.json.Encoder().encode


class Touched(NamedTuple):
    """One record that a chunk created or updated.

    Attributes:
        position: of the unit that did it, as `work.Unit` says.
        document_no: 0 where rows stand alone.
    """

    key: str
    created: bool
    position: int
    document_no: int


@dataclass(slots=True)
class Outcome:
    """What became of the rows of a chunk.

    Attributes:
        statuses: status, key of the record, moment and id of each row.
        faults: row and fault.
        settled_again: rows that had errors before, which go.
        changes: rows of ImportChange: record, table, key, before (None for created), after.
        touched: the records that were created or updated, where post-processing asks for them.
        counts: by how much each counter of the run changes; those of rows only once it is prepared.
        looked_up: the look-up records, by table and key, that rows name and that were missing until now.
    """

    statuses: list[tuple[int, str, str, int]] = field(default_factory=list)
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    settled_again: list[tuple[int]] = field(default_factory=list)
    changes: list[tuple[int, str, str, dict[str, Any] | None, dict[str, Any]]] = field(default_factory=list)
    touched: list[Touched] = field(default_factory=list)
    looked_up: set[tuple[str, str]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    _before: list[RecordStatus] = field(default_factory=list)
    _status_blocks: Blocks = field(default_factory=list)

    def count(self, counter: str, number: int = 1) -> None:
        """Add to a counter of the run that is none of rows."""
        self.counts[counter] += number

    def settle(
        self, record_id: int, before: RecordStatus, status: RecordStatus, key: str, moment: str
    ) -> None:
        """Give a row its status; `before` is the one that it had."""
        self.settle_all([(record_id, before)], status, key, moment)

    def settle_all(
        self, rows: Iterable[tuple[int, RecordStatus]], status: RecordStatus, key: str, moment: str
    ) -> None:
        """Give rows, each with the status that it had, the status of their document."""
        number = int(status)
        for record_id, before in rows:
            self.statuses.append((number, key, moment, record_id))
            self._before.append(before)
            if before is RecordStatus.ERROR:
                self.settled_again.append((record_id,))

    def prepare(self) -> None:
        """Count the rows, and make them ready to be written: all of them are settled."""
        for before, number in Counter(self._before).items():
            self.counts[COUNTERS[before]] -= number
        for status, number in Counter(row[0] for row in self.statuses).items():
            self.counts[COUNTERS[RecordStatus(status)]] += number
        self._status_blocks = blocks_of(self.statuses)

    def write(self, connection: sqlite3.Connection, run_id: int) -> None:
        """Write all of it; call it inside the transaction that writes the records themselves."""
        with as_system():
            update_blocks(
                connection,
                "integration_record_status",
                ("status", "target_key", "changed_at"),
                self._status_blocks,
                key="record_id",
                always="attempts = attempts + 1",
            )
            if self.settled_again:
                connection.executemany(
                    "DELETE FROM integration_record_error WHERE record_id = ?", self.settled_again
                )
            insert_rows(
                connection,
                "integration_record_error",
                ("record_id", "run_id", *_OF_FAULT),
                [(record_id, run_id, *fault) for record_id, fault in self.faults],
            )
            insert_rows(
                connection,
                ImportChange.table(),
                ("run_id", "record_id", "table_name", "record_key", "before", "after"),
                [
                    (run_id, record_id, table, key, _json(before), _encode(after).decode())
                    for record_id, table, key, before, after in self.changes
                ],
            )


def _json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else _encode(values).decode()


def in_blocks(
    connection: sqlite3.Connection, statement: str, values: Sequence[Any], before: tuple[Any, ...] = ()
) -> list[Any]:
    """The rows of a statement that ends with "IN", for more values than one statement takes."""
    rows: list[Any] = []
    for start in range(0, len(values), _AT_ONCE):
        block = values[start : start + _AT_ONCE]
        rows.extend(connection.execute(f"{statement} ({', '.join('?' * len(block))})", (*before, *block)))
    return rows


def create_missing(
    connection: sqlite3.Connection,
    outcome: Outcome,
    mapper: Mapper,
    named: Iterable[tuple[str, Any]],
    record_id: int,
) -> None:
    """Create the look-up records that nobody has yet, and keep that for undoing the import.

    Args:
        named: table and key of what the written rows name; what only a refused row names is not created.
        record_id: the row that gets the credit: the first of the chunk.
    """
    for table, key in named:
        name = mapper.missing.get((table, key))
        if name is None or (table, key) in outcome.looked_up:
            continue
        outcome.looked_up.add((table, key))
        record = TABLES[table]
        values = {record.key_field(): key}
        if record.NAME_FIELD and record.key_field() != record.NAME_FIELD:
            values[record.NAME_FIELD] = name
        searched = [values.get(column, "") for column in record.SEARCHED]
        written = values | ({"search_text": search_text(*searched)} if searched else {})
        names = ", ".join(f'"{column}"' for column in written)
        made = connection.execute(
            f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(written))}) ON CONFLICT DO NOTHING',
            tuple(written.values()),
        )
        if made.rowcount > 0:
            outcome.changes.append((record_id, table, key, None, values))
            changes.touch(table, key)


@as_system()
def remove_created(connection: sqlite3.Connection, outcome: Outcome, since: int) -> None:
    """Take back the look-up records that were created for something that is refused after all.

    Args:
        since: how many changes the outcome had before they were created; none but theirs has come since.
    """
    for _, table, key, _, _ in outcome.changes[since:]:
        connection.execute(f'DELETE FROM "{table}" WHERE "{TABLES[table].key_field()}" = ?', (key,))
        outcome.looked_up.remove((table, key))
    del outcome.changes[since:]
