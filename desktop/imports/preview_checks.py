"""The first rows of a file, mapped without being written: what is wrong with them, counted."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from desktop.imports.contradictions import DATE_FORMAT, DECIMAL_SEPARATOR, Contradiction, Formats
from desktop.imports.currencies import told_currencies
from desktop.imports.integrations.binding import unused_columns
from desktop.imports.integrations.definition import NO_CHOICES, NOT_IN_FILE, Choices, Definition, FieldMap
from desktop.imports.sample_notes import sample_notes
from desktop.imports.sources.detect import AMBIGUOUS
from desktop.imports.sources.left_out import sentences
from desktop.imports.sources.reader import WORKBOOK, Source
from desktop.imports.staged_rows import split_columns, split_row
from desktop.imports.values.mapping import Fault, Mapper
from desktop.imports.values.written_dates import COMPACT, ISO
from models.rules import Kind
from models.tables import TABLES

CHECKED: Final = 1_000  # rows that are mapped to count what is wrong
_MOST_VALUES: Final = 100  # values without a match that are listed
_MOST_MESSAGES: Final = 10
_MOST_LAST: Final = 20  # rows with totals or notes
_MADE_UP: Final = re.compile(r"Column \d+(?: \(\d+\))?")  # the name of a column that has none in the file
_NUMBERS: Final = (Kind.DECIMAL, Kind.INTEGER)


class Unmatched(msgspec.Struct, frozen=True):
    """The values of one field that its look-up table does not have.

    Attributes:
        path: what names the field within the integration.
        header: the column of the file.
        table, table_caption: where the values are looked up.
        distinct, rows: how many different values there are, and in how many of the rows looked at.
        values: the most frequent ones with their rows.
    """

    path: str
    target_field: str
    level: int
    caption: str
    header: str
    table: str
    table_caption: str
    distinct: int
    rows: int
    values: list[tuple[str, int]]


class Checks:
    """Maps sample rows and counts. Needs an open connection of this thread, for the look-ups.

    Attributes:
        formats: how numbers and dates are written.
        contradictions: what somebody has to choose before the file is read.
    """

    def __init__(
        self,
        definition: Definition,
        source: Source,
        levels: tuple[int, ...],
        file_name: str,
        choices: Choices = NO_CHOICES,
    ) -> None:
        """`definition` is bound to the source; `levels` are those that this file has; `choices` are for this file."""
        self.formats = Formats(definition, source, levels, choices)
        self.contradictions: list[Contradiction] = self.formats.contradictions(file_name)
        self._definition = definition
        self._source = source
        self._fields = [field for field in definition.fields if field.level in levels]
        self._levels = levels if definition.with_lines else levels[:1]
        self._rows: list[list[Fault]] = []
        self._filled: list[int] = []
        self._missing: dict[tuple[str, str], str] = {}

    def look_at(self, rows: Sequence[Sequence[str]]) -> None:
        """Map these rows."""
        mappers = [self._mapper(level) for level in self._levels]
        splits = split_columns(self._fields)
        for cells in rows:
            found: list[Fault] = []
            for row in split_row(splits, cells):
                for mapper in mappers:
                    found += [fault for fault in mapper(row)[1] if fault not in found]
            self._rows.append(found)
            self._filled.append(sum(map(bool, cells)))
        for mapper in mappers:
            self._missing |= mapper.missing

    def messages(self, position: int) -> list[str]:
        """What is wrong with a row."""
        return [fault.message for fault in self._rows[position]] if position < len(self._rows) else []

    def valid_share(self, field: FieldMap) -> float:
        """The share of rows whose value the field takes."""
        if not self._rows:
            return 1.0
        wrong = sum(any(fault.target_field == field.path for fault in row) for row in self._rows)
        return round(1 - wrong / len(self._rows), 4)

    def unmatched(self) -> list[Unmatched]:
        """What look-up tables do not have, in the order of the fields."""
        found = []
        for field in self._fields:
            counts = Counter(
                fault.value
                for row in self._rows
                for fault in row
                if fault.code == "NotFound" and fault.target_field == field.path
            )
            rule = self._definition.rule(field.target_field, field.level)
            if counts and rule.lookup:
                found.append(
                    Unmatched(
                        field.path,
                        field.target_field,
                        field.level,
                        field.caption,
                        field.source_column,
                        rule.lookup,
                        TABLES[rule.lookup].CAPTION,
                        len(counts),
                        counts.total(),
                        counts.most_common(_MOST_VALUES),
                    )
                )
        return found

    def warnings(self, in_vain: bool) -> list[str]:
        """What to look at; `in_vain` where a column is missing, so that nothing was mapped."""
        return [
            *self._about_file(),
            *sentences(self._source.left_out),
            *([] if in_vain else self._about_columns()),
            *self._about_formats(),
            *self.doubts(),
            *self._about_values(),
        ]

    def doubts(self) -> list[str]:
        """What would be imported and is not what it seems, and rows that are probably no records."""
        return [*sample_notes(self._definition, self._source, self._levels), *self._about_end()]

    def notes(self) -> list[str]:
        """What somebody should know who reads the file without having looked at it: no row is needed for it."""
        return [
            *self._about_file(),
            *self._unused(),
            *self._about_formats(),
            *sample_notes(self._definition, self._source, self._levels),
        ]

    def _mapper(self, level: int) -> Mapper:
        source = self._source
        return Mapper(
            self._definition,
            len(source.header),
            pad=source.dialect.kind == WORKBOOK,
            typed=source.dialect.typed,
            delimiter=source.dialect.delimiter_caption or "separator",
            level=level,
            header=source.header,
        )

    def _about_file(self) -> list[str]:
        dialect = self._source.dialect
        warnings = list(self._source.notes)
        if dialect.encoding_guessed:
            warnings.append(
                f"The file is not UTF-8. {dialect.encoding_caption} is a guess: check the letters in the sample."
            )
        if dialect.delimiter and dialect.certainty != "certain":
            warnings.append(f"That values are divided by {dialect.delimiter_caption} is {dialect.certainty}.")
        return warnings

    def _unused(self) -> list[str]:
        bound = msgspec.structs.replace(self._definition, fields=tuple(self._fields))
        unused = [
            name
            for name in unused_columns(bound, self._source.header)
            if not _MADE_UP.fullmatch(name) or self._has_values(name)
        ]
        if not unused:
            return []
        plural = "" if len(unused) == 1 else "s"
        return [f"{len(unused)} column{plural} will not be imported: {', '.join(unused).rstrip('.')}."]

    def _has_values(self, name: str) -> bool:
        place = self._source.header.index(name)
        return any(place < len(cells) and cells[place].strip() for _, cells in self._source.sample)

    def _about_columns(self) -> list[str]:
        warnings = self._unused()
        missing = [
            field.caption
            for field in self._fields
            if field.from_column and field.column == NOT_IN_FILE and field.source_column
            if not field.default_value
        ]
        if missing and len(missing) < len(self._fields):
            stay = "It stays as it is." if len(missing) == 1 else "They stay as they are."
            warnings.append(f"The file has no column for: {', '.join(missing).rstrip('.')}. {stay}")
        return warnings

    def _about_formats(self) -> list[str]:
        """Where the file writes numbers or dates otherwise than the integration says."""
        detected = self._source.detected
        definition = self._definition.at_level(self._levels[0])
        bound = [field for field in self._fields if field.column != NOT_IN_FILE]
        kinds = {definition.rule(field.target_field, field.level).kind for field in bound}
        warnings = [*self.formats.unclear(), *told_currencies(self._definition, self._levels)]
        told = {contradiction.option for contradiction in self.contradictions}
        separator = detected.decimal_separator if detected.decimal_certainty != AMBIGUOUS else ""
        if DECIMAL_SEPARATOR in told:
            separator = ""
        if kinds.intersection(_NUMBERS) and separator not in ("", definition.decimal_separator):
            warnings.append(
                f"Numbers in the file have “{separator}” before their decimals; "
                f"they are read with “{definition.decimal_separator}”. Change Decimal Separator."
            )
        date_format = detected.date_format if detected.date_certainty != AMBIGUOUS else ""
        if DATE_FORMAT in told:
            date_format = ""
        if Kind.DATE in kinds and date_format not in ("", ISO, COMPACT, definition.date_format):
            warnings.append(
                f"Dates in the file look like {date_format}; "
                f"they are read as {definition.date_format}. Change Date Format."
            )
        return warnings

    def _about_end(self) -> list[str]:
        """Totals and notes below the table: rows with errors at the end of the file that lack values."""
        usual = sorted(self._filled)[len(self._filled) // 2] if self._filled else 0
        last = list(
            itertools.takewhile(
                lambda position: self._rows[position] and self._filled[position] < usual,
                reversed(range(len(self._rows))),
            )
        )
        if not last or len(self._rows) == CHECKED or len(last) > min(_MOST_LAST, len(self._rows) // 2):
            return []
        if len(last) == 1:
            return [
                "The last row looks like a total or a note, and not like a record: Skip last 1 leaves it out."
            ]
        return [
            f"The last {len(last)} rows look like totals or notes, and not like records: "
            f"Skip last {len(last)} leaves them out."
        ]

    def _about_values(self) -> list[str]:
        if not self._rows:
            return []
        number = len(self._rows)
        of_all = f"of the first {number:,} rows" if number == CHECKED else f"of {number:,} rows"
        warnings = [
            f"{found.distinct:,} value{'' if found.distinct == 1 else 's'} in {found.header or found.caption} "
            f"{'has' if found.distinct == 1 else 'have'} no match in {TABLES[found.table].CAPTION_PLURAL} "
            f"({found.rows:,} {of_all})."
            for found in self.unmatched()
        ]
        tables = Counter(table for table, _ in self._missing)
        warnings += [
            f"{count:,} {TABLES[table].CAPTION if count == 1 else TABLES[table].CAPTION_PLURAL} will be created."
            for table, count in tables.items()
        ]
        counts = Counter(fault.message for row in self._rows for fault in row if fault.code != "NotFound")
        warnings += [
            f"{count:,} {of_all}: {message}" for message, count in counts.most_common(_MOST_MESSAGES)
        ]
        return warnings
