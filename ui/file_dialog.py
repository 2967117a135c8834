"""The dialog that asks for a file or folder; where it is Qt's own, it looks at names and never into files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFileInfo, QStandardPaths, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QFileIconProvider, QWidget

__all__ = ["FileDialog"]


class FileDialog(QFileDialog):
    """Opened by `open`, so that it does not block; it goes when it is closed.

    Args:
        title: what is asked for.
        near: a folder, or a file in it, that is shown first; the person's documents when empty.
    """

    def __init__(self, parent: QWidget, title: str, near: str = "") -> None:
        super().__init__(parent, title, near or str(_documents()))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIconProvider(_icons())


def _documents() -> Path:
    """The folder of the person's documents; their own folder where they have none."""
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return documents if documents.is_dir() else Path.home()


class _PlainIcons(QFileIconProvider):
    """Tells files by their names.

    Qt's own opens each file whose name does not tell its kind, such as the journal of a company beside its file. The
    system then drops the locks that keep several processes from writing there at once.
    """

    def icon(self, what: Any) -> QIcon:
        if isinstance(what, QFileInfo):
            what = self.IconType.Folder if what.isDir() else self.IconType.File
        return super().icon(what)

    def type(self, info: QFileInfo) -> str:
        if info.isDir():
            return "Folder"
        return f"{info.suffix().upper()} file".lstrip()


@cache
def _icons() -> _PlainIcons:
    return _PlainIcons()
