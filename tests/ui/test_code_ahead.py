"""The code of pages is there before somebody opens them, and costs nobody anything who does not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.tasks.hub import Hub
from ui.code_ahead import CodeAhead
from ui.navigation import PAGES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where modules are found that no other test knows."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_modules_are_imported_and_one_that_fails_keeps_no_other_waiting(
    folder: Path, hub: Hub, qtbot: QtBot
) -> None:
    for name, text in {
        "first_page": "X = 1",
        "broken_page": "raise ValueError(1)",
        "last_page": "X = 3",
    }.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    ahead = CodeAhead(hub, ["first_page", "broken_page", "last_page"])
    ahead.begin()
    qtbot.waitUntil(ahead.is_done)
    assert sys.modules.pop("first_page").X == 1
    assert sys.modules.pop("last_page").X == 3
    assert "broken_page" not in sys.modules


def test_the_cards_and_the_pages_of_the_bar_are_among_them(hub: Hub) -> None:
    ahead = CodeAhead(hub)
    assert not ahead.is_done()
    assert {PAGES["customer_list"].module, PAGES["customer_card"].module} <= set(ahead.modules_left())
    assert PAGES["settings"].module not in ahead.modules_left()
