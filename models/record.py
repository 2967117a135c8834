"""The base of all records: captions, rules, search text, and changes that tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar, cast

import peewee

from models import changes
from models.database import database
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
        """Write the record, its search text, when it was changed, and the change that tells other pages, at once."""
        if self.SEARCHED:
            self.search_text = search_text(*(str(getattr(self, name) or "") for name in self.SEARCHED))
        given = {field.name for field in self.dirty_fields}
        if "modified_at" in self._meta.fields and "modified_at" not in given:
            self.modified_at = datetime.now(UTC)
        with database.atomic():
            result = super().save(*args, **kwargs)
            changes.touch(self.table(), self.key_text())
            self.after_change(deleted=False)
        return result

    def after_change(self, *, deleted: bool) -> None:
        """What must hold in the company once this record was written or deleted; raising takes the change back."""
