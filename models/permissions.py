"""Permission sets: what a user may do to which table, and which codeunits they may run."""

from __future__ import annotations

import peewee

from models.record import Record

ANY_OBJECT = "*"


class PermissionSet(Record):
    """A named collection of permissions."""

    CAPTION = "Permission Set"
    CAPTION_PLURAL = "Permission Sets"
    NAME_FIELD = "description"

    code = peewee.TextField(primary_key=True)
    description = peewee.TextField(default="")
    shipped = peewee.BooleanField(default=False)  # part of Backdesk; copied, not changed


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


class UserPermissionSet(Record):
    """A set that a user has."""

    CAPTION = "User Permission Set"
    CAPTION_PLURAL = "User Permission Sets"
    NAME_FIELD = "set_code"

    id = peewee.AutoField()
    user_id = peewee.TextField()
    set_code = peewee.TextField()
