"""In which currency the amounts of a file's columns are written: one for each column, so that no two are mixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import msgspec

from desktop.imports.integrations.definition import NOT_IN_FILE, Definition, FieldMap
from desktop.imports.sources.reader import Source
from desktop.imports.values.transforms import text_changer
from desktop.imports.values.written_numbers import written_number
from models.rules import Kind


def with_currencies(definition: Definition, source: Source, levels: Collection[int]) -> Definition:
    """The definition whose fields know what stands at the amounts of their columns, by the first rows.

    Args:
        definition: bound to the source.
        levels: those of the definition's fields that this file has.
    """
    fields = tuple(
        msgspec.structs.replace(field, currency=_most_frequent(field, source))
        if field.level in levels and _is_amount(definition, field)
        else field
        for field in definition.fields
    )
    return msgspec.structs.replace(definition, fields=fields)


def told_currencies(definition: Definition, levels: Collection[int]) -> list[str]:
    """A sentence for each column whose amounts have a currency."""
    return [
        f"Amounts in “{field.source_column}” are in {field.currency}: their numbers are read as they are."
        for field in definition.fields
        if field.currency and field.level in levels
    ]


def _is_amount(definition: Definition, field: FieldMap) -> bool:
    rule = definition.rule(field.target_field, field.level)
    return field.from_column and field.column != NOT_IN_FILE and rule.kind is Kind.DECIMAL and not rule.lookup


def _most_frequent(field: FieldMap, source: Source) -> str:
    """The currency of most amounts; the others are errors of their rows."""
    change = text_changer(field.transforms)
    found: Counter[str] = Counter()
    for _, cells in source.sample:
        text = cells[field.column].strip() if field.column < len(cells) else ""
        if not text or (text[0].isdigit() and text[-1].isdigit()):
            continue
        written = written_number(change(text) if change is not None else text)
        if written is not None and written.currency:
            found[written.currency] += 1
    return found.most_common(1)[0][0] if found else ""
