"""What was copied elsewhere, as a file to import: a file itself, or rows from a spreadsheet, a mail or a web page."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QMimeData

from desktop import paths
from ui.widgets.dropped_file import dropped_file

__all__ = ["PastedText", "WriteText", "pasted", "remove_text"]

PREFIX = "clipboard-"


@dataclass(frozen=True, slots=True)
class PastedText:
    """Text that was copied."""

    text: str


@dataclass(frozen=True, slots=True)
class WriteText:
    """Keep copied text as a file that can be read like every other; returns its path.

    Args:
        at: when it was pasted; part of the name that people see.
    """

    text: str
    at: datetime

    def __call__(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=paths.opened_documents()))
        ending = "tsv" if "\t" in self.text else "csv" if re.search("[,;|]", self.text) else "txt"
        path = folder / f"Clipboard {self.at.astimezone():%Y-%m-%d %H.%M}.{ending}"
        path.write_text(self.text, encoding="utf-8", newline="")
        return path


def pasted(data: QMimeData | None) -> Path | PastedText | None:
    """What the clipboard has: the path of one file, text, or None for nothing that can be imported."""
    if data is None:
        return None
    file = dropped_file(data)
    if file is not None:
        return file
    return PastedText(data.text()) if data.hasText() and data.text().strip() else None


def remove_text(path: Path) -> None:
    """Remove the file of copied text; a file that was not made so is left alone."""
    if path.parent.name.startswith(PREFIX):
        path.unlink(missing_ok=True)
        path.parent.rmdir()
