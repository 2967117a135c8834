"""What the texts of columns are, by all values of a sample together: numbers and dates, and how they are written.

One value seldom tells: "1,234" and "01/02/2024" can be read in two ways. What no value of the sample decides is said
to be ambiguous, never guessed in silence.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec

from desktop.imports.values.conversions import FORMULA_ERRORS
from desktop.imports.values.written_dates import (
    COMPACT,
    date_pattern,
    is_named_day,
    without_time,
)
from desktop.imports.values.written_numbers import written_number

CERTAIN, LIKELY, AMBIGUOUS = "certain", "likely", "ambiguous"
EMPTY, TEXT, NUMBER, DATE, BOOLEAN = "Empty", "Text", "Number", "Date", "Yes/No"
_LIKELY_SHARE: Final = 0.95  # of a column's values; the others are errors of the file
_DIVIDED: Final = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}", re.ASCII)
_FORMATS: Final = ("YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY/MM/DD",
                   "YYYY.MM.DD", "DD.MM.YY", "DD/MM/YY", "MM/DD/YY", "DD-MM-YY", "YY-MM-DD")  # fmt: skip
_FIRST: Final = 3  # texts of a column that tell whether its others are worth a look
_YEARS: Final = range(1900, 2101)  # in which dates without signs between their parts are believed
_WORDS: Final = frozenset({"yes", "no", "true", "false", "y", "n"})
_NUMERIC: Final = re.compile(r"[+\-−]?\d[\d.,'’\u00a0\u202f ]*(?:[eE][+-]?\d{1,3})?|[+\-−]?[.,]\d+", re.ASCII)
_ZEROS: Final = re.compile(r"[+\-−]?0\d")  # a code rather than a number


class DetectedColumn(msgspec.Struct, frozen=True):
    """What one column holds.

    Attributes:
        kind: "Empty", "Text", "Number", "Date" or "Yes/No".
        decimal_separator: of numbers "." or ","; empty where no value has decimals or thousands.
        date_format: of dates, e.g. "DD.MM.YYYY".
        certainty: "certain", "likely" or "ambiguous"; of a column without values empty.
        example: the value that decided, or that can be read in two ways.
    """

    header: str
    kind: str = EMPTY
    decimal_separator: str = ""
    date_format: str = ""
    certainty: str = ""
    example: str = ""


class Detected(msgspec.Struct, frozen=True):
    """How numbers and dates of a file are written; empty where it has none that tell.

    Attributes:
        decimal_separator: "." or ",".
        decimal_certainty, date_certainty: "certain", "likely" or "ambiguous".
        date_format: e.g. "DD.MM.YYYY".
        notes: a sentence for each thing that a person should decide.
    """

    decimal_separator: str = ""
    decimal_certainty: str = ""
    date_format: str = ""
    date_certainty: str = ""
    columns: tuple[DetectedColumn, ...] = ()
    notes: tuple[str, ...] = ()


def detect(header: Sequence[str], sample: Iterable[Sequence[str]], null_text: str = "") -> Detected:
    """Look at a sample of rows.

    Args:
        null_text: the text that stands for an empty value.
    """
    values: list[list[str]] = [[] for _ in header]
    for cells in sample:
        for column, cell in zip(values, cells, strict=False):
            text = cell.strip()
            if text and text != null_text and text not in FORMULA_ERRORS:
                column.append(text)
    columns = tuple(detect_column(name, texts) for name, texts in zip(header, values, strict=True))
    separator, separator_certainty, separator_note = _agreed(columns, "decimal_separator")
    date_format, date_certainty, date_note = _agreed(columns, "date_format")
    return Detected(
        separator,
        separator_certainty,
        date_format,
        date_certainty,
        columns,
        tuple(note for note in (separator_note, date_note) if note),
    )


def detect_column(header: str, texts: Sequence[str]) -> DetectedColumn:
    """What a column holds, by its texts, which are trimmed and not empty."""
    if not texts:
        return DetectedColumn(header)
    distinct = Counter(texts)
    if all(text.casefold() in _WORDS for text in distinct):
        return DetectedColumn(header, BOOLEAN, certainty=CERTAIN)
    return (
        _dates(header, distinct)
        or _numbers(header, distinct)
        or DetectedColumn(header, TEXT, certainty=CERTAIN)
    )


def number_in(text: str) -> str:
    """The number of a text that is one with one decimal sign or the other; empty for others.

    Signs of currencies and percent and brackets are left out. A code that begins with a zero is no number.
    """
    plain = _plain(text)
    if not plain or _ZEROS.match(plain):
        return ""
    return plain if any(pattern.fullmatch(plain) for pattern in _NUMBERS.values()) else ""


def is_date(text: str) -> bool:
    """Whether a text is three numbers with signs between them, as days are written."""
    return _DIVIDED.fullmatch(without_time(text)) is not None


def _dates(header: str, texts: Counter[str]) -> DetectedColumn | None:
    days: Counter[str] = Counter()
    for text, count in texts.items():
        days[without_time(text)] += count
    compact = all(len(text) == 8 and text.isdigit() for text in texts)
    if compact:
        if all(_fits(COMPACT, text) for text in texts):
            return DetectedColumn(header, DATE, "", COMPACT, LIKELY, next(iter(texts)))
        return None
    least = texts.total() * _LIKELY_SHARE
    if sum(count for text, count in days.items() if _DIVIDED.fullmatch(text)) < least:
        if not any(is_named_day(text) for text in itertools.islice(days, _FIRST)):
            return None  # most columns are of texts
        named = sum(count for text, count in days.items() if is_named_day(text))
        return DetectedColumn(header, DATE, certainty=CERTAIN) if named >= least else None
    shares = {
        name: sum(count for text, count in days.items() if _fits(name, text)) / days.total()
        for name in _FORMATS
    }
    best = max(shares.values())
    if best < _LIKELY_SHARE:
        return None
    fitting = [name for name in _FORMATS if shares[name] == best]
    if len(fitting) > 1 and "." not in fitting[0]:
        return DetectedColumn(header, DATE, "", fitting[0], AMBIGUOUS, next(iter(days)))
    proof = next(
        (text for text in days if sum(_fits(name, text) for name in _FORMATS) == 1), next(iter(days))
    )
    certain = best == 1.0 and len(fitting) == 1
    return DetectedColumn(header, DATE, "", fitting[0], CERTAIN if certain else LIKELY, proof)


def _fits(date_format: str, text: str) -> bool:
    found = _PATTERNS[date_format].fullmatch(text)
    if found is None:
        return False
    parts = found.groupdict()
    year = int(parts.get("year") or parts["short"] or 0)
    try:
        date(year if parts.get("year") else 2000 + year, int(parts["month"]), int(parts["day"]))
    except ValueError:
        return False
    return date_format != COMPACT or year in _YEARS


_PATTERNS: Final = {name: date_pattern(name) for name in (*_FORMATS, COMPACT)}


def _plain(text: str) -> str:
    """The digits of a number with their signs; empty for what is none."""
    if _NUMERIC.fullmatch(text):
        return text
    written = written_number(text)
    return written.plain if written is not None and _NUMERIC.fullmatch(written.plain) else ""


def _numbers(header: str, texts: Counter[str]) -> DetectedColumn | None:
    if not any(map(_plain, itertools.islice(texts, _FIRST))):
        return None
    numeric: Counter[str] = Counter()
    for text, count in texts.items():
        plain = _plain(text)
        if plain and not _ZEROS.match(plain):
            numeric[plain] += count
    share = sum(numeric.values()) / texts.total()
    if share < _LIKELY_SHARE:
        return None
    readings = {
        separator: sum(_NUMBERS[separator].fullmatch(text) is not None for text in numeric)
        for separator in ".,"
    }
    most = max(readings.values())
    if most < len(numeric) * _LIKELY_SHARE:
        return None
    certainty = CERTAIN if share == 1.0 and most == len(numeric) else LIKELY
    telling = [text for text in numeric if re.search(r"[.,]", text)]
    if not telling:
        return DetectedColumn(header, NUMBER, certainty=certainty)
    if readings["."] != readings[","]:
        separator = max(readings, key=lambda sign: readings[sign])
        other = "," if separator == "." else "."
        proof = next(text for text in telling if not _NUMBERS[other].fullmatch(text))
        return DetectedColumn(header, NUMBER, separator, "", certainty, proof)
    return DetectedColumn(header, NUMBER, ".", "", AMBIGUOUS, telling[0])


def _number_with(separator: str) -> re.Pattern[str]:
    point, thousands = re.escape(separator), re.escape("," if separator == "." else ".")
    groups = "|".join(rf"\d{{1,3}}(?:{sign}\d{{3}})+" for sign in (thousands, "['’]", "[\u00a0\u202f ]"))
    groups += rf"|\d{{1,2}}(?:{thousands}\d\d)+{thousands}\d{{3}}"
    return re.compile(rf"[+\-−]?(?:{groups}|\d*)(?:{point}\d*)?(?:[eE][+-]?\d{{1,3}})?", re.ASCII)


_NUMBERS: Final = {separator: _number_with(separator) for separator in ".,"}


def _agreed(columns: Sequence[DetectedColumn], name: str) -> tuple[str, str, str]:
    """What most columns say, how sure it is, and what a person should know."""
    what = "numbers" if name == "decimal_separator" else "dates"
    votes: Counter[str] = Counter()
    for column in columns:
        if getattr(column, name) and column.certainty != AMBIGUOUS:
            votes[getattr(column, name)] += 2 if column.certainty == CERTAIN else 1
    unclear = [column for column in columns if getattr(column, name) and column.certainty == AMBIGUOUS]
    if votes:
        best = votes.most_common(1)[0][0]
        if len(votes) == 1:
            sure = any(getattr(column, name) and column.certainty == CERTAIN for column in columns)
            return best, CERTAIN if sure else LIKELY, ""
        unlike = [column.header for column in columns if getattr(column, name) not in ("", best)]
        return (
            best,
            LIKELY,
            f"Columns write {what} in different ways; unlike the others: {', '.join(unlike[:5])}.",
        )
    if not unclear:
        return "", "", ""
    first = unclear[0]
    note = (
        f"“{first.example}” in “{first.header}” can be read in two ways, and no other value tells which: "
        f"choose how {what} are written."
    )
    return getattr(first, name), AMBIGUOUS, note
