"""A consultant carries integrations from company to company: copies, files of definitions, deletion and undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.imports.integrations.definition_file import LARGEST
from tests.ui.imports.conftest import OpenCard, Told, rows
from ui.framework.context import PageContext
from ui.integration_setup.code_dialog import CodeDialog


def test_an_integration_is_copied_under_another_code(
    open_card: OpenCard, orders: str, context: PageContext, told: Told, qtbot: QtBot
) -> None:
    page = open_card(orders)
    page.trigger("copy")
    (dialog,) = page.window().findChildren(CodeDialog)
    dialog.make_button.click()
    assert "Code is empty" in dialog.code_row.error
    dialog.code.setText("customers")
    dialog.make_button.click()
    qtbot.waitUntil(lambda: "already" in dialog.code_row.error)
    dialog.code.setText("web2")
    with qtbot.waitSignal(dialog.made):
        dialog.make_button.click()
    assert told.opened[-1] == ("integration_card", {"key": "WEB2"})
    assert rows("SELECT description FROM integration WHERE code = 'WEB2'") == [("Web shop",)]
    page.close_page()


def test_a_definition_goes_through_a_file(
    open_card: OpenCard, orders: str, context: PageContext, told: Told, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_card(orders)
    actions = page.actions_of_setup
    path = tmp_path / "web.json"
    actions.export_to(orders, path)
    qtbot.waitUntil(path.exists)
    qtbot.waitUntil(lambda: bool(told.notices))
    actions.import_from(path)
    qtbot.waitUntil(lambda: bool(page.window().findChildren(CodeDialog)))
    (dialog,) = page.window().findChildren(CodeDialog)
    assert (dialog.code.text(), dialog.description.text()) == ("WEB", "Web shop")
    dialog.code.setText("WEB-NEW")
    with qtbot.waitSignal(dialog.made):
        dialog.make_button.click()
    assert rows("SELECT COUNT(*) FROM integration_field WHERE integration_code = 'WEB-NEW'") == rows(
        "SELECT COUNT(*) FROM integration_field WHERE integration_code = 'WEB'"
    )
    page.close_page()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{}", b"{" * (LARGEST + 10), None])
def test_a_file_that_is_no_definition_is_refused_in_words(
    open_card: OpenCard, orders: str, tmp_path: Path, qtbot: QtBot, content: bytes | None
) -> None:
    page = open_card(orders)
    path = tmp_path / "wrong.json"
    if content is not None:
        path.write_bytes(content)
    page.actions_of_setup.import_from(path)
    qtbot.waitUntil(lambda: "setup" in page.banners.keys)
    assert not page.window().findChildren(CodeDialog)
    page.close_page()


def test_a_folder_that_cannot_be_written_is_told(
    open_card: OpenCard, orders: str, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_card(orders)
    with qtbot.waitSignal(page.actions_of_setup.refused) as refused:
        page.actions_of_setup.export_to(orders, tmp_path / "no folder" / "x.json")
    assert "x.json could not be written" in refused.args[1]
    page.close_page()


def test_a_deleted_integration_comes_back_with_undo(
    open_card: OpenCard, orders: str, context: PageContext, told: Told, qtbot: QtBot
) -> None:
    page = open_card(orders)
    page.trigger("delete")
    qtbot.waitUntil(lambda: bool(told.notices))
    assert not rows("SELECT * FROM integration_field WHERE integration_code = 'WEB'")
    undo = told.notices[-1].on_action
    assert undo is not None
    undo()
    qtbot.waitUntil(lambda: "is there again" in told.notices[-1].text)
    assert rows("SELECT COUNT(*) FROM integration_field WHERE integration_code = 'WEB'") != [(0,)]
