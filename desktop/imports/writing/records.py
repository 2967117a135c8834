"""Rows that stand alone: each becomes one record of the target table, or changes one."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import msgspec
import peewee

from desktop.imports.values.mapping import NUMBERED, Fault
from desktop.imports.writing.materials import Materials
from desktop.imports.writing.numbering import last_number, next_keys
from desktop.imports.writing.outcome import Outcome, Touched, create_missing, in_blocks
from desktop.imports.writing.verdicts import Verdicts
from desktop.imports.writing.work import Decision, Unit
from models import changes
from models.enforcement import as_system
from models.fields import search_text
from models.integration import ColumnType
from models.integration_record import RecordStatus
from models.many_rows import Blocks, blocks_of, insert_blocks, update_blocks

StagedRow = tuple[int, int, str]
"""Id, line and cells of a row."""

_decode = msgspec.json.Decoder(list[str]).decode


@dataclass(slots=True)
class MappedRow:
    """A staged row after mapping: `values` in the order of the mapper's columns, or its faults."""

    record_id: int
    line_no: int
    values: list[Any] | None
    faults: list[Fault]

    @property
    def position(self) -> int:
        """Its id."""
        return self.record_id

    @property
    def document_no(self) -> int:
        """Rows that stand alone belong to no document."""
        return 0

    def refuse(self, fault: Fault) -> None:
        """See `work.Unit`."""
        self.values = None
        self.faults = [fault]


@dataclass(slots=True)
class RecordDecision(Decision):
    """What is to become of rows that stand alone.

    Attributes:
        created: rows to insert.
        updated: rows to change, with the key last.
        created_blocks, updated_blocks: both as statements take them.
    """

    created: list[tuple[Any, ...]] = field(default_factory=list)
    updated: list[tuple[Any, ...]] = field(default_factory=list)
    created_blocks: Blocks = field(default_factory=list)
    updated_blocks: Blocks = field(default_factory=list)


class RecordWork:
    """Decides and writes the rows of one run."""

    def __init__(self, materials: Materials) -> None:
        self._materials = materials
        self._connection = materials.connection
        self._run_id = materials.run_id
        self._mapper = materials.mapper
        self._columns = self._mapper.columns
        self._target = materials.definition.target
        self._record = self._target.record
        self._table = self._record.table()
        self._key = self._record.key_field()
        self._verdicts = Verdicts(materials.definition, self._mapper)
        # The table's own numbers are given here, so that it is known which row became which record.
        self._own_numbers = self._key not in self._columns and isinstance(
            self._record.primary_key(), peewee.AutoField
        )
        self._numbered = [
            (position, mapped)
            for position, mapped in enumerate(self._mapper.fields)
            if mapped.column_type in (ColumnType.ENTRY_NUMBERS, ColumnType.LINE_NUMBERS)
        ]
        self._stamped = "modified_at" in self._record._meta.fields
        self._read = (
            *self._columns,
            *(name for name in self._record.SEARCHED if name not in self._columns),
            *(["modified_at"] if self._stamped else []),
        )
        self._tells = bool(materials.definition.post_processing_codeunit)  # who else asks what was touched
        self._searched = [
            self._columns.index(name) for name in self._record.SEARCHED if name in self._columns
        ]
        extra = (
            *(["search_text"] if self._record.SEARCHED else []),
            *(["modified_at"] if self._stamped else []),
        )
        self._inserted = (*([self._key] if self._own_numbers else []), *self._columns, *extra)
        self._changed = (*self._columns, *extra)

    def beside(self, connection: sqlite3.Connection) -> RecordWork:
        """See `work.Work`."""
        return RecordWork(replace(self._materials, connection=connection))

    def positions_of(self, record_ids: Sequence[int]) -> list[int]:
        """See `work.Work`."""
        return sorted(set(record_ids))

    def read(self, size: int, after: int, positions: Sequence[int] | None) -> Sequence[StagedRow]:
        """See `work.Work`."""
        if positions is None:
            return self._ready("AND s.record_id > ?", [after], size)
        rest = [position for position in positions if position > after]
        for start in range(0, len(rest), size):
            chosen = rest[start : start + size]
            rows = self._ready(f"AND s.record_id IN ({', '.join('?' * len(chosen))})", chosen, size)
            if rows:
                return rows
        return []

    @as_system()
    def _ready(self, which: str, values: Sequence[int], size: int) -> list[StagedRow]:
        return self._connection.execute(
            "SELECT r.id, r.line_no, COALESCE(r.edited_payload, r.payload)"
            " FROM integration_record_status AS s JOIN integration_record AS r ON r.id = s.record_id"
            f" WHERE s.run_id = ? AND s.status = 0 {which} ORDER BY s.record_id LIMIT ?",
            (self._run_id, *values, size),
        ).fetchall()

    def map(self, rows: Sequence[StagedRow]) -> list[Unit]:
        """See `work.Work`."""
        mapper = self._mapper
        return [MappedRow(record_id, line, *mapper(_decode(cells))) for record_id, line, cells in rows]

    def refresh(self) -> bool:
        """See `work.Work`."""
        return self._materials.refresh_lookups()

    def decides_apart(self) -> bool:
        """See `work.Work`: numbers are taken from their series while it is decided who gets them."""
        return not (self._own_numbers or self._numbered)

    def write(self, decision: RecordDecision) -> Outcome:
        """See `work.Work`."""
        outcome, created, updated = decision.outcome, decision.created, decision.updated
        if self._mapper.missing:
            named = self._look_ups_of(created, updated)
            create_missing(self._connection, outcome, self._mapper, named, outcome.statuses[0][3])
        insert_blocks(self._connection, self._table, self._inserted, decision.created_blocks)
        update_blocks(self._connection, self._table, self._changed, decision.updated_blocks, key=self._key)
        if created or updated:
            changes.touch(self._table)
        return outcome

    def _look_ups_of(
        self, created: Sequence[tuple[Any, ...]], updated: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[str, Any]]:
        """Table and key of the look-up records that rows to be written name, as `_collect` has made them."""
        before = int(self._own_numbers)  # the key comes first there
        for place, _, table in self._mapper.creating:
            yield from ((table, row[place + before]) for row in created)
            yield from ((table, row[place]) for row in updated)

    def decide(self, units: Sequence[Unit], moment: str) -> RecordDecision:
        """See `work.Work`."""
        rows = cast("Sequence[MappedRow]", units)
        decision = RecordDecision(moment)
        outcome = decision.outcome
        self._forget_numbers(rows)
        existing = self._existing([row.values for row in rows if row.values is not None])
        earlier = self._earlier([found[0][0] for found in existing.values()])
        self._give_numbers(rows, existing)
        taken: dict[Any, int] = {}
        own_numbers = self._new_ids()
        for row in rows:
            faults, status, key = row.faults, RecordStatus.ERROR, ""
            if row.values is not None:
                wanted = self._verdicts.wanted(row.values)
                decision.keys.add(wanted)
                found = existing.get(wanted, ())
                first = taken.get(wanted) or (earlier.get(str(found[0][0])) if found else None)
                verdict = self._verdicts.judge(row.values, found, first)
                if isinstance(verdict, Fault):
                    faults = [verdict]
                else:
                    status, key = verdict
                    taken[wanted] = row.line_no
                    if status is RecordStatus.CREATED and self._own_numbers:
                        key = str(next(own_numbers))
                    self._collect(row, status, key, found, decision)
            outcome.settle(row.record_id, RecordStatus.READY, status, key, moment)
            outcome.faults.extend((row.record_id, fault) for fault in faults)
        decision.created_blocks, decision.updated_blocks = (
            blocks_of(decision.created),
            blocks_of(decision.updated),
        )
        outcome.prepare()
        return decision

    def _collect(
        self,
        row: MappedRow,
        status: RecordStatus,
        key: str,
        found: Sequence[tuple[Any, ...]],
        decision: RecordDecision,
    ) -> None:
        if status is RecordStatus.UNCHANGED:
            return
        moment, outcome = decision.moment, decision.outcome
        values = row.values
        assert values is not None
        extra: tuple[Any, ...] = (moment,) if self._stamped else ()
        if self._record.SEARCHED:
            extra = (self._search_text(values, found), *extra)
        if self._tells:
            outcome.touched.append(Touched(key, status is RecordStatus.CREATED, row.record_id, 0))
        if status is RecordStatus.CREATED:
            decision.created.append((*([int(key)] if self._own_numbers else []), *values, *extra))
            if not self._stamped:
                made = dict(zip(self._columns, values, strict=True))
                outcome.changes.append((row.record_id, self._table, key, None, made))
            return
        decision.updated.append((*values, *extra, key))
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        if self._stamped:  # so that undoing leaves no trace by which the import before it seems to be edited
            before["modified_at"], after["modified_at"] = found[0][-1], moment
        for name, old, new in zip(self._columns, found[0][1:], values, strict=False):
            if old != new:
                before[name], after[name] = old, new
        outcome.changes.append((row.record_id, self._table, key, before, after))

    def _search_text(self, values: Sequence[Any], found: Sequence[tuple[Any, ...]]) -> str:
        """The text of the new values, and of what a record that is there has in fields that the file leaves out."""
        if not found:
            return search_text(*[str(values[position] or "") for position in self._searched])
        now = dict(zip(self._read, found[0][1:], strict=True))
        now.update(zip(self._columns, values, strict=True))
        return search_text(*[str(now[name] or "") for name in self._record.SEARCHED])

    def _forget_numbers(self, rows: Sequence[MappedRow]) -> None:
        """Numbers of a transaction that was rolled back may be somebody else's by now."""
        for position, _ in self._numbered:
            for row in rows:
                if row.values is not None:
                    row.values[position] = NUMBERED

    def _give_numbers(self, rows: Sequence[MappedRow], existing: dict[Any, list[tuple[Any, ...]]]) -> None:
        """Fill in what is numbered; a record that exists keeps its number."""
        for position, mapped in self._numbered:
            new: list[MappedRow] = []
            for row in rows:
                if row.values is None:
                    continue
                found = existing.get(self._verdicts.wanted(row.values))
                if found:
                    row.values[position] = found[0][1 + position]
                elif mapped.column_type == ColumnType.LINE_NUMBERS:
                    ordinal = row.record_id - self._materials.first_record_id + 1
                    row.values[position] = ordinal * self._target.line_step
                else:
                    new.append(row)
            if new:
                for row, number in zip(new, self._numbers(mapped.target_field, len(new)), strict=True):
                    assert row.values is not None
                    row.values[position] = number

    def _new_ids(self) -> Iterator[int]:
        """The numbers that the database itself would give to new records."""
        if self._own_numbers:
            with as_system():
                found = self._connection.execute(
                    "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)", (self._table,)
                ).fetchone()
            yield from itertools.count(int(found[0]) + 1)

    def _numbers(self, column: str, count: int) -> Sequence[Any]:
        if column == self._key and self._target.series:
            return next_keys(self._connection, self._record, self._target.series, count)
        last = last_number(self._connection, self._table, column)
        return range(last + 1, last + 1 + count)

    def _existing(self, rows: Sequence[Sequence[Any]]) -> dict[Any, list[tuple[Any, ...]]]:
        """Records of the target by match value: the key, then the fields of `_read`."""
        names = ", ".join(f'"{name}"' for name in (self._key, *self._read))
        first = self._materials.definition.match_fields[0]
        position = self._columns.index(first)
        values = {row[position] for row in rows} - {None, "", NUMBERED}
        found: dict[Any, list[tuple[Any, ...]]] = {}
        statement = f'SELECT {names} FROM "{self._table}" WHERE "{first}" IN'
        for row in in_blocks(self._connection, statement, list(values)):
            found.setdefault(self._verdicts.wanted(row[1:]), []).append(row)
        return found

    @as_system()
    def _earlier(self, keys: Sequence[Any]) -> dict[str, int]:
        """The lines of this run that became one of these records before."""
        statement = (
            "SELECT s.target_key, r.line_no FROM integration_record_status AS s"
            " JOIN integration_record AS r ON r.id = s.record_id"
            " WHERE s.run_id = ? AND s.target_key <> '' AND s.target_key IN"
        )
        return dict(in_blocks(self._connection, statement, [str(key) for key in keys], (self._run_id,)))
