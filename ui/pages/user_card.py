"""The card of one user, with their permission sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.tasks.task import TaskError
from models.changes import Change
from models.company import User
from models.permission_edit import withdraw
from models.permissions import UserPermissionSet
from models.record_edit import Values, delete_record
from models.rules import Kind
from ui.dialogs import Answer, Question, ask
from ui.framework.card_page import CardPage, Tab
from ui.framework.columns import Column, Paint
from ui.framework.command_bar import Action
from ui.framework.context import Notice
from ui.framework.lines_part import LinesPart
from ui.permissions.open_company import OpenCompany
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
REFUSED = "refused"


class UserCard(CardPage):
    """Somebody who may work in the company: name, address, whether enabled, and what they may do."""

    NAME = "user_card"
    TITLE = "User Card"
    RECORD = User
    DELETABLE = False  # asked first: the permission sets of a user who is deleted do not come back
    TABS = (Tab("General", ("user_id", "full_name", "email", "enabled"), summary=("full_name", "enabled")),)

    def lower_parts(self) -> Iterable[QWidget]:
        self.sets = LinesPart(
            self.context,
            "Permission Sets",
            UserPermissionSet,
            "user_id",
            _COLUMNS,
            "set_code",
            empty="No permission set yet. As soon as anybody has one, a user without may do nothing.",
        )
        self.sets.view.row_activated.connect(self._open_set)
        self.sets.model.loaded.connect(self._allow)
        self.question: Question | None = None
        self._open_company = OpenCompany(self)
        return (self.sets,)

    def defaults(self) -> Values:
        return {"enabled": True}

    def card_actions(self) -> Sequence[Action]:
        return (
            Action("add_set", "Add permission set", "add", self._add_set, "Alt+L", enabled=False),
            Action("remove_set", "Remove permission set", "subtract", self._remove_set, enabled=False),
            Action("delete_user", "Delete", "delete", self._ask_delete, "Ctrl+Del", enabled=False),
        )

    def on_open(self) -> None:
        super().on_open()
        self._open_company.look()

    def on_after_get_current_record(self, values: Values) -> None:
        self.sets.show_document(self.key)
        self._open_company.look()
        self._allow()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        super().on_records_changed(changes)
        self.sets.on_records_changed(changes)
        self._open_company.look()

    def on_close(self) -> None:
        super().on_close()
        self._open_company.close()
        self.sets.close_lines()

    def _allow(self, *_: object) -> None:
        self.set_action_enabled("add_set", bool(self.key))
        self.set_action_enabled("delete_user", bool(self.key))
        self.set_action_enabled("remove_set", bool(self.key) and self.sets.model.rowCount() > 0)

    def _add_set(self) -> None:
        self.banners.remove(REFUSED)
        AssignDialog(self, self.context, self.key).open()

    def _remove_set(self) -> None:
        index = self.sets.view.currentIndex()
        row = self.sets.model.row(index.row()) if index.isValid() else None
        if row is not None:
            self.banners.remove(REFUSED)
            self.context.hub.write(self, partial(withdraw, int(row[0])), self._on_removed, self._on_refused)

    def _on_removed(self, _nothing: None) -> None:
        self.context.notify(Notice("The permission set was removed"))

    def _on_refused(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "warn", "That was not done.", error.text)

    def _open_set(self, _line: str) -> None:
        row = self.sets.model.row(self.sets.view.currentIndex().row())
        if row is not None:
            self.context.navigate(
                "permission_set_card", key=str(row[self.sets.model.column_index("set_code") + 1])
            )

    def _ask_delete(self) -> None:
        self.banners.remove(REFUSED)
        self.question = ask(
            self,
            f"Delete the user {self.key}?",
            "Their permission sets are taken away. What they have done stays under their name. To keep somebody out"
            " for a while, switch Enabled off instead.",
            (Answer("delete", "Delete", "danger"), Answer("keep", "Keep", "primary")),
            "keep",
            self._on_answer,
        )

    def _on_answer(self, key: str) -> None:
        self.question = None
        if key == "delete":
            work = partial(delete_record, User, self.key)
            self.context.hub.write(self, work, self._on_user_deleted, self._on_refused)

    def _on_user_deleted(self, _values: Values) -> None:
        self.context.notify(Notice(f"User {self.key} was deleted."))
        self.request_close()
