"""Users and permission sets: who looks after rights gives sets, takes them away, and makes own ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QApplication

from models.company import User
from models.database import connected
from models.permission_edit import assign
from models.permissions import Permission, PermissionSet, UserPermissionSet
from models.rights import Right
from ui.framework.page import Page
from ui.permissions.permission_dialog import PermissionDialog
from ui.permissions.set_dialogs import AssignDialog, CopyDialog

OpenPage = Callable[..., Any]
Settle = Callable[[Page], None]
Give = Callable[..., None]


def _said(page: Any) -> str:
    return " ".join(words for _severity, words in page.banners.shown())


def _sets_of(user_id: str) -> list[str]:
    with connected():
        rows = UserPermissionSet.select().where(UserPermissionSet.user_id == user_id)
        return sorted(row.set_code for row in rows)


def _add_set(page: Any, settle: Settle, code: str) -> AssignDialog:
    page.trigger("add_set")
    dialog = page.findChildren(AssignDialog)[-1]
    dialog.set_code.edit.setText(code)
    dialog.save()
    settle(page)
    QApplication.sendPostedEvents()
    return dialog


def test_the_list_says_that_nobody_has_a_set_and_who_has_which(open_page: OpenPage, settle: Settle) -> None:
    with connected():
        User(user_id="MARIA", full_name="Maria Lopez").save(force_insert=True)
    page = open_page("users")
    assert "everybody may do everything" in _said(page)
    with connected():
        assign("MARIA", "SUPER")
        assign("MARIA", "READER")
    page.refresh()
    page.on_records_changed([])
    settle(page)
    assert page.banners.keys == []
    assert page.model.row(0)[page.model.column_index("sets") + 1] == "READER, SUPER"


def test_the_first_set_that_anybody_gets_is_super(open_page: OpenPage, settle: Settle) -> None:
    with connected():
        User(user_id="MARIA").save(force_insert=True)
    page = open_page("user_card", key="MARIA")
    dialog = _add_set(page, settle, "READER")
    assert "Give SUPER to a user first." in dialog.set_code.row.error
    assert _sets_of("MARIA") == []
    dialog.set_code.edit.setText("super")
    dialog.save()
    settle(page)
    assert _sets_of("MARIA") == ["SUPER"]


def test_a_set_that_is_none_and_one_that_is_there_already_are_refused_in_the_field(
    open_page: OpenPage, give: Give, settle: Settle
) -> None:
    give("SUPER")
    page = open_page("user_card", key="ANNA")
    assert "There is no Permission Set “BOSS”." in _add_set(page, settle, "BOSS").set_code.row.error
    assert "already" in _add_set(page, settle, "SUPER").set_code.row.error


def test_the_last_user_with_super_keeps_it_and_stays_enabled(
    open_page: OpenPage, give: Give, settle: Settle
) -> None:
    give("SUPER")
    page = open_page("user_card", key="ANNA")
    page.lines.view.setCurrentIndex(page.lines.model.index(0, 0))
    page.trigger("remove_set")
    settle(page)
    assert _sets_of("ANNA") == []
    mine = open_page("user_card", key="MARIA")
    mine.lines.view.setCurrentIndex(mine.lines.model.index(0, 0))
    mine.trigger("remove_set")
    settle(mine)
    assert "has to have the permission set SUPER" in _said(mine)
    mine.editor("enabled").widget.click()
    settle(mine)
    assert "has to have the permission set SUPER" in mine.editor("enabled").row.error
    mine.trigger("delete_user")
    mine._delete()
    settle(mine)
    with connected():
        assert User.get_by_id("MARIA").enabled is True
    assert _sets_of("MARIA") == ["SUPER"]


def test_a_user_who_is_deleted_has_no_sets_any_more(open_page: OpenPage, give: Give, settle: Settle) -> None:
    give("SUPER")
    page = open_page("user_card", key="ANNA")
    page.trigger("delete_user")
    page._delete()
    settle(page)
    assert _sets_of("ANNA") == []
    with connected():
        assert User.get_or_none(User.user_id == "ANNA") is None


def test_a_shipped_set_is_looked_at_and_copied_but_not_changed(
    open_page: OpenPage, give: Give, window: Any, settle: Settle
) -> None:
    give("SUPER")
    page = open_page("permission_set_card", key="ORDER PROCESSOR")
    assert "part of Backdesk" in _said(page)
    assert page.editor("description").read_only
    enabled = {action.key for action in page.actions_of_page()}
    assert enabled.isdisjoint({"add", "change", "remove", "delete_set"})
    page.trigger("copy_set")
    dialog = page.findChildren(CopyDialog)[-1]
    dialog.set_code.edit.setText("reader")
    dialog.save()
    settle(page)
    assert "exists already" in dialog.set_code.row.error
    dialog.set_code.edit.setText("seller")
    dialog.save()
    settle(page)
    assert window.opened == [("permission_set_card", {"key": "SELLER"})]
    with connected():
        kept = Permission.select().where(Permission.set_code == "ORDER PROCESSOR").count()
        assert Permission.select().where(Permission.set_code == "SELLER").count() == kept


def test_an_own_set_gets_changes_and_loses_a_permission(
    open_page: OpenPage, give: Give, settle: Settle
) -> None:
    give("SUPER")
    with connected():
        PermissionSet(code="BUYER", description="Buys").save(force_insert=True)
    page = open_page("permission_set_card", key="BUYER")
    page.trigger("add")
    dialog = page.findChildren(PermissionDialog)[-1]
    dialog.object.setCurrentText("Vendor")
    dialog.rights[Right.MODIFY].setChecked(True)
    dialog.save()
    settle(page)
    page.refresh()
    page.lines.model.refresh()
    settle(page)
    with connected():
        row = Permission.get(Permission.set_code == "BUYER")
    assert (row.object_name, row.may_read, row.may_insert, row.may_modify) == ("vendor", True, False, True)
    page.lines.view.setCurrentIndex(page.lines.model.index(0, 0))
    page.trigger("change")
    dialog = page.findChildren(PermissionDialog)[-1]
    for box in dialog.rights.values():
        box.setChecked(False)
    dialog.save()
    settle(page)
    assert "allows nothing" in dialog.said.text()
    dialog.reject()
    page.trigger("remove")
    settle(page)
    with connected():
        assert Permission.select().where(Permission.set_code == "BUYER").count() == 0


def test_a_codeunit_is_executed_and_nothing_else(open_page: OpenPage, give: Give, settle: Settle) -> None:
    give("SUPER")
    with connected():
        PermissionSet(code="BUYER").save(force_insert=True)
    page = open_page("permission_set_card", key="BUYER")
    page.trigger("add")
    dialog = page.findChildren(PermissionDialog)[-1]
    dialog.type.setCurrentText("Codeunit")
    assert [right for right, box in dialog.rights.items() if not box.isHidden()] == [Right.EXECUTE]
    dialog.save()
    settle(page)
    with connected():
        row = Permission.get(Permission.set_code == "BUYER")
    assert (row.object_type, row.object_name, row.may_execute, row.may_read) == ("Codeunit", "*", True, False)


def test_a_reader_gives_nobody_a_set(open_page: OpenPage, give: Give, settle: Settle) -> None:
    give("READER")
    page = open_page("user_card", key="MARIA")
    dialog = _add_set(page, settle, "SUPER")
    assert "TableData User Permission Set: Insert" in dialog.set_code.row.error
    assert _sets_of("MARIA") == ["READER"]


def test_an_own_set_is_deleted_with_its_permissions(open_page: OpenPage, give: Give, settle: Settle) -> None:
    give("SUPER")
    with connected():
        PermissionSet(code="BUYER").save(force_insert=True)
        Permission(set_code="BUYER", object_name="vendor", may_read=True).save()
        assign("ANNA", "BUYER")
    page = open_page("permission_set_card", key="BUYER")
    page.trigger("delete_set")
    page._delete()
    settle(page)
    assert _sets_of("ANNA") == ["SUPER"]
    with connected():
        assert Permission.select().where(Permission.set_code == "BUYER").count() == 0
