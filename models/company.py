"""The company itself, its users and number series, and the cache of computed values."""

from __future__ import annotations

from datetime import datetime

import peewee

from models import changes, recent_rights
from models.database import database
from models.enforcement import as_system
from models.fields import MomentField
from models.permissions import UserPermissionSet, check_super_remains
from models.record import Record
from models.rules import FieldRule, Kind


class CompanyInformation(Record):
    """The one row that names the company."""

    CAPTION = "Company Information"
    CAPTION_PLURAL = "Company Information"
    NAME_FIELD = "name"
    RULES = (
        FieldRule("name", "Name", max_length=100, required=True),
        FieldRule("address", "Address", max_length=100),
        FieldRule("post_code", "Post Code", max_length=20),
        FieldRule("city", "City", max_length=60),
        FieldRule("country_code", "Country/Region Code", Kind.CODE, max_length=10, lookup="country"),
        FieldRule("currency_code", "Currency Code", Kind.CODE, max_length=10),
    )

    id = peewee.IntegerField(primary_key=True, default=1)
    name = peewee.TextField()
    address = peewee.TextField(default="")
    post_code = peewee.TextField(default="")
    city = peewee.TextField(default="")
    country_code = peewee.TextField(null=True)
    currency_code = peewee.TextField(default="EUR")
    is_demo = peewee.BooleanField(default=False)
    created_at = MomentField()


class User(Record):
    """Somebody who may work in the company."""

    CAPTION = "User"
    CAPTION_PLURAL = "Users"
    NAME_FIELD = "full_name"
    RULES = (
        FieldRule("user_id", "User ID", Kind.CODE, max_length=50, required=True),
        FieldRule("full_name", "Full Name", max_length=80),
        FieldRule("email", "E-Mail", max_length=80),
        FieldRule("enabled", "Enabled", Kind.BOOLEAN),
    )

    user_id = peewee.TextField(primary_key=True)
    full_name = peewee.TextField(default="")
    email = peewee.TextField(default="")
    enabled = peewee.BooleanField(default=True)

    class Meta:
        table_name = "users"  # "user" is a reserved word of PostgreSQL

    def after_change(self, *, deleted: bool) -> None:
        """A user who is deleted loses their permission sets; somebody has to keep SUPER."""
        recent_rights.forget()
        taken = 0
        if deleted:
            taken = UserPermissionSet.delete().where(UserPermissionSet.user_id == self.user_id).execute()
            changes.touch(UserPermissionSet.table())
        check_super_remains(taken=taken > 0)


class NumberSeries(Record):
    """Where the next number of a new record comes from."""

    CAPTION = "No. Series"
    CAPTION_PLURAL = "No. Series"
    NAME_FIELD = "description"

    code = peewee.TextField(primary_key=True)
    description = peewee.TextField(default="")
    prefix = peewee.TextField(default="")
    width = peewee.IntegerField(default=5)
    last_number = peewee.IntegerField(default=0)


@as_system()
def next_number(series: str) -> str:
    """Take the next number of a series, e.g. "C05001"; call it inside the transaction that uses it.

    Raises:
        LookupError: when there is no such series.
    """
    return take_numbers(series, 1)[0]


def take_numbers(series: str, count: int) -> list[str]:
    """Take so many numbers of a series at once; call it inside the transaction that uses them.

    Raises:
        LookupError: when there is no such series.
    """
    row = database.execute_sql(
        "UPDATE number_series SET last_number = last_number + ? WHERE code = ? "
        "RETURNING prefix, width, last_number",
        (count, series),
    ).fetchone()
    if row is None:
        raise LookupError(f"no number series {series}")
    prefix, width, last = row
    return [f"{prefix}{number:0{width}d}" for number in range(last - count + 1, last + 1)]


class CachedResult(Record):
    """The last result of a page background task, shown with its age until the new one is there."""

    CAPTION = "Cached Result"
    CAPTION_PLURAL = "Cached Results"

    key = peewee.TextField(primary_key=True)
    value = peewee.TextField()  # JSON
    computed_at = MomentField()


@as_system()
def keep_result(key: str, value: str, computed_at: datetime) -> None:
    """Store a computed value (JSON text) under its key, replacing the one before."""
    with database.atomic():
        CachedResult.insert(key=key, value=value, computed_at=computed_at).on_conflict(
            conflict_target=[CachedResult.key], preserve=[CachedResult.value, CachedResult.computed_at]
        ).execute()
        changes.touch(CachedResult.table(), key)


class ChangeLog(peewee.Model):
    """See `models.changes`."""

    id = peewee.AutoField()
    table_name = peewee.TextField()
    record_id = peewee.TextField(default="")

    class Meta:
        database = database
        legacy_table_names = False
