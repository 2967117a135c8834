"""The words of `backdesk import` that say how a file is read, for the file itself and for a second one with lines."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from desktop.imports.integrations.definition import Choices, FixedColumn

LINES: Final = "lines-"
"""What stands before a word that is about the file with the lines."""

_SIGNS: Final = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "bar": "|",
    "blank": " ",
    "point": ".",
}
_PLACE: Final = re.compile(r"(?:(?P<name>[^=]*)=)?(?P<first>\d{1,6})-(?P<last>\d{1,6})")


def _sign(text: str) -> str:
    sign = _SIGNS.get(text.casefold(), text)
    if len(sign) != 1 or sign in '\r\n\0"':
        raise argparse.ArgumentTypeError(f"“{text}” is not one character, nor one of {', '.join(_SIGNS)}")
    return sign


def _quote(text: str) -> str:
    if len(text) != 1 or text in "\r\n\0":
        raise argparse.ArgumentTypeError(f"“{text}” is not one character")
    return text


def _decimal(text: str) -> str:
    sign = _SIGNS.get(text.casefold(), text)
    if sign not in (".", ","):
        raise argparse.ArgumentTypeError(f"“{text}” is neither . (point) nor , (comma)")
    return sign


def _date_format(text: str) -> str:
    from desktop.imports.values.written_dates import date_pattern

    try:
        date_pattern(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; write it like DD.MM.YYYY or MM/DD/YY") from error
    return text.upper()


def _count(least: int) -> Callable[[str], int]:
    def count(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= 1_000_000:
            raise argparse.ArgumentTypeError(f"“{text}” is not a number from {least} to 1,000,000")
        return int(text)

    return count


def _columns(text: str) -> tuple[FixedColumn, ...]:
    from desktop.imports.integrations.definition import FixedColumn

    columns = []
    for part in text.split(","):
        found = _PLACE.fullmatch(part.strip())
        if found is None or not 0 < int(found["first"]) <= int(found["last"]):
            raise argparse.ArgumentTypeError(f"“{part.strip()}” is no column; write it like No.=1-10 or 1-10")
        first, last = int(found["first"]), int(found["last"])
        columns.append(FixedColumn((found["name"] or "").strip(), first, last - first + 1))
    return tuple(columns)


class _Word(NamedTuple):
    """One of them.

    Attributes:
        option: the field of `definition.Choices`.
        not_for: kinds of files for which it means nothing: "workbook", "text" or "json", by the ending of the name.
    """

    word: str
    option: str
    help: str
    not_for: tuple[str, ...] = ()
    metavar: str = ""
    convert: Callable[[str], Any] = str


_WORDS: Final = (
    _Word("encoding", "encoding", "of a text file that is not UTF-8, e.g. cp1252", ("workbook",), "NAME"),
    _Word(
        "delimiter",
        "delimiter",
        "what divides the values of a text file: one character, or comma, semicolon, tab, bar, blank",
        ("workbook", "json"),
        "SIGN",
        _sign,
    ),
    _Word("quote", "quote", "what stands around texts of a text file", ("workbook", "json"), "SIGN", _quote),
    _Word(
        "columns",
        "fixed_columns",
        "the columns of a file of fixed width, by their first and last character, e.g. No.=1-10,Name=11-40",
        ("workbook", "json"),
        "PLACES",
        _columns,
    ),
    _Word("sheet", "sheet", "of a workbook; without it, the one that fits best", ("text", "json"), "NAME"),
    _Word(
        "array-path",
        "array_path",
        "where the records of a JSON file stand, e.g. data.orders; $ for the file itself",
        ("workbook",),
        "PATH",
    ),
    _Word(
        "header-line",
        "header_line",
        "the line (row of the sheet) that names the columns",
        ("json",),
        "N",
        _count(1),
    ),
    _Word("header-rows", "header_rows", "how many lines name them together", ("json",), "N", _count(1)),
    _Word(
        "skip-rows", "skip_rows", "lines at the beginning that are not looked at", ("json",), "N", _count(0)
    ),
    _Word(
        "footer-rows",
        "footer_rows",
        "rows at the end that are left out, such as totals",
        ("json",),
        "N",
        _count(0),
    ),
    _Word(
        "decimal",
        "decimal_separator",
        "what stands before decimals: . or , (point or comma)",
        (),
        "SIGN",
        _decimal,
    ),
    _Word(
        "date-format",
        "date_format",
        "how dates are written, e.g. DD.MM.YYYY; SERIAL for day numbers",
        (),
        "FORMAT",
        _date_format,
    ),
)
_FLAGS: Final = (  # each says that something is not so
    _Word("no-header", "has_header", "no line names the columns: they are Column 1, Column 2 …", ("json",)),
    _Word(
        "no-text-formulas",
        "text_formulas",
        'cells such as ="00123" in a text file stay so, and are not read as 00123',
        ("workbook", "json"),
    ),
    _Word("no-flatten", "flatten", "inner objects of JSON stay JSON, and become no columns", ("workbook",)),
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Add them to the command line."""
    group = parser.add_argument_group(
        "how the file is read",
        "What is not said is as the integration says, or found out by looking at the file. Each of these can be said "
        f"of the file with the lines too: --{LINES}encoding, --{LINES}sheet and so on.",
    )
    for prefix in ("", LINES):
        for word in _WORDS:
            group.add_argument(
                f"--{prefix}{word.word}",
                metavar=word.metavar,
                type=word.convert,
                default=None,
                help=argparse.SUPPRESS if prefix else word.help,
            )
        for word in _FLAGS:
            group.add_argument(
                f"--{prefix}{word.word}",
                action="store_true",
                help=argparse.SUPPRESS if prefix else word.help,
            )


def choices_of(args: argparse.Namespace, file: Path, lines: Path | None) -> Choices:
    """What a person has said about the file, and about the one with the lines.

    Raises:
        UsageError: it means nothing for such a file, or there is no file with lines.
    """
    from desktop.errors import UsageError
    from desktop.imports.integrations.definition import Choices

    own, of_lines = _said(args, "", file), _said(args, LINES, lines)
    if of_lines and lines is None:
        raise UsageError(
            f"--{LINES}… is about a second file, which was not named.", "Name it with --lines FILE."
        )
    return Choices(**own, lines=Choices(**of_lines) if of_lines else None)


def _said(args: argparse.Namespace, prefix: str, file: Path | None) -> dict[str, Any]:
    from desktop.errors import UsageError

    kind = _kind(file) if file is not None else ""
    found: dict[str, Any] = {}
    for word in (*_WORDS, *_FLAGS):
        value = getattr(args, f"{prefix}{word.word}".replace("-", "_"))
        if value is None or value is False or value == "":
            continue
        if file is not None and kind in word.not_for:
            called = {"workbook": "a workbook", "json": "a JSON file", "text": "a text file"}[kind]
            raise UsageError(
                f"--{prefix}{word.word} means nothing for “{file.name}”, which is {called}.", "Leave it out."
            )
        found[word.option] = value if word in _WORDS else False
    return found


def _kind(file: Path) -> str:
    from desktop.imports.sources.reader import JSON_ENDINGS, WORKBOOK_ENDINGS

    ending = file.suffix.lower()
    return "workbook" if ending in WORKBOOK_ENDINGS else "json" if ending in JSON_ENDINGS else "text"
