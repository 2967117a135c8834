"""The words in which the pages of integrations tell where a value comes from and what is done to it."""

from __future__ import annotations

from typing import Final

from desktop.imports.integrations.definition import Transforms
from desktop.imports.integrations.mapped_fields import MappedField
from models.integration import ColumnType, DynamicValue, LookupMissing
from models.tables import TABLES

COLUMN_TYPES: Final = (
    (ColumnType.STANDARD.value, "A column of the file"),
    (ColumnType.CONSTANT.value, "Always the same value"),
    (ColumnType.DYNAMIC.value, "What is known when it runs"),
    (ColumnType.FORMULA.value, "A formula"),
    (ColumnType.LINE_NUMBERS.value, "Line numbers: 10,000, 20,000 …"),
    (ColumnType.ENTRY_NUMBERS.value, "The next free number"),
)
"""What is stored and what people read, the usual one first."""

DYNAMIC_VALUES: Final = (
    (DynamicValue.TODAY.value, "Today"),
    (DynamicValue.WORK_DATE.value, "The work date"),
    (DynamicValue.CURRENT_TIME.value, "The time"),
    (DynamicValue.CURRENT_DATETIME.value, "Date and time"),
    (DynamicValue.USER_ID.value, "The user who imports"),
    (DynamicValue.COMPANY_NAME.value, "The name of the company"),
)
MISSING: Final = (
    (LookupMissing.ERROR.value, "The row becomes an error"),
    (LookupMissing.CREATE.value, "It is created"),
    (LookupMissing.LEAVE_EMPTY.value, "The field stays empty"),
    (LookupMissing.USE_DEFAULT.value, "The default is taken"),
)
_MISSING_SHORT: Final = {
    LookupMissing.CREATE.value: "created if missing",
    LookupMissing.LEAVE_EMPTY.value: "empty if missing",
    LookupMissing.USE_DEFAULT.value: "default if missing",
}
CASES: Final = (
    ("", "As in the file"),
    ("Upper", "UPPER CASE"),
    ("Lower", "lower case"),
    ("Title", "Title Case"),
)
_CASE_WORDS: Final = dict(CASES)


def source_words(field: MappedField) -> str:
    """Where a value comes from, if not from a column: "= quantity * 2", "“DE”", "Today"."""
    if field.column_type == ColumnType.CONSTANT or (
        field.column_type == ColumnType.STANDARD and field.constant
    ):
        return f"Always “{field.constant}”"
    if field.column_type == ColumnType.FORMULA:
        return f"= {field.expression}"
    if field.column_type == ColumnType.DYNAMIC:
        return dict(DYNAMIC_VALUES).get(field.expression, field.expression)
    if field.column_type == ColumnType.STANDARD:
        return field.source_column
    return dict(COLUMN_TYPES)[field.column_type]


def comes_from_column(field: MappedField) -> bool:
    """Whether a column of the file fills it."""
    return field.column_type == ColumnType.STANDARD and not field.constant


def lookup_choices(lookup: str) -> list[tuple[str, str]]:
    """By which fields a look-up may find its record: what is stored, and what people read."""
    record = TABLES[lookup]
    key = record.key_field()
    return [
        ("" if rule.name == key else rule.name, rule.caption)
        for rule in record.RULES
        if rule.editable and (rule.name == key or not rule.options)
    ]


def lookup_words(field: MappedField) -> str:
    """ "Name, created if missing"; empty for a field that is not looked up."""
    if not field.lookup:
        return ""
    by = dict(lookup_choices(field.lookup)).get(field.lookup_by, field.lookup_by)
    missing = _MISSING_SHORT.get(field.lookup_missing, "")
    return f"{by}, {missing}" if missing else by


def transform_words(done: Transforms) -> str:
    """ "UPPER CASE, 3 replaced, rounded to 0.01"; empty where nothing but blanks around it goes."""
    said = []
    if not done.trim:
        said.append("blanks stay")
    if done.replace:
        said.append(f"{len(done.replace)} replaced")
    if done.letter_case:
        said.append(_CASE_WORDS.get(done.letter_case, done.letter_case))
    if done.pad_length:
        said.append(f"{done.pad_length} characters with “{done.pad_sign}”")
    if done.round_to:
        said.append(f"rounded to {done.round_to}")
    if done.decimal_separator:
        said.append(f"decimal “{done.decimal_separator}”")
    if done.date_format:
        said.append(done.date_format)
    if done.split_separator:
        said.append(f"split at “{done.split_separator}”")
    return ", ".join(said)
