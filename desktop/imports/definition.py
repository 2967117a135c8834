"""The definition of an import: a snapshot of the integration, bound to the columns of one file.

The snapshot is kept with the run, so that changing the integration later does not change what a staged file means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from desktop.errors import SourceError
from desktop.imports.conversions import date_pattern
from models.database import connected
from models.errors import BackdeskError
from models.integration import Integration, IntegrationField, IntegrationValueMap, MatchMode
from models.record import Record
from models.rules import FieldRule
from models.tables import TABLES

NOT_IN_FILE = -1


class Reading(msgspec.Struct, frozen=True):
    """How the file is read; an empty value is detected.

    Attributes:
        encoding: a Python name such as "utf-8" or "cp1252".
        delimiter, quote, escape: one character each.
        header_line: the line of the file (row of the sheet) that names the columns, from 1; 0 finds it.
        has_header: False for files that begin with data; columns are then "Column 1", "Column 2" ….
        sheet: the sheet of a workbook; empty takes the first visible one with data.
    """

    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    escape: str = ""
    header_line: int = 0
    has_header: bool = True
    sheet: str = ""


class FieldMap(msgspec.Struct, frozen=True):
    """One field and where its value comes from.

    Attributes:
        target_field, caption: the field's name, and what people read.
        source_column: the header that the integration names; after binding, the header in the file.
        column: position of the column, from 0; NOT_IN_FILE where it is a constant or absent.
        constant: the value of every record; wins over the column.
        default_value: the value where the cell is empty.
        required: an empty value is an error.
        lookup_by: the field of the look-up table that the value names; empty for its key.
    """

    target_field: str
    caption: str
    source_column: str = ""
    column: int = NOT_IN_FILE
    constant: str = ""
    default_value: str = ""
    required: bool = False
    lookup_by: str = ""


class Definition(msgspec.Struct, frozen=True):
    """Everything that turns a row of texts into values of a record."""

    code: str
    description: str
    target_table: str
    source_type: str
    execution_mode: str
    match_field: str
    match_mode: str
    null_text: str
    decimal_separator: str
    date_format: str
    reading: Reading
    fields: tuple[FieldMap, ...]
    value_maps: dict[str, dict[str, str]]

    @property
    def record(self) -> type[Record]:
        """The record that rows become."""
        return TABLES[self.target_table]

    def rule(self, name: str) -> FieldRule:
        """The rule of a target field."""
        return self.record.rule(name)


def to_json(definition: Definition) -> str:
    """The text that a run keeps."""
    return msgspec.json.encode(definition).decode()


def from_json(text: str) -> Definition:
    """The definition behind its text."""
    return msgspec.json.decode(text, type=Definition)


def load_definition(code: str) -> Definition:
    """Take the snapshot of an integration as it is now, not yet bound to a file.

    Raises:
        BackdeskError: with code UnknownIntegration, or WrongIntegration where it names what does not exist.
    """
    with connected():
        integration = Integration.get_or_none(Integration.code == code.strip().upper())
        if integration is None:
            known = ", ".join(row.code for row in Integration.select().order_by(Integration.code))
            raise BackdeskError(
                f"There is no integration “{code}”.",
                f"Use one of: {known}." if known else "Create it first on the page Integrations.",
                "UnknownIntegration",
            )
        record = TABLES.get(integration.target_table)
        if record is None or not record.RULES:
            raise _wrong(integration.code, f"the table “{integration.target_table}” cannot be imported into")
        rows = (
            IntegrationField.select()
            .where(IntegrationField.integration_code == integration.code)
            .order_by(IntegrationField.field_no)
        )
        fields = tuple(_field_map(integration.code, record, row) for row in rows)
        maps: dict[str, dict[str, str]] = {}
        for row in IntegrationValueMap.select().where(
            IntegrationValueMap.integration_code == integration.code
        ):
            maps.setdefault(row.target_field, {})[row.external_value] = row.internal_value
    if integration.match_field not in {field.target_field for field in fields}:
        raise _wrong(integration.code, f"its match key “{integration.match_field}” is not one of its fields")
    try:
        reading = msgspec.json.decode(integration.reading or "{}", type=Reading)
    except msgspec.DecodeError as error:
        raise _wrong(integration.code, f"its reading options cannot be understood ({error})") from error
    try:
        date_pattern(integration.date_format)
    except ValueError as error:
        raise _wrong(integration.code, str(error)) from error
    return Definition(
        code=integration.code,
        description=integration.description,
        target_table=integration.target_table,
        source_type=integration.source_type,
        execution_mode=integration.execution_mode,
        match_field=integration.match_field,
        match_mode=integration.match_mode,
        null_text=integration.null_text,
        decimal_separator=integration.decimal_separator,
        date_format=integration.date_format,
        reading=reading,
        fields=fields,
        value_maps=maps,
    )


def bind(definition: Definition, header: Sequence[str], file_name: str) -> Definition:
    """Find each field's column in the file.

    A column is taken by its exact name first, then by the same name written differently, then by a synonym of the
    field; a column that one field names is never taken by another field's synonym.

    Raises:
        SourceError: MissingColumn, where a field that must be filled has neither column, constant nor default.
    """
    taken: dict[str, int] = {}
    for names in (_exact, _normalised, _synonyms):
        positions = {key: position for position, key in _keys(header, names)}
        for field in definition.fields:
            if field.target_field in taken or field.constant or not field.source_column:
                continue
            for name in names(definition.rule(field.target_field), field):
                position = positions.get(name)
                if position is not None and (names is not _synonyms or position not in taken.values()):
                    taken[field.target_field] = position
                    break
    bound = tuple(
        msgspec.structs.replace(
            field,
            column=taken.get(field.target_field, NOT_IN_FILE),
            source_column=header[taken[field.target_field]]
            if field.target_field in taken
            else field.source_column,
        )
        for field in definition.fields
    )
    for field in bound:
        creates = definition.match_mode != MatchMode.UPDATE_ONLY
        must = (field.required and creates) or field.target_field == definition.match_field
        if must and field.column == NOT_IN_FILE and not (field.constant or field.default_value):
            raise SourceError(
                f"“{file_name}” has no column “{field.source_column}”, which the integration "
                f"{definition.code} needs for “{field.caption}”. Its columns are: {_listed(header)}.",
                "Add the column to the file, choose another integration, "
                "or name the right column on the integration.",
                "MissingColumn",
            )
    return msgspec.structs.replace(definition, fields=bound)


def known_columns(definition: Definition, header: Sequence[str]) -> int:
    """How many cells of a row look like columns of the integration; tells a header from data."""
    known: set[str] = set()
    for field in definition.fields:
        rule = definition.rule(field.target_field)
        known.update(_normalised(rule, field), _synonyms(rule, field))
    return len({normalise(cell) for cell in header} & known)


def unused_columns(definition: Definition, header: Sequence[str]) -> list[str]:
    """The columns of the file that no field takes."""
    used = {field.column for field in definition.fields}
    return [name for position, name in enumerate(header) if position not in used]


def normalise(name: str) -> str:
    """A header without case, blanks and punctuation: "Customer No." and "customer_no" are the same."""
    return re.sub(r"[\W_]+", "", name.casefold())


def _exact(_rule: FieldRule, field: FieldMap) -> tuple[str, ...]:
    return (field.source_column,)


def _normalised(_rule: FieldRule, field: FieldMap) -> tuple[str, ...]:
    return (normalise(field.source_column),)


def _synonyms(rule: FieldRule, field: FieldMap) -> tuple[str, ...]:
    return tuple(normalise(name) for name in (rule.caption, rule.name, *rule.synonyms))


def _keys(header: Sequence[str], names: object) -> Iterable[tuple[int, str]]:
    """Positions with the form in which `names` compares; backwards, so that the first of two equals wins."""
    for position in range(len(header) - 1, -1, -1):
        yield position, header[position] if names is _exact else normalise(header[position])


def _listed(header: Sequence[str], most: int = 30) -> str:
    names = ", ".join(header[:most])
    return f"{names} and {len(header) - most} more" if len(header) > most else names


def _field_map(code: str, record: type[Record], row: IntegrationField) -> FieldMap:
    try:
        rule = record.rule(row.target_field)
    except KeyError as error:
        raise _wrong(code, f"{record.CAPTION} has no field “{row.target_field}”") from error
    if not rule.editable:
        raise _wrong(code, f"{rule.caption} is filled by Backdesk and cannot be imported")
    if row.lookup_by:
        if not rule.lookup:
            raise _wrong(code, f"{rule.caption} is not looked up in another table")
        looked_up = TABLES[rule.lookup]
        if row.lookup_by not in looked_up._meta.fields:
            raise _wrong(code, f"{looked_up.CAPTION} has no field “{row.lookup_by}”")
    return FieldMap(
        target_field=row.target_field,
        caption=rule.caption,
        source_column=row.source_column,
        constant=row.constant,
        default_value=row.default_value,
        required=row.required or rule.required,
        lookup_by=row.lookup_by,
    )


def _wrong(code: str, what: str) -> BackdeskError:
    return BackdeskError(
        f"The integration {code} cannot be used: {what}.",
        "Correct it on the page Integrations.",
        "WrongIntegration",
    )
