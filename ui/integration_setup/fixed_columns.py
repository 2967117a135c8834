"""The columns of a file of fixed width as a person types them: "Code 1-6; Name 7-46"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from desktop.imports.integrations.definition import FixedColumn

__all__ = ["columns_text", "typed_columns"]

_COLUMN: Final = re.compile(r"(?P<name>.+?)\s+(?P<start>\d{1,5})\s*(?:[-–]\s*(?P<end>\d{1,5}))?")
_WIDEST: Final = 99_999


def columns_text(columns: Sequence[FixedColumn]) -> str:
    """The text for columns; empty for none."""
    return "; ".join(f"{column.name} {column.start}-{column.start + column.length - 1}" for column in columns)


def typed_columns(text: str) -> tuple[tuple[FixedColumn, ...], str]:
    """The columns that were typed, or none and what is wrong with the text in words."""
    columns: list[FixedColumn] = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        found = _COLUMN.fullmatch(part)
        if found is None:
            return (), f"“{part}” names no positions. Write it like Name 7-46."
        start, end = int(found["start"]), int(found["end"] or found["start"])
        if not 1 <= start <= end <= _WIDEST:
            return (), f"“{part}” ends before it begins, or begins before 1. Write it like Name 7-46."
        columns.append(FixedColumn(found["name"], start, end - start + 1))
    return tuple(columns), ""
