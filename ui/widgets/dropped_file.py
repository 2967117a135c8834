"""The file that is dragged over a widget."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDropEvent

__all__ = ["accept_file", "dropped_file"]


def dropped_file(data: QMimeData) -> Path | None:
    """The one file that is being dragged; None for anything else."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())


def accept_file(event: QDropEvent) -> Path | None:
    """Accept what is dragged over a widget, or dropped on it, where it is one file; the file, else None."""
    found = dropped_file(event.mimeData())
    if found is not None:
        event.acceptProposedAction()
    return found
