"""The staged rows of documents on their way to values: pure, so that another thread may do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import msgspec

from desktop.imports.values.mapping import NUMBERED, Fault
from desktop.imports.writing.document_store import LineValues, StagedRow
from desktop.imports.writing.materials import Materials
from models.integration_record import RecordStatus

_decode = msgspec.json.Decoder(list[str]).decode
_STATUSES = tuple(sorted(RecordStatus))
_WRITTEN = (RecordStatus.CREATED, RecordStatus.UPDATED, RecordStatus.UNCHANGED)


@dataclass(slots=True)
class DocumentRow:
    """One staged row of a document."""

    record_id: int
    line_no: int
    part: int
    before: RecordStatus
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """The rows of one document after mapping.

    Attributes:
        values: of the header, in the order of the mapper's columns; None where a row is at fault.
        lines: by row, the values of its line by field, the line number among them.
        numbered: the series gives its key.
        fresh: all of its rows are ready; none was tried before.
    """

    document_no: int
    rows: list[DocumentRow]
    values: list[Any] | None = None
    lines: list[tuple[DocumentRow, LineValues]] = field(default_factory=list)
    numbered: bool = False
    fresh: bool = True

    @property
    def position(self) -> int:
        """The number of the document."""
        return self.document_no

    def refuse(self, fault: Fault) -> None:
        """See `work.Unit`: the first row says why."""
        self.values = None
        for row in self.rows:
            row.faults = []
        self.rows[0].faults = [fault]


class DocumentMapping:
    """From staged rows, document by document, to the values of headers and lines."""

    def __init__(self, materials: Materials) -> None:
        self._mapper, self._line_mapper = materials.mapper, materials.line_mapper
        self._two_files, self._fellow = materials.two_files, materials.fellow
        self._target = materials.definition.target
        self._caption = materials.definition.record.CAPTION
        read = self._mapper.cells_read
        self._header_cells: itemgetter[Any] | None = itemgetter(*read) if read else None

    def __call__(self, staged: Sequence[StagedRow]) -> list[Document]:
        """The documents of rows that stand in the order of their documents."""
        documents: list[Document] = []
        rows: list[DocumentRow] = []
        cells: list[list[str]] = []
        current = 0
        fresh = True
        for number, record_id, line, part, status, payload in staged:
            if number != current and rows:
                documents.append(self._map(current, rows, cells, fresh))
                rows, cells, fresh = [], [], True
            current = number
            if status:
                fresh = False
            rows.append(DocumentRow(record_id, line, part, _STATUSES[status]))
            cells.append(_decode(payload))
        if rows:
            documents.append(self._map(current, rows, cells, fresh))
        return documents

    def _map(self, number: int, rows: list[DocumentRow], cells: list[list[str]], fresh: bool) -> Document:
        document = Document(number, rows, fresh=fresh)
        two_files = self._two_files
        first, of_first = (None, []) if fresh else self._written_header(document, rows, cells)
        for row, texts in zip(rows, cells, strict=True):
            has_header = row is not first and not (two_files and row.part)
            if has_header and (first is None or not self._same_header(of_first, texts)):
                values, faults = self._mapper(texts)
                row.faults += faults
                if values is not None:
                    first = self._take_header(document, row, values, first)
                    of_first = texts if first is row else of_first
            if row.part or not two_files:
                self._add_line(document, row, texts)
        at_fault = any(row.faults for row in rows)
        if first is None and not at_fault:
            rows[0].faults = [
                Fault(
                    "",
                    "",
                    "NoHeader",
                    "",
                    f"The {self._caption} of this line is not in the file of headers.",
                    "Correct what names it, exclude the row, or add it to that file and read both again.",
                )
            ]
        if at_fault or self._doubled(document):
            document.values = None
        return document

    def _written_header(
        self, document: Document, rows: Sequence[DocumentRow], cells: Sequence[list[str]]
    ) -> tuple[DocumentRow | None, list[str]]:
        """The row whose header a row that joins later must agree with: one that is part of the document already."""
        for row, texts in zip(rows, cells, strict=True):
            if row.before in _WRITTEN and not (self._two_files and row.part):
                values, _ = self._mapper(texts)
                if values is not None:
                    return self._take_header(document, row, values, None), texts
        return None, []

    def _add_line(self, document: Document, row: DocumentRow, texts: Sequence[str]) -> None:
        """The line of a row, with its number: what the file says, else in steps in the order of the file."""
        mapper, target = self._line_mapper, self._target
        if mapper is None:
            return
        values, faults = mapper(texts)
        if values is None:
            row.faults += [fault for fault in faults if fault not in row.faults]
            return
        line = dict(zip(mapper.columns, values, strict=True))
        line.pop(target.parent_field, None)  # names the document, not its number
        given = line.get(target.line_no_field)
        if given is NUMBERED or not given:
            line[target.line_no_field] = (len(document.lines) + 1) * target.line_step
        document.lines.append((row, line))

    def _doubled(self, document: Document) -> bool:
        """Whether two lines have the same number; each that comes later is at fault."""
        mapper, number_field, lines = self._line_mapper, self._target.line_no_field, document.lines
        if mapper is None or len({line[number_field] for _, line in lines}) == len(lines):
            return False
        seen: set[int] = set()
        for row, line in lines:
            number = int(line[number_field])
            if number in seen:
                fault = Fault(
                    number_field,
                    "",
                    "DuplicateKey",
                    str(number),
                    f"The document has a line {number:,} already.",
                    "Give the line another number, or exclude the row, then choose Retry.",
                )
                row.faults.append(mapper.located(fault))
            seen.add(number)
        return True

    def _same_header(self, of_first: Sequence[str], texts: Sequence[str]) -> bool:
        """Whether a row says the same of the header as the first one, so that it need not be read again."""
        cells = self._header_cells
        return len(of_first) == len(texts) and (cells is None or cells(of_first) == cells(texts))

    def _take_header(
        self, document: Document, row: DocumentRow, values: list[Any], first: DocumentRow | None
    ) -> DocumentRow:
        """The header is what the first row says; another row that says otherwise is at fault."""
        if first is None or document.values is None:
            document.values = values
            return row
        for mine, other, mapped in zip(document.values, values, self._mapper.fields, strict=True):
            if mine != other:
                row.faults.append(
                    Fault(
                        mapped.path,
                        mapped.source_column,
                        "HeaderDiffers",
                        str(other if other is not None else ""),
                        f"{mapped.caption} differs from {self._fellow(first.line_no, first.part)}.",
                        "Let both rows say the same, or give this one a document of its own, then choose Retry.",
                    )
                )
        return first
