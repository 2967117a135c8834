"""Taking the snapshot of an integration, with its fields, value maps and what earlier files called the columns."""

from __future__ import annotations

import msgspec

from desktop.errors import LastingError
from desktop.imports.integrations.definition import (
    HEADER,
    Definition,
    FieldMap,
    Reading,
    Transforms,
    rule_of,
    wrong_integration,
)
from desktop.imports.integrations.targets import ImportTarget, find_target
from desktop.imports.values.written_dates import date_pattern
from models.database import connected
from models.integration import (
    ColumnType,
    Integration,
    IntegrationField,
    IntegrationHeader,
    IntegrationValueMap,
)
from models.rules import Kind
from models.tables import TABLES


def load_definition(code: str) -> Definition:
    """Take the snapshot of an integration as it is now, not yet bound to a file.

    Raises:
        LastingError: with code UnknownIntegration, or WrongIntegration where it names what does not exist.
    """
    with connected():
        integration = Integration.get_or_none(Integration.code == code.strip().upper())
        if integration is None:
            known = ", ".join(row.code for row in Integration.select().order_by(Integration.code))
            raise LastingError(
                f"There is no integration “{code}”.",
                f"Use one of: {known}." if known else "Create it first on the page Integrations.",
                "UnknownIntegration",
            )
        target = find_target(integration.target_table)
        if target is None:
            raise wrong_integration(
                integration.code, f"the table “{integration.target_table}” cannot be imported into"
            )
        rows = (
            IntegrationField.select()
            .where(IntegrationField.integration_code == integration.code)
            .order_by(IntegrationField.level, IntegrationField.field_no)
        )
        remembered = _remembered(integration.code)
        fields = tuple(_field_map(integration, target, row, remembered) for row in rows)
        maps: dict[str, dict[str, str]] = {}
        for row in IntegrationValueMap.select().where(
            IntegrationValueMap.integration_code == integration.code
        ):
            maps.setdefault(row.target_field, {})[row.external_value] = row.internal_value
    own = {field.target_field for field in fields if field.level == HEADER}
    for name in integration.match_field.split(","):
        if name.strip() not in own:
            raise wrong_integration(
                integration.code, f"its match key “{name.strip()}” is not one of its fields"
            )
    if target.lines is not None and "," in integration.match_field:
        raise wrong_integration(integration.code, "documents are told by a single field")
    try:
        reading = msgspec.json.decode(integration.reading or "{}", type=Reading)
    except msgspec.DecodeError as error:
        raise wrong_integration(
            integration.code, f"its reading options cannot be understood ({error})"
        ) from error
    try:
        date_pattern(integration.date_format)
    except ValueError as error:
        raise wrong_integration(integration.code, str(error)) from error
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
        post_processing_codeunit=integration.post_processing_codeunit,
        post_processing_trigger=integration.post_processing_trigger,
        notify_success=bool(integration.notify_success),
        notify_errors=bool(integration.notify_errors),
        error_policy=integration.error_policy,
        error_limit=integration.error_limit,
        control_field=integration.control_field,
    )


def _remembered(code: str) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = {}
    rows = (
        IntegrationHeader.select()
        .where(IntegrationHeader.integration_code == code)
        .order_by(IntegrationHeader.used_at.desc())
    )
    for row in rows:
        found.setdefault((row.level, row.target_field), []).append(row.header)
    return found


def _field_map(
    integration: Integration,
    target: ImportTarget,
    row: IntegrationField,
    remembered: dict[tuple[int, str], list[str]],
) -> FieldMap:
    code = integration.code
    try:
        rule = rule_of(target, row.target_field, row.level, integration.match_field.partition(",")[0])
    except KeyError as error:
        raise wrong_integration(code, f"{target.caption} has no field “{row.target_field}”") from error
    numbered = row.column_type in (ColumnType.LINE_NUMBERS, ColumnType.ENTRY_NUMBERS)
    numbers_line = bool(row.level) and row.target_field == target.line_no_field
    if not rule.editable and not numbers_line and not (numbered and rule.kind is Kind.INTEGER):
        raise wrong_integration(code, f"{rule.caption} is filled by Backdesk and cannot be imported")
    if row.lookup_by:
        if not rule.lookup:
            raise wrong_integration(code, f"{rule.caption} is not looked up in another table")
        looked_up = TABLES[rule.lookup]
        if row.lookup_by not in looked_up._meta.fields:
            raise wrong_integration(code, f"{looked_up.CAPTION} has no field “{row.lookup_by}”")
    try:
        transforms = msgspec.json.decode(row.transforms or "{}", type=Transforms)
    except msgspec.DecodeError as error:
        raise wrong_integration(
            code, f"the transformations of {rule.caption} cannot be understood ({error})"
        ) from error
    return FieldMap(
        target_field=row.target_field,
        caption=rule.caption,
        source_column=row.source_column,
        constant=row.constant,
        default_value=row.default_value,
        required=row.required or rule.required,
        lookup_by=row.lookup_by,
        level=row.level,
        column_type=row.column_type,
        expression=row.expression,
        transforms=transforms,
        lookup_missing=row.lookup_missing,
        remembered=tuple(remembered.get((row.level, row.target_field), ())),
    )
