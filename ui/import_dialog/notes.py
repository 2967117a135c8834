"""What a preview says about a file, as lines with what a person can do about each."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from desktop.imports.contradictions import Contradiction
from desktop.imports.preview import Preview
from desktop.imports.sources.detect import AMBIGUOUS
from desktop.imports.sources.fixed_width import LOOKS_FIXED
from desktop.imports.sources.reader import FIXED_WIDTH

__all__ = ["DATES", "DELIMITER", "DRAWN", "LINES", "NUMBERS", "VALUES", "Note", "notes_of", "part_name"]

VALUES, LINES = "values", "lines"
NUMBERS, DATES, DELIMITER = "decimal_separator", "date_format", "delimiter"
DRAWN: Final = "drawn"
"""The choice of a delimiter by which the columns are drawn instead."""

_COUNTED: Final = re.compile(r"[\d,]+ (of|values?) ")  # "24 of 91 rows: …": rows that will not become records
_NAMELESS: Final = re.compile(r"(The column \d+ has|[\d,]+ columns have) no name ")
_LONGEST: Final = 600  # characters of a note; the columns of a very wide file are seen in the table
_SECOND_FILE: Final = "If a second file has the lines"
_MIXED: Final = "The file mixes encodings"  # whichever is chosen, letters of some rows are wrong
_FORMATS: Final = (("Numbers in the file ", NUMBERS), ("Dates in the file ", DATES))


class Note(NamedTuple):
    """One line.

    Args:
        tone: "err" for what prevents the import, "warn" for what concerns rows, else "info".
        action: the words on its button; empty for none. `spoken` is what screen readers call it.
        does: what the button is for: VALUES, LINES, NUMBERS, DATES or DELIMITER. `about` is the path of the field,
            the format, or DRAWN.
    """

    text: str
    tone: str = "info"
    action: str = ""
    spoken: str = ""
    does: str = ""
    about: str = ""


def notes_of(preview: Preview, other: Preview | None = None) -> list[Note]:
    """The notes about a file, the gravest first.

    Args:
        other: the second of two files, whose problem prevents the import too.
    """
    notes = []
    problem = preview.problem or (other.problem if other is not None else "")
    if problem:
        two = _SECOND_FILE in problem
        notes.append(
            Note(problem, "err", *(("Choose file…", "Choose the file with the lines", LINES) if two else ()))
        )
    elif not preview.rows:
        line = f"“{preview.file_name}” names columns but has no rows. Choose a file with data."
        notes.append(Note(line, "err"))
    if "MissingColumn" in (preview.problem_code, other.problem_code if other is not None else ""):
        notes.append(
            Note(
                "If another column has it: click the line below its name (or Alt+Down), and choose the field there."
            )
        )
    notes += [_choice(found) for found in preview.contradictions]
    constants = ", ".join(f"{constant.caption} “{constant.value}”" for constant in preview.constants)
    drawn = preview.dialect.kind == FIXED_WIDTH  # columns that were drawn have no names, as everybody sees
    told = [_note(preview, line) for line in preview.warnings if not (drawn and _NAMELESS.match(line))]
    if constants:
        told.append(Note(f"Every record gets {constants}."))
    if other is not None and other.contradictions:
        notes.append(Note(f"{part_name(other, preview)} waits for a choice of yours: choose its tab.", "err"))
    elif other is not None and (beside := sum(_note(other, line).tone == "warn" for line in other.warnings)):
        words = "1 note" if beside == 1 else f"{beside:,} notes"
        told.append(Note(f"{part_name(other, preview)} has {words} of its own: choose its tab.", "warn"))
    return notes + sorted(told, key=_gravity)


def part_name(preview: Preview, other: Preview | None) -> str:
    """What one of two files is called; a sheet, where both are of the same workbook."""
    sheet = preview.dialect.sheet
    same = other is not None and other.file_name == preview.file_name
    return f"{preview.file_name}: {sheet}" if same and sheet else preview.file_name


def _choice(found: Contradiction) -> Note:
    """What a person has to choose before the import: one button takes what the file writes."""
    numbers = found.option == NUMBERS
    where = "Decimal sign" if numbers else "Dates"
    spoken = f"Read {'numbers' if numbers else 'dates'} as the file writes them"
    return Note(
        f"{found.text} Choose first: read them so, or choose under {where} how they are written.",
        "err",
        "Read them so",
        spoken,
        found.option,
        found.written,
    )


def _gravity(note: Note) -> int:
    """How the file is read otherwise comes first: it explains many of the others."""
    return 0 if note.does in (NUMBERS, DATES, DELIMITER) else 1 if note.tone == "warn" else 2


def _note(preview: Preview, line: str) -> Note:
    found = preview.detected
    for beginning, does in _FORMATS:
        if line.startswith(beginning):
            about = found.decimal_separator if does == NUMBERS else found.date_format
            certainty = found.decimal_certainty if does == NUMBERS else found.date_certainty
            if about and certainty != AMBIGUOUS:
                what = "numbers" if does == NUMBERS else "dates"
                return Note(line, "warn", "Read them so", f"Read {what} as the file writes them", does, about)
            return Note(line, "warn")
    if line.startswith(LOOKS_FIXED):
        return Note(
            f"{LOOKS_FIXED}.", "warn", "Draw the columns", "Draw the columns of the file", DELIMITER, DRAWN
        )
    if len(line) > _LONGEST:
        return Note(f"{line[: line.rfind(' ', 0, _LONGEST)]} …")
    for values in preview.unmatched:
        column = values.header or values.caption
        if line.startswith(f"{values.distinct:,} value") and f" in {column} " in line:
            spoken = f"Show the values of {column} without a match"
            return Note(line, "warn", "Show values", spoken, VALUES, values.path)
    grave = _COUNTED.match(line) or line.startswith(_MIXED) or line in preview.doubts
    return Note(line, "warn" if grave else "info")
