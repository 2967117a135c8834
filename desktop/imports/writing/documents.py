"""Documents of several rows: one is written as a whole, or not at all, wherever its rows stand in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from desktop.imports.values.mapping import NUMBERED, NUMBERED_TYPES, Fault
from desktop.imports.writing.document_mapping import Document, DocumentMapping
from desktop.imports.writing.document_rules import DocumentRules
from desktop.imports.writing.document_store import (
    DocumentDecision,
    DocumentStore,
    StagedRow,
    StoredDocument,
)
from desktop.imports.writing.materials import Materials
from desktop.imports.writing.numbering import next_keys
from desktop.imports.writing.outcome import Outcome, Touched, create_missing, remove_created
from desktop.imports.writing.verdicts import Verdicts
from desktop.imports.writing.work import Unit
from models.enforcement import as_system
from models.import_causes import DOCUMENT_REFUSED
from models.integration_record import RecordStatus

_COUNTERS = {
    RecordStatus.CREATED: "documents_created",
    RecordStatus.UPDATED: "documents_updated",
    RecordStatus.UNCHANGED: "documents_unchanged",
}


def _written_as(document: Document) -> RecordStatus | None:
    """What those rows have become that are part of the document already."""
    return next((row.before for row in document.rows if row.before in _COUNTERS), None)


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
        self._match = self._columns.index(materials.definition.match_fields[0])
        self._key_position = self._columns.index(self._key) if self._key in self._columns else None
        self._numbers = any(mapped.column_type in NUMBERED_TYPES for mapped in self._mapper.fields)
        self._mapping = DocumentMapping(materials)
        self._store = DocumentStore(materials)
        load = self._target.load_rules()
        self._rules: DocumentRules | None = load(self._connection) if load is not None else None

    def beside(self, connection: sqlite3.Connection) -> DocumentWork:
        """See `work.Work`."""
        return DocumentWork(replace(self._materials, connection=connection))

    @as_system()
    def positions_of(self, record_ids: Sequence[int]) -> list[int]:
        """See `work.Work`: the documents of these rows."""
        return sorted(self._store.documents_of(record_ids))

    @as_system()
    def read(self, size: int, after: int, positions: Sequence[int] | None) -> Sequence[StagedRow]:
        """See `work.Work`."""
        numbers = self._store.ready_documents(size, after, positions)
        return self._store.rows_of(numbers) if numbers else []

    def map(self, rows: Sequence[StagedRow]) -> list[Unit]:
        """See `work.Work`."""
        return list(self._mapping(rows))

    def refresh(self) -> bool:
        """See `work.Work`."""
        return self._materials.refresh_lookups()

    def decides_apart(self) -> bool:
        """See `work.Work`: numbers are taken, and look-up records made, while it is decided who needs them."""
        return not self._numbers and not any(mapper.missing for mapper in self._materials.mappers)

    def decide(self, units: Sequence[Unit], moment: str) -> DocumentDecision:
        """See `work.Work`."""
        documents = cast("Sequence[Document]", units)
        decision = DocumentDecision(moment)
        if self._rules is not None:
            self._rules.begin()
        good = [document for document in documents if document.values is not None]
        self._forget_keys(good)
        existing = self._store.existing([self._wanted(document) for document in good])
        earlier = self._earlier(good, existing)
        self._give_keys(good, existing)
        taken: dict[Any, int] = {}
        for document in documents:
            self._decide(document, existing, earlier, taken, decision)
        decision.batch.prepare()
        decision.outcome.prepare()
        return decision

    def write(self, decision: DocumentDecision) -> Outcome:
        """See `work.Work`."""
        self._store.write(decision.batch)
        return decision.outcome

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
        decision: DocumentDecision,
    ) -> None:
        outcome = decision.outcome
        if document.values is None:
            self._settle_refused(document, [row.faults for row in document.rows], decision)
            return
        wanted = self._wanted(document)
        decision.keys.add(wanted)
        found = existing.get(wanted, [])
        first = taken.get(wanted) or (earlier.get(found[0].key) if found else None)
        rows = [(stored.key, *(stored.header[name] for name in self._columns)) for stored in found]
        verdict = self._verdicts.judge(document.values, rows, first)
        if isinstance(verdict, Fault):
            self._settle_refused(document, [[verdict], *([] for _ in document.rows[1:])], decision)
            return
        key = verdict[1]
        header = dict(zip(self._columns, document.values, strict=True))
        stored = found[0] if found else None
        before = len(outcome.changes)
        self._create_missing(document, outcome)
        lines = [line.copy() for _, line in document.lines]  # rules fill them, and may have to do so again
        faults = self._rules.apply(header, lines, stored) if self._rules is not None else []
        if stored is not None:
            faults += self._store.refused(stored, header, lines)
        if faults:
            remove_created(self._connection, outcome, before)
            self._settle_refused(document, self._blamed(document, faults), decision)
            return
        taken[wanted] = document.rows[0].line_no
        status = self._store.put(decision, key, header, lines, stored, document.rows[0].record_id)
        if status is RecordStatus.UPDATED and any(
            row.before is RecordStatus.CREATED for row in document.rows
        ):
            status = RecordStatus.CREATED  # by this very import, which undoing must know
        written = None if document.fresh else _written_as(document)
        if status is not RecordStatus.UNCHANGED:
            outcome.touched.append(
                Touched(key, status is RecordStatus.CREATED, document.document_no, document.document_no)
            )
        elif written is not None:
            status = written  # for the same reason
        outcome.count(_COUNTERS[status])
        outcome.settle_all(
            [(row.record_id, row.before) for row in document.rows], status, key, decision.moment
        )
        if written is not None:
            outcome.count(_COUNTERS[written], -1)

    def _blamed(self, document: Document, faults: Sequence[tuple[int | None, Fault]]) -> list[list[Fault]]:
        """Faults by row: each stands with its line, which its position tells, or with the document's first row."""
        by_row: dict[int, list[Fault]] = {row.record_id: [] for row in document.rows}
        for position, fault in faults:
            if position is None or self._line_mapper is None:
                by_row[document.rows[0].record_id].append(self._mapper.located(fault))
            else:
                by_row[document.lines[position][0].record_id].append(self._line_mapper.located(fault))
        return list(by_row.values())

    def _settle_refused(
        self, document: Document, faults: Sequence[Sequence[Fault]], decision: DocumentDecision
    ) -> None:
        """Each row gets its own errors; one without is told which row keeps it from being written.

        Rows that are part of the document already, as it was written without the others, stay what they became.

        Args:
            faults: by row.
        """
        outcome = decision.outcome
        open_rows = [
            (row, found)
            for row, found in zip(document.rows, faults, strict=True)
            if row.before not in _COUNTERS
        ]
        if not any(found for _, found in open_rows):
            open_rows[0] = open_rows[0][0], list(dict.fromkeys(fault for found in faults for fault in found))
        guilty = next(
            (self._materials.fellow(row.line_no, row.part) for row, found in open_rows if found), ""
        )
        refused = Fault(
            "",
            "",
            DOCUMENT_REFUSED,
            "",
            f"Not imported, because {guilty} has an error.",
            "Correct that row; this one follows.",
        )
        for row, found in open_rows:
            outcome.settle(row.record_id, row.before, RecordStatus.ERROR, "", decision.moment)
            outcome.faults.extend((row.record_id, fault) for fault in found or [refused])

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

    def _forget_keys(self, documents: Sequence[Document]) -> None:
        """Numbers of a transaction that was rolled back may be somebody else's by now."""
        for document in documents:
            if document.numbered and document.values is not None and self._key_position is not None:
                document.values[self._key_position] = NUMBERED

    def _give_keys(self, documents: Sequence[Document], existing: dict[Any, list[StoredDocument]]) -> None:
        """Fill in the numbers that the series gives; a document that exists keeps its own."""
        position = self._key_position
        if position is None:
            return
        new: list[list[Any]] = []
        for document in documents:
            values = document.values
            if values is None or values[position] is not NUMBERED:
                continue
            document.numbered = True
            found = existing.get(values[self._match])
            if found:
                values[position] = found[0].key
            else:
                new.append(values)
        if new:
            keys = next_keys(self._connection, self._record, self._target.series, len(new))
            for values, key in zip(new, keys, strict=True):
                values[position] = key
