"""Which sheet of a workbook is read where nobody has said it: the one that fits, rather than a note before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from desktop.errors import SourceError
from desktop.imports.sources.header import FileRow

LOOKED_AT: Final = 20  # rows of each sheet
MOST_SHEETS: Final = 100  # that are looked into
_TABLE: Final = 2  # rows with as many cells make a table
Fits = Callable[[Sequence[FileRow]], int]
"""How many columns that somebody looks for are named by one of these rows."""


class SheetName(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    visible: bool


class ChosenSheet(NamedTuple):
    """The sheet to read, and a sentence that says why; empty where there was nothing to choose from."""

    name: str
    note: str


class _Sheet(NamedTuple):
    """A sheet with data; a higher rank is taken first, then one that fits better, then the first."""

    name: str
    visible: bool
    rank: int
    fit: int


_FITS, _TABLED, _HIDDEN_FITS, _DATA, _HIDDEN_DATA = 5, 4, 3, 2, 1
_WHY: Final = {
    _FITS: "its columns fit best",
    _TABLED: "it is the first one with a table",
    _HIDDEN_FITS: "its columns fit best",
    _DATA: "it is the first one with data",
    _HIDDEN_DATA: "it is the first one with data",
}


def choose_sheet(
    sheets: Sequence[SheetName], rows_of: Callable[[str], Sequence[FileRow]], fits: Fits
) -> ChosenSheet | None:
    """Choose among the sheets of a workbook; None where none has data.

    Args:
        rows_of: the first rows of a sheet that have a value.
    Raises:
        SourceError: what `rows_of` has raised, where no sheet fits.
    """
    found: list[_Sheet] = []
    broken: list[SourceError] = []
    for sheet in sheets[:MOST_SHEETS]:
        try:
            rows = rows_of(sheet.name)
        except SourceError as error:
            broken.append(error)
            continue
        if rows:
            found.append(_ranked(sheet, rows, fits(rows)))
    best = max(found, key=lambda sheet: (sheet.rank, sheet.fit), default=None)
    if broken and (best is None or best.rank != _FITS):
        raise broken[0]
    if best is None:
        return None
    if len(found) == 1 and best.visible:
        return ChosenSheet(best.name, "")
    hidden = "" if best.visible else ", though it is hidden"
    of = f"Of the {len(found):,} sheets with data, " if len(found) > 1 else ""
    note = f"{of}“{best.name}” is read{hidden}: {_WHY[best.rank]}."
    return ChosenSheet(best.name, note if of else f"The sheet {note}")


def named_sheet(path: Path, wanted: str, names: Sequence[str]) -> str:
    """The sheet that somebody has named, in whatever case.

    Raises:
        SourceError: NoSheet.
    """
    if wanted in names:
        return wanted
    folded = [name for name in names if name.strip().casefold() == wanted.strip().casefold()]
    if len(folded) == 1:
        return folded[0]
    raise SourceError(
        f"“{path.name}” has no sheet “{wanted}”; it has: {', '.join(names)}.",
        "Choose one of them.",
        "NoSheet",
    )


def _ranked(sheet: SheetName, rows: Sequence[FileRow], fit: int) -> _Sheet:
    """A note has one or two cells, of which one may be called like a column by chance."""
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in rows]
    table = sum(count >= _TABLE for count in filled) >= _TABLE
    if fit and len(rows) > 1 and (table or max(filled) == fit):
        rank = _FITS if sheet.visible else _HIDDEN_FITS
    elif table and sheet.visible:
        rank = _TABLED
    else:
        rank = _DATA if sheet.visible else _HIDDEN_DATA
    return _Sheet(sheet.name, sheet.visible, rank, fit if rank in (_FITS, _HIDDEN_FITS) else 0)
