"""Reads a file as an integration would that knows the column "id" and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desktop.imports.integrations.definition import Definition, FieldMap, Reading
from desktop.imports.sources.reader import Source, open_source

Rows = list[tuple[int, list[str]]]


def definition(source_type: str = "Any", decimal_separator: str = ".", **reading: Any) -> Definition:
    """The integration; further values are those of Reading."""
    return Definition(
        code="ANY",
        description="",
        target_table="customer",
        source_type=source_type,
        execution_mode="",
        match_field="no",
        match_mode="Create and Update",
        null_text="",
        decimal_separator=decimal_separator,
        date_format="YYYY-MM-DD",
        reading=Reading(**reading),
        fields=(FieldMap("no", "No.", "id"),),
        value_maps={},
    )


def read(path: Path, *, guess: bool = False, **values: Any) -> tuple[Source, Rows]:
    """The source, and all its rows."""
    with open_source(path, definition(**values), guess=guess) as source:
        return source, list(source.rows)
