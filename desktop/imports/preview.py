"""What a person sees before a file is read: its first rows, how they were understood, and what to look at."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import Final

import msgspec

from desktop.errors import SourceError
from desktop.imports.binding import bind, unused_columns, with_choices
from desktop.imports.definition import NO_CHOICES, NOT_IN_FILE, Choices, Definition
from desktop.imports.loading import load_definition
from desktop.imports.mapping import Mapper
from desktop.imports.reader import WORKBOOK, Dialect, Source, open_source
from models.database import connected

PREVIEW_ROWS: Final = 50
_CHECKED: Final = 1_000  # rows that are mapped to count what is wrong


class PreviewRow(msgspec.Struct, frozen=True):
    """One row of the file: its line, its cells, and what is wrong with it in words."""

    line_no: int
    cells: list[str]
    faults: list[str]


class PreviewColumn(msgspec.Struct, frozen=True):
    """One column of the file, and the field that it fills; both empty where it is not imported."""

    header: str
    target_field: str
    caption: str


class PreviewConstant(msgspec.Struct, frozen=True):
    """One field that is filled without a column."""

    target_field: str
    caption: str
    value: str


class Preview(msgspec.Struct, frozen=True):
    """The first rows of a file, as an integration would read it.

    Attributes:
        integration: its code; empty where none fits.
        description: one line about the file: delimiter and how sure it is, encoding, header.
        confirm_encoding: the encoding is a guess; choose `dialect.encoding` for `read` when a person has agreed.
        problem, problem_code: why the file cannot be read so; both empty where it can.
        warnings: what to look at, with counts.
        checked_rows: how many rows the counts are of.
    """

    integration: str
    file_name: str
    size: int
    description: str
    dialect: Dialect
    confirm_encoding: bool
    header: list[str]
    rows: list[PreviewRow]
    columns: list[PreviewColumn]
    constants: list[PreviewConstant]
    warnings: list[str]
    problem: str
    problem_code: str
    checked_rows: int


def preview(
    path: Path | str,
    integration_code: str,
    rows: int = PREVIEW_ROWS,
    *,
    choices: Choices = NO_CHOICES,
) -> Preview:
    """Look at the first rows of a file; nothing is written.

    Raises:
        SourceError: the file cannot be read at all.
        BackdeskError: UnknownIntegration or WrongIntegration.
    """
    path = Path(path)
    definition = with_choices(load_definition(integration_code), choices)
    with connected(), open_source(path, definition, guess=True) as source:
        sample = list(itertools.islice(source.rows, max(rows, _CHECKED)))
        problem: SourceError | None = None
        try:
            bound = bind(definition, source.header, path.name)
        except SourceError as error:
            bound, problem = definition, error
        faults = [] if problem else _faults(bound, source, sample)
    shown = [
        PreviewRow(line, cells, faults[position] if position < len(faults) else [])
        for position, (line, cells) in enumerate(sample[:rows])
    ]
    by_column = {field.column: field for field in bound.fields if field.column != NOT_IN_FILE}
    return Preview(
        integration=definition.code,
        file_name=path.name,
        size=source.size,
        description=source.dialect.text,
        dialect=source.dialect,
        confirm_encoding=source.dialect.encoding_guessed,
        header=source.header,
        rows=shown,
        columns=[
            PreviewColumn(name, by_column[position].target_field, by_column[position].caption)
            if position in by_column
            else PreviewColumn(name, "", "")
            for position, name in enumerate(source.header)
        ],
        constants=[
            PreviewConstant(field.target_field, field.caption, field.constant or field.default_value)
            for field in bound.fields
            if field.column == NOT_IN_FILE and (field.constant or field.default_value)
        ],
        warnings=_warnings(bound, source, problem, faults),
        problem=str(problem) if problem else "",
        problem_code=problem.code if problem else "",
        checked_rows=len(sample),
    )


def _faults(definition: Definition, source: Source, sample: list[tuple[int, list[str]]]) -> list[list[str]]:
    mapper = Mapper(
        definition,
        len(source.header),
        pad=source.dialect.kind == WORKBOOK,
        delimiter=source.dialect.delimiter_caption or "separator",
    )
    return [[fault.message for fault in mapper(cells)[1]] for _, cells in sample]


def _warnings(
    definition: Definition, source: Source, problem: SourceError | None, faults: list[list[str]]
) -> list[str]:
    warnings = list(source.notes)
    dialect = source.dialect
    if dialect.encoding_guessed:
        warnings.append(
            f"The file is not UTF-8. {dialect.encoding_caption} is a guess: check the letters in the sample."
        )
    if dialect.kind != WORKBOOK and dialect.certainty != "certain":
        warnings.append(f"That values are divided by {dialect.delimiter_caption} is {dialect.certainty}.")
    if problem is None:
        unused = unused_columns(definition, source.header)
        if unused:
            plural = "" if len(unused) == 1 else "s"
            warnings.append(f"{len(unused)} column{plural} will not be imported: {', '.join(unused)}.")
        missing = [
            field.caption
            for field in definition.fields
            if field.column == NOT_IN_FILE
            and field.source_column
            and not (field.constant or field.default_value)
        ]
        if missing and len(missing) < len(definition.fields):
            warnings.append(f"The file has no column for: {', '.join(missing)}. They stay as they are.")
    counts = Counter(message for row in faults for message in row)
    of_all = f"of the first {len(faults):,} rows" if len(faults) == _CHECKED else f"of {len(faults):,} rows"
    warnings += [f"{count:,} {of_all}: {message}" for message, count in counts.most_common(10)]
    return warnings
