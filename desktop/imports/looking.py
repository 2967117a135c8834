"""Looking at a file for which there is no integration yet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from desktop.imports.binding import normalise, with_choices
from desktop.imports.definition import HEADER, LINE, NO_CHOICES, Choices, Definition, Reading
from desktop.imports.detect import AMBIGUOUS, Detected
from desktop.imports.matching import Proposal, propose
from desktop.imports.reader import Dialect, Source, open_source
from desktop.imports.targets import ImportTarget, all_targets, find_target
from models.database import connected
from models.errors import BackdeskError

LOOKED_AT: Final = 1_000  # rows


class Looked(msgspec.Struct, frozen=True):
    """What a file has, and what its columns probably fill.

    Attributes:
        rows: the first ones, each with its line and cells.
        proposals: one per column, in their order.
        detected: how numbers and dates are written.
        description: one line about the file.
        lines: the second file, where headers and lines come in two.
    """

    file_name: str
    header: list[str]
    rows: list[tuple[int, list[str]]]
    proposals: list[Proposal]
    dialect: Dialect
    detected: Detected
    description: str
    notes: list[str]
    lines: Looked | None = None


def look_at(
    path: Path | str,
    target_table: str,
    *,
    choices: Choices = NO_CHOICES,
    lines_path: Path | str | None = None,
    match_field: str = "",
) -> Looked:
    """Look at the first rows of a file and propose which of its columns fill which fields of a table.

    Args:
        target_table: the name of an import target.
        choices: what a person chose about the file.
        lines_path: a second file with the lines of documents.
        match_field: what tells documents apart, for the second file; empty for their key.
    Raises:
        SourceError: a file cannot be read at all.
        BackdeskError: with code UnknownTable.
    """
    target = find_target(target_table)
    if target is None:
        raise BackdeskError(
            f"The table “{target_table}” cannot be imported into.",
            f"Use one of: {', '.join(target.name for target in all_targets())}.",
            "UnknownTable",
        )
    definition = bare_definition(choices)
    if not lines_path:
        return _look(Path(path), definition, target, (HEADER, LINE), match_field)
    shown = _look(Path(path), definition, target, (HEADER,), match_field)
    lines = _look(Path(lines_path), definition, target, (LINE,), match_field)
    return msgspec.structs.replace(shown, lines=lines)


def bare_definition(choices: Choices = NO_CHOICES) -> Definition:
    """A definition that says nothing but what a person chose about a file."""
    nothing = Definition(
        code="",
        description="",
        target_table="",
        source_type="Any",
        execution_mode="",
        match_field="",
        match_mode="",
        null_text="",
        decimal_separator=choices.decimal_separator or ".",
        date_format=choices.date_format or "YYYY-MM-DD",
        reading=Reading(),
        fields=(),
        value_maps={},
    )
    return with_choices(nothing, msgspec.structs.replace(choices, columns={}))


@contextmanager
def open_bare(path: Path, definition: Definition, targets: Sequence[ImportTarget] = ()) -> Iterator[Source]:
    """Open a file whose header may name fields of any of these tables, by default of all.

    Raises:
        SourceError: as `reader.open_source` says.
    """
    names = {
        normalise(name)
        for target in targets or all_targets()
        for _, record in target.levels()
        for rule in record.RULES
        for name in (rule.caption, rule.name, *rule.synonyms)
    }
    with open_source(
        path, definition, guess=True, known=lambda cells: len({normalise(cell) for cell in cells} & names)
    ) as source:
        yield source


def _look(
    path: Path, definition: Definition, target: ImportTarget, levels: tuple[int, ...], match_field: str
) -> Looked:
    with connected(), open_bare(path, definition, [target]) as source:
        rows = list(itertools.islice(source.rows, LOOKED_AT))
        detected = source.detected
        separator, date_format = formats(definition, detected)
        proposals = propose(
            target,
            source.header,
            [cells for _, cells in rows],
            levels=levels,
            match_field=match_field,
            decimal_separator=separator,
            date_format=date_format,
        )
    return Looked(
        path.name,
        source.header,
        rows,
        proposals,
        source.dialect,
        detected,
        source.dialect.text,
        list(source.notes),
    )


def formats(definition: Definition, detected: Detected) -> tuple[str, str]:
    """How numbers and dates are read: as they were detected, where they tell, else as the definition says."""
    separator, date_format = definition.decimal_separator, definition.date_format
    if detected.decimal_certainty not in ("", AMBIGUOUS):
        separator = detected.decimal_separator or separator
    if detected.date_certainty not in ("", AMBIGUOUS):
        date_format = detected.date_format or date_format
    return separator, date_format
