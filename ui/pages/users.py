"""The list of users, each with their permission sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from models.changes import Change
from models.company import User
from models.list_query import ListQuery
from models.rules import Kind
from ui.framework.columns import Column, Paint
from ui.framework.command_bar import Action
from ui.framework.list_page import ListPage
from ui.framework.part import Part
from ui.permissions.open_company import OpenCompany
from ui.widgets.pill import PillLook

_SETS: Final = (
    "(SELECT GROUP_CONCAT(set_code, ', ') FROM"
    " (SELECT set_code FROM user_permission_set WHERE user_id = users.user_id ORDER BY set_code))"
)
_SEARCHED: Final = "(' ' || LOWER(users.user_id || ' ' || users.full_name || ' ' || users.email))"
_STATE: Final = "CASE WHEN users.enabled THEN 'Enabled' ELSE 'Disabled' END"


def _state_look(stored: object) -> PillLook:
    return PillLook("ok", "checkmark_circle") if stored == "Enabled" else PillLook("idle", "prohibited")


class Users(ListPage):
    """All users."""

    NAME = "users"
    TITLE = "Users"
    SEARCH_TERMS = ("permissions", "rights", "people", "accounts", "security")
    RECORD = User
    CARD = "user_card"
    SORT = "user_id"
    WATCHED = ("user_permission_set",)
    COLUMNS = (
        Column("user_id", "User ID", Kind.CODE, 160, Paint.LINK, sql="users.user_id"),
        Column("full_name", "Full Name", width=200, paint=Paint.STRONG, sql="users.full_name"),
        Column("email", "E-Mail", width=200, sql="users.email"),
        Column("state", "State", width=110, paint=Paint.PILL, look=_state_look, sql=_STATE),
        Column("sets", "Permission Sets", width=260, sql=_SETS, stretch=True),
    )

    def base_query(self) -> ListQuery:
        return ListQuery("users", "users.user_id", (), search_column=_SEARCHED)

    def list_actions(self) -> Sequence[Action]:
        return (Action("sets", "Permission Sets", "lock_closed", self._open_sets),)

    def create_parts(self) -> Iterable[Part]:
        self._open_company = OpenCompany(self)
        return ()

    def on_open(self) -> None:
        super().on_open()
        self._open_company.look()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        super().on_records_changed(changes)
        self._open_company.look()

    def on_close(self) -> None:
        self._open_company.close()
        super().on_close()

    def _open_sets(self) -> None:
        self.context.navigate("permission_sets")
