"""What makes sense for one field of an integration: said while it is set up, not for every row of a file."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from desktop.imports.integrations.definition import Transforms, rule_of
from desktop.imports.integrations.targets import ImportTarget
from desktop.imports.values import transforms
from desktop.imports.values.conversions import converter
from desktop.imports.values.formula import columns_of, compile_formula
from desktop.imports.values.written_dates import date_pattern
from models.errors import FieldError
from models.integration import ColumnType, DynamicValue, Integration, IntegrationField, LookupMissing
from models.record_edit import check_lookup
from models.rules import FieldRule, Kind
from models.tables import TABLES

_Choice = TypeVar("_Choice", bound=StrEnum)
_NUMBERED: Final = (ColumnType.LINE_NUMBERS, ColumnType.ENTRY_NUMBERS)


def check_field(integration: Integration, target: ImportTarget, field: IntegrationField) -> None:
    """Refuse what an import would refuse for every record.

    Args:
        field: as it is to be stored.
    Raises:
        FieldError: with a message for the person who sets the integration up.
    """
    try:
        rule = rule_of(target, field.target_field, field.level, integration.match_field.partition(",")[0])
    except KeyError:
        raise FieldError(
            f"{target.record_of(field.level).CAPTION} has no field “{field.target_field}”.",
            "Remove it from the integration.",
            "NotFound",
        ) from None
    done = _transforms(field.transforms)
    _check_lookup_way(rule, field)
    column_type = _one_of(ColumnType, field.column_type, "Column Type")
    if column_type is ColumnType.DYNAMIC:
        _one_of(DynamicValue, field.expression, "Dynamic Value")
    elif column_type is ColumnType.FORMULA:
        _check_formula(integration, field.expression)
    elif column_type in _NUMBERED:
        _check_numbers(rule, column_type)
    elif column_type is ColumnType.CONSTANT:
        if not field.constant:
            raise FieldError("The value is empty.", "Enter the value that every record gets.", "Required")
        _check_value(integration, rule, field, done, field.constant)
    if field.constant and column_type is ColumnType.STANDARD:
        _check_value(integration, rule, field, done, field.constant)
    if field.default_value:
        _check_value(integration, rule, field, done, field.default_value)


def _transforms(text: str) -> Transforms:
    try:
        done = msgspec.json.decode(text or "{}", type=Transforms)
    except msgspec.DecodeError as error:
        raise FieldError(
            f"What is done to the value cannot be understood: {error}.", "Choose it anew.", "WrongTransform"
        ) from error
    transforms.check(done)
    if done.date_format:
        try:
            date_pattern(done.date_format)
        except ValueError as error:
            raise FieldError(
                f"{str(error)[:1].upper()}{str(error)[1:].rstrip('.')}.",
                "Write it like DD.MM.YYYY.",
                "WrongTransform",
            ) from error
    return done


def _check_lookup_way(rule: FieldRule, field: IntegrationField) -> None:
    missing = _one_of(LookupMissing, field.lookup_missing, "what happens when there is none")
    if not rule.lookup:
        if field.lookup_by:
            raise FieldError(
                f"{rule.caption} is not looked up in another table.", "Leave “by” empty.", "NoLookup"
            )
        return
    record = TABLES[rule.lookup]
    if field.lookup_by and field.lookup_by not in {known.name for known in record.RULES}:
        raise FieldError(
            f"{record.CAPTION} has no field “{field.lookup_by}”.", "Choose another field.", "NotFound"
        )
    if missing is LookupMissing.USE_DEFAULT and not field.default_value:
        raise FieldError(
            f"There is no default for {rule.caption}.", "Enter a value under “If empty”.", "Required"
        )
    if missing is LookupMissing.CREATE and field.lookup_by:
        raise FieldError(
            f"A {record.CAPTION} that is named by another field than its key cannot be created.",
            f"Look it up by {record.rule(record.key_field()).caption.rstrip('.')}.",
            "NoLookup",
        )


def _check_formula(integration: Integration, text: str) -> None:
    if not text:
        raise FieldError(
            "The formula is empty.", "Write it like [Qty] * [Price], with columns in brackets.", "Required"
        )
    compile_formula(text, columns_of(text), integration.decimal_separator, integration.date_format)


def _check_numbers(rule: FieldRule, column_type: ColumnType) -> None:
    kinds = (Kind.INTEGER,) if column_type is ColumnType.LINE_NUMBERS else (Kind.INTEGER, Kind.CODE)
    if rule.kind not in kinds or rule.lookup:
        raise FieldError(f"{rule.caption} holds no numbers.", "Choose another source for it.", "WrongKind")


def _check_value(
    integration: Integration, rule: FieldRule, field: IntegrationField, done: Transforms, text: str
) -> None:
    if rule.lookup and field.lookup_by:
        return
    read = converter(
        rule.kind,
        done.decimal_separator or integration.decimal_separator,
        done.date_format or integration.date_format,
    )
    value = rule.check(read(text))
    if field.lookup_missing != LookupMissing.CREATE:
        check_lookup(rule, value)


def _one_of(kind: type[_Choice], text: str, caption: str) -> _Choice:
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise FieldError(f"“{text}” is no {caption}.", f"Use one of {known}.", "NotAnOption") from None
