"""An integration as a file: carried to another company, copied under another code, or made again after Delete.

The file is JSON with a version. It holds what belongs to the kind of file and its table, and nothing of one company
or computer: neither the watched folder nor the user as whom imports run.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from desktop.clock import SYSTEM_CLOCK
from desktop.imports.integrations.definition import Reading, Transforms
from desktop.imports.integrations.field_checks import check_field
from desktop.imports.integrations.loading import load_definition
from desktop.imports.integrations.mapped_fields import field_path
from desktop.imports.integrations.setup import reading_of
from desktop.imports.integrations.targets import find_target
from models import changes
from models.database import connected, database
from models.errors import BackdeskError, FieldError
from models.integration import (
    ColumnType,
    Integration,
    IntegrationField,
    IntegrationHeader,
    IntegrationValueMap,
    LookupMissing,
)
from models.job_queue import JobQueueCategory
from models.rules import Kind

FORMAT: Final = "backdesk integration"
VERSION: Final = 1
LARGEST: Final = 8_000_000  # characters of a file; value maps of 100,000 pairs are smaller
_OF_ONE_COMPANY: Final = ("watched_folder", "run_as_user_id")
_RULED: Final = tuple(rule.name for rule in Integration.RULES if rule.name != "code")


class _Field(msgspec.Struct, omit_defaults=True):
    target_field: str
    level: int = 0
    source_column: str = ""
    column_type: str = ColumnType.STANDARD.value
    constant: str = ""
    expression: str = ""
    transforms: Transforms = Transforms()
    default_value: str = ""
    required: bool = False
    lookup_by: str = ""
    lookup_missing: str = LookupMissing.ERROR.value
    values: dict[str, str] = {}
    remembered: list[str] = []


class _File(msgspec.Struct):
    format: str
    version: int
    code: str
    integration: dict[str, str | int | bool]
    reading: Reading
    fields: list[_Field]


def export_definition(code: str, *, whole: bool = False) -> str:
    """The text of the file.

    Args:
        whole: with what belongs to this company alone, to make the integration here again.
    Raises:
        BackdeskError: UnknownIntegration.
    """
    with connected():
        row = Integration.get_or_none(Integration.code == code.strip().upper())
        if row is None:
            raise BackdeskError(
                f"There is no integration “{code}”.", "Press F5 to see which there are.", "UnknownIntegration"
            )
        maps: dict[str, dict[str, str]] = {}
        for pair in IntegrationValueMap.select().where(IntegrationValueMap.integration_code == row.code):
            maps.setdefault(pair.target_field, {})[pair.external_value] = pair.internal_value
        headers: dict[tuple[int, str], list[str]] = {}
        known = IntegrationHeader.select().where(IntegrationHeader.integration_code == row.code)
        for header in known.order_by(IntegrationHeader.used_at.desc()):
            headers.setdefault((header.level, header.target_field), []).append(header.header)
        rows = list(
            IntegrationField.select()
            .where(IntegrationField.integration_code == row.code)
            .order_by(IntegrationField.level, IntegrationField.field_no)
        )
    left_out = () if whole else _OF_ONE_COMPANY
    content = _File(
        format=FORMAT,
        version=VERSION,
        code=row.code,
        integration={name: getattr(row, name) for name in _RULED if name not in left_out},
        reading=reading_of(row.reading),
        fields=[_written(field, maps, headers) for field in rows],
    )
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def look_into(text: str) -> tuple[str, str]:
    """The code and the description of the integration in a file, to ask whether it is wanted.

    Raises:
        BackdeskError: with code WrongDefinition: this is no such file.
    """
    content = _read(text)
    return content.code, str(content.integration.get("description", ""))


def import_definition(text: str, code: str = "", description: str | None = None) -> str:
    """Make the integration that a file describes; nothing is made by half.

    Args:
        code, description: other ones than the file's.
    Returns:
        Its code.
    Raises:
        BackdeskError: WrongDefinition or WrongIntegration: the file cannot be understood, or not used here.
        FieldError: Exists, or a value that is refused.
    """
    content = _read(text)
    wanted = str(Integration.rule("code").check(code or content.code))
    if description is not None:
        content.integration["description"] = description
    with connected(), database.atomic():
        if Integration.get_or_none(Integration.code == wanted) is not None:
            raise FieldError(f"There is an integration {wanted} already.", "Choose another code.", "Exists")
        integration = Integration(code=wanted, **_checked(content))
        integration.reading = msgspec.json.encode(content.reading).decode()
        integration.save(force_insert=True)
        for number, field in enumerate(content.fields, 1):
            _make_field(integration, field, number * 10)
        load_definition(wanted)  # what an import would refuse is refused now
        changes.touch(Integration.table(), wanted)
    return wanted


def copy_integration(code: str, new_code: str, description: str | None = None) -> str:
    """Make an integration like another one; it watches no folder.

    Returns:
        The new code.
    Raises:
        BackdeskError: UnknownIntegration, or as `import_definition`.
        FieldError: Exists, or a code that is refused.
    """
    return import_definition(export_definition(code), Integration.rule("code").check(new_code), description)


def _written(
    field: Any, maps: dict[str, dict[str, str]], headers: dict[tuple[int, str], list[str]]
) -> _Field:
    try:
        done = msgspec.json.decode(field.transforms or "{}", type=Transforms)
    except msgspec.DecodeError:
        done = Transforms()
    path = field_path(field.level, field.target_field)
    return _Field(
        target_field=field.target_field,
        level=field.level,
        source_column=field.source_column,
        column_type=field.column_type,
        constant=field.constant,
        expression=field.expression,
        transforms=done,
        default_value=field.default_value,
        required=bool(field.required),
        lookup_by=field.lookup_by,
        lookup_missing=field.lookup_missing,
        values=maps.get(path, {}),
        remembered=headers.get((field.level, field.target_field), []),
    )


def _read(text: str) -> _File:
    if len(text) > LARGEST:
        raise _wrong("it is larger than a definition can be")
    try:
        content = msgspec.json.decode(text, type=_File)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _wrong(str(error)) from error
    if content.format != FORMAT:
        raise _wrong(f"it says that it is “{content.format[:40]}”")
    if content.version > VERSION:
        raise _wrong(f"it was written by a newer Backdesk (version {content.version} of the format)")
    return content


def _checked(content: _File) -> dict[str, Any]:
    unknown = sorted(set(content.integration) - set(_RULED))
    if unknown:
        raise _wrong(f"“{unknown[0]}” is nothing that an integration has")
    values = {name: _value(name, value) for name, value in content.integration.items()}
    if find_target(str(values.get("target_table", ""))) is None:
        raise BackdeskError(
            f"This company cannot import into the table “{values.get('target_table', '')}”.",
            "Switch the extension on that brings it, then import the definition again.",
            "WrongDefinition",
        )
    category = values.get("category_code")
    if category and JobQueueCategory.get_or_none(JobQueueCategory.code == category) is None:
        values["category_code"] = ""  # categories are of one company; a run is not held up by a missing one
    values["run_as_user_id"] = values.get("run_as_user_id") or ""
    return values


def _value(name: str, value: str | int | bool) -> Any:
    rule = Integration.rule(name)
    kind = {Kind.BOOLEAN: bool, Kind.INTEGER: int}.get(rule.kind, str)
    if type(value) is not kind:
        raise _wrong(f"“{value}” is no value of {rule.caption}")
    return rule.check(value)


def _make_field(integration: Integration, field: _Field, number: int) -> None:
    row = IntegrationField(
        integration_code=integration.code,
        level=field.level,
        field_no=number,
        source_column=field.source_column,
        target_field=field.target_field,
        column_type=field.column_type,
        constant=field.constant,
        expression=field.expression,
        transforms=msgspec.json.encode(field.transforms).decode(),
        default_value=field.default_value,
        required=field.required,
        lookup_by=field.lookup_by,
        lookup_missing=field.lookup_missing,
    )
    target = find_target(integration.target_table)
    if target is None or field.level not in dict(target.levels()):
        raise _wrong(f"“{field.target_field}” is a field of lines, and the table has none")
    check_field(integration, target, row)
    row.save(force_insert=True)
    path = field_path(field.level, field.target_field)
    for external, internal in field.values.items():
        IntegrationValueMap.create(
            integration_code=integration.code,
            target_field=path,
            external_value=external,
            internal_value=internal,
        )
    for header in field.remembered:
        IntegrationHeader.create(
            integration_code=integration.code,
            level=field.level,
            target_field=field.target_field,
            header=header,
            used_at=SYSTEM_CLOCK.now(),
        )


def _wrong(why: str) -> BackdeskError:
    return BackdeskError(
        f"The file is no definition of an integration that Backdesk can read: {why}.",
        "Export the integration again where it works, and choose that file.",
        "WrongDefinition",
    )
