"""Setting an integration up: its fields, the meaning of values, and how its files are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from desktop.imports.conversions import converter
from desktop.imports.definition import Reading
from models import changes
from models.database import connected, database
from models.errors import BackdeskError
from models.integration import Integration, IntegrationField, IntegrationValueMap
from models.record import Record
from models.record_edit import check_lookup
from models.rules import FieldRule
from models.tables import TABLES

_EDITABLE: Final = ("source_column", "required", "default_value", "constant", "lookup_by")


def set_field(field_id: int, name: str, value: str | bool) -> None:
    """Change one thing about a field of an integration.

    Args:
        name: source_column, required, default_value, constant or lookup_by.
    Raises:
        FieldError: a default or constant that the field would refuse.
        BackdeskError: NotFound.
        ValueError: for another name.
    """
    if name not in _EDITABLE:
        raise ValueError(f"{name} of a mapped field is not changed here")
    with connected(), database.atomic():
        field = IntegrationField.get_or_none(IntegrationField.id == field_id)
        if field is None:
            raise _gone()
        stored = value if isinstance(value, bool) else value.strip()
        if name in ("default_value", "constant") and stored:
            _check_value(field, str(stored))
        setattr(field, name, stored)
        IntegrationField.update({name: stored}).where(IntegrationField.id == field_id).execute()
        _touch(field.integration_code)


def add_missing_fields(code: str) -> int:
    """Map every field of the integration's table that is not mapped yet to a column of its own caption.

    Returns:
        How many were added.
    Raises:
        BackdeskError: NotFound.
    """
    with connected(), database.atomic():
        integration, record = _integration(code)
        rows = list(IntegrationField.select().where(IntegrationField.integration_code == integration.code))
        mapped = {row.target_field for row in rows}
        number = max((row.field_no for row in rows), default=0)
        added = [rule for rule in record.RULES if rule.editable and rule.name not in mapped]
        for rule in added:
            number += 10
            IntegrationField.create(
                integration_code=integration.code,
                field_no=number,
                source_column=rule.caption,
                target_field=rule.name,
                required=rule.required,
            )
        _touch(integration.code)
    return len(added)


def remove_field(field_id: int) -> None:
    """Let a field be filled no more; an unknown one is no error.

    Raises:
        BackdeskError: MatchKey, when records are found by it.
    """
    with connected(), database.atomic():
        field = IntegrationField.get_or_none(IntegrationField.id == field_id)
        if field is None:
            return
        integration, record = _integration(field.integration_code)
        if integration.match_field == field.target_field:
            raise BackdeskError(
                f"{record.rule(field.target_field).caption} is the match key of {integration.code}.",
                "Choose another Match Key first.",
                "MatchKey",
            )
        IntegrationField.delete().where(IntegrationField.id == field_id).execute()
        _touch(integration.code)


def set_value_map(code: str, target_field: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Say what values of the file mean for a field, in place of what was said before.

    Args:
        pairs: external and internal value; pairs without an external value are left out, the last of equals wins.
    Raises:
        BackdeskError: NotFound.
        FieldError: an internal value that its look-up table does not know.
    """
    wanted = {external.strip(): internal.strip() for external, internal in pairs if external.strip()}
    with connected(), database.atomic():
        integration, record = _integration(code)
        rule = record.rule(target_field)
        for internal in wanted.values():
            if internal and not _named_otherwise(integration.code, target_field):
                check_lookup(rule, internal)
        IntegrationValueMap.delete().where(
            (IntegrationValueMap.integration_code == integration.code)
            & (IntegrationValueMap.target_field == target_field)
        ).execute()
        for external, internal in wanted.items():
            IntegrationValueMap.create(
                integration_code=integration.code,
                target_field=target_field,
                external_value=external,
                internal_value=internal,
            )
        _touch(integration.code)


def reading_of(text: str) -> Reading:
    """How files are read, from its stored form; the defaults where that cannot be understood."""
    try:
        return msgspec.json.decode(text or "{}", type=Reading)
    except msgspec.DecodeError:
        return Reading()


def set_reading(code: str, **values: Any) -> None:
    """Change how the files of an integration are read.

    Args:
        values: by the names of `Reading`.
    Raises:
        BackdeskError: NotFound.
    """
    with connected(), database.atomic():
        integration, _ = _integration(code)
        reading = msgspec.structs.replace(reading_of(integration.reading), **values)
        stored = msgspec.json.encode(reading).decode()
        Integration.update(reading=stored).where(Integration.code == integration.code).execute()
        _touch(integration.code)


def _integration(code: str) -> tuple[Any, type[Record]]:
    integration = Integration.get_or_none(Integration.code == code)
    record = TABLES.get(integration.target_table) if integration is not None else None
    if integration is None or record is None:
        raise _gone()
    return integration, record


def _check_value(field: Any, text: str) -> None:
    """Refuse what an import would refuse for every record."""
    integration, record = _integration(field.integration_code)
    rule: FieldRule = record.rule(field.target_field)
    if rule.lookup and field.lookup_by:
        return
    read = converter(rule.kind, integration.decimal_separator, integration.date_format)
    check_lookup(rule, rule.check(read(text)))


def _named_otherwise(code: str, target_field: str) -> bool:
    """Whether values name the look-up record by another field than its key."""
    found = IntegrationField.get_or_none(
        (IntegrationField.integration_code == code) & (IntegrationField.target_field == target_field)
    )
    return found is not None and bool(found.lookup_by)


def _touch(code: str) -> None:
    changes.touch(Integration.table(), code)


def _gone() -> BackdeskError:
    return BackdeskError("This integration has been changed or deleted meanwhile.", "Press F5.", "NotFound")


__all__ = [
    "add_missing_fields",
    "reading_of",
    "remove_field",
    "set_field",
    "set_reading",
    "set_value_map",
]
