"""The card of one permission set, with a line for each table and codeunit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.tasks.task import TaskError
from models.changes import Change
from models.permission_edit import remove_permission
from models.permissions import Permission, PermissionSet
from models.record_edit import Values, delete_record
from models.rights import Right
from ui.dialogs import Answer, Question, ask
from ui.framework.card_page import CardPage, Tab
from ui.framework.columns import Column, Paint
from ui.framework.command_bar import Action
from ui.framework.context import Notice
from ui.framework.lines_part import LinesPart
from ui.permissions.permission_dialog import PermissionDialog
from ui.permissions.set_dialogs import CopyDialog
from ui.permissions.words import object_words, yes_or_dash

_OBJECT = "object_type || ':' || object_name"
_COLUMNS = (
    Column("object_type", "Object Type", width=110),
    Column(
        "object", "Object", width=260, paint=Paint.LINK, formatter=object_words, sql=_OBJECT, stretch=True
    ),
    *(Column(f"may_{right.name.lower()}", right.value, width=84, formatter=yes_or_dash) for right in Right),
)
REFUSED = "refused"


class PermissionSetCard(CardPage):
    """A permission set; one that is part of Backdesk is only looked at and copied."""

    NAME = "permission_set_card"
    TITLE = "Permission Set"
    RECORD = PermissionSet
    DELETABLE = False  # asked first: the permissions of a set that is deleted do not come back
    TABS = (Tab("General", ("code", "description", "shipped"), summary=("description",)),)

    def lower_parts(self) -> Iterable[QWidget]:
        self.permissions = LinesPart(
            self.context,
            "Permissions",
            Permission,
            "set_code",
            _COLUMNS,
            "object_type || object_name",
            empty="It allows nothing yet. Choose Add permission as soon as the set has its name.",
        )
        self.permissions.view.row_activated.connect(self._change)
        self.permissions.model.loaded.connect(self._allow)
        self.question: Question | None = None
        return (self.permissions,)

    def editable(self, name: str) -> bool:
        return not self.values.get("shipped") and super().editable(name)

    def card_actions(self) -> Sequence[Action]:
        return (
            Action("add", "Add permission", "add", self._add, "Alt+L", enabled=False),
            Action("change", "Change permission", "edit", self._change, "F2", enabled=False),
            Action("remove", "Remove permission", "subtract", self._remove, enabled=False),
            Action("copy_set", "Copy permission set", "copy", self._copy_set, enabled=False),
            Action("delete_set", "Delete", "delete", self._ask_delete, "Ctrl+Del", enabled=False),
        )

    def on_after_get_current_record(self, values: Values) -> None:
        self.permissions.show_document(self.key)
        if values["shipped"]:
            self.banners.show_banner(
                "shipped",
                "info",
                "This permission set is part of Backdesk and stays as it is.",
                "Copy it to make one of your own.",
            )
        else:
            self.banners.remove("shipped")
        self._allow()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        super().on_records_changed(changes)
        self.permissions.on_records_changed(changes)

    def on_close(self) -> None:
        super().on_close()
        self.permissions.close_lines()

    def _allow(self, *_: object) -> None:
        own = bool(self.key) and not self.values.get("shipped")
        lines = self.permissions.model.rowCount() > 0
        self.set_action_enabled("add", own)
        self.set_action_enabled("change", own and lines)
        self.set_action_enabled("remove", own and lines)
        self.set_action_enabled("copy_set", bool(self.key))
        self.set_action_enabled("delete_set", own)

    # ---- its lines

    def _add(self) -> None:
        self.banners.remove(REFUSED)
        PermissionDialog(self, self.context, self.key).open()

    def _change(self, *_: object) -> None:
        row = self._current()
        if row is None or self.values.get("shipped"):
            return
        self.banners.remove(REFUSED)
        place = self.permissions.model.column_index
        object_type, _colon, name = str(row[place("object") + 1]).partition(":")
        rights = frozenset(right for right in Right if row[place(f"may_{right.name.lower()}") + 1])
        PermissionDialog(self, self.context, self.key, object_type, name, rights).open()

    def _remove(self) -> None:
        row = self._current()
        if row is not None:
            self.banners.remove(REFUSED)
            work = partial(remove_permission, int(str(row[0])))
            self.context.hub.write(self, work, self._on_removed, self._on_refused)

    def _current(self) -> Sequence[object] | None:
        index = self.permissions.view.currentIndex()
        return self.permissions.model.row(index.row()) if index.isValid() else None

    def _on_removed(self, _nothing: None) -> None:
        self.context.notify(Notice("The permission was removed"))

    def _on_refused(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "warn", "That was not done.", error.text)

    # ---- the whole set

    def _copy_set(self) -> None:
        self.banners.remove(REFUSED)
        dialog = CopyDialog(self, self.context, self.key)
        dialog.copied.connect(self._on_copied)
        dialog.open()

    def _on_copied(self, code: str) -> None:
        self.context.navigate(self.NAME, key=code)

    def _ask_delete(self) -> None:
        self.banners.remove(REFUSED)
        self.question = ask(
            self,
            f"Delete the permission set {self.key}?",
            "Whoever has it loses at once what it allows.",
            (Answer("delete", "Delete", "danger"), Answer("keep", "Keep", "primary")),
            "keep",
            self._on_answer,
        )

    def _on_answer(self, key: str) -> None:
        self.question = None
        if key == "delete":
            work = partial(delete_record, PermissionSet, self.key)
            self.context.hub.write(self, work, self._on_set_deleted, self._on_refused)

    def _on_set_deleted(self, _values: Values) -> None:
        self.context.notify(Notice(f"The permission set {self.key} was deleted."))
        self.request_close()
