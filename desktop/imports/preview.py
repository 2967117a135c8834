"""What a person sees before a file is read: its first rows, how they were understood, and what to look at."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from desktop.errors import SourceError
from desktop.imports.contradictions import Contradiction
from desktop.imports.currencies import with_currencies
from desktop.imports.integrations import matching
from desktop.imports.integrations.binding import (
    bind,
    column_knower,
    find_columns,
    for_lines,
    with_choices,
    with_link,
)
from desktop.imports.integrations.definition import (
    HEADER,
    LINE,
    NO_CHOICES,
    NOT_IN_FILE,
    Choices,
    Definition,
    FieldMap,
)
from desktop.imports.integrations.loading import load_definition
from desktop.imports.integrations.looking import bare_definition, open_bare
from desktop.imports.integrations.matching import Proposal
from desktop.imports.preview_checks import CHECKED, Checks, Unmatched
from desktop.imports.sources.detect import Detected
from desktop.imports.sources.left_out import sentences
from desktop.imports.sources.reader import Dialect, Source, open_source
from models.database import connected
from models.integration import ColumnType
from models.rules import Kind

PREVIEW_ROWS: Final = 200
CHOSEN: Final = "chosen"


class PreviewRow(msgspec.Struct, frozen=True):
    """One row of the file: its line, its cells, and what is wrong with it in words."""

    line_no: int
    cells: list[str]
    faults: list[str]


class PreviewColumn(msgspec.Struct, frozen=True):
    """One column of the file, and the field that it fills; both empty where it is not imported.

    Attributes:
        level: 0 of the record or header, 1 of lines.
        path: what names the field within the integration, e.g. "no" or "1.item_no".
        kind: what sort of value the field holds, a value of `Kind`.
        how: "chosen", "exact", "synonym" or "remembered"; of a proposal also "similar" or "values".
        certainty: "certain", "likely" or "a guess"; empty where there is nothing to be sure of.
        valid_share: of the rows looked at that the field takes, 0 to 1.
        proposed, proposed_caption: for a column that is not imported, the path of a field that it could fill, which
            then `how`, `certainty` and `valid_share` are about.
    """

    header: str
    target_field: str = ""
    caption: str = ""
    level: int = HEADER
    path: str = ""
    kind: str = ""
    how: str = ""
    certainty: str = ""
    valid_share: float = 0.0
    proposed: str = ""
    proposed_caption: str = ""


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
        warnings: what to look at, with counts; of these, `doubts` would be imported and are not what they seem.
        checked_rows: how many rows the counts are of.
        detected: how numbers and dates are written.
        unmatched: values that look-up tables do not have, by field.
        contradictions: numbers or dates that the file certainly writes otherwise than they would be read; somebody
            has to choose before it is.
        lines: the second file, where headers and lines come in two.
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
    detected: Detected = Detected()
    unmatched: list[Unmatched] = []
    contradictions: list[Contradiction] = []
    doubts: list[str] = []
    lines: Preview | None = None


def preview(
    path: Path | str,
    integration_code: str,
    rows: int = PREVIEW_ROWS,
    *,
    choices: Choices = NO_CHOICES,
    lines_path: Path | str | None = None,
) -> Preview:
    """Look at the first rows of a file; nothing is written.

    Args:
        integration_code: empty where none fits: the file is shown, with a problem that says so.
        rows: how many are shown.
        choices: what a person chose for this file.
        lines_path: the second file, with the lines of the documents whose headers the first one has.
    Raises:
        SourceError: a file cannot be read at all.
        BackdeskError: UnknownIntegration or WrongIntegration.
    """
    if not integration_code:
        return _without_integration(Path(path), rows, choices)
    named = load_definition(integration_code)
    definition = with_choices(named, choices)
    if not lines_path:
        return _look(Path(path), definition, rows, (HEADER, LINE), choices)
    named = with_link(named)
    shown = _look(Path(path), definition, rows, (HEADER,), choices)
    lines = _look(Path(lines_path), for_lines(named, choices), rows, (LINE,), choices.lines or NO_CHOICES)
    return msgspec.structs.replace(shown, lines=lines)


def _look(
    path: Path, definition: Definition, rows: int, levels: tuple[int, ...], choices: Choices
) -> Preview:
    known = column_knower(definition, levels)
    with connected(), open_source(path, definition, guess=True, known=known) as source:
        sample = list(itertools.islice(source.rows, max(rows, CHECKED)))
        problem: SourceError | None = None
        try:
            bound = with_currencies(bind(definition, source.header, path.name, levels), source, levels)
        except SourceError as error:
            bound, problem = find_columns(definition, source.header, levels), error
        checks = Checks(bound, source, levels, path.name, choices)
        if problem is None:
            checks.look_at([cells for _, cells in sample[:CHECKED]])
        proposals = _proposals(bound, source, [cells for _, cells in sample], levels)
        detected = source.detected
    by_column = {
        field.column: field for field in bound.fields if field.column != NOT_IN_FILE and field.level in levels
    }
    return Preview(
        integration=definition.code,
        file_name=path.name,
        size=source.size,
        description=source.dialect.text,
        dialect=source.dialect,
        confirm_encoding=source.dialect.encoding_guessed,
        header=source.header,
        rows=[
            PreviewRow(line, cells, checks.messages(position))
            for position, (line, cells) in enumerate(sample[:rows])
        ],
        columns=[
            _column(definition, by_column[position], name, checks)
            if position in by_column
            else _unused_column(name, proposals[position])
            for position, name in enumerate(source.header)
        ],
        constants=[
            PreviewConstant(field.target_field, field.caption, value)
            for field in bound.fields
            if field.level in levels and field.column == NOT_IN_FILE
            if (value := _value_without_column(field))
        ],
        warnings=checks.warnings(problem is not None),
        problem=str(problem) if problem else "",
        problem_code=problem.code if problem else "",
        checked_rows=min(len(sample), CHECKED),
        detected=detected,
        unmatched=checks.unmatched(),
        contradictions=checks.contradictions,
        doubts=checks.doubts(),
    )


def _value_without_column(field: FieldMap) -> str:
    if field.column_type == ColumnType.DYNAMIC:
        return field.expression
    return field.constant or field.default_value


def _proposals(
    bound: Definition, source: Source, sample: Sequence[Sequence[str]], levels: tuple[int, ...]
) -> list[Proposal]:
    """For the columns that no field takes, the fields that have no column yet."""
    taken = {field.path for field in bound.fields if field.column != NOT_IN_FILE}
    used = {field.column for field in bound.fields if field.column != NOT_IN_FILE and field.level in levels}
    return matching.propose(
        bound.target,
        [name if position not in used else "" for position, name in enumerate(source.header)],
        [["" if position in used else cell for position, cell in enumerate(cells)] for cells in sample],
        remembered={field.path: field.remembered for field in bound.fields},
        levels=levels,
        match_field=bound.match_fields[0],
        decimal_separator=bound.at_level(levels[0]).decimal_separator,
        date_format=bound.at_level(levels[0]).date_format,
        null_text=bound.null_text,
        without=taken,
    )


def _column(named: Definition, field: FieldMap, header: str, checks: Checks) -> PreviewColumn:
    rule = named.rule(field.target_field, field.level)
    own = next((known.source_column for known in named.fields if known.path == field.path), "")
    how = CHOSEN if field.chosen else matching.named_by(rule, header, own, field.remembered)
    share = checks.valid_share(field)
    return PreviewColumn(
        header,
        field.target_field,
        field.caption,
        field.level,
        field.path,
        str(rule.kind if not rule.lookup else Kind.CODE),
        how,
        matching.certainty(how, share, has_values=True),
        share,
    )


def _unused_column(header: str, proposal: Proposal) -> PreviewColumn:
    return PreviewColumn(
        header,
        how=proposal.how,
        certainty=proposal.certainty,
        valid_share=proposal.valid_share,
        proposed=proposal.path,
        proposed_caption=proposal.caption,
    )


def _without_integration(path: Path, rows: int, choices: Choices) -> Preview:
    """The rows as they are, so that a person sees the file while choosing an integration."""
    definition = bare_definition(choices)
    with open_bare(path, definition) as source:
        sample = list(itertools.islice(source.rows, rows))
        detected = source.detected
    return Preview(
        integration="",
        file_name=path.name,
        size=source.size,
        description=source.dialect.text,
        dialect=source.dialect,
        confirm_encoding=source.dialect.encoding_guessed,
        header=source.header,
        rows=[PreviewRow(line, cells, []) for line, cells in sample],
        columns=[PreviewColumn(name) for name in source.header],
        constants=[],
        warnings=[*source.notes, *sentences(source.left_out)],
        problem=f"No integration has the columns of “{path.name}”. Choose one, or create one for such files.",
        problem_code="NoIntegration",
        checked_rows=len(sample),
        detected=detected,
    )
