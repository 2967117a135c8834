"""Setting an integration up: its fields, the meaning of values, and how its files are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from desktop.imports.integrations.definition import HEADER, Reading, rule_of
from desktop.imports.integrations.field_checks import check_field
from desktop.imports.integrations.targets import ImportTarget, find_target
from models import changes
from models.database import connected, database
from models.errors import BackdeskError, FieldError
from models.integration import ColumnType, Integration, IntegrationField, IntegrationValueMap
from models.record_edit import check_lookup
from models.rules import FieldRule

_EDITABLE: Final = (
    "source_column",
    "required",
    "default_value",
    "column_type",
    "constant",
    "expression",
    "transforms",
    "lookup_by",
    "lookup_missing",
)
_STEP: Final = 10  # between the numbers of fields


def set_field(field_id: int, name: str, value: str | bool) -> None:
    """Change one thing about a field of an integration; see `change_field`."""
    change_field(field_id, {name: value})


def change_field(field_id: int, values: Mapping[str, str | bool]) -> None:
    """Change a field of an integration: all of it or, where something is refused, nothing.

    Args:
        values: by the names source_column, required, default_value, column_type, constant, expression,
            transforms (JSON of `Transforms`), lookup_by and lookup_missing.
    Raises:
        FieldError: a value that the field would refuse, or a formula that is wrong, with the position.
        BackdeskError: NotFound.
        ValueError: for another name.
    """
    wrong = [name for name in values if name not in _EDITABLE]
    if wrong:
        raise ValueError(f"{wrong[0]} of a mapped field is not changed here")
    with connected(), database.atomic():
        field = _field(field_id)
        integration, target = _integration(field.integration_code)
        for name, value in values.items():
            setattr(field, name, value if isinstance(value, bool) else value.strip())
        check_field(integration, target, field)
        stored = {name: getattr(field, name) for name in values}
        IntegrationField.update(stored).where(IntegrationField.id == field_id).execute()
        _touch(field.integration_code)


def add_field(code: str, target_field: str, level: int = HEADER) -> int:
    """Fill one more field, from a column of its own caption until told otherwise.

    Returns:
        The id of the integration's field; where it is filled already, of the one that is there.
    Raises:
        BackdeskError: NotFound.
        FieldError: with code NotFound: the table has no such field.
    """
    with connected(), database.atomic():
        integration, target = _integration(code)
        rows = _fields(integration.code)
        for row in rows:
            if (row.level, row.target_field) == (level, target_field):
                return int(row.id)
        number = max((row.field_no for row in rows), default=0) + _STEP
        added = _add(integration, target, level, target_field, number)
        _touch(integration.code)
    return added


def add_missing_fields(code: str) -> int:
    """Map every field of the integration's table that is not mapped yet to a column of its own caption.

    Returns:
        How many were added.
    Raises:
        BackdeskError: NotFound.
    """
    with connected(), database.atomic():
        integration, target = _integration(code)
        rows = _fields(integration.code)
        mapped = {(row.level, row.target_field) for row in rows}
        number = max((row.field_no for row in rows), default=0)
        missing = [
            (level, rule.name)
            for level, record in target.levels()
            for rule in record.RULES
            if rule.editable and (level, rule.name) not in mapped
        ]
        for level, name in missing:
            number += _STEP
            _add(integration, target, level, name, number)
        _touch(integration.code)
    return len(missing)


def move_field(field_id: int, step: int) -> None:
    """Let a field be checked before (-1) or after (1) its neighbour; fields of lines stay among themselves.

    Raises:
        BackdeskError: NotFound.
    """
    with connected(), database.atomic():
        field = _field(field_id)
        rows = [row for row in _fields(field.integration_code) if row.level == field.level]
        place = [row.id for row in rows].index(field.id)
        other = place + step
        if not 0 <= other < len(rows):
            return
        rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows, 1):
            IntegrationField.update(field_no=number * _STEP).where(IntegrationField.id == row.id).execute()
        _touch(field.integration_code)


def remove_field(field_id: int) -> None:
    """Let a field be filled no more; an unknown one is no error.

    Raises:
        BackdeskError: MatchKey, when records are found by it.
    """
    with connected(), database.atomic():
        field = IntegrationField.get_or_none(IntegrationField.id == field_id)
        if field is None:
            return
        integration, target = _integration(field.integration_code)
        keys = [name.strip() for name in integration.match_field.split(",")]
        if not field.level and field.target_field in keys:
            raise BackdeskError(
                f"{target.rule(field.target_field).caption} is the match key of {integration.code}.",
                "Choose another Match Key first.",
                "MatchKey",
            )
        IntegrationField.delete().where(IntegrationField.id == field_id).execute()
        _touch(integration.code)


def set_value_map(code: str, field_path: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Say what values of the file mean for a field, in place of what was said before.

    Args:
        field_path: "country_code", or "1.item_no" for a field of the lines.
        pairs: external and internal value; pairs without an external value are left out, the last of equals wins.
    Raises:
        BackdeskError: NotFound.
        FieldError: an internal value that its look-up table does not know.
    """
    wanted = {external.strip(): internal.strip() for external, internal in pairs if external.strip()}
    with connected(), database.atomic():
        integration, target = _integration(code)
        rule, named_otherwise = _mapped_rule(integration, target, field_path)
        for internal in wanted.values():
            if internal and not named_otherwise:
                check_lookup(rule, internal)
        IntegrationValueMap.delete().where(
            (IntegrationValueMap.integration_code == integration.code)
            & (IntegrationValueMap.target_field == field_path)
        ).execute()
        for external, internal in wanted.items():
            IntegrationValueMap.create(
                integration_code=integration.code,
                target_field=field_path,
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


def _integration(code: str) -> tuple[Any, ImportTarget]:
    integration = Integration.get_or_none(Integration.code == code)
    target = find_target(integration.target_table) if integration is not None else None
    if integration is None or target is None:
        raise _gone()
    return integration, target


def _field(field_id: int) -> Any:
    field = IntegrationField.get_or_none(IntegrationField.id == field_id)
    if field is None:
        raise _gone()
    return field


def _fields(code: str) -> list[Any]:
    rows = IntegrationField.select().where(IntegrationField.integration_code == code)
    return list(rows.order_by(IntegrationField.level, IntegrationField.field_no, IntegrationField.id))


def _add(integration: Any, target: ImportTarget, level: int, name: str, number: int) -> int:
    try:
        rule = rule_of(target, name, level, integration.match_field.partition(",")[0])
    except KeyError:
        raise FieldError(
            f"{target.caption} has no field “{name}”.", "Choose another one.", "NotFound"
        ) from None
    numbers_lines = bool(level) and name == target.line_no_field
    row = IntegrationField.create(
        integration_code=integration.code,
        level=level,
        field_no=number,
        source_column="" if numbers_lines else rule.caption,
        column_type=ColumnType.LINE_NUMBERS if numbers_lines else ColumnType.STANDARD,
        target_field=name,
        required=rule.required,
    )
    return int(row.id)


def _mapped_rule(integration: Any, target: ImportTarget, field_path: str) -> tuple[FieldRule, bool]:
    """The rule of a field, and whether values name its look-up record by another field than the key."""
    level, _, name = field_path.rpartition(".")
    rule = rule_of(target, name, int(level or 0), integration.match_field.partition(",")[0])
    found = IntegrationField.get_or_none(
        (IntegrationField.integration_code == integration.code)
        & (IntegrationField.level == int(level or 0))
        & (IntegrationField.target_field == name)
    )
    return rule, found is not None and bool(found.lookup_by)


def _touch(code: str) -> None:
    Integration.update(version=Integration.version + 1).where(Integration.code == code).execute()
    changes.touch(Integration.table(), code)


def _gone() -> BackdeskError:
    return BackdeskError("This integration has been changed or deleted meanwhile.", "Press F5.", "NotFound")


__all__ = [
    "add_field",
    "add_missing_fields",
    "change_field",
    "move_field",
    "reading_of",
    "remove_field",
    "set_field",
    "set_reading",
    "set_value_map",
]
