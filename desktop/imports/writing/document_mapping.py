"""The staged rows of documents on their way to values: pure, so that another thread may do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import msgspec

from desktop.imports.values.mapping import Fault
from desktop.imports.writing.document_store import LineValues, StagedRow
from desktop.imports.writing.work import Materials
from models.integration_record import RecordStatus

_decode = msgspec.json.Decoder(list[str]).decode
_STATUSES = tuple(sorted(RecordStatus))


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
        lines: by row, the values of its line by field.
        numbered: the series gives its key.
    """

    document_no: int
    rows: list[DocumentRow]
    values: list[Any] | None = None
    lines: list[tuple[DocumentRow, LineValues]] = field(default_factory=list)
    numbered: bool = False

    @property
    def position(self) -> int:
        """The number of the document."""
        return self.document_no

    @property
    def at_fault(self) -> bool:
        """Whether one of its rows is."""
        return any(row.faults for row in self.rows)

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
        self._two_files = materials.two_files
        self._parent_field = materials.definition.target.parent_field
        self._caption = materials.definition.record.CAPTION
        read = self._mapper.cells_read
        self._header_cells: itemgetter[Any] | None = itemgetter(*read) if read else None

    def __call__(self, staged: Sequence[StagedRow]) -> list[Document]:
        """The documents of rows that stand in the order of their documents."""
        documents: list[Document] = []
        rows: list[DocumentRow] = []
        cells: list[list[str]] = []
        current = 0
        for number, record_id, line, part, status, payload in staged:
            if number != current and rows:
                documents.append(self._map(current, rows, cells))
                rows, cells = [], []
            current = number
            rows.append(DocumentRow(record_id, line, part, _STATUSES[status]))
            cells.append(_decode(payload))
        if rows:
            documents.append(self._map(current, rows, cells))
        return documents

    def _map(self, number: int, rows: list[DocumentRow], cells: list[list[str]]) -> Document:
        document = Document(number, rows)
        two_files, line_mapper = self._two_files, self._line_mapper
        first: DocumentRow | None = None
        of_first: list[str] = []
        for row, texts in zip(rows, cells, strict=True):
            if not (two_files and row.part) and (first is None or not self._same_header(of_first, texts)):
                values, faults = self._mapper(texts)
                row.faults += faults
                if values is not None:
                    first = self._take_header(document, row, values, first)
                    of_first = texts if first is row else of_first
            if line_mapper is not None and (row.part or not two_files):
                values, faults = line_mapper(texts)
                if faults:
                    row.faults += [fault for fault in faults if fault not in row.faults]
                if values is not None:
                    line = dict(zip(line_mapper.columns, values, strict=True))
                    line.pop(self._parent_field, None)  # names the document, not its number
                    document.lines.append((row, line))
        if first is None and not document.at_fault:
            rows[0].faults = [
                Fault(
                    "",
                    "",
                    "NoHeader",
                    "",
                    f"The {self._caption} of this line is not in the file of headers.",
                    "Add it to that file and read both again, or exclude the row.",
                )
            ]
        if document.at_fault:
            document.values = None
        return document

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
                        f"{mapped.caption} differs from row {first.line_no:,} of the same document.",
                        "Let both rows say the same, or give this one a document of its own, then choose Retry.",
                    )
                )
        return first
