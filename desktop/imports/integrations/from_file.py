"""A new integration from a file: what its columns probably fill, and making it once a person agrees."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from desktop.imports.integrations.binding import with_choices
from desktop.imports.integrations.definition import (
    HEADER,
    LINE,
    NO_CHOICES,
    Choices,
    Definition,
    FieldMap,
    Reading,
    rule_of,
    wrong_integration,
)
from desktop.imports.integrations.field_checks import check_field
from desktop.imports.integrations.loading import load_definition
from desktop.imports.integrations.mapped_fields import field_path
from desktop.imports.integrations.matching import Proposal, propose
from desktop.imports.integrations.targets import ImportTarget, find_target
from desktop.imports.sources.reader import FIXED_WIDTH, JSON, Source, open_source
from models import changes
from models.database import connected, database
from models.errors import FieldError
from models.integration import (
    ColumnType,
    DynamicValue,
    ExecutionMode,
    Integration,
    IntegrationField,
    MatchMode,
)
from models.rules import FieldRule, Kind

_ROWS: Final = 200  # by whose values proposals are checked
_SHOWN: Final = 5  # rows that are given as examples
_STEP: Final = 10
_EXTERNAL: Final = "external_document_no"
_Key = tuple[int, str]


class Looked(msgspec.Struct, frozen=True):
    """What was found in a file.

    Attributes:
        rows: the first ones, as examples.
        proposals: what each column probably fills.
        source_type: as an integration for such files says it.
        description: one line about the file.
        reading: what cannot be detected in each file anew.
        lines: the second file, with the lines of documents; None where there is none.
    """

    header: list[str]
    rows: list[list[str]]
    proposals: list[Proposal]
    source_type: str
    description: str
    decimal_separator: str
    date_format: str
    reading: Reading
    lines: Looked | None = None


def look_at(
    path: Path | str,
    target_table: str,
    *,
    choices: Choices = NO_CHOICES,
    lines_path: Path | str | None = None,
) -> Looked:
    """Look at the first rows of a file, and say what its columns probably fill; nothing is written.

    Args:
        choices: how the file is to be read.
        lines_path: the file with the lines, where `path` has the headers of documents alone.
    Raises:
        SourceError: a file cannot be read.
        BackdeskError: WrongIntegration: the table cannot be imported into.
    """
    target = find_target(target_table)
    if target is None:
        raise wrong_integration("", f"the table “{target_table}” cannot be imported into")
    with connected():
        if lines_path is None or target.lines is None:
            return _look(Path(path), target, choices, (HEADER, LINE))
        looked = _look(Path(path), target, choices, (HEADER,))
        return msgspec.structs.replace(looked, lines=_look(Path(lines_path), target, NO_CHOICES, (LINE,)))


def create_from_file(
    looked: Looked, code: str, description: str, target_table: str, columns: Mapping[str, str]
) -> str:
    """Make an integration for files like this one; all of it or nothing.

    Args:
        columns: headers by the path of the field that they fill ("name"; of lines "1.item_no").
    Returns:
        Its code.
    Raises:
        FieldError: the code is refused or there already (Exists), nothing tells which record a row means (NoKey), or
            no column fills what every record needs (MissingColumn).
        BackdeskError: WrongIntegration: an import would refuse it.
    """
    target = find_target(target_table)
    if target is None:
        raise wrong_integration(code, f"the table “{target_table}” cannot be imported into")
    wanted = str(Integration.rule("code").check(code))
    named = {_key(path): header for path, header in columns.items() if header}
    match_field = _match_field(target, named)
    with connected(), database.atomic():
        if Integration.get_or_none(Integration.code == wanted) is not None:
            raise FieldError(f"There is an integration {wanted} already.", "Choose another code.", "Exists")
        integration = Integration(
            code=wanted,
            description=Integration.rule("description").check(description),
            target_table=target_table,
            source_type=looked.source_type,
            execution_mode=ExecutionMode.DEFERRED,
            match_mode=MatchMode.CREATE_AND_UPDATE,
            match_field=match_field,
            decimal_separator=_agreed(looked, "decimal_separator", "."),
            date_format=_agreed(looked, "date_format", "YYYY-MM-DD"),
            reading=msgspec.json.encode(looked.reading).decode(),
        )
        integration.save(force_insert=True)
        looked_up = _looked_up(looked)
        for number, row in enumerate(_rows(target, named, match_field), 1):
            row.integration_code = wanted
            row.field_no = number * _STEP
            path = field_path(row.level, row.target_field)
            row.lookup_by = looked_up.get((path, row.source_column), "")
            check_field(integration, target, row)
            row.save(force_insert=True)
        load_definition(wanted)  # what an import would refuse is refused now
        changes.touch(Integration.table(), wanted)
    return wanted


def _look(path: Path, target: ImportTarget, choices: Choices, levels: tuple[int, ...]) -> Looked:
    definition = with_choices(_definition(target, levels), choices)
    with open_source(path, definition, guess=True) as source:
        rows = [cells for _, cells in itertools.islice(source.rows, _ROWS)]
        decimal = choices.decimal_separator or source.detected.decimal_separator or "."
        date = choices.date_format or source.detected.date_format or "YYYY-MM-DD"
        proposals = propose(
            target, source.header, rows, levels=levels, decimal_separator=decimal, date_format=date
        )
        return Looked(
            header=source.header,
            rows=rows[:_SHOWN],
            proposals=proposals,
            source_type=source.dialect.kind if source.dialect.kind in (FIXED_WIDTH, JSON) else "Any",
            description=f"{source.dialect.text}.",
            decimal_separator=decimal,
            date_format=date,
            reading=_kept(source, choices),
        )


def _kept(source: Source, choices: Choices) -> Reading:
    """What a person chose, and where columns and records stand; the rest is detected in each file."""
    chosen: dict[str, Any] = {
        name: value
        for name in Reading.__struct_fields__
        if (value := getattr(choices, name, None)) is not None
    }
    dialect = source.dialect
    if dialect.kind == FIXED_WIDTH:
        chosen.setdefault("fixed_columns", dialect.fixed_columns)
    if dialect.kind == JSON:
        chosen.setdefault("array_path", dialect.array_path)
    if not dialect.header_line and dialect.kind != JSON:
        chosen.setdefault("has_header", False)
    return Reading(**chosen)


def _definition(target: ImportTarget, levels: tuple[int, ...]) -> Definition:
    """An integration that fills everything that there is, so that a header below titles is found."""
    key = target.record.key_field()
    fields = tuple(
        FieldMap(target_field=rule.name, caption=rule.caption, source_column=rule.caption, level=level)
        for level, record in target.levels()
        if level in levels
        for rule in record.RULES
        if rule.editable
    )
    return Definition(
        code="",
        description="",
        target_table=target.name,
        source_type="Any",
        execution_mode=ExecutionMode.DEFERRED,
        match_field=key,
        match_mode=MatchMode.CREATE_AND_UPDATE,
        null_text="",
        decimal_separator=".",
        date_format="YYYY-MM-DD",
        reading=Reading(),
        fields=fields,
        value_maps={},
    )


def _agreed(looked: Looked, name: str, usual: str) -> str:
    """How both files write numbers or dates: what is unusual in one of them tells."""
    found = [getattr(file, name) for file in (looked.lines, looked) if file is not None]
    return next((value for value in found if value != usual), usual)


def _key(path: str) -> _Key:
    level, _, name = path.rpartition(".")
    return int(level or HEADER), name


def _match_field(target: ImportTarget, named: Mapping[_Key, str]) -> str:
    """The fields by which records are found: the key, else the number that somebody else gave the document. Records
    without a number of their own are found by everything that they must have."""
    key = target.record.key_field()
    required = [rule for rule in target.record.RULES if rule.required]
    if key not in {rule.name for rule in target.record.RULES}:
        for rule in required:
            if (HEADER, rule.name) not in named:
                raise _missing(target.record.CAPTION, rule.caption)
        return ",".join(rule.name for rule in required)
    if (HEADER, key) in named:
        return key
    if target.series and (HEADER, _EXTERNAL) in named:
        return _EXTERNAL
    caption = target.record.rule(key).caption
    raise FieldError(
        f"No column fills {caption}, so that nothing tells which {target.caption} a row means.",
        f"Choose the column that fills “{caption}”.",
        "NoKey",
    )


def _rows(target: ImportTarget, named: Mapping[_Key, str], match_field: str) -> list[IntegrationField]:
    """The fields in the order of the table; a key that the file does not have comes from its series."""
    order: list[tuple[int, FieldRule]] = []
    for level, record in target.levels():
        if level and (LINE, target.parent_field) in named:
            order.append((level, rule_of(target, target.parent_field, LINE, match_field)))
        order += [(level, rule) for rule in record.RULES]
    rows = [
        IntegrationField(
            level=level, source_column=named[level, rule.name], target_field=rule.name, required=rule.required
        )
        for level, rule in order
        if (level, rule.name) in named
    ]
    key = target.record.key_field()
    if match_field == _EXTERNAL:
        rows.insert(0, IntegrationField(target_field=key, column_type=ColumnType.ENTRY_NUMBERS))
    if target.lines is not None and (LINE, target.line_no_field) not in named and _has_lines(named):
        rows.append(
            IntegrationField(
                level=LINE, target_field=target.line_no_field, column_type=ColumnType.LINE_NUMBERS
            )
        )
    return [*rows, *_completed(target, named)]


def _completed(target: ImportTarget, named: Mapping[_Key, str]) -> Iterator[IntegrationField]:
    """What no column fills although every record needs it: a day is the work date, and nothing else can be said."""
    for level, record in target.levels():
        if level == LINE and not _has_lines(named):
            continue
        for rule in record.RULES:
            given = (level, rule.name) in named or (not level and rule.name == target.record.key_field())
            if given or not (rule.required and rule.editable):
                continue
            if rule.kind is not Kind.DATE:
                raise _missing(record.CAPTION, rule.caption)
            yield IntegrationField(
                level=level,
                target_field=rule.name,
                column_type=ColumnType.DYNAMIC,
                expression=DynamicValue.WORK_DATE,
                required=True,
            )


def _missing(record: str, field: str) -> FieldError:
    return FieldError(
        f"No column fills {field}, which every {record} needs.",
        f"Choose the column that fills “{field}”.",
        "MissingColumn",
    )


def _has_lines(named: Mapping[_Key, str]) -> bool:
    return any(level == LINE for level, _ in named)


def _looked_up(looked: Looked) -> dict[tuple[str, str], str]:
    proposals = [*looked.proposals, *(looked.lines.proposals if looked.lines is not None else ())]
    return {(proposal.path, proposal.header): proposal.lookup_by for proposal in proposals}
