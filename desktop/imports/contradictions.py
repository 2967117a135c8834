"""Where a file certainly writes numbers or dates otherwise than its integration reads them.

"1.234" would be read as another number in silence, so that somebody has to say first which of them is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

import msgspec

from desktop.errors import SourceError
from desktop.imports.integrations.definition import HEADER, NOT_IN_FILE, Choices, Definition, FieldMap
from desktop.imports.sources.detect import (
    AMBIGUOUS,
    CERTAIN,
    DATE,
    DetectedColumn,
    detect_column,
    is_date,
    number_in,
)
from desktop.imports.sources.header import FileRow
from desktop.imports.sources.reader import Source
from desktop.imports.values.conversions import converter
from desktop.imports.values.transforms import text_changer
from desktop.imports.values.written_dates import SERIAL, day_of_serial
from models.errors import FieldError
from models.rules import Kind

DECIMAL_SEPARATOR, DATE_FORMAT = "decimal_separator", "date_format"
_KINDS: Final = {
    Kind.DECIMAL: DECIMAL_SEPARATOR,
    Kind.INTEGER: DECIMAL_SEPARATOR,
    Kind.DATE: DATE_FORMAT,
}
_ADVICE: Final = {
    DECIMAL_SEPARATOR: "Choose the decimal sign for this file (in the import dialog, or with {} on the command "
    "line), or change Decimal Separator on the integration.",
    DATE_FORMAT: "Choose how dates are written in this file (in the import dialog, or with {} on the command line), "
    "or change Date Format on the integration.",
}
_ISO: Final = "YYYY-MM-DD"  # is read whatever the integration says
_WORDS: Final = {DECIMAL_SEPARATOR: "decimal", DATE_FORMAT: "date-format"}


class Contradiction(msgspec.Struct, frozen=True):
    """One of them.

    Attributes:
        option: "decimal_separator" or "date_format", as in `definition.Choices`.
        written, read_as: what the file has and what the integration says, e.g. "," and ".", or two date formats.
        text: a sentence for people.
        of_lines: it is a second file, with the lines of documents.
    """

    option: str
    written: str
    read_as: str
    text: str
    of_lines: bool = False

    @property
    def advice(self) -> str:
        """What can be done about it."""
        return _ADVICE[self.option].format(f"--{'lines-' if self.of_lines else ''}{_WORDS[self.option]}")


class _Column(msgspec.Struct, frozen=True):
    """A column that fills a number or a date.

    Attributes:
        read_as: as in `Contradiction`; with what else it may be read, in `also`.
    """

    field: FieldMap
    option: str
    read_as: str
    also: str
    texts: dict[str, int]
    found: DetectedColumn

    @property
    def written(self) -> str:
        return str(getattr(self.found, self.option))


class Formats:
    """How the numbers and dates of a file are written, held against how they are read.

    Args:
        definition: bound to the source.
        levels: those of the definition's fields that this file has.
        choices: what a person chose for this file; what they chose, they have looked at.
    """

    def __init__(
        self, definition: Definition, source: Source, levels: Collection[int], choices: Choices
    ) -> None:
        self._definition = definition
        self._source = source
        self._of_lines = HEADER not in levels
        self._columns = [
            column
            for field in definition.fields
            if field.level in levels and field.from_column and field.column != NOT_IN_FILE
            if (column := self._column(field, choices)) is not None
        ]

    def contradictions(self, file_name: str) -> list[Contradiction]:
        """One for numbers and one for dates at most: what is certain by all looked-at values of a column."""
        found: dict[str, Contradiction] = {}
        for column in self._columns:
            if column.option in found or column.found.certainty != CERTAIN:
                continue
            if column.written in ("", column.read_as, column.also):
                continue
            if any(
                value_of(column.option, column.read_as, text) != value_of(column.option, column.written, text)
                for text in column.texts
            ):
                example = column.found.example
                line = next((line for text, line in column.texts.items() if text.startswith(example)), 0)
                found[column.option] = self._contradiction(column, column.written, example, line, file_name)
        return list(found.values())

    def watched(self, rows: Iterator[FileRow], file_name: str) -> Iterator[FileRow]:
        """The rows, of which a later one may tell how those were meant that can be read in two ways.

        Raises, while they are read:
            SourceError: as `refuse`.
        """
        typed = self._source.dialect.typed
        watches = [
            _Watch(column, self._telling(column.field))
            for column in self._columns
            if not column.written or column.found.certainty == AMBIGUOUS
            if not (typed and column.option == DECIMAL_SEPARATOR)
        ]
        return self._watch(rows, watches, file_name) if watches else rows

    def _watch(self, rows: Iterator[FileRow], watches: list[_Watch], file_name: str) -> Iterator[FileRow]:
        for row in rows:
            for watch in watches:
                if not watch.settled and (told := watch.tells_otherwise(row)) is not None:
                    refuse([self._contradiction(watch.column, *told, file_name)])
            yield row

    def unclear(self) -> list[str]:
        """A sentence for numbers and one for dates at most: what can be read in two ways, and how it is read."""
        found: dict[str, str] = {}
        told = {column.option for column in self._columns if column.found.certainty not in ("", AMBIGUOUS)}
        for column in self._columns:
            if column.found.certainty == AMBIGUOUS and column.option not in told | found.keys():
                found[column.option] = (
                    f"“{column.found.example}” in “{column.found.header}” can be read in two ways, and no other "
                    f"value tells which; {_reading(column)}, as the integration says."
                )
        return list(found.values())

    def _column(self, field: FieldMap, choices: Choices) -> _Column | None:
        rule = self._definition.rule(field.target_field, field.level)
        option = "" if rule.lookup else _KINDS.get(rule.kind, "")
        if not option or getattr(choices, option) is not None:
            return None
        definition = self._definition.at_level(field.level)
        of_file = getattr(definition, option)
        typed = self._source.dialect.typed and option == DECIMAL_SEPARATOR
        texts = self._texts(field)
        return _Column(
            field,
            option,
            getattr(field.transforms, option) or of_file,
            of_file if typed else "",
            texts,
            _found(self._source.header[field.column], texts, option),
        )

    def _texts(self, field: FieldMap) -> dict[str, int]:
        """The numbers or days of a column, with the first line of each; what is neither is a fault by itself."""
        telling = self._telling(field)
        found: dict[str, int] = {}
        for line, cells in self._source.sample:
            for text in telling(cells):
                found.setdefault(text, line)
        return found

    def _telling(self, field: FieldMap) -> Callable[[Sequence[str]], Iterator[str]]:
        """The numbers or days in the cell of a row, as they are read: several where it is split."""
        is_day = self._definition.rule(field.target_field, field.level).kind is Kind.DATE
        mapped = {text.strip().casefold() for text in self._definition.value_maps.get(field.path, ())}
        change, null_text = text_changer(field.transforms), self._definition.null_text
        separator, position = field.transforms.split_separator, field.column

        def telling(cells: Sequence[str]) -> Iterator[str]:
            cell = cells[position] if position < len(cells) else ""
            for piece in cell.split(separator) if separator else (cell,):
                text = piece.strip()
                if text == null_text:
                    continue
                text = change(text) if change is not None else text
                told = (text if is_date(text) or day_of_serial(text) else "") if is_day else number_in(text)
                if told and text.casefold() not in mapped:
                    yield told

        return telling

    def _contradiction(
        self, column: _Column, written: str, example: str, line: int, file_name: str
    ) -> Contradiction:
        shown = f"“{example}” in “{column.found.header}”, line {line:,}"
        code = self._definition.code
        if column.option == DECIMAL_SEPARATOR:
            text = (
                f"“{file_name}” writes numbers with “{written}” before their decimals ({shown}), but the "
                f"integration {code} reads them with “{column.read_as}”."
            )
        elif written == SERIAL:
            text = (
                f"“{file_name}” has days as the numbers that spreadsheets give them ({shown}, is "
                f"{day_of_serial(example)}), but the integration {code} reads them as {column.read_as}."
            )
        else:
            text = (
                f"“{file_name}” writes dates like {written} ({shown}), but the integration {code} reads them "
                f"as {column.read_as}."
            )
        return Contradiction(column.option, written, column.read_as, text, self._of_lines)


def _found(header: str, texts: Collection[str], option: str) -> DetectedColumn:
    """How the texts of a column are written; numbers of days only where it has nothing else."""
    if option != DATE_FORMAT:
        return detect_column(header, list(texts))
    serials = [text for text in texts if day_of_serial(text) is not None]
    if serials and len(serials) == len(texts):
        return DetectedColumn(header, DATE, "", SERIAL, CERTAIN, serials[0])
    return detect_column(header, [text for text in texts if text not in serials])


class _Watch:
    """Waits for a value that tells how those of a column were meant that can be read in two ways.

    Attributes:
        settled: a value has told that they are read as they are meant.
    """

    def __init__(self, column: _Column, telling: Callable[[Sequence[str]], Iterator[str]]) -> None:
        self.column = column
        self.settled = False
        self._telling = telling
        self._position = column.field.column
        self._may_tell = re.compile("[./-]" if column.option == DATE_FORMAT else "[.,]").search
        self._unclear: str | None = None
        self._otherwise: tuple[str, str, int] | None = None

    def tells_otherwise(self, row: FileRow) -> tuple[str, str, int] | None:
        """How a text is written, the text and its line, once others are read otherwise than it means."""
        line, cells = row
        if self._position >= len(cells):
            return None
        if self._may_tell(cells[self._position]) is None:
            return None
        for text in self._telling(cells):
            self._look_at(text, line)
        if self._otherwise is None or self._unclear is None or self.settled:
            return None
        reads = value_of(self.column.option, self._otherwise[0], self._unclear) is not None
        return self._otherwise if reads else None

    def _look_at(self, text: str, line: int) -> None:
        option, read_as = self.column.option, self.column.read_as
        found = detect_column("", [text])
        written = str(getattr(found, option))
        if found.certainty == AMBIGUOUS:
            self._unclear = self._unclear or text
        elif not written or written == _ISO:
            return
        elif value_of(option, read_as, text) == value_of(option, written, text):
            self.settled = True
        else:
            self._otherwise = self._otherwise or (written, text, line)


def refuse(found: Sequence[Contradiction]) -> None:
    """Make sure that nothing is read as another number or day than the file means.

    Raises:
        SourceError: with code OtherFormat.
    """
    if found:
        raise SourceError(
            " ".join(one.text for one in found), " ".join(one.advice for one in found), "OtherFormat"
        )


def _reading(column: _Column) -> str:
    if column.option == DECIMAL_SEPARATOR:
        return f"numbers are read with “{column.read_as}” before their decimals"
    return f"dates are read as {column.read_as}"


def value_of(option: str, how: str, text: str) -> Any:
    """What a text means when it is read so.

    Args:
        option: `DECIMAL_SEPARATOR`, or that of dates.
        how: the sign before decimals, or a date format.
    Returns:
        The number or the day; None where it cannot be read so.
    """
    read: Callable[[str], Any] = (
        converter(Kind.DECIMAL, how, "") if option == DECIMAL_SEPARATOR else converter(Kind.DATE, ".", how)
    )
    try:
        return read(text)
    except FieldError:
        return None
