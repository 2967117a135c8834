"""A company that cannot be opened at the start: the person reads why and chooses another, or gives up."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.settings import Settings
from models.errors import CompanyError
from ui.dialogs import Question
from ui.start_error import choose_other_company
from ui.theme import Theme

ERROR = CompanyError("“bad.db” is not a Backdesk company.", "Choose another file.", code="NotACompany")


def _answer(key: str) -> None:
    """Press a button of the question as soon as it is there."""

    def press() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, Question):
                window.choose(key)
                return
        QTimer.singleShot(10, press)

    QTimer.singleShot(10, press)


def test_another_company_is_chosen(
    qtbot: QtBot, look: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.db"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(other), ""))
    _answer("choose")
    assert choose_other_company(ERROR, Settings(theme="light")) == other


def test_closing_gives_up(qtbot: QtBot, look: Theme) -> None:
    _answer("close")
    assert choose_other_company(ERROR, Settings(theme="light")) is None
