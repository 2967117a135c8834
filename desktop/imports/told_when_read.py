"""What was told when the file of an import was read, as the import keeps it."""

from __future__ import annotations

from typing import Any

import msgspec

from desktop.imports.sources.left_out import LeftOutRows, Why
from desktop.imports.summary import find_run
from models.database import connected


class _Kept(msgspec.Struct):
    """Of what was found out about a file, that which counts here."""

    left_out: tuple[LeftOutRows, ...] = ()
    notes: tuple[str, ...] = ()


def left_out_of(run: Any) -> list[LeftOutRows]:
    """What the files of an import have beside their records, but for what stands above the names of columns."""
    return [rows for kept in _kept(run) for rows in kept.left_out if rows.why is not Why.ABOVE]


def told_when_read(run_id: int) -> list[str]:
    """A sentence for each thing.

    Raises:
        BackdeskError: with code NotFound.
    """
    with connected():
        run = find_run(run_id)
    return [*(note for kept in _kept(run) for note in kept.notes), *(rows.text for rows in left_out_of(run))]


def _kept(run: Any) -> list[_Kept]:
    return [msgspec.json.decode(text, type=_Kept) for text in (run.dialect, run.line_dialect)]
