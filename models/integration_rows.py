"""What the pages about integrations show, as plain rows: no model leaves the thread that read it."""

from __future__ import annotations

from typing import NamedTuple

from models.database import database
from models.integration import Integration, IntegrationField, IntegrationValueMap
from models.tables import TABLES


class MappedField(NamedTuple):
    """One field of an integration, with the caption of the field that it fills and its number of mapped values.

    `lookup` is the table that the field looks its value up in, empty for none.
    """

    id: int
    field_no: int
    source_column: str
    target_field: str
    caption: str
    required: bool
    default_value: str
    constant: str
    lookup_by: str
    lookup: str
    mapped_values: int


class Mapping(NamedTuple):
    """The fields of an integration, in their order, and how its files are read (JSON)."""

    code: str
    target_table: str
    fields: list[MappedField]
    reading: str


def mapping(code: str) -> Mapping | None:
    """The mapping of an integration; None when there is no such integration."""
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
    record = TABLES.get(integration.target_table)
    rules = {rule.name: rule for rule in record.RULES} if record is not None else {}
    rows = IntegrationField.select().where(IntegrationField.integration_code == code)
    fields = [
        MappedField(
            row.id,
            row.field_no,
            row.source_column,
            row.target_field,
            rules[row.target_field].caption if row.target_field in rules else row.target_field,
            bool(row.required),
            row.default_value,
            row.constant,
            row.lookup_by,
            rules[row.target_field].lookup if row.target_field in rules else "",
            counts.get(row.target_field, 0),
        )
        for row in rows.order_by(IntegrationField.field_no, IntegrationField.id)
    ]
    return Mapping(code, integration.target_table, fields, integration.reading or "{}")


def value_map(code: str, target_field: str) -> list[tuple[str, str]]:
    """What values of the file mean for one field: pairs of external and internal value, by external value."""
    rows = (
        IntegrationValueMap.select(IntegrationValueMap.external_value, IntegrationValueMap.internal_value)
        .where(
            (IntegrationValueMap.integration_code == code)
            & (IntegrationValueMap.target_field == target_field)
        )
        .order_by(IntegrationValueMap.external_value)
    )
    return [(row.external_value, row.internal_value) for row in rows]
