"""Opening a file for which there is no integration yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from desktop.imports.integrations.binding import normalise, with_choices
from desktop.imports.integrations.definition import NO_CHOICES, Choices, Definition, Reading
from desktop.imports.integrations.targets import all_targets
from desktop.imports.sources.reader import Source, open_source


def bare_definition(choices: Choices = NO_CHOICES) -> Definition:
    """A definition that says nothing but what a person chose about a file."""
    nothing = Definition(
        code="",
        description="",
        target_table="",
        source_type="Any",
        execution_mode="",
        match_field="",
        match_mode="",
        null_text="",
        decimal_separator=choices.decimal_separator or ".",
        date_format=choices.date_format or "YYYY-MM-DD",
        reading=Reading(),
        fields=(),
        value_maps={},
    )
    return with_choices(nothing, msgspec.structs.replace(choices, columns={}))


@contextmanager
def open_bare(path: Path, definition: Definition) -> Iterator[Source]:
    """Open a file whose header may name fields of any table that can be filled.

    Raises:
        SourceError: as `reader.open_source` says.
    """
    names = {
        normalise(name)
        for target in all_targets()
        for _, record in target.levels()
        for rule in record.RULES
        for name in (rule.caption, rule.name, *rule.synonyms)
    }
    with open_source(
        path, definition, guess=True, known=lambda cells: len({normalise(cell) for cell in cells} & names)
    ) as source:
        yield source
