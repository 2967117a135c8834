"""The columns of one file: which of them fills which field of an integration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from desktop.errors import SourceError
from desktop.imports.integrations.definition import (
    HEADER,
    LINE,
    NO_CHOICES,
    NOT_IN_FILE,
    Choices,
    Definition,
    FieldMap,
    Reading,
)
from desktop.imports.values.formula_text import columns_of
from models.errors import FieldError
from models.integration import ColumnType, MatchMode, SourceType
from models.rules import FieldRule


def with_choices(definition: Definition, choices: Choices) -> Definition:
    """The definition with what a person chose for this file, and for a second one with the lines."""
    own = {
        name: value
        for name in ("decimal_separator", "date_format")
        if (value := getattr(choices, name)) is not None
    }
    fields = tuple(
        msgspec.structs.replace(
            field,
            source_column=choices.columns[field.path],
            column_type=ColumnType.STANDARD,
            constant="",
            remembered=(),
            chosen=True,
        )
        if field.path in choices.columns
        else field
        for field in definition.fields
    )
    fields += tuple(
        chosen_field
        for path, header in choices.columns.items()
        if header and path not in {field.path for field in definition.fields}
        if (chosen_field := _chosen_field(definition, path, header)) is not None
    )
    if choices.lines is not None:
        own["line_decimal_separator"] = choices.lines.decimal_separator or ""
        own["line_date_format"] = choices.lines.date_format or ""
    return msgspec.structs.replace(_read_as(definition, choices), fields=fields, **own)


def for_lines(definition: Definition, choices: Choices) -> Definition:
    """The definition as a second file with the lines is read: the first one's encoding or delimiter is not its own.

    Args:
        definition: as the integration says it.
        choices: for both files.
    """
    return _read_as(with_choices(definition, choices).at_level(LINE), choices.lines or NO_CHOICES, definition)


def with_link(definition: Definition) -> Definition:
    """The definition for two files: where it does not say by which column lines name their document, by the one that
    the documents have in the first file."""
    target = definition.target
    fields = definition.fields
    if target.lines is None or any(
        field.level == LINE and field.target_field == target.parent_field for field in fields
    ):
        return definition
    key = next(
        (
            field
            for field in fields
            if field.level == HEADER
            and field.target_field == definition.match_fields[0]
            and field.from_column
        ),
        None,
    )
    if key is None:
        return definition
    caption = definition.rule(target.parent_field, LINE).caption
    link = msgspec.structs.replace(
        key, target_field=target.parent_field, level=LINE, caption=caption, chosen=False
    )
    return msgspec.structs.replace(definition, fields=(*fields, link))


def _read_as(definition: Definition, choices: Choices, like: Definition | None = None) -> Definition:
    """The definition with the chosen way to read a file, over the way in which `like` (or itself) does."""
    like = like or definition
    chosen = {
        name: value
        for name in Reading.__struct_fields__
        if (value := getattr(choices, name, None)) is not None
    }
    source_type = like.source_type
    if choices.fixed_columns and source_type == SourceType.CSV:
        source_type = SourceType.FIXED_WIDTH.value
    elif choices.delimiter and not choices.fixed_columns:
        chosen["fixed_columns"] = ()
        source_type = SourceType.CSV.value if source_type == SourceType.FIXED_WIDTH else source_type
    return msgspec.structs.replace(
        definition, reading=msgspec.structs.replace(like.reading, **chosen), source_type=source_type
    )


def _chosen_field(definition: Definition, path: str, header: str) -> FieldMap | None:
    """A field that the integration does not have yet, filled by a column that a person chose."""
    level, _, name = path.rpartition(".")
    try:
        rule = definition.rule(name, int(level or HEADER))
    except (KeyError, ValueError):
        return None
    if not rule.editable:
        return None
    return FieldMap(
        target_field=name,
        caption=rule.caption,
        source_column=header,
        level=int(level or HEADER),
        required=rule.required,
        chosen=True,
    )


def bind(
    definition: Definition, header: Sequence[str], file_name: str, levels: tuple[int, ...] = (HEADER, LINE)
) -> Definition:
    """Find each field's column in the file, as `find_columns` does, and make sure that none is missing.

    Args:
        levels: whose columns are looked for, where headers and lines come in two files.
    Raises:
        SourceError: MissingColumn, where a field that must be filled has neither column, constant nor default, or
            WrongFormula, where a formula names a column that the file does not have.
    """
    bound = find_columns(definition, header, levels)
    for field in bound.fields:
        if field.level in levels:
            _check_bound(definition, field, header, file_name, levels)
            if field.column_type == ColumnType.FORMULA:
                _check_formula(definition, field, header, file_name)
    return bound


def find_columns(
    definition: Definition, header: Sequence[str], levels: tuple[int, ...] = (HEADER, LINE)
) -> Definition:
    """The definition with each field's column in the file; fields whose column is not there stay without.

    A column is taken by its exact name first, then by the same name written differently, then by a name under which
    earlier files carried it, then by a synonym of the field; a column that one field names is never taken by another
    field's synonym.
    """
    wanted = [field for field in definition.fields if field.level in levels and field.from_column]
    taken: dict[str, int] = {}
    for names in (_exact, _normalised, _remembered_names, _synonyms):
        positions = {key: position for position, key in _keys(header, names)}
        for field in wanted:
            if field.path in taken or (field.chosen and names is not _exact):
                continue
            if not field.source_column:
                continue
            for name in names(definition.rule(field.target_field, field.level), field):
                position = positions.get(name)
                if position is not None and (
                    names in (_exact, _normalised) or position not in taken.values()
                ):
                    taken[field.path] = position
                    break
    bound = tuple(
        msgspec.structs.replace(field, column=taken[field.path], source_column=header[taken[field.path]])
        if field.path in taken
        else field
        for field in definition.fields
    )
    return msgspec.structs.replace(definition, fields=bound)


def _check_formula(definition: Definition, field: FieldMap, header: Sequence[str], file_name: str) -> None:
    from desktop.imports.values.formula import compile_formula  # its library only where there is a formula

    try:
        compile_formula(field.expression, header, definition.decimal_separator, definition.date_format)
    except FieldError as error:
        raise SourceError(
            f"“{file_name}” cannot be read with the formula of “{field.caption}”. {error.text}",
            "Correct the formula on the integration, or add the column to the file.",
            "WrongFormula",
        ) from error


def _check_bound(
    definition: Definition, field: FieldMap, header: Sequence[str], file_name: str, levels: tuple[int, ...]
) -> None:
    creates = definition.match_mode != MatchMode.UPDATE_ONLY
    links = field.level == LINE and field.target_field == definition.target.parent_field
    matches = field.level == HEADER and field.target_field in definition.match_fields
    must = (field.required and creates) or matches or (links and HEADER not in levels)
    if must and field.from_column and field.column == NOT_IN_FILE and not field.default_value:
        if not field.source_column:  # a person let its column fill another field
            raise SourceError(
                f"No column of “{file_name}” fills “{field.caption}”, which the integration "
                f"{definition.code} needs. Its columns are: {_listed(header)}.",
                "Choose a column for it, or another integration.",
                "MissingColumn",
            )
        raise SourceError(
            f"“{file_name}” has no column “{field.source_column}”, which the integration "
            f"{definition.code} needs for “{field.caption}”. Its columns are: {_listed(header)}.",
            "If a second file has the lines, choose that too. If not, add the column to the file, choose another "
            "integration, or name the right column on the integration."
            if field.level == LINE and HEADER in levels
            else "Add the column to the file, choose another integration, "
            "or name the right column on the integration.",
            "MissingColumn",
        )


def column_knower(
    definition: Definition, levels: tuple[int, ...] = (HEADER, LINE)
) -> Callable[[Sequence[str]], int]:
    """The function that counts the cells of a row that look like columns of the integration: it tells a header."""
    known: set[str] = set()
    for field in definition.fields:
        if field.level in levels:
            rule = definition.rule(field.target_field, field.level)
            known.update(_normalised(rule, field), _remembered_names(rule, field), _synonyms(rule, field))
    known.discard("")
    return lambda header: len({normalise(cell) for cell in header} & known)


def unused_columns(definition: Definition, header: Sequence[str]) -> list[str]:
    """The columns of the file that no field takes, by itself or in a formula."""
    used = {field.column for field in definition.fields}
    named = {
        name.casefold()
        for field in definition.fields
        if field.column_type == ColumnType.FORMULA
        for name in columns_of(field.expression)
    }
    return [
        name for position, name in enumerate(header) if position not in used and name.casefold() not in named
    ]


def normalise(name: str) -> str:
    """A header without case, blanks and punctuation: "Customer No." and "customer_no" are the same."""
    return re.sub(r"[\W_]+", "", name.casefold())


def _exact(_rule: FieldRule, field: FieldMap) -> tuple[str, ...]:
    return (field.source_column,)


def _normalised(_rule: FieldRule, field: FieldMap) -> tuple[str, ...]:
    return (normalise(field.source_column),)


def _remembered_names(_rule: FieldRule, field: FieldMap) -> tuple[str, ...]:
    return tuple(normalise(name) for name in field.remembered)


def _synonyms(rule: FieldRule, field: FieldMap) -> tuple[str, ...]:
    return tuple(normalise(name) for name in (rule.caption, rule.name, *rule.synonyms))


def _keys(header: Sequence[str], names: object) -> Iterable[tuple[int, str]]:
    """Positions with the form in which `names` compares; backwards, so that the first of two equals wins."""
    for position in range(len(header) - 1, -1, -1):
        yield position, header[position] if names is _exact else normalise(header[position])


def _listed(header: Sequence[str], most: int = 30) -> str:
    names = ", ".join(header[:most])
    return f"{names} and {len(header) - most} more" if len(header) > most else names
