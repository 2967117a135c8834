"""How the rows of a text file are divided: found by which delimiter divides most rows alike."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.imports.integrations.definition import Reading
from desktop.imports.sources.header import Known
from desktop.imports.sources.printed_rows import is_border

DELIMITERS: Final = (",", ";", "\t", "|", "^", "~", "#", ":", "│", "║")
_RARE: Final = frozenset("^~#:")  # stand in values, so that they must divide the first row like the others
_OTHER_FIRST_ROW: Final = 0.25  # weight of a delimiter that divides the first row unlike the others
CAPTIONS: Final = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "vertical bar",
    "│": "drawn line",
    "║": "drawn line",
    " ": "blank",
}
SAMPLE: Final = 200_000  # characters
_HEADER_WITHIN: Final = 20  # rows
CERTAIN, LIKELY, GUESS, UNCERTAIN = "certain", "likely", "a guess", "uncertain"
_CERTAIN, _LIKELY = 0.98, 0.7  # share of rows that are divided alike
_SAID: Final = re.compile(r'"?sep=([^"\r\n])"?[,;\t ]*\r?\n?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextDialect:
    """Delimiter, quote and escape of a text file.

    Attributes:
        escape: the sign before a quote inside quotes; empty where quotes are doubled.
        blanks: blanks stand between a delimiter and a quote, and belong to neither.
        share: the share of sampled rows that have the usual number of cells, 0 to 1; 1 where a person chose.
        width: the usual number of cells.
        said: the first line says what the delimiter is, as spreadsheets do, and is no row.
    """

    delimiter: str
    quote: str
    escape: str
    share: float
    width: int
    blanks: bool = False
    said: bool = False

    @property
    def certainty(self) -> str:
        """How sure the delimiter is, in words."""
        if self.share >= _CERTAIN or self.said:
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
            skipinitialspace=self.blanks,
        )


def lines_of(sample: str) -> list[str]:
    """The lines of a text with their ends, as a file is divided into lines: not at other signs than those."""
    lines = io.StringIO(sample, newline="").readlines()
    if len(lines) > 1 and len(sample) >= SAMPLE:
        lines.pop()  # it was probably cut off
    return lines


def sniff(sample: str, reading: Reading, known: Known | None = None) -> TextDialect:
    """Find the dialect of a text.

    Args:
        sample: the beginning of the file; its last line is left out unless it is the only one.
        reading: what a person fixed already; lines above the table tell nothing.
        known: how many cells of a row are names of columns, which decides where the rows leave it in doubt.
    """
    lines = lines_of(sample)
    said = said_delimiter(lines)
    lines = lines[max(reading.skip_rows, reading.header_line - 1, bool(said)) :] or lines
    lines = [line for line in lines if not is_border((line,))] or lines
    quote = reading.quote or _quote(sample)
    escape = reading.escape or _escape(sample, quote)
    chosen = reading.delimiter or said
    # Those that are nowhere divide nothing, as the comma then does.
    candidates = [chosen] if chosen else [",", *(sign for sign in DELIMITERS[1:] if sign in sample)]
    best: TextDialect | None = None
    best_score = -1.0
    judged: list[TextDialect] = []
    for delimiter in candidates:
        dialect = TextDialect(delimiter, quote, escape, 1.0, 1)
        if delimiter != " " and f"{delimiter} {quote}" in sample and _blanks_before_quotes(dialect, lines):
            dialect = dataclasses.replace(dialect, blanks=True)
        dialect, first_width = _judge(dialect, lines)
        judged.append(dialect)
        score = dialect.share**2 * (min(dialect.width, 12) - 1 + 0.01)
        if first_width != dialect.width:
            score *= 0.0 if delimiter in _RARE else _OTHER_FIRST_ROW
        if score > best_score * 1.0001:
            best, best_score = dialect, score
    assert best is not None
    if said:
        return dataclasses.replace(best, said=True)
    sure = best.certainty == CERTAIN and best.width > 1 and best.delimiter not in _RARE
    if known is None or sure:
        return best
    named = {dialect: max(map(known, first_rows(dialect, lines)), default=0) for dialect in judged}
    return max((best, *judged), key=lambda dialect: named[dialect])


def said_delimiter(lines: Sequence[str]) -> str:
    """The delimiter of which the first line says that it is one, such as "sep=;"; empty where it says nothing."""
    found = _SAID.fullmatch(lines[0]) if lines else None
    return found[1] if found else ""


def _blanks_before_quotes(dialect: TextDialect, lines: Sequence[str]) -> bool:
    """Whether cells begin with blanks and a quote, which would be a part of the text then."""
    return any(
        cell.startswith(" ") and cell.lstrip(" ").startswith(dialect.quote)
        for row in first_rows(dialect, lines)
        for cell in row
    )


def first_rows(dialect: TextDialect, lines: Sequence[str]) -> list[list[str]]:
    """The first rows, as far as they can be divided."""
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        rows.extend(itertools.islice(dialect.rows(lines), _HEADER_WITHIN))
    return rows


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
