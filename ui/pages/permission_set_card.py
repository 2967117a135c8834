"""The card of one permission set, with a line for each table and codeunit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QWidget

from models.permission_edit import remove_permission
from models.permissions import Permission, PermissionSet
from models.record_edit import Values
from models.rights import Right
from ui.framework.card_page import Tab
from ui.framework.columns import Column, Paint
from ui.framework.command_bar import Action
from ui.permissions.permission_dialog import PermissionDialog
from ui.permissions.rights_card import REFUSED, RightsCard
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


class PermissionSetCard(RightsCard):
    """A permission set; one that is part of Backdesk is only looked at and copied."""

    NAME = "permission_set_card"
    TITLE = "Permission Set"
    RECORD = PermissionSet
    TABS = (Tab("General", ("code", "description", "shipped"), summary=("description",)),)
    CALLED = "permission set"
    DELETED = "The permission set {key} was deleted."
    LOST = "Whoever has it loses at once what it allows."
    LINE = "permission"

    def lower_parts(self) -> Iterable[QWidget]:
        lines = self.make_lines(
            "Permissions",
            Permission,
            "set_code",
            _COLUMNS,
            "object_type || object_name",
            "It allows nothing yet. Choose Add permission as soon as the set has its name.",
        )
        return (lines,)

    def editable(self, name: str) -> bool:
        return not self.values.get("shipped") and super().editable(name)

    def card_actions(self) -> Sequence[Action]:
        return (
            Action("add", "Add permission", "add", self._add, "Alt+L", enabled=False),
            Action("change", "Change permission", "edit", self.open_line, "F2", enabled=False),
            Action("remove", "Remove permission", "subtract", self._remove, enabled=False),
            Action("copy_set", "Copy permission set", "copy", self._copy_set, enabled=False),
            Action("delete_set", "Delete", "delete", self.ask_delete, "Ctrl+Del", enabled=False),
        )

    def on_after_get_current_record(self, values: Values) -> None:
        self.lines.show_document(self.key)
        if values["shipped"]:
            self.banners.show_banner(
                "shipped",
                "info",
                "This permission set is part of Backdesk and stays as it is.",
                "Copy it to make one of your own.",
            )
        else:
            self.banners.remove("shipped")
        self.allow()

    def allow(self) -> None:
        own = bool(self.key) and not self.values.get("shipped")
        lines = self.lines.model.rowCount() > 0
        self.set_action_enabled("add", own)
        self.set_action_enabled("change", own and lines)
        self.set_action_enabled("remove", own and lines)
        self.set_action_enabled("copy_set", bool(self.key))
        self.set_action_enabled("delete_set", own)

    # ---- its lines

    def _add(self) -> None:
        self.banners.remove(REFUSED)
        PermissionDialog(self, self.context, self.key).open()

    def open_line(self) -> None:
        row = self.current_line()
        if row is None or self.values.get("shipped"):
            return
        self.banners.remove(REFUSED)
        place = self.lines.model.column_index
        object_type, _colon, name = str(row[place("object") + 1]).partition(":")
        rights = frozenset(right for right in Right if row[place(f"may_{right.name.lower()}") + 1])
        PermissionDialog(self, self.context, self.key, object_type, name, rights).open()

    def _remove(self) -> None:
        self.remove_line(remove_permission)

    # ---- the whole set

    def _copy_set(self) -> None:
        self.banners.remove(REFUSED)
        dialog = CopyDialog(self, self.context, self.key)
        dialog.copied.connect(self._on_copied)
        dialog.open()

    def _on_copied(self, code: str) -> None:
        self.context.navigate(self.NAME, key=code)
