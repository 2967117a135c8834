"""What people do with permission sets: give them to users and take them away, fill them, copy them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from models.database import connected, database
from models.errors import FieldError, RecordChangedError
from models.permissions import ANY_OBJECT, Permission, PermissionSet, UserPermissionSet
from models.record_edit import check_lookup, create_record, delete_record
from models.rights import Right
from models.tables import TABLES

TABLE: Final = "Table"
CODEUNIT: Final = "Codeunit"
RIGHTS_OF: Final = {
    TABLE: (Right.READ, Right.INSERT, Right.MODIFY, Right.DELETE),
    CODEUNIT: (Right.EXECUTE,),
}


def assign(user_id: str, set_code: str) -> None:
    """Give a user a permission set.

    Raises:
        FieldError: NotFound or Required for the set, Exists when the user has it already.
        LastSuperError: it is the first that anybody gets, and not SUPER.
    """
    rule = UserPermissionSet.rule("set_code")
    code = rule.check(set_code)
    with connected(), database.atomic():
        check_lookup(rule, code)
        mine = UserPermissionSet.user_id == user_id
        if UserPermissionSet.select().where(mine, UserPermissionSet.set_code == code).exists():
            raise FieldError(f"{user_id} has the permission set {code} already.", "Choose another.", "Exists")
        UserPermissionSet(user_id=user_id, set_code=code).save(force_insert=True)


def withdraw(assignment_id: int) -> None:
    """Take a permission set from a user.

    Raises:
        LastSuperError: nobody would have SUPER any more.
        RecordChangedError: the user does not have it any more.
    """
    delete_record(UserPermissionSet, str(assignment_id))


def set_permission(set_code: str, object_type: str, object_name: str, rights: Collection[Right]) -> None:
    """Let a set allow just these rights for an object.

    Args:
        object_type: Table or Codeunit.
        object_name: of `models.tables` or of the registry of codeunits; "*" is every one of them.
    Raises:
        FieldError: NotFound for a table that is none, Required without any right.
        ShippedSetError: the set is part of Backdesk.
    """
    if object_type == TABLE and object_name not in (*TABLES, ANY_OBJECT):
        raise FieldError(f"There is no table “{object_name}”.", "Choose one of the list.", "NotFound")
    given = {f"may_{right.name.lower()}": right in rights for right in Right}
    if not rights:
        raise FieldError(
            "The permission allows nothing.", "Tick what it allows, or remove it from the set.", "Required"
        )
    with connected(), database.atomic():
        found = Permission.get_or_none(
            Permission.set_code == set_code,
            Permission.object_type == object_type,
            Permission.object_name == object_name,
        )
        row = found or Permission(set_code=set_code, object_type=object_type, object_name=object_name)
        for name, may in given.items():
            setattr(row, name, may)
        row.save()


def remove_permission(permission_id: int) -> None:
    """Take a permission out of its set.

    Raises:
        ShippedSetError: the set is part of Backdesk.
        RecordChangedError: it is gone already.
    """
    delete_record(Permission, str(permission_id))


def copy_set(set_code: str, new_code: str) -> str:
    """Copy a set with its permissions.

    Args:
        new_code: what the copy is called.
    Returns:
        The code of the copy.
    Raises:
        FieldError: Required or TooLong for the new code, Exists when there is a set of that name.
        RecordChangedError: the set is not there any more.
    """
    with connected(), database.atomic():
        original = PermissionSet.get_or_none(PermissionSet.code == set_code)
        if original is None:
            raise RecordChangedError(f"The permission set {set_code} has been deleted meanwhile.")
        code = create_record(PermissionSet, {"code": new_code, "description": original.description})
        for row in Permission.select().where(Permission.set_code == set_code):
            values = {name: value for name, value in row.__data__.items() if name != "id"}
            Permission(**{**values, "set_code": code}).save(force_insert=True)
    return code
