"""A person changes how Backdesk looks and works; it holds at once and at the next start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from desktop import settings as settings_store
from ui.framework.page import Page
from ui.theme import Theme

OpenPage = Callable[..., Any]
Settle = Callable[[Page], None]


def _choose(box: QComboBox, text: str) -> None:
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def test_a_theme_holds_at_once_and_is_kept(open_page: OpenPage, settle: Settle, look: Theme) -> None:
    page = open_page("settings")
    _choose(page.theme_choice, "Dark")
    assert look.dark
    settle(page)
    assert settings_store.load().theme == "dark"


def test_sizes_and_limits_are_kept_in_their_units(open_page: OpenPage, settle: Settle, look: Theme) -> None:
    page = open_page("settings")
    _choose(page.scale_choice, "125 %")
    page.grace_box.setValue(20)
    page.tasks.longest_box.setValue(90)
    settle(page)
    kept = settings_store.load()
    assert (kept.scale, kept.cancel_grace_seconds) == (1.25, 20.0)
    assert (kept.task_max_timeout_ms, kept.task_default_timeout_ms) == (90_000, 90_000), (
        "the usual time-out is never longer than the longest"
    )
    assert look.scale == 1.25


def test_a_setting_that_cannot_be_kept_is_said(
    open_page: OpenPage, settle: Settle, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("settings")

    def full(_self: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    qtbot.mouseClick(page.tell_system, Qt.MouseButton.LeftButton)
    settle(page)
    assert page.banners.keys == ["settings"]
    monkeypatch.undo()
    _choose(page.theme_choice, "Light")
    settle(page)
    assert page.banners.keys == []
