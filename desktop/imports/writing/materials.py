"""What a run is made of: its definition, compiled for its files, and the connection that it works on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from desktop.imports.integrations.definition import LINE, Definition
from desktop.imports.sources.reader import WORKBOOK, Dialect
from desktop.imports.values.mapping import Mapper
from desktop.imports.values.run_facts import facts_of
from desktop.sessions.session import Session
from models.integration_record import ImportRun


@dataclass(frozen=True, slots=True)
class Materials:
    """What a run is made of.

    Attributes:
        mapper: from a row to the values of the record, or of the document's header.
        line_mapper: from a row to the values of a line; None where there are no lines.
        two_files: headers stand in one file and lines in another.
        places: what people call the two, "orders.csv" or "sheet “Lines”"; empty where there is only one file.
    """

    connection: sqlite3.Connection
    run_id: int
    first_record_id: int
    definition: Definition
    mapper: Mapper
    line_mapper: Mapper | None
    two_files: bool
    places: tuple[str, ...] = ()

    def fellow(self, line_no: int, part: int) -> str:
        """What the other rows of its document call a row; where there are two files, with the one that it is in."""
        if not self.places:
            return f"row {line_no:,} of the same document"
        return f"row {line_no:,} of {self.places[part]} (the same document)"

    @property
    def mappers(self) -> tuple[Mapper, ...]:
        """The mappers that there are."""
        return (self.mapper,) if self.line_mapper is None else (self.mapper, self.line_mapper)

    def refresh_lookups(self) -> bool:
        """Take over what others changed in look-up tables since the last call; returns whether it was anything."""
        changed = [mapper.refresh_lookups() for mapper in self.mappers]
        return any(changed)


def materials_of(
    session: Session,
    connection: sqlite3.Connection,
    run: ImportRun,
    definition: Definition,
    first_record_id: int,
) -> Materials:
    """What is needed to map and write the rows of a run; the look-up tables are read now.

    Args:
        first_record_id: the first row of the run, from which line numbers count.
    """
    header = msgspec.json.decode(run.header, type=list[str])
    dialect = msgspec.json.decode(run.dialect, type=Dialect)
    two_files = bool(run.line_file_name)
    places: list[str] = []
    mapper = _mapper(session, definition, header, dialect)
    line_mapper = None
    if definition.with_lines and any(field.level == LINE for field in definition.fields):
        if two_files:
            places = [run.file_name, run.line_file_name]
            sheets = [f"the sheet “{dialect.sheet}”"]
            header = msgspec.json.decode(run.line_header, type=list[str])
            dialect = msgspec.json.decode(run.line_dialect, type=Dialect)
            if run.file_path == run.line_file_path:
                places = [*sheets, f"the sheet “{dialect.sheet}”"]
        line_mapper = _mapper(session, definition, header, dialect, LINE)
    return Materials(
        connection, run.id, first_record_id, definition, mapper, line_mapper, two_files, tuple(places)
    )


def _mapper(
    session: Session, definition: Definition, header: Sequence[str], dialect: Dialect, level: int = 0
) -> Mapper:
    return Mapper(
        definition,
        len(header),
        pad=dialect.kind == WORKBOOK,
        typed=dialect.typed,
        delimiter=dialect.delimiter_caption or "separator",
        level=level,
        facts=facts_of(session),
        header=header,
    )
