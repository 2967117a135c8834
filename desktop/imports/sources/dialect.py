"""How the rows of a text file are divided: found by which delimiter divides most rows alike."""

from __future__ import annotations

import csv
import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.imports.integrations.definition import Reading

DELIMITERS: Final = (",", ";", "\t", "|", "^", "~", "#", ":")
_RARE: Final = frozenset("^~#:")  # stand in values, so that they must divide the first row like the others
_OTHER_FIRST_ROW: Final = 0.25  # weight of a delimiter that divides the first row unlike the others
CAPTIONS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "blank"}
SAMPLE: Final = 200_000  # characters
CERTAIN, LIKELY, GUESS, UNCERTAIN = "certain", "likely", "a guess", "uncertain"
_CERTAIN, _LIKELY = 0.98, 0.7  # share of rows that are divided alike


@dataclass(frozen=True, slots=True)
class TextDialect:
    """Delimiter, quote and escape of a text file.

    Attributes:
        escape: the sign before a quote inside quotes; empty where quotes are doubled.
        share: the share of sampled rows that have the usual number of cells, 0 to 1; 1 where a person chose.
        width: the usual number of cells.
    """

    delimiter: str
    quote: str
    escape: str
    share: float
    width: int

    @property
    def certainty(self) -> str:
        """How sure the delimiter is, in words."""
        if self.share >= _CERTAIN:
            return CERTAIN
        return LIKELY if self.share >= _LIKELY else GUESS

    @property
    def caption(self) -> str:
        """What people call the delimiter."""
        return CAPTIONS.get(self.delimiter, f"“{self.delimiter}”")

    def rows(self, lines: Iterable[str]) -> Iterable[list[str]]:
        """The csv module's reader for these lines."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            doublequote=not self.escape,
            escapechar=self.escape or None,
        )


def sniff(sample: str, reading: Reading) -> TextDialect:
    """Find the dialect of a text.

    Args:
        sample: the beginning of the file; its last line is left out unless it is the only one.
        reading: what a person fixed already; lines above the table tell nothing.
    """
    lines = sample.splitlines(keepends=True)
    if len(lines) > 1 and len(sample) >= SAMPLE:
        lines.pop()
    lines = lines[max(reading.skip_rows, reading.header_line - 1) :] or lines
    quote = reading.quote or _quote(sample)
    escape = reading.escape or _escape(sample, quote)
    candidates = [reading.delimiter] if reading.delimiter else list(DELIMITERS)
    best: TextDialect | None = None
    best_score = -1.0
    for delimiter in candidates:
        dialect, first_width = _judge(TextDialect(delimiter, quote, escape, 1.0, 1), lines)
        score = dialect.share**2 * (min(dialect.width, 12) - 1 + 0.01)
        if first_width != dialect.width:
            score *= 0.0 if delimiter in _RARE else _OTHER_FIRST_ROW
        if score > best_score * 1.0001:
            best, best_score = dialect, score
    assert best is not None
    return best


def _judge(dialect: TextDialect, lines: Sequence[str]) -> tuple[TextDialect, int]:
    """The dialect with its share and width, and the number of cells of the first row."""
    widths: list[int] = []
    try:
        widths.extend(len(row) for row in dialect.rows(lines) if any(row))
    except csv.Error:
        # A quote that is never closed: the rows above it tell the delimiter.
        if not widths:
            return dataclasses.replace(dialect, share=0.0), 1
    if not widths:
        return dialect, 1
    width, alike = max(Counter(widths).items(), key=lambda pair: (pair[1], pair[0]))
    return dataclasses.replace(dialect, share=alike / len(widths), width=width), widths[0]


def _quote(sample: str) -> str:
    """The double quote, unless only single quotes stand around whole values."""
    if re.search(r'(?:^|[,;\t|])"', sample, re.MULTILINE):
        return '"'
    opening = len(re.findall(r"(?:^|[,;\t|])'", sample, re.MULTILINE))
    closing = len(re.findall(r"'(?:[,;\t|]|\r?$)", sample, re.MULTILINE))
    return "'" if opening and opening == closing and sample.count("'") >= 2 * opening else '"'


def _escape(sample: str, quote: str) -> str:
    """A backslash, where it stands before quotes inside values and quotes are never doubled inside them."""
    if not re.search(rf"[^,;\t|\r\n\\]\\{quote}(?![,;\t|\r\n]|$)", sample):
        return ""
    return "" if re.search(rf"[^,;\t|\r\n]{quote}{quote}[^,;\t|\r\n]", sample) else "\\"
