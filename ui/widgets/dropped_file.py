"""The file that is dragged over a widget."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

__all__ = ["dropped_file"]


def dropped_file(data: QMimeData) -> Path | None:
    """The one file that is being dragged; None for anything else."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())
