"""The file of an import's errors: its failed rows with what is wrong, to be mended elsewhere and taken back.

Each row carries the key of its record in the first column, so that it finds back to the very same record wherever it
stands in the file by then.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from models.database import database
from models.fields import stored_time
from models.integration_record import ImportRun

KEY_CAPTION: Final = "Backdesk Record"
"""Heads the column of keys; by it an error file is known."""

RAW_KEY_CAPTION: Final = "Backdesk Record (texts as they are)"
"""The same in a file whose texts were not made safe, so that nothing is to be taken off them."""

ROW_CAPTION: Final = "Row"
MESSAGE_CAPTION: Final = "What is wrong"
BOOKS: Final = (".xlsx", ".xlsm", ".ods")
LONGEST_TEXT: Final = 32_767  # of a cell of a workbook
_HEAD_BYTES: Final = 256 << 10
_KEY: Final = re.compile(r"E(\d{1,12})-(\d{1,15})-([0-9a-f]{8})")
_BEGINS_A_FORMULA: Final = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMBER: Final = re.compile(r"[+-]?[\d.,   ]*\d[\d.,]*%?")


class RecordKey(NamedTuple):
    """What the key of a row says: whose record it is.

    Attributes:
        mark: tells the imports of two companies apart, though both are the first one, of the same file.
    """

    run_id: int
    record_id: int
    mark: str


class Part(NamedTuple):
    """The columns of one of the files of a run.

    Attributes:
        number: 0 for the file, or the one with the headers; 1 for the one with the lines.
        header: the names of its columns, as errors name them.
        captions: the same for the error file, each of them once, and none of those that it has itself.
    """

    number: int
    header: list[str]
    captions: list[str]


def key_text(key: RecordKey) -> str:
    """The key of a record, as it stands in the file."""
    return f"E{key.run_id}-{key.record_id}-{key.mark}"


def mark_of(run: ImportRun) -> str:
    """What is told of the run, with the file and the moment of its reading, in the keys of its records."""
    return hashlib.sha256(f"{run.file_sha256} {stored_time(run.created_at)}".encode()).hexdigest()[:8]


def read_key(text: str) -> RecordKey | None:
    """The key behind its text; None for another text."""
    found = _KEY.fullmatch(text.strip())
    return RecordKey(int(found[1]), int(found[2]), found[3]) if found else None


def parts_of(run: ImportRun) -> list[Part]:
    """The files of a run with their columns; as many captions as the longest failed row has cells."""
    headers = [run.header, run.line_header] if run.line_file_name else [run.header]
    widths = dict(
        database.execute_sql(
            "SELECT r.part, MAX(json_array_length(COALESCE(r.edited_payload, r.payload)))"
            " FROM integration_record_status AS s JOIN integration_record AS r ON r.id = s.record_id"
            " WHERE s.run_id = ? AND s.status = 4 AND s.status IN (0, 4) GROUP BY r.part",
            (run.id,),
        ).fetchall()
    )
    parts = []
    for number, text in enumerate(headers):
        header = msgspec.json.decode(text, type=list[str])
        parts.append(Part(number, header, unique_captions(header, widths.get(number, 0))))
    return parts


def unique_captions(header: Sequence[str], width: int = 0) -> list[str]:
    """The names of columns, told apart where two are alike, and "Column 7" for cells beyond the header."""
    names = [*header, *(f"Column {place + 1}" for place in range(len(header), width))]
    taken = {KEY_CAPTION, RAW_KEY_CAPTION, ROW_CAPTION}
    unique: list[str] = []
    for name in names:
        wanted, number = name, 2
        while wanted in taken or is_message(wanted):
            wanted, number = f"({number}) {name}" if is_message(name) else f"{name} ({number})", number + 1
        taken.add(wanted)
        unique.append(wanted)
    return unique


def is_message(caption: str) -> bool:
    """Whether a column holds what is wrong, and is not taken back."""
    return caption == MESSAGE_CAPTION or caption.startswith(f"{MESSAGE_CAPTION}: ")


def is_error_file(path: Path | str) -> bool:
    """Whether a file is one of failed rows, by its beginning; one that cannot be read is none."""
    file = Path(path)
    try:
        if file.suffix.lower() in BOOKS:
            return _named_in_book(file)
        with file.open("rb") as opened:
            return KEY_CAPTION in opened.read(200).decode("utf-8-sig", "replace").split("\n", 1)[0]
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError):
        return False


def _named_in_book(path: Path) -> bool:
    wanted = KEY_CAPTION.encode()
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        for part in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "content.xml"):
            if part in names:
                with package.open(part) as opened:
                    if wanted in opened.read(_HEAD_BYTES):
                        return True
    return False


def printable(text: str) -> str:
    """A text without the signs that no file of tables may hold."""
    return _UNPRINTABLE.sub("", text)


def made_safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula; `taken_off` gives the text again. Plain numbers stay."""
    if _BEGINS_A_FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def taken_off(text: str) -> str:
    """The text behind `made_safe`: only an apostrophe that was put there goes, so 's-Hertogenbosch stays."""
    if text.startswith("'") and _BEGINS_A_FORMULA.match(text[1:]) and not _NUMBER.fullmatch(text[1:]):
        return text[1:]
    return text
