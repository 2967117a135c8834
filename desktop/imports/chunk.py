"""One chunk of an import, inside its transaction: what each row does to the target table, and its status."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from desktop.imports.definition import Definition
from desktop.imports.mapping import Fault, Mapper
from models import changes
from models.enforcement import as_system
from models.fields import search_text
from models.integration import MatchMode
from models.integration_record import RecordStatus

_AT_ONCE: Final = 500  # keys per statement


@dataclass(slots=True)
class MappedRow:
    """A staged row after mapping: `values` in the order of the mapper's columns, or its faults."""

    record_id: int
    line_no: int
    values: list[Any] | None
    faults: list[Fault]


@dataclass(slots=True)
class Outcome:
    """What became of the rows of a chunk, to be written."""

    created: list[tuple[Any, ...]] = field(default_factory=list)
    updated: list[tuple[Any, ...]] = field(default_factory=list)
    statuses: list[tuple[int, str, str, int]] = field(default_factory=list)
    faults: list[tuple[Any, ...]] = field(default_factory=list)
    counts: dict[RecordStatus, int] = field(default_factory=dict)


class ChunkWriter:
    """Decides and writes the rows of one run."""

    def __init__(
        self, connection: sqlite3.Connection, run_id: int, definition: Definition, mapper: Mapper
    ) -> None:
        self._connection = connection
        self._run_id = run_id
        self._definition = definition
        self._columns = mapper.columns
        self._fields = mapper.fields
        self._record = definition.record
        self._table = self._record.table()
        self._key = self._record.key_field()
        self._match = self._columns.index(definition.match_field)
        self._key_position = self._columns.index(self._key) if self._key in self._columns else None
        self._read = (*self._columns, *(name for name in self._record.SEARCHED if name not in self._columns))
        self._empty_search = self._defaults()
        self._stamped = "modified_at" in self._record._meta.fields
        extra = (
            *(["search_text"] if self._record.SEARCHED else []),
            *(["modified_at"] if self._stamped else []),
        )
        written = (*self._columns, *extra)
        names = ", ".join(f'"{name}"' for name in written)
        self._insert = f'INSERT INTO "{self._table}" ({names}) VALUES ({", ".join("?" * len(written))})'
        changed = ", ".join(f'"{name}" = ?' for name in written)
        self._update = f'UPDATE "{self._table}" SET {changed} WHERE "{self._key}" = ?'

    def write(self, rows: Sequence[MappedRow], moment: str) -> dict[RecordStatus, int]:
        """Write the rows and their statuses; call it inside a transaction.

        Args:
            moment: now, in its stored form.
        Returns:
            How many rows got which status.
        Raises:
            sqlite3.IntegrityError, OverflowError: the database refuses a row; the caller rolls back.
        """
        outcome = self._decide(rows, moment)
        connection = self._connection
        if outcome.created:
            connection.executemany(self._insert, outcome.created)
        if outcome.updated:
            connection.executemany(self._update, outcome.updated)
        with as_system():
            connection.executemany(
                "UPDATE integration_record_status"
                " SET status = ?, target_key = ?, changed_at = ?, attempts = attempts + 1 WHERE record_id = ?",
                outcome.statuses,
            )
            if outcome.faults:
                connection.executemany(
                    "INSERT INTO integration_record_error"
                    " (record_id, run_id, target_field, source_column, code, value, message, hint)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    outcome.faults,
                )
        if outcome.created or outcome.updated:
            changes.touch(self._table)
        return outcome.counts

    def _decide(self, rows: Sequence[MappedRow], moment: str) -> Outcome:
        good = [row.values[self._match] for row in rows if row.values is not None]
        existing = self._existing([value for value in good if value not in (None, "")])
        earlier = self._earlier([found[0][0] for found in existing.values()])
        outcome = Outcome()
        taken: dict[Any, int] = {}
        for row in rows:
            faults, status, key = row.faults, RecordStatus.ERROR, ""
            if row.values is not None:
                verdict = self._judge(row, existing.get(row.values[self._match], ()), taken, earlier)
                if isinstance(verdict, Fault):
                    faults = [verdict]
                else:
                    status, key = verdict
                    taken[row.values[self._match]] = row.line_no
                    self._collect(outcome, row.values, status, key, existing, moment)
            outcome.statuses.append((int(status), key, moment, row.record_id))
            outcome.counts[status] = outcome.counts.get(status, 0) + 1
            outcome.faults.extend((row.record_id, self._run_id, *fault) for fault in faults)
        return outcome

    def _judge(
        self, row: MappedRow, found: Sequence[tuple[Any, ...]], taken: dict[Any, int], earlier: dict[str, int]
    ) -> Fault | tuple[RecordStatus, str]:
        """What the row does: a status with the key of its record, or what is against it."""
        values = row.values
        assert values is not None
        wanted, caption = values[self._match], self._record.CAPTION
        if wanted in (None, ""):
            return self._fault(
                "Required", "", "{field} is empty, so that no record can be found.", "Enter a value."
            )
        first = taken.get(wanted) or (earlier.get(str(found[0][0])) if found else None)
        if first is not None:
            return self._fault(
                "DuplicateKey",
                wanted,
                f"Row {first:,} of the file has the same {{field}} “{wanted}” already.",
                "Exclude one of the two rows, or correct it, then choose Retry.",
            )
        if not found:
            if self._definition.match_mode == MatchMode.UPDATE_ONLY:
                return self._fault(
                    "NotFound",
                    wanted,
                    f"There is no {caption} with {{field}} “{wanted}” to update.",
                    "Create it, or change Match Mode on the integration, then choose Retry.",
                )
            key = None if self._key_position is None else values[self._key_position]
            if key in (None, ""):
                return self._fault(
                    "Required",
                    wanted,
                    f"A new {caption} needs a {self._record.rule(self._key).caption}.",
                    "Map it.",
                )
            return RecordStatus.CREATED, str(key)
        return self._judge_known(values, found)

    def _judge_known(
        self, values: list[Any], found: Sequence[tuple[Any, ...]]
    ) -> Fault | tuple[RecordStatus, str]:
        wanted, caption = values[self._match], self._record.CAPTION
        if self._definition.match_mode == MatchMode.CREATE_ONLY:
            return self._fault(
                "Exists",
                wanted,
                f"There is a {caption} with {{field}} “{wanted}” already.",
                "Exclude the row, or change Match Mode on the integration, then choose Retry.",
            )
        if len(found) > 1:
            return self._fault(
                "Ambiguous",
                wanted,
                f"More than one {caption} has the {{field}} “{wanted}”.",
                "Match by another field, or correct the records.",
            )
        key, *stored = found[0]
        if self._key_position is not None and values[self._key_position] != key:
            return self._fault(
                "KeyDiffers",
                wanted,
                f"The {caption} with {{field}} “{wanted}” has the key {key}, not {values[self._key_position]}.",
                "Correct the row; keys of records are not changed by an import.",
            )
        same = stored[: len(values)] == values
        return (RecordStatus.UNCHANGED if same else RecordStatus.UPDATED), str(key)

    def _collect(
        self,
        outcome: Outcome,
        values: list[Any],
        status: RecordStatus,
        key: str,
        existing: dict[Any, list[tuple[Any, ...]]],
        moment: str,
    ) -> None:
        if status is RecordStatus.UNCHANGED:
            return
        extra: tuple[Any, ...] = (moment,) if self._stamped else ()
        if self._record.SEARCHED:
            now = dict(self._empty_search)
            if status is RecordStatus.UPDATED:
                now.update(zip(self._read, existing[values[self._match]][0][1:], strict=True))
            now.update(zip(self._columns, values, strict=True))
            extra = (search_text(*(str(now[name] or "") for name in self._record.SEARCHED)), *extra)
        if status is RecordStatus.CREATED:
            outcome.created.append((*values, *extra))
        else:
            outcome.updated.append((*values, *extra, key))

    def _defaults(self) -> dict[str, Any]:
        return dict.fromkeys(self._record.SEARCHED, "")

    def _existing(self, wanted: Sequence[Any]) -> dict[Any, list[tuple[Any, ...]]]:
        """Records of the target by match value: the key, then the fields of `_read`."""
        names = ", ".join(f'"{name}"' for name in (self._key, *self._read))
        match = self._match + 1
        found: dict[Any, list[tuple[Any, ...]]] = {}
        statement = f'SELECT {names} FROM "{self._table}" WHERE "{self._definition.match_field}" IN '
        for row in self._in_blocks(statement, wanted, ()):
            found.setdefault(row[match], []).append(row)
        return found

    @as_system()
    def _earlier(self, keys: Sequence[Any]) -> dict[str, int]:
        """The lines of this run that became one of these records before."""
        statement = (
            "SELECT s.target_key, r.line_no FROM integration_record_status AS s"
            " JOIN integration_record AS r ON r.id = s.record_id"
            " WHERE s.run_id = ? AND s.target_key <> '' AND s.target_key IN "
        )
        return dict(self._in_blocks(statement, [str(key) for key in keys], (self._run_id,)))

    def _in_blocks(self, statement: str, values: Sequence[Any], before: tuple[Any, ...]) -> list[Any]:
        rows: list[Any] = []
        for start in range(0, len(values), _AT_ONCE):
            block = values[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(block))
            rows.extend(self._connection.execute(f"{statement}({marks})", (*before, *block)))
        return rows

    def _fault(self, code: str, value: Any, message: str, hint: str) -> Fault:
        """A fault of the match field."""
        matched = self._fields[self._match]
        return Fault(
            matched.target_field,
            matched.source_column,
            code,
            str(value),
            message.replace("{field}", matched.caption),
            hint,
        )
