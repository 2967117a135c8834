"""The list of permission sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from models.list_query import ListQuery
from models.permissions import PermissionSet
from models.rules import Kind
from ui.framework.columns import Column, Paint
from ui.framework.command_bar import Action
from ui.framework.list_page import ListPage
from ui.permissions.set_dialogs import CopyDialog
from ui.widgets.pill import PillLook

_SEARCHED: Final = "(' ' || LOWER(permission_set.code || ' ' || permission_set.description))"
_ORIGIN: Final = "CASE WHEN permission_set.shipped THEN 'Backdesk' ELSE 'Own' END"
_USERS: Final = "(SELECT COUNT(*) FROM user_permission_set WHERE set_code = permission_set.code)"
_PERMISSIONS: Final = "(SELECT COUNT(*) FROM permission WHERE set_code = permission_set.code)"


def _origin_look(stored: object) -> PillLook:
    return PillLook("idle", "lock_closed") if stored == "Backdesk" else PillLook("info", "edit")


class PermissionSets(ListPage):
    """All permission sets."""

    NAME = "permission_sets"
    TITLE = "Permission Sets"
    SEARCH_TERMS = ("permissions", "rights", "roles", "security", "super")
    RECORD = PermissionSet
    CARD = "permission_set_card"
    SORT = "code"
    WATCHED = ("permission", "user_permission_set")
    COLUMNS = (
        Column("code", "Permission Set", Kind.CODE, 200, Paint.LINK, sql="permission_set.code"),
        Column(
            "description",
            "Description",
            width=320,
            paint=Paint.STRONG,
            sql="permission_set.description",
            stretch=True,
        ),
        Column("origin", "Made by", width=120, paint=Paint.PILL, look=_origin_look, sql=_ORIGIN),
        Column("permissions", "Permissions", Kind.INTEGER, 110, sql=_PERMISSIONS),
        Column("users", "Users", Kind.INTEGER, 90, sql=_USERS),
    )

    def base_query(self) -> ListQuery:
        return ListQuery("permission_set", "permission_set.code", (), search_column=_SEARCHED)

    def list_actions(self) -> Sequence[Action]:
        return (
            Action("copy_set", "Copy permission set", "copy", self._copy_set, enabled=False),
            Action("users", "Users", "people", self._open_users),
        )

    def on_after_get_current_record(self, key: str) -> None:
        self.set_action_enabled("copy_set", bool(key))

    def _copy_set(self) -> None:
        dialog = CopyDialog(self, self.context, self.current_key())
        dialog.copied.connect(self._on_copied)
        dialog.open()

    def _on_copied(self, code: str) -> None:
        self.context.navigate(self.CARD, key=code)

    def _open_users(self) -> None:
        self.context.navigate("users")
