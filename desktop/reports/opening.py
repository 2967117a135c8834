"""A copy of a document for another program: in a folder of the person's own, and not for long."""

from __future__ import annotations

import shutil
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from desktop import paths
from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.reports import inbox

KEPT: Final = timedelta(days=1)


def copy_to_open(report_id: int, user_id: str, file_name: str, *, clock: Clock = SYSTEM_CLOCK) -> Path:
    """Write a document of this person's to where another program may open it, and count it as read.

    Copies of the days before go away; one that a program still holds stays until the next time.

    Returns:
        The file, whose name cannot lead anywhere else.
    Raises:
        BackdeskError: the document is not in the inbox any more, or cannot be written.
    """
    folder = paths.opened_documents()
    _tidy(folder, clock.now() - KEPT)
    own = folder / uuid.uuid4().hex
    own.mkdir(mode=0o700)
    path = inbox.save_copy(report_id, user_id, own / inbox.safe_file_name(file_name))
    inbox.mark_read([report_id], user_id, clock=clock)
    return path


def _tidy(folder: Path, before: datetime) -> None:
    for copy in folder.iterdir():
        if copy.stat().st_mtime < before.timestamp():
            shutil.rmtree(copy, ignore_errors=True)
