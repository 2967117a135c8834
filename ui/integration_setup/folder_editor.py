"""The field of the card that names a folder: typed, or chosen in the system's dialog."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QLineEdit

from desktop.clock import Clock
from models.rules import FieldRule
from ui.file_dialog import FileDialog
from ui.framework.callbacks import check_screen_allowed
from ui.framework.editors import LineFieldEditor
from ui.icons import icon
from ui.theme import theme

__all__ = ["FolderEditor"]

_TITLE = "Choose the folder that is watched"


class FolderEditor(LineFieldEditor):
    """A path, with a button at its end."""

    def __init__(self, rule: FieldRule, clock: Clock, *, read_only: bool) -> None:
        super().__init__(rule, clock, read_only=read_only)
        self.edit.setPlaceholderText("No folder is watched")
        self._button = self.edit.addAction(
            icon("folder_open", "fg3", 16), QLineEdit.ActionPosition.TrailingPosition
        )
        self._button.setToolTip(_TITLE)
        self._button.setVisible(not read_only)
        self._button.triggered.connect(self.choose)
        theme().changed.connect(self._renew_icon)

    def choose(self) -> None:
        """Open the system's dialog; it does not block."""
        check_screen_allowed("Upload", _TITLE)
        dialog = FileDialog(self.edit.window(), _TITLE, self.edit.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    def _on_chosen(self, path: str) -> None:
        self.edit.setText(path)
        self._on_finished()

    def _renew_icon(self) -> None:
        self._button.setIcon(icon("folder_open", "fg3", 16))
