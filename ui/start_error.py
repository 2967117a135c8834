"""When the company cannot be opened at the start: the reason, in a window, and another company to choose."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop import paths
from desktop.settings import Settings
from models.errors import BackdeskError
from ui.dialogs import Answer, Question
from ui.qt_setup import apply_theme, make_qt

ANSWERS = (Answer("close", "Close"), Answer("choose", "Choose another company…", "primary"))


def choose_other_company(error: BackdeskError, settings: Settings) -> Path | None:
    """Tell why no company is open, and let the person choose another file.

    Returns:
        The file; None when the person gives up.
    """
    qt = make_qt()
    apply_theme(qt, settings)
    waiting, answers = QEventLoop(), list[str]()

    def answered(key: str) -> None:
        answers.append(key)
        waiting.quit()

    behind = QWidget()
    title = "Backdesk cannot open the company"
    Question(behind, title, str(error), ANSWERS, "close", answered, severity="err").open()
    waiting.exec()
    if answers != ["choose"]:
        return None
    chosen, _ = QFileDialog.getOpenFileName(
        behind, "Choose a company", str(paths.data_folder()), "Companies (*.db);;All files (*)"
    )
    return Path(chosen) if chosen else None
