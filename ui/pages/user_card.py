"""The card of one user, with their permission sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QWidget

from models.changes import Change
from models.company import User
from models.permission_edit import withdraw
from models.permissions import UserPermissionSet
from models.record_edit import Values
from models.rules import Kind
from ui.framework.card_page import Tab
from ui.framework.columns import Column, Paint
from ui.framework.command_bar import Action
from ui.permissions.open_company import OpenCompany
from ui.permissions.rights_card import REFUSED, RightsCard
from ui.permissions.set_dialogs import AssignDialog

_COLUMNS = (
    Column("set_code", "Permission Set", Kind.CODE, 200, Paint.LINK),
    Column(
        "description",
        "Description",
        width=360,
        sql="(SELECT description FROM permission_set WHERE code = set_code)",
        stretch=True,
    ),
)


class UserCard(RightsCard):
    """Somebody who may work in the company: name, address, whether enabled, and what they may do."""

    NAME = "user_card"
    TITLE = "User Card"
    RECORD = User
    TABS = (Tab("General", ("user_id", "full_name", "email", "enabled"), summary=("full_name", "enabled")),)
    CALLED = "user"
    DELETED = "User {key} was deleted."
    LOST = (
        "Their permission sets are taken away. What they have done stays under their name. To keep somebody out"
        " for a while, switch Enabled off instead."
    )
    LINE = "permission set"

    def lower_parts(self) -> Iterable[QWidget]:
        self._open_company = OpenCompany(self)
        lines = self.make_lines(
            "Permission Sets",
            UserPermissionSet,
            "user_id",
            _COLUMNS,
            "set_code",
            "No permission set yet. As soon as anybody has one, a user without may do nothing.",
        )
        return (lines,)

    def defaults(self) -> Values:
        return {"enabled": True}

    def card_actions(self) -> Sequence[Action]:
        return (
            Action("add_set", "Add permission set", "add", self._add_set, "Alt+L", enabled=False),
            Action("remove_set", "Remove permission set", "subtract", self._remove_set, enabled=False),
            Action("delete_user", "Delete", "delete", self.ask_delete, "Ctrl+Del", enabled=False),
        )

    def on_open(self) -> None:
        super().on_open()
        self._open_company.look()

    def on_after_get_current_record(self, values: Values) -> None:
        self.lines.show_document(self.key)
        self._open_company.look()
        self.allow()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        super().on_records_changed(changes)
        self._open_company.look()

    def on_close(self) -> None:
        super().on_close()
        self._open_company.close()

    def allow(self) -> None:
        self.set_action_enabled("add_set", bool(self.key))
        self.set_action_enabled("delete_user", bool(self.key))
        self.set_action_enabled("remove_set", bool(self.key) and self.lines.model.rowCount() > 0)

    def _add_set(self) -> None:
        self.banners.remove(REFUSED)
        AssignDialog(self, self.context, self.key).open()

    def _remove_set(self) -> None:
        self.remove_line(withdraw)

    def open_line(self) -> None:
        row = self.current_line()
        if row is not None:
            code = str(row[self.lines.model.column_index("set_code") + 1])
            self.context.navigate("permission_set_card", key=code)
