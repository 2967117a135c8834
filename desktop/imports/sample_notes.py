"""What the first rows of a file tell that is no error of a row: it would be imported, and is not what it seems."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from desktop.imports.integrations.definition import NOT_IN_FILE, Definition, FieldMap
from desktop.imports.sources.detect import number_in
from desktop.imports.sources.header import FileRow
from desktop.imports.sources.reader import Source
from desktop.imports.values.conversions import NO_VALUE, decimals
from models.errors import FieldError
from models.rules import FieldRule, Kind

_SHORTENED: Final = re.compile(r"[+-]?\d(?:[.,]\d{1,14})?E\+(?:0?[5-9]|[1-9]\d)")
_DECIMAL_CODE: Final = re.compile(r"\d{1,15}[.,]0")
_SIGNS_OF_IT: Final = re.compile("[ÃÂâ]")
_TWICE: Final = re.compile(r"Ã[\u0080-\u00bf€-™]|Â[\u00a0-\u00bf]|â€")
_NAMES: Final = 2  # of a table, at least
_TOLD: Final = 3


def sample_notes(definition: Definition, source: Source, levels: Collection[int]) -> list[str]:
    """A sentence for each thing.

    Args:
        definition: bound to the source.
        levels: those of the definition's fields that this file has.
    """
    columns = [
        _Column(field, definition.rule(field.target_field, field.level), _texts(field, source))
        for field in definition.fields
        if field.level in levels and field.from_column and field.column != NOT_IN_FILE
    ]
    return [
        *_second_table(source.sample),
        *_shortened(columns),
        *_nothing(definition, columns),
        *_small_percents(definition, columns),
        *_with_decimals(columns),
        *_twice_encoded(columns),
    ]


class _Column(NamedTuple):
    """A column with the field that it fills, and its texts in the first rows."""

    field: FieldMap
    rule: FieldRule
    texts: list[str]


def _shortened(columns: Sequence[_Column]) -> Iterator[str]:
    """Long numbers that a spreadsheet has written like 4.91512E+11 into a text file."""
    for field, rule, texts in columns:
        if rule.kind not in (Kind.TEXT, Kind.CODE) or rule.lookup or not any("E+" in text for text in texts):
            continue
        found = [text for text in texts if _SHORTENED.fullmatch(text)]
        if found:
            rows = f"{len(found):,} row{'' if len(found) == 1 else 's'}"
            yield (
                f"“{field.source_column}” has numbers like {found[0]} ({rows}): a spreadsheet has shortened them, and"
                " their last digits are not in the file. Format the column as text there, and save the file again."
            )


def _nothing(definition: Definition, columns: Sequence[_Column]) -> Iterator[str]:
    """Words for "no value" that become texts of records."""
    found: Counter[str] = Counter()
    named: dict[str, list[str]] = {}
    for field, rule, texts in columns:
        if rule.kind not in (Kind.TEXT, Kind.CODE) or rule.lookup or definition.value_maps.get(field.path):
            continue
        if NO_VALUE.isdisjoint(texts):
            continue
        words = Counter(text for text in texts if text in NO_VALUE)
        for word in words:
            named.setdefault(word, []).append(f"“{field.source_column}”")
        found += words
    for word, count in found.most_common(1):
        if word != definition.null_text:
            cells = f"{count:,} cell{'' if count == 1 else 's'}"
            yield (
                f"“{word}” stands in {', '.join(named[word][:_TOLD])} ({cells}) and is read as a text. If it means"
                " that there is no value, name it on the integration as Text for Empty."
            )


def _small_percents(definition: Definition, columns: Sequence[_Column]) -> Iterator[str]:
    """Percent that may be meant as hundredths: 0.12 for 12 %."""
    for field, rule, texts in columns:
        if rule.kind is not Kind.DECIMAL or "%" not in rule.caption:
            continue
        at_level = definition.at_level(field.level)
        read = decimals(
            field.transforms.decimal_separator or at_level.decimal_separator, exact=False, percent=True
        )
        numbers: dict[Decimal, str] = {}
        for text in texts:
            try:
                numbers.setdefault(read(text), text)
            except FieldError:
                continue
        parts = [number for number in numbers if number % 1]
        if parts and max(numbers) <= 1:
            text = numbers[parts[0]]
            meant = f"{(parts[0] * 100).normalize():f}"
            yield (
                f"All numbers in “{field.source_column}” are 1 or less: {text} is read as {text} %. If it means"
                f" {meant} %, write it so, or let a formula multiply it by 100."
            )


def _with_decimals(columns: Sequence[_Column]) -> Iterator[str]:
    """Codes that a program has taken for numbers: 1000.0 for 1000."""
    for field, rule, texts in columns:
        if rule.kind is not Kind.CODE:
            continue
        if texts and all(map(_DECIMAL_CODE.fullmatch, texts)):
            yield (
                f"All codes in “{field.source_column}” end like {texts[0]}: a program has taken them for numbers."
                " They are read as they stand; let the integration replace .0 by nothing if they should not be so."
            )


def _twice_encoded(columns: Sequence[_Column]) -> Iterator[str]:
    """Letters that were read in a wrong encoding before the file was written: MÃ¼ller for Müller."""
    for field, rule, texts in columns:
        if rule.kind is not Kind.TEXT or _SIGNS_OF_IT.search("".join(texts)) is None:
            continue
        for text in texts:
            if _TWICE.search(text) and (meant := _once(text)):
                yield (
                    f"“{text}” in “{field.source_column}” is probably “{meant}”: another program has read its letters"
                    " wrongly before it wrote the file. They are read as they stand; export the file there again."
                )
                return


def _once(text: str) -> str:
    """What a text was before UTF-8 was taken for Windows-1252; empty where it was not."""
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return ""


def _second_table(sample: Sequence[FileRow]) -> Iterator[str]:
    """Names of columns below an empty line, with numbers under them: they and what follows are read as records."""
    for above, here, below in zip(sample, sample[1:], sample[2:], strict=False):
        if here[0] - above[0] < 2 or below[0] - here[0] != 1 or any("\n" in cell for cell in above[1]):
            continue
        names = [cell.strip() for cell in here[1] if cell.strip()]
        if len(names) < _NAMES or any(map(number_in, names)):
            continue
        if any(
            name.strip() and number_in(value.strip()) for name, value in zip(here[1], below[1], strict=False)
        ):
            told = ", ".join(f"“{name}”" for name in names[:_TOLD])
            yield (
                f"In line {here[0]:,} another table seems to begin: {told}. Its rows are read like those above it;"
                " if they are something else, leave them out as rows at the end, or take them out of the file."
            )
            return


def _texts(field: FieldMap, source: Source) -> list[str]:
    place = field.column
    return [text for _, cells in source.sample if place < len(cells) and (text := cells[place].strip())]
