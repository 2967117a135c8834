"""The rows of one or two files on their way to integration records: split, and numbered by document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from desktop.imports.integrations.definition import HEADER, LINE, NOT_IN_FILE, Definition, FieldMap
from desktop.imports.sources.reader import WORKBOOK, Dialect, Source
from desktop.imports.values.mapping import Mapper
from models.integration import ColumnType

StagedRow = tuple[int, int, int, list[str]]
"""Part (0 the file, 1 the file of lines), line, number of the document (0 for none), cells."""

_NO_KEY: Final = ""


class StagedRows:
    """The records of a file, and of a second one with the lines where documents come in two.

    Rows of one document may stand anywhere: they are told by the value of the match key. It is made with an open
    connection, because that value may be looked up; another thread may go through the rows.

    Attributes:
        file_rows: rows read so far; fewer than records where rows are split.
        documents: documents found so far.
        control_total: of the control field, in its stored form; None where there is no such column.
    """

    def __init__(self, definition: Definition, file: Source, lines: Source | None) -> None:
        self.file_rows = 0
        self.control_total: int | None = None
        self._definition = definition
        self._sources = [file] if lines is None else [file, lines]
        self._numbers: dict[str, int] | None = {} if definition.with_lines else None
        self._without_key = 0
        self._control = control_field(definition)
        self._files = [
            _File(definition, source, part, lines, self._control) for part, source in enumerate(self._sources)
        ]

    @property
    def documents(self) -> int:
        """How many documents the records so far belong to."""
        return len(self._numbers or ()) + self._without_key

    def __iter__(self) -> Iterator[StagedRow]:
        for part, (source, file) in enumerate(zip(self._sources, self._files, strict=True)):
            if file.totalled:
                self.control_total = self.control_total or 0
            for line, cells in source.rows:
                self.file_rows += 1
                for row in file.split(cells) if file.splits else (cells,):
                    number = 0 if self._numbers is None else self._number(file.key(row))
                    if file.totalled:
                        self.control_total = (self.control_total or 0) + file.amount(row)
                    yield part, line, number, row

    def _number(self, key: str) -> int:
        """The number of the document with that key; a row without one is a document by itself."""
        numbers = self._numbers
        assert numbers is not None
        if key == _NO_KEY:
            self._without_key += 1
            return self.documents
        found = numbers.get(key)
        if found is None:
            numbers[key] = found = self.documents + 1
        return found


def control_field(definition: Definition) -> FieldMap | None:
    """The field whose total is compared; None where the integration names none that a column fills."""
    for field in definition.fields:
        if field.path == definition.control_field and field.column != NOT_IN_FILE:
            return field
    return None


def value_reader(definition: Definition, field: FieldMap, dialect: Dialect, header: Sequence[str]) -> Mapper:
    """A mapper for one field alone."""
    return Mapper(
        msgspec.structs.replace(definition, fields=(field,)),
        len(header),
        pad=dialect.kind == WORKBOOK,
        typed=dialect.typed,
        delimiter="separator",
        level=field.level,
        header=header,
    )


class DocumentKey:
    """A function from the cells of a row to what names its document: the value as it will be stored, else the text
    itself; empty where it names none. It is made with an open connection."""

    def __init__(self, definition: Definition, dialect: Dialect, header: Sequence[str], part: int) -> None:
        """`dialect`, `header`: of the file that is `part`."""
        self._width = len(header)
        self._key_field = self._find(definition, part)
        self._key: Mapper | None = None
        if definition.with_lines and self._key_field is not None:
            self._key = value_reader(definition, self._key_field, dialect, header)
        self._last: tuple[str | None, str] = (None, _NO_KEY)

    def __call__(self, cells: Sequence[str]) -> str:
        """The key."""
        if self._key is None or self._key_field is None:
            return _NO_KEY
        column, from_column = self._key_field.column, self._key_field.from_column
        text = cells[column] if from_column and NOT_IN_FILE < column < len(cells) else None
        # Most rows stand beside another one of their document.
        if text is not None and text == self._last[0] and len(cells) == self._width:
            return self._last[1]
        values, _ = self._key(cells)
        if values is None:
            return (text or _NO_KEY).strip()
        key = str(values[0]) if values[0] not in (None, "") else _NO_KEY
        if text is not None:
            self._last = text, key
        return key

    @staticmethod
    def _find(definition: Definition, part: int) -> FieldMap | None:
        """The column that names the document."""
        name, level = (
            (definition.match_fields[0], HEADER) if not part else (definition.target.parent_field, LINE)
        )
        for field in definition.fields:
            told = field.column != NOT_IN_FILE or field.column_type == ColumnType.FORMULA
            if field.target_field == name and field.level == level and told:
                return field
        return None


class _File:
    """What is looked at in the rows of one file."""

    def __init__(
        self,
        definition: Definition,
        source: Source,
        part: int,
        lines: Source | None,
        control: FieldMap | None,
    ) -> None:
        levels = (HEADER, LINE) if lines is None else (part,)
        self.splits = split_columns([field for field in definition.fields if field.level in levels])
        self.key = DocumentKey(definition, source.dialect, source.header, part)
        self._amount: Mapper | None = None
        if control is not None and control.level in levels:
            self._amount = value_reader(definition, control, source.dialect, source.header)
        self.totalled = self._amount is not None

    def amount(self, cells: Sequence[str]) -> int:
        """The value of the control field in its stored form; what cannot be read counts nothing."""
        values = self._amount(cells)[0] if self._amount is not None else None
        amount: Any = values[0] if values else None
        return int(amount) if isinstance(amount, int | float) else 0

    def split(self, cells: Sequence[str]) -> Iterator[list[str]]:
        """The rows that a row becomes."""
        return split_row(self.splits, cells)


def split_columns(fields: Iterable[FieldMap]) -> list[tuple[int, str]]:
    """The columns whose cells hold several values, each with the separator between them."""
    return [
        (field.column, field.transforms.split_separator)
        for field in fields
        if field.column != NOT_IN_FILE and field.transforms.split_separator
    ]


def split_row(splits: Iterable[tuple[int, str]], cells: Sequence[str]) -> Iterator[list[str]]:
    """The rows that a row becomes where cells hold several values: the nth value of each such cell."""
    pieces = {column: cells[column].split(separator) for column, separator in splits if column < len(cells)}
    for number in range(max((len(found) for found in pieces.values()), default=1)):
        row = list(cells)
        for column, found in pieces.items():
            row[column] = found[number] if number < len(found) else ""
        yield row
