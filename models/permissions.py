"""Permission sets: what a user may do to which table, and which codeunits they may run."""

from __future__ import annotations

from typing import Final

import peewee

from models import recent_rights
from models.database import database
from models.errors import BackdeskError
from models.record import Record
from models.rules import FieldRule, Kind

ANY_OBJECT: Final = "*"
SUPER: Final = "SUPER"
JOB_QUEUE_ADMIN: Final = "JOB QUEUE ADMIN"

_WITHOUT_SUPER: Final = """
    SELECT (? OR EXISTS (SELECT 1 FROM user_permission_set)) AND NOT EXISTS (
        SELECT 1 FROM user_permission_set AS u LEFT JOIN users AS who ON who.user_id = u.user_id
        WHERE u.set_code = ? AND COALESCE(who.enabled, 1)
    )
"""


class LastSuperError(BackdeskError):
    """Nobody would have the permission set SUPER any more."""

    code = "LastSuper"

    def __init__(self) -> None:
        super().__init__(
            "Somebody who is enabled has to have the permission set SUPER, or nobody could give rights any more.",
            "Give SUPER to a user first.",
        )


class ShippedSetError(BackdeskError):
    """A permission set that is part of Backdesk was to be changed."""

    code = "ShippedSet"

    def __init__(self, set_code: str) -> None:
        super().__init__(
            f"The permission set {set_code} is part of Backdesk and stays as it is.",
            "Copy it, and change the copy.",
        )


def check_super_remains(*, taken: bool = False) -> None:
    """See that as soon as somebody has a permission set, a user who is enabled has SUPER.

    Args:
        taken: it was just taken from somebody, so that somebody else has to have it in any case.
    Raises:
        LastSuperError: nobody has it.
    """
    if database.execute_sql(_WITHOUT_SUPER, (taken, SUPER)).fetchone()[0]:
        raise LastSuperError


def check_own_set(set_code: str) -> None:
    """See that a permission set may be changed.

    Raises:
        ShippedSetError: it is part of Backdesk.
    """
    row = database.execute_sql("SELECT shipped FROM permission_set WHERE code = ?", (set_code,)).fetchone()
    if row is not None and row[0]:
        raise ShippedSetError(set_code)


class PermissionSet(Record):
    """A named collection of permissions."""

    CAPTION = "Permission Set"
    CAPTION_PLURAL = "Permission Sets"
    NAME_FIELD = "description"
    RULES = (
        FieldRule("code", "Permission Set", Kind.CODE, max_length=30, required=True),
        FieldRule("description", "Description", max_length=100),
        FieldRule("shipped", "Part of Backdesk", Kind.BOOLEAN, editable=False),
    )

    code = peewee.TextField(primary_key=True)
    description = peewee.TextField(default="")
    shipped = peewee.BooleanField(default=False)  # part of Backdesk; copied, not changed

    def after_change(self, *, deleted: bool) -> None:
        """A shipped set stays; one that is deleted is nobody's any more, and somebody has to keep SUPER.

        Raises:
            ShippedSetError: it is part of Backdesk.
            LastSuperError: nobody would have SUPER.
        """
        recent_rights.forget()
        if self.shipped:
            raise ShippedSetError(self.code)
        check_super_remains()


class Permission(Record):
    """What one set allows for one object."""

    CAPTION = "Permission"
    CAPTION_PLURAL = "Permissions"
    NAME_FIELD = "object_name"

    id = peewee.AutoField()
    set_code = peewee.TextField()
    object_type = peewee.TextField(default="Table")  # Table or Codeunit
    object_name = peewee.TextField()  # a name of `models.tables` or of the registry, or "*"
    may_read = peewee.BooleanField(default=False)
    may_insert = peewee.BooleanField(default=False)
    may_modify = peewee.BooleanField(default=False)
    may_delete = peewee.BooleanField(default=False)
    may_execute = peewee.BooleanField(default=False)

    def after_change(self, *, deleted: bool) -> None:
        """The permissions of a shipped set stay."""
        recent_rights.forget()
        check_own_set(self.set_code)


class UserPermissionSet(Record):
    """A set that a user has."""

    CAPTION = "User Permission Set"
    CAPTION_PLURAL = "User Permission Sets"
    NAME_FIELD = "set_code"
    RULES = (FieldRule("set_code", "Permission Set", Kind.CODE, required=True, lookup="permission_set"),)

    id = peewee.AutoField()
    user_id = peewee.TextField()
    set_code = peewee.TextField()

    def after_change(self, *, deleted: bool) -> None:
        """Somebody has to have SUPER from the first assignment on."""
        recent_rights.forget()
        check_super_remains(taken=deleted and self.set_code == SUPER)
