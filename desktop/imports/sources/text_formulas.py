"""Texts that a text file holds as formulas, such as ="00123", so that a spreadsheet keeps the zeros."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from desktop.imports.sources.header import FileRow

TEXT_FORMULA: Final = '="'
_WHOLE: Final = re.compile(r'\s*="((?:[^"]|"")*)"\s*')


class TextFormulas:
    """Takes the texts out of the cells that are nothing but such a formula.

    Any other formula stays as it stands: what it would give is not in the file.

    Attributes:
        cells: how many there were so far.
        example: the text of the first one, without the formula, rather one that begins with a digit.

    Args:
        taken: False counts them and leaves them.
    """

    def __init__(self, *, taken: bool) -> None:
        self.cells = 0
        self.example = ""
        self._taken = taken

    def within(self, rows: Iterator[FileRow]) -> Iterator[FileRow]:
        """The rows with the texts in the place of formulas."""
        for line, cells in rows:
            for place, cell in enumerate(cells):
                if TEXT_FORMULA in cell and (found := _WHOLE.fullmatch(cell)) is not None:
                    text = found[1].replace('""', '"')
                    if not self.example or (text[:1].isdigit() and not self.example[0].isdigit()):
                        self.example = text
                    self.cells += 1
                    if self._taken:
                        cells[place] = text
            yield line, cells

    def note(self, rows: int) -> str:
        """A sentence for people; empty where there were none.

        Args:
            rows: how many were looked at.
        """
        if not self.cells:
            return ""
        many = f"{self.cells:,} cells hold" if self.cells > 1 else "1 cell holds"
        read = f"is read as “{self.example}”" if self._taken else "stays as it stands"
        looked = f"{rows:,} rows" if rows > 1 else "row"
        return (
            f"In the first {looked}, {many} a text as a formula, with which spreadsheets keep leading zeros: "
            f'="{self.example}" {read}.'
        )
