"""The base of all records: captions, rules, search text, and changes that tell."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import peewee

from models import changes
from models.database import connected, database
from models.errors import FieldError, RecordChangedError
from models.fields import search_text
from models.rules import FieldRule


class Record(peewee.Model):
    """One row of a table that people know by name.

    Class attributes:
        CAPTION, CAPTION_PLURAL: what people call one and many of them.
        RULES: its fields, in the order of the card.
        SEARCHED: the fields whose words the list's search finds; filled into `search_text`.
        NAME_FIELD: the field that describes the record beside its key.
    """

    CAPTION: ClassVar[str] = ""
    CAPTION_PLURAL: ClassVar[str] = ""
    RULES: ClassVar[tuple[FieldRule, ...]] = ()
    SEARCHED: ClassVar[tuple[str, ...]] = ()
    NAME_FIELD: ClassVar[str] = ""

    class Meta:
        database = database
        legacy_table_names = False

    @classmethod
    def table(cls) -> str:
        """The table's name in the database."""
        return str(cls._meta.table_name)

    @classmethod
    def key_field(cls) -> str:
        """The name of the primary key's column."""
        return str(cls.primary_key().name)

    @classmethod
    def primary_key(cls) -> peewee.Field:
        """The primary key's field, for queries by key."""
        return cast(peewee.Field, cls._meta.primary_key)

    @classmethod
    def rule(cls, name: str) -> FieldRule:
        """The rule of one field.

        Raises:
            KeyError: when the record has no such field.
        """
        for rule in cls.RULES:
            if rule.name == name:
                return rule
        raise KeyError(f"{cls.CAPTION} has no field {name}")

    def key_text(self) -> str:
        """The key as text."""
        return str(getattr(self, self.key_field()))

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Write the record, its search text, and the change that tells other pages, in one transaction."""
        if self.SEARCHED:
            self.search_text = search_text(*(str(getattr(self, name) or "") for name in self.SEARCHED))
        with database.atomic():
            result = super().save(*args, **kwargs)
            changes.touch(self.table(), self.key_text())
        return result


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
    from models.tables import TABLES

    target = TABLES[rule.lookup]
    if not target.select().where(target.primary_key() == value).exists():
        raise FieldError(
            f"There is no {target.CAPTION} “{value}”.",
            f"Choose an existing {target.CAPTION}, or create it first.",
            "NotFound",
        )
