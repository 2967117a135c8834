"""The tables behind documents of an import: its staged rows by document, and headers and lines of the target."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, NamedTuple

from desktop.imports.values.mapping import NUMBERED, Fault
from desktop.imports.writing.materials import Materials
from desktop.imports.writing.outcome import in_blocks
from desktop.imports.writing.work import Decision
from models import changes
from models.fields import search_text
from models.integration_record import RecordStatus
from models.many_rows import Blocks, blocks_of, insert_blocks

LineValues = dict[str, Any]
_BY_DOCUMENT: Final = itemgetter(0, 3, 1)  # the document, the part, the id of a row
_LAST: Final = (1 << 63) - 1  # the largest number of a document that there could be
_LEFT_OUT: Final = (RecordStatus.EXCLUDED, RecordStatus.REVERSED)


StagedRow = tuple[int, int, int, int, int, str]
"""Number of the document, id, line, part, status and cells of a row."""


class StoredDocument(NamedTuple):
    """A document as it is: all columns of its header, and of its lines by line number."""

    key: str
    header: dict[str, Any]
    lines: dict[int, dict[str, Any]]


Rows = dict[tuple[str, ...], list[tuple[Any, ...]]]
"""Rows by the columns that they have."""


@dataclass(slots=True)
class Batch:
    """Documents to be written together.

    Attributes:
        headers: new ones.
        lines: new ones, of new and of changed documents; each begins with the key of its document.
        changed_headers: key and all values.
        gone_lines: document and line number of those that go, or are written anew.
        header_blocks, line_blocks: the new ones as statements take them, once they are prepared.
    """

    headers: Rows = field(default_factory=dict)
    lines: Rows = field(default_factory=dict)
    changed_headers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    gone_lines: list[tuple[str, int]] = field(default_factory=list)
    header_blocks: dict[tuple[str, ...], Blocks] = field(default_factory=dict)
    line_blocks: dict[tuple[str, ...], Blocks] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make the rows ready to be written: all of them are there."""
        self.header_blocks = {columns: blocks_of(rows) for columns, rows in self.headers.items()}
        self.line_blocks = {columns: blocks_of(rows) for columns, rows in self.lines.items()}


@dataclass(slots=True)
class DocumentDecision(Decision):
    """What is to become of documents."""

    batch: Batch = field(default_factory=Batch)


class DocumentStore:
    """Reads and writes documents, many at once."""

    def __init__(self, materials: Materials) -> None:
        self._connection: sqlite3.Connection = materials.connection
        self._run_id = materials.run_id
        target = materials.definition.target
        assert target.lines is not None
        self._target = target
        self._match_field = materials.definition.match_fields[0]
        self._record, self._lines = target.record, target.lines
        self._table, self._line_table = target.record.table(), target.lines.table()
        self._key = target.record.key_field()
        self._line_key = target.lines.key_field()
        self._line_columns = [
            name for name in target.lines._meta.fields if name not in (self._line_key, target.parent_field)
        ]

    # ---- staged rows

    def documents_of(self, record_ids: Sequence[int]) -> set[int]:
        """The numbers of the documents that these rows belong to."""
        rows = in_blocks(
            self._connection,
            "SELECT document_no FROM integration_record WHERE run_id = ? AND id IN",
            record_ids,
            (self._run_id,),
        )
        return {number for (number,) in rows}

    def ready_documents(self, size: int, after: int, positions: Sequence[int] | None) -> list[int]:
        """The next documents that have a ready row."""
        # A cross join goes through the rows in the order of their documents, however many are ready; of a bound on
        # each side SQLite begins at the lower one, and not at the 0 that its index asks for.
        ready = (
            "SELECT DISTINCT r.document_no FROM integration_record AS r"
            " CROSS JOIN integration_record_status AS s ON s.record_id = r.id"
            " WHERE r.run_id = ? AND r.document_no > 0 AND s.status = 0"
        )
        if positions is None:
            found = self._connection.execute(
                f"{ready} AND r.document_no BETWEEN ? AND {_LAST} ORDER BY r.document_no LIMIT ?",
                (self._run_id, after + 1, size),
            )
            return [number for (number,) in found]
        rest = [position for position in positions if position > after]
        for start in range(0, len(rest), size):
            rows = in_blocks(
                self._connection, f"{ready} AND r.document_no IN", rest[start : start + size], (self._run_id,)
            )
            if rows:
                return sorted(number for (number,) in rows)
        return []

    def rows_of(self, numbers: Sequence[int]) -> list[StagedRow]:
        """The rows of documents, by document and then as they stand in the file: the file of headers first.

        Rows that were left out are not among them.

        Args:
            numbers: ascending, at least one.
        """
        left_out = ", ".join(str(int(status)) for status in _LEFT_OUT)
        statement = (
            "SELECT r.document_no, r.id, r.line_no, r.part, s.status, COALESCE(r.edited_payload, r.payload)"
            " FROM integration_record AS r CROSS JOIN integration_record_status AS s ON s.record_id = r.id"
            f" WHERE r.run_id = ? AND r.document_no > 0 AND s.status NOT IN ({left_out}) AND r.document_no"
        )
        first, last = numbers[0], numbers[-1]
        if last - first == len(numbers) - 1:
            rows = self._connection.execute(
                f"{statement} BETWEEN ? AND ?", (self._run_id, first, last)
            ).fetchall()
        else:
            rows = in_blocks(self._connection, f"{statement} IN", numbers, (self._run_id,))
        rows.sort(key=_BY_DOCUMENT)
        return rows

    def written_before(self, keys: Sequence[str]) -> list[tuple[str, int, int]]:
        """Records of the target that this run has written: key, line and document."""
        return in_blocks(
            self._connection,
            "SELECT s.target_key, r.line_no, r.document_no FROM integration_record_status AS s"
            " JOIN integration_record AS r ON r.id = s.record_id"
            " WHERE s.run_id = ? AND s.target_key <> '' AND s.target_key IN",
            keys,
            (self._run_id,),
        )

    # ---- the target

    def existing(self, wanted: Sequence[Any]) -> dict[Any, list[StoredDocument]]:
        """Documents of the target by match value."""
        values = list({value for value in wanted if value not in (None, "") and value is not NUMBERED})
        names = list(self._record._meta.fields)
        columns = ", ".join(f'"{name}"' for name in names)
        condition = f"\"{self._match_field}\" <> '' AND " if self._match_field != self._key else ""
        rows = in_blocks(
            self._connection,
            f'SELECT {columns} FROM "{self._table}" WHERE {condition}"{self._match_field}" IN',
            values,
        )
        headers = [dict(zip(names, row, strict=True)) for row in rows]
        lines = self._lines_of([header[self._key] for header in headers]) if headers else {}
        found: dict[Any, list[StoredDocument]] = {}
        for header in headers:
            key = str(header[self._key])
            found.setdefault(header[self._match_field], []).append(
                StoredDocument(key, header, lines.get(key, {}))
            )
        return found

    def _lines_of(self, keys: Sequence[Any]) -> dict[str, dict[int, dict[str, Any]]]:
        parent, number = self._target.parent_field, self._target.line_no_field
        columns = ", ".join(f'"{name}"' for name in self._line_columns)
        rows = in_blocks(
            self._connection,
            f'SELECT "{parent}", {columns} FROM "{self._line_table}" WHERE "{parent}" IN',
            keys,
        )
        lines: dict[str, dict[int, dict[str, Any]]] = {}
        for key, *values in rows:
            line = dict(zip(self._line_columns, values, strict=True))
            lines.setdefault(str(key), {})[int(line[number])] = line
        return lines

    def refused(
        self, stored: StoredDocument, header: dict[str, Any], lines: Sequence[LineValues]
    ) -> list[tuple[int | None, Fault]]:
        """What keeps a document from being changed: as its card says, only an open one may be."""
        status = stored.header.get("status", "Open")
        if status == "Open" or not self._differs(stored, header, lines):
            return []
        caption = self._record.CAPTION
        fault = Fault(
            self._match_field,
            "",
            "NotOpen",
            stored.key,
            f"{caption} {stored.key} is {status} and is not changed any more.",
            "Set its status to Open first, or exclude its rows, then choose Retry.",
        )
        return [(None, fault)]

    def put(
        self,
        decision: DocumentDecision,
        key: str,
        header: dict[str, Any],
        lines: Sequence[LineValues],
        stored: StoredDocument | None,
        record_id: int,
    ) -> RecordStatus:
        """Have a document written with the others of the decision; what the import does not know of it stays.

        Returns:
            What that does to it.
        """
        batch, changes_of_it = decision.batch, decision.outcome.changes
        if stored is None:
            completed = self._completed(header, decision.moment)
            batch.headers.setdefault(tuple(completed), []).append(tuple(completed.values()))
            for line in lines:
                self._put_line(batch, key, line)
            return RecordStatus.CREATED
        if not self._differs(stored, header, lines):
            return RecordStatus.UNCHANGED
        changed = {name: value for name, value in header.items() if stored.header.get(name) != value}
        before = {name: stored.header.get(name) for name in changed}
        if "modified_at" in stored.header:  # so that undoing leaves no trace of this import
            before["modified_at"] = stored.header["modified_at"]
        changes_of_it.append((record_id, self._table, key, before, changed))
        batch.changed_headers.append((key, self._completed(stored.header | header, decision.moment)))
        number_field = self._target.line_no_field
        wanted = {int(line[number_field]): line for line in lines}
        for number in {*stored.lines, *wanted}:
            old, new = stored.lines.get(number), wanted.get(number)
            if new is not None and old is not None:
                new = old | new
            if old == new:
                continue
            changes_of_it.append((record_id, self._line_table, f"{key}/{number}", old, new or {}))
            if old is not None:
                batch.gone_lines.append((key, number))
            if new is not None:
                self._put_line(batch, key, new)
        return RecordStatus.UPDATED

    def _put_line(self, batch: Batch, key: str, line: LineValues) -> None:
        batch.lines.setdefault(tuple(line), []).append((key, *line.values()))

    def _differs(self, stored: StoredDocument, header: dict[str, Any], lines: Sequence[LineValues]) -> bool:
        if any(stored.header.get(name) != value for name, value in header.items()):
            return True
        number_field = self._target.line_no_field
        if len(lines) != len(stored.lines):
            return True
        for line in lines:
            old = stored.lines.get(int(line[number_field]))
            if old is None or any(old.get(name) != value for name, value in line.items()):
                return True
        return False

    # ---- writing

    def write(self, batch: Batch) -> None:
        """Write what was put; call it inside the transaction."""
        parent, number = self._target.parent_field, self._target.line_no_field
        if batch.gone_lines:
            self._connection.executemany(
                f'DELETE FROM "{self._line_table}" WHERE "{parent}" = ? AND "{number}" = ?', batch.gone_lines
            )
        for columns, headers in batch.header_blocks.items():
            insert_blocks(self._connection, self._table, columns, headers)
        for key, values in batch.changed_headers:
            changed = ", ".join(f'"{name}" = ?' for name in values)
            self._connection.execute(
                f'UPDATE "{self._table}" SET {changed} WHERE "{self._key}" = ?', (*values.values(), key)
            )
        for columns, lines in batch.line_blocks.items():
            insert_blocks(self._connection, self._line_table, (parent, *columns), lines)
        if batch.headers or batch.changed_headers:
            changes.touch(self._table)
            changes.touch(self._line_table)

    def _completed(self, header: dict[str, Any], moment: str) -> dict[str, Any]:
        """The header with what the program fills on every write."""
        values = dict(header)
        if self._record.SEARCHED:
            values["search_text"] = search_text(
                *(str(values.get(name) or "") for name in self._record.SEARCHED)
            )
        if "modified_at" in self._record._meta.fields:
            values["modified_at"] = moment
        return values
