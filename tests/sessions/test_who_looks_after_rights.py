"""Who may change rights: somebody always keeps SUPER, and a shipped set is copied instead of changed."""

from __future__ import annotations

import pytest

from desktop.sessions import permissions
from models.company import User
from models.database import connected
from models.errors import BackdeskError
from models.permission_edit import assign, copy_set, set_permission
from models.permissions import LastSuperError, Permission, PermissionSet, ShippedSetError, UserPermissionSet
from models.record_edit import delete_record
from models.rights import Right
from tests.sessions.conftest import rename

pytestmark = pytest.mark.usefixtures("two_users")


def test_somebody_always_keeps_super() -> None:
    with connected():
        with pytest.raises(LastSuperError, match="Give SUPER to a user first"):
            assign("MARIA", "READER")
        assign("ANNA", "SUPER")
        assign("MARIA", "READER")
        with pytest.raises(LastSuperError):
            delete_record(User, "ANNA")
        anna = User.get_by_id("ANNA")
        anna.enabled = False
        with pytest.raises(LastSuperError):
            anna.save()
        mine = UserPermissionSet.get(UserPermissionSet.user_id == "ANNA")
        with pytest.raises(LastSuperError):
            delete_record(UserPermissionSet, str(mine.id))
        assert User.get_by_id("ANNA").enabled


def test_a_shipped_set_stays_and_its_copy_is_changed() -> None:
    with connected():
        for change in (
            lambda: delete_record(PermissionSet, "READER"),
            lambda: set_permission("READER", "Table", "customer", {Right.MODIFY}),
            lambda: delete_record(Permission, str(Permission.get(Permission.set_code == "READER").id)),
        ):
            with pytest.raises(ShippedSetError):
                change()
        assert copy_set("READER", "seller") == "SELLER"
        with pytest.raises(BackdeskError, match="SELLER exists already"):
            copy_set("READER", "SELLER")
        set_permission("SELLER", "Table", "customer", {Right.READ, Right.MODIFY})
        assign("ANNA", "SUPER")
        assign("MARIA", "SELLER")
        with permissions.enforced("MARIA"):
            rename()
        with pytest.raises(BackdeskError, match="no table"):
            set_permission("SELLER", "Table", "berth", {Right.READ})
