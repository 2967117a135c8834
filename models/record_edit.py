"""What cards do with records: read one, save a field, create one, delete one and take that back; look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import peewee

from models import changes
from models.company import next_number
from models.database import connected, database, escaped, like
from models.errors import BackdeskError, FieldError, RecordChangedError
from models.record import Record
from models.rules import FieldRule
from models.tables import TABLES

Values = dict[str, Any]


class RecordInUseError(BackdeskError):
    """A record cannot be deleted because others point at it."""

    code = "RecordInUse"


def read_values(record: type[Record], key: str) -> Values | None:
    """All columns of a record as plain Python values; None when there is no such record."""
    row = record.get_or_none(record.primary_key() == key)
    return None if row is None else dict(row.__data__)


def missing_fields(record: type[Record], values: Mapping[str, Any], series: str = "") -> list[str]:
    """The captions of required fields that are still empty; the key is given by the series, if there is one."""
    given = {record.key_field()} if series else set()
    return [
        rule.caption
        for rule in record.RULES
        if rule.required and rule.name not in given and values.get(rule.name) in (None, "")
    ]


def create_record(record: type[Record], values: Mapping[str, Any], series: str = "") -> str:
    """Create a record.

    Args:
        values: by field; what is missing gets the table's default.
        series: the number series that gives the key where `values` has none.
    Returns:
        The new key.
    Raises:
        FieldError: a value is refused, with the code of its rule, or Exists for a key that is taken.
    """
    key_field = record.key_field()
    checked = {rule.name: rule.check(values[rule.name]) for rule in record.RULES if rule.name in values}
    with connected(), database.atomic():
        for rule in record.RULES:
            if rule.name in checked:
                check_lookup(rule, checked[rule.name])
        if not checked.get(key_field):
            checked[key_field] = _free_number(record, series)
        elif _exists(record, checked[key_field]):
            raise FieldError(
                f"{record.CAPTION} {checked[key_field]} exists already.", "Choose another number.", "Exists"
            )
        row = record(**checked)
        row.save(force_insert=True)
        return row.key_text()


def delete_record(record: type[Record], key: str) -> Values:
    """Delete a record.

    Returns:
        Its values, from which `restore_record` makes it again.
    Raises:
        RecordInUseError: others point at it; nothing is deleted.
        RecordChangedError: it is gone already.
    """
    with connected(), database.atomic():
        row = record.get_or_none(record.primary_key() == key)
        if row is None:
            raise RecordChangedError(f"{record.CAPTION} {key} has been deleted already.")
        try:
            record.delete().where(record.primary_key() == key).execute()
        except peewee.IntegrityError:
            raise RecordInUseError(
                f"{record.CAPTION} {key} cannot be deleted because other records refer to it.",
                "Block it, so that it is not used any more.",
            ) from None
        changes.touch(record.table(), key)
        row.after_change(deleted=True)
    return dict(row.__data__)


def restore_record(record: type[Record], values: Values) -> str:
    """Make a deleted record again, as it was; return its key.

    Raises:
        FieldError: with code Exists when somebody has used its key meanwhile.
    """
    key = str(values[record.key_field()])
    with connected(), database.atomic():
        if _exists(record, key):
            raise FieldError(f"{record.CAPTION} {key} exists again.", "Nothing was restored.", "Exists")
        record(**values).save(force_insert=True)
    return key


def lookup_values(table: str, text: str, limit: int = 50) -> list[tuple[str, str]]:
    """Keys and names of a look-up table for a drop-down: keys that begin with the text, then names that have it."""
    record = TABLES[table]
    key, name = record.key_field(), record.NAME_FIELD
    begun = escaped(text.strip())
    rows = database.execute_sql(
        f"SELECT {key}, {name} FROM {record.table()} WHERE {like(key)} OR {like(name)}"
        f" ORDER BY NOT ({like(key)}), {key} LIMIT ?",
        (f"{begun}%", f"%{begun}%", f"{begun}%", limit),
    )
    return [(str(found), str(called or "")) for found, called in rows.fetchall()]


def _exists(record: type[Record], key: str) -> bool:
    return bool(record.select().where(record.primary_key() == key).exists())


def _free_number(record: type[Record], series: str) -> str:
    """The next number of the series that no record has; people may have typed some by hand."""
    while True:
        number = next_number(series)
        if not _exists(record, number):
            return number


def save_field(record: type[Record], key: str, name: str, value: Any, expected: Any) -> Any:
    """Save one field of one record: what a card does when a person leaves a field.

    Args:
        value: of the field's Python type; checked by its rule and, for a look-up, against its table.
        expected: what the card showed before; somebody else's change in between is not overwritten.
    Returns:
        The value as stored.
    Raises:
        FieldError: the value is refused.
        RecordChangedError: the stored value is no longer `expected`, or the record is gone.
    """
    rule = record.rule(name)
    stored = rule.check(value)
    with connected(), database.atomic():
        check_lookup(rule, stored)
        row = record.get_or_none(record.primary_key() == key)
        if row is None:
            raise RecordChangedError(
                f"{record.CAPTION} {key} has been deleted meanwhile.", "Close the card and refresh the list."
            )
        found = getattr(row, name)
        if found != expected and found != stored:
            raise RecordChangedError(
                f"{rule.caption} was changed to “{found}” by somebody else meanwhile.",
                "Your value was not saved. Press F5 to see the record as it is, then change it again.",
            )
        setattr(row, name, stored)
        row.save()
    return stored


def check_lookup(rule: FieldRule, value: Any) -> None:
    """Refuse a look-up value that its table does not know.

    Raises:
        FieldError: with code NotFound.
    """
    if not rule.lookup or value in (None, ""):
        return
    target = TABLES[rule.lookup]
    if not target.select().where(target.primary_key() == value).exists():
        raise FieldError(
            f"There is no {target.CAPTION} “{value}”.",
            f"Choose an existing {target.CAPTION}, or create it first.",
            "NotFound",
        )
