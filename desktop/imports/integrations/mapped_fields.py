"""The fields of an integration as its card shows them: plain rows, with the words for what is stored."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from desktop.imports.integrations.definition import LINE, Transforms, rule_of
from desktop.imports.integrations.targets import ImportTarget, find_target
from models.database import connected, database
from models.integration import Integration, IntegrationField, IntegrationValueMap
from models.rules import FieldRule, Kind


class MappedField(NamedTuple):
    """One field of an integration.

    Attributes:
        level: 0 for the record or the header of a document, 1 for its lines.
        caption: of the field that is filled, with "Line: " before one of the lines.
        kind: what sort of value the field holds.
        lookup: the table that the field looks its value up in, empty for none.
        mapped_values: how many values of the file have a meaning of their own.
    """

    id: int
    field_no: int
    level: int
    source_column: str
    target_field: str
    caption: str
    kind: Kind
    required: bool
    default_value: str
    column_type: str
    constant: str
    expression: str
    transforms: Transforms
    lookup_by: str
    lookup_missing: str
    lookup: str
    mapped_values: int

    @property
    def path(self) -> str:
        """What names it within the integration: "no", or "1.item_no" for a field of the lines."""
        return field_path(self.level, self.target_field)


class Mapping(NamedTuple):
    """The fields of an integration in the order in which they are checked, and how its files are read (JSON).

    `absent` are the fields of its table that it does not fill: level, name and caption.
    """

    code: str
    target_table: str
    fields: list[MappedField]
    reading: str
    absent: list[tuple[int, str, str]]


def mapping(code: str) -> Mapping | None:
    """The mapping of an integration; None when there is no such integration."""
    with connected():
        integration = Integration.get_or_none(Integration.code == code)
        if integration is None:
            return None
        counts = dict(
            database.execute_sql(
                "SELECT target_field, COUNT(*) FROM integration_value_map WHERE integration_code = ?"
                " GROUP BY target_field",
                (code,),
            ).fetchall()
        )
        rows = list(
            IntegrationField.select()
            .where(IntegrationField.integration_code == code)
            .order_by(IntegrationField.level, IntegrationField.field_no, IntegrationField.id)
        )
    target = find_target(integration.target_table)
    match_field = integration.match_field.split(",")[0].strip()
    fields = [_field(row, _rule(target, row, match_field), counts) for row in rows]
    return Mapping(
        code, integration.target_table, fields, integration.reading or "{}", _absent(target, fields)
    )


def value_map(code: str, field: str) -> list[tuple[str, str]]:
    """What values of the file mean for one field: pairs of external and internal value, by external value."""
    with connected():
        rows = list(
            IntegrationValueMap.select()
            .where(
                (IntegrationValueMap.integration_code == code) & (IntegrationValueMap.target_field == field)
            )
            .order_by(IntegrationValueMap.external_value)
        )
    return [(row.external_value, row.internal_value) for row in rows]


def field_path(level: int, target_field: str) -> str:
    """What names a field within its integration."""
    return f"{level}.{target_field}" if level else target_field


def level_caption(level: int, caption: str) -> str:
    """A field's caption, with what it belongs to where that is not the record itself."""
    return f"Line: {caption}" if level == LINE else caption


def _field(row: IntegrationField, rule: FieldRule | None, counts: dict[str, int]) -> MappedField:
    return MappedField(
        id=row.id,
        field_no=row.field_no,
        level=row.level,
        source_column=row.source_column,
        target_field=row.target_field,
        caption=level_caption(row.level, rule.caption if rule else row.target_field),
        kind=rule.kind if rule else Kind.TEXT,
        required=bool(row.required),
        default_value=row.default_value,
        column_type=row.column_type,
        constant=row.constant,
        expression=row.expression,
        transforms=_transforms(row.transforms),
        lookup_by=row.lookup_by,
        lookup_missing=row.lookup_missing,
        lookup=rule.lookup if rule else "",
        mapped_values=counts.get(field_path(row.level, row.target_field), 0),
    )


def _transforms(text: str) -> Transforms:
    try:
        return msgspec.json.decode(text or "{}", type=Transforms)
    except msgspec.DecodeError:
        return Transforms()


def _rule(target: ImportTarget | None, row: IntegrationField, match_field: str) -> FieldRule | None:
    if target is None:
        return None
    try:
        return rule_of(target, row.target_field, row.level, match_field)
    except KeyError:
        return None


def _absent(target: ImportTarget | None, fields: list[MappedField]) -> list[tuple[int, str, str]]:
    if target is None:
        return []
    present = {(field.level, field.target_field) for field in fields}
    fields_of_target = [
        (level, rule.name, level_caption(level, rule.caption))
        for level, record in target.levels()
        for rule in record.RULES
        if rule.editable or (level and rule.name == target.line_no_field)
    ]
    if target.lines is not None:
        fields_of_target.append((LINE, target.parent_field, level_caption(LINE, "Document")))
    return [field for field in fields_of_target if field[:2] not in present]
