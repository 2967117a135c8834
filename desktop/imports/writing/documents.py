"""Documents of several rows: one is written as a whole, or not at all, wherever its rows stand in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, cast

import msgspec

from desktop.imports.values.mapping import NUMBERED, Fault
from desktop.imports.writing.document_rules import DocumentRules
from desktop.imports.writing.document_store import DocumentStore, LineValues, StoredDocument
from desktop.imports.writing.numbering import next_keys
from desktop.imports.writing.outcome import Outcome, Touched, create_missing, remove_created
from desktop.imports.writing.verdicts import Verdicts
from desktop.imports.writing.work import Materials, Unit
from models.enforcement import as_system
from models.import_causes import DOCUMENT_REFUSED
from models.integration_record import RecordStatus

_decode = msgspec.json.Decoder(list[str]).decode
_STATUSES = tuple(sorted(RecordStatus))
_COUNTERS = {
    RecordStatus.CREATED: "documents_created",
    RecordStatus.UPDATED: "documents_updated",
    RecordStatus.UNCHANGED: "documents_unchanged",
}


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


class DocumentWork:
    """Decides and writes the documents of one run."""

    def __init__(self, materials: Materials) -> None:
        self._materials = materials
        self._connection = materials.connection
        self._run_id = materials.run_id
        self._mapper, self._line_mapper = materials.mapper, materials.line_mapper
        self._target = materials.definition.target
        self._record = self._target.record
        self._key = self._record.key_field()
        self._columns = self._mapper.columns
        self._verdicts = Verdicts(materials.definition, self._mapper)
        read = self._mapper.cells_read
        self._header_cells: itemgetter[Any] | None = itemgetter(*read) if read else None
        self._match = self._columns.index(materials.definition.match_fields[0])
        self._key_position = self._columns.index(self._key) if self._key in self._columns else None
        self._store = DocumentStore(materials)
        load = self._target.load_rules()
        self._rules: DocumentRules | None = load(self._connection) if load is not None else None

    # ---- reading and mapping

    @as_system()
    def positions_of(self, record_ids: Sequence[int]) -> list[int]:
        """See `work.Work`: the documents of these rows."""
        return sorted(self._store.documents_of(record_ids))

    @as_system()
    def next_units(self, size: int, after: int, positions: Sequence[int] | None) -> list[Unit]:
        """See `work.Work`."""
        numbers = self._store.ready_documents(size, after, positions)
        if not numbers:
            return []
        for mapper in self._materials.mappers:
            mapper.refresh_lookups()
        documents: list[Unit] = []
        rows: list[DocumentRow] = []
        cells: list[list[str]] = []
        current = 0
        for number, record_id, line, part, status, payload in self._store.rows_of(numbers):
            if number != current and rows:
                documents.append(self._map(current, rows, cells))
                rows, cells = [], []
            current = number
            rows.append(DocumentRow(record_id, line, part, _STATUSES[status]))
            cells.append(_decode(payload))
        documents.append(self._map(current, rows, cells))
        return documents

    def _map(self, number: int, rows: list[DocumentRow], cells: list[list[str]]) -> Document:
        document = Document(number, rows)
        two_files, line_mapper = self._materials.two_files, self._line_mapper
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
                    line.pop(self._target.parent_field, None)  # names the document, not its number
                    document.lines.append((row, line))
        if first is None and not document.at_fault:
            rows[0].faults = [
                Fault(
                    "",
                    "",
                    "NoHeader",
                    "",
                    f"The {self._record.CAPTION} of this line is not in the file of headers.",
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

    # ---- deciding and writing

    def write(self, units: Sequence[Unit], moment: str) -> Outcome:
        """See `work.Work`."""
        documents = cast("Sequence[Document]", units)
        outcome = Outcome()
        self._store.forget()
        if self._rules is not None:
            self._rules.begin()
        good = [document for document in documents if document.values is not None]
        existing = self._store.existing([self._wanted(document) for document in good])
        earlier = self._earlier(good, existing)
        self._give_keys(good, existing)
        taken: dict[Any, int] = {}
        for document in documents:
            self._decide(document, existing, earlier, taken, moment, outcome)
        self._store.flush(moment)
        return outcome

    def _create_missing(self, document: Document, outcome: Outcome) -> None:
        """Create the look-up records that a document names: rules read what stands in them."""
        credit = document.rows[0].record_id
        if self._mapper.missing and document.values is not None:
            named = [(table, document.values[place]) for place, _, table in self._mapper.creating]
            create_missing(self._connection, outcome, self._mapper, named, credit)
        mapper = self._line_mapper
        if mapper is not None and mapper.missing:
            named = [
                (table, line.get(name)) for _, name, table in mapper.creating for _, line in document.lines
            ]
            create_missing(self._connection, outcome, mapper, named, credit)

    def _decide(
        self,
        document: Document,
        existing: dict[Any, list[StoredDocument]],
        earlier: dict[str, int],
        taken: dict[Any, int],
        moment: str,
        outcome: Outcome,
    ) -> None:
        if document.values is None:
            self._settle_refused(document, moment, outcome)
            return
        wanted = self._wanted(document)
        found = existing.get(wanted, [])
        first = taken.get(wanted) or (earlier.get(found[0].key) if found else None)
        rows = [(stored.key, *(stored.header[name] for name in self._columns)) for stored in found]
        verdict = self._verdicts.judge(document.values, rows, first)
        if isinstance(verdict, Fault):
            document.refuse(verdict)
            self._settle_refused(document, moment, outcome)
            return
        key = verdict[1]
        header = dict(zip(self._columns, document.values, strict=True))
        stored = found[0] if found else None
        before = len(outcome.changes)
        self._create_missing(document, outcome)
        lines = self._store.numbered(document.lines)
        faults = self._store.doubled(lines)
        if self._rules is not None:
            faults += self._rules.apply(header, [values for _, values in lines], stored)
        if stored is not None:
            faults += self._store.refused(stored, header, lines)
        if faults:
            remove_created(self._connection, outcome, before)
            self._blame(document, lines, faults)
            self._settle_refused(document, moment, outcome)
            return
        taken[wanted] = document.rows[0].line_no
        status = self._store.put(key, header, lines, stored, document.rows[0].record_id, outcome)
        if status is RecordStatus.UPDATED and any(
            row.before is RecordStatus.CREATED for row in document.rows
        ):
            status = RecordStatus.CREATED  # by this very import, which undoing must know
        if status is not RecordStatus.UNCHANGED:
            outcome.touched.append(
                Touched(key, status is RecordStatus.CREATED, document.document_no, document.document_no)
            )
        outcome.count(_COUNTERS[status])
        for row in document.rows:
            outcome.settle(row.record_id, row.before, status, key, moment)
            if row.before in _COUNTERS and row is document.rows[0]:
                outcome.count(_COUNTERS[row.before], -1)

    def _blame(
        self,
        document: Document,
        lines: Sequence[tuple[DocumentRow, LineValues]],
        faults: Sequence[tuple[int | None, Fault]],
    ) -> None:
        """Put faults where they belong: to a line by its position, or to the document's first row."""
        document.values = None
        for position, fault in faults:
            row = document.rows[0] if position is None else lines[position][0]
            row.faults.append(self._located(fault, position is not None))

    def _located(self, fault: Fault, in_line: bool) -> Fault:
        """The fault with its column in the file and the path of its field."""
        mapper = self._line_mapper if in_line else self._mapper
        for mapped in mapper.fields if mapper is not None else ():
            if mapped.target_field == fault.target_field:
                return fault._replace(target_field=mapped.path, source_column=mapped.source_column)
        return fault

    def _settle_refused(self, document: Document, moment: str, outcome: Outcome) -> None:
        """Each row gets its own errors; one without is told which row keeps it from being written.

        Rows that are part of the document already, as it was written without the others, stay what they became.
        """
        open_rows = [row for row in document.rows if row.before not in _COUNTERS]
        if not any(row.faults for row in open_rows):
            open_rows[0].faults = [fault for row in document.rows for fault in row.faults]
        guilty = next((row.line_no for row in open_rows if row.faults), 0)
        for row in open_rows:
            faults = row.faults or [
                Fault(
                    "",
                    "",
                    DOCUMENT_REFUSED,
                    "",
                    f"Not imported, because row {guilty:,} of the same document has an error.",
                    "Correct that row; this one follows.",
                )
            ]
            outcome.settle(row.record_id, row.before, RecordStatus.ERROR, "", moment)
            outcome.faults.extend((row.record_id, fault) for fault in faults)

    def _wanted(self, document: Document) -> Any:
        assert document.values is not None
        return document.values[self._match]

    @as_system()
    def _earlier(
        self, documents: Sequence[Document], existing: dict[Any, list[StoredDocument]]
    ) -> dict[str, int]:
        """The lines of other documents of this run that became one of these records before."""
        keys = [found[0].key for found in existing.values()]
        numbers = {document.document_no for document in documents}
        return {key: line for key, line, number in self._store.written_before(keys) if number not in numbers}

    def _give_keys(self, documents: Sequence[Document], existing: dict[Any, list[StoredDocument]]) -> None:
        """Fill in the numbers that the series gives; a document that exists keeps its own."""
        position = self._key_position
        if position is None:
            return
        new: list[list[Any]] = []
        for document in documents:
            values = document.values
            if values is None or not (document.numbered or values[position] is NUMBERED):
                continue
            document.numbered = True  # a chunk that is rolled back takes its numbers again
            found = existing.get(values[self._match])
            if found:
                values[position] = found[0].key
            else:
                new.append(values)
        if new:
            keys = next_keys(self._connection, self._record, self._target.series, len(new))
            for values, key in zip(new, keys, strict=True):
                values[position] = key
