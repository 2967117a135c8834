"""Which encoding a text file has: its byte order mark, else strict UTF-8 over the whole file, else a stated guess."""

from __future__ import annotations

import codecs
import dataclasses
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.errors import SourceError
from desktop.imports.sources.file_checks import Stamp, changed, stamp_of
from desktop.imports.sources.text_formulas import TEXT_FORMULA

_BLOCK: Final = 1 << 20  # bytes read at once
_LONGEST: Final = 2 << 20  # bytes without the end of a line
_HEAD: Final = 4096  # bytes looked at for the UTF-16 pattern
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE: Final = ("utf-16", "utf-32")
_ANY_CURRENCY: Final = re.compile(rb"\d ?\xa4|\xa4 ?\d")
_EURO: Final = re.compile(rb"\d ?\x80|\x80 ?\d")  # where old programs have a Ç
_LAST_CONTROL: Final = 0x9F
CAPTIONS: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Western European (Windows-1252)",
    "cp850": "Western European (DOS, code page 850)",
    "iso8859-1": "Western European (ISO 8859-1)",
    "iso8859-15": "Western European with € (ISO 8859-15)",
    "mac-roman": "Western European (Macintosh)",
    "cp1250": "Central European (Windows-1250)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp1257": "Baltic (Windows-1257)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp932": "Japanese (Shift JIS)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean (Windows-949)",
}
OFFERED: Final = tuple(
    name for name in CAPTIONS if name not in ("utf-8-sig", "utf-16-le", "utf-16-be", "utf-32")
)
"""Encodings that people choose from; what a file's own mark tells is found without them."""


@dataclass(frozen=True, slots=True)
class FileText:
    """A text file that can be decoded from its first byte to its last.

    Attributes:
        size: bytes.
        guessed: the encoding is only likely; a person should look at the sample.
        stamp: tells later whether the file is still the one that was looked at.
        notes: what a person should know.
        has_formulas: it has the beginning of a text formula, ="…, somewhere.
    """

    encoding: str
    guessed: bool
    sha256: str
    size: int
    stamp: Stamp
    notes: tuple[str, ...] = ()
    has_formulas: bool = False

    @property
    def caption(self) -> str:
        """What people call the encoding."""
        return CAPTIONS.get(self.encoding, self.encoding)


def examine(path: Path, wanted: str = "", *, guess: bool = False, whole_lines: bool = True) -> FileText:
    """Find the encoding by reading the whole file once.

    Args:
        wanted: the encoding that a person or the integration names; empty detects it.
        guess: where the file is not UTF-8, name the likely legacy code page rather than refuse.
        whole_lines: the file will be read by lines, so that each has to fit into memory.
    Raises:
        SourceError: WrongEncoding with line and byte, UnknownEncoding, TooLong for an endless line, or NotWhatItSays
            for a file with NUL bytes.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    named = _named(wanted) if wanted else _by_mark(head) or _by_pattern(head)
    encoding = named or "utf-8"
    try:
        return _read_through(path, encoding, whole_lines)
    except _UndecodableError as error:
        offset = error.offset
    if guess and not named:
        for legacy in (_likely_page(path, offset), "cp1252", "iso8859-1"):
            try:
                found = _read_through(path, legacy, whole_lines)
                return dataclasses.replace(found, guessed=True, notes=_mixed(path, offset))
            except _UndecodableError:
                continue
    raise _wrong_encoding(path, encoding, offset, by_choice=bool(wanted))


class _UndecodableError(Exception):
    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def _named(wanted: str) -> str:
    try:
        name = codecs.lookup(wanted).name
        "".encode(name)
    except (LookupError, UnicodeError):  # Python knows one that is there to fail
        raise SourceError(
            f"There is no encoding “{wanted}”.",
            "Use for example utf-8, cp1252, iso8859-1 or utf-16.",
            "UnknownEncoding",
        ) from None
    return "utf-8-sig" if name == "utf-8" else name


def _by_mark(head: bytes) -> str:
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")


def _by_pattern(head: bytes) -> str:
    """UTF-16 without a mark: every second byte of western text is NUL."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    enough = max(len(head) // 5, 2)
    if odd >= enough and even * 4 < odd:
        return "utf-16-le"
    if even >= enough and odd * 4 < even:
        return "utf-16-be"
    return ""


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _read_through(path: Path, encoding: str, whole_lines: bool) -> FileText:
    stamp = stamp_of(path)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    digest = hashlib.sha256()
    wide = encoding.startswith(_WIDE)
    offset, without_end = 0, 0
    formulas, last = False, ""
    for block in _blocks(path):
        digest.update(block)
        without_end = 0 if b"\n" in block or b"\r" in block else without_end + len(block)
        if whole_lines and without_end > _LONGEST:
            raise _endless_line(path, offset + len(block) - without_end)
        if not wide and 0 in block:
            raise _nul_byte(path, offset + block.index(0))
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            raise _UndecodableError(offset - pending + error.start) from error
        formulas = formulas or TEXT_FORMULA in text or last + text[:1] == TEXT_FORMULA
        last = text[-1:]
        offset += len(block)
    pending = len(decoder.getstate()[0])
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _UndecodableError(offset - pending + error.start) from error
    if stamp_of(path) != stamp or stamp.size != offset:
        raise changed(path)
    return FileText(encoding, False, digest.hexdigest(), offset, stamp, has_formulas=formulas)


def _mixed(path: Path, offset: int) -> tuple[str, ...]:
    """A note where lines above the first wrong byte are UTF-8, so that no single encoding is right for all."""
    seen = 0
    for block in _blocks(path):
        if not block[: offset - seen].isascii():
            line, _, _ = _position(path, offset)
            return (
                f"The file mixes encodings: from line {line:,} on it is not UTF-8, but above it is. "
                "Letters beyond a to z will be wrong in some rows.",
            )
        seen += len(block)
        if seen >= offset:
            break
    return ()


def _likely_page(path: Path, offset: int) -> str:
    """The code page in which most signs beyond ASCII are letters: old programs write Æ as Windows writes ’.

    Lines that end as on old Macintoshes are written with its letters, and a sign for any currency, which nobody uses,
    is the € of ISO 8859-15. A € at a number is one of Windows.
    """
    with path.open("rb") as file:
        file.seek(max(0, offset - 2))
        block = file.read(_BLOCK)
    if b"\r" in block and b"\n" not in block:
        return "mac-roman"
    if _EURO.search(block):
        return "cp1252"
    found = bytes(byte for byte in block if byte > 0x7F)
    letters = {
        page: sum(sign.isalpha() for sign in found.decode(page, "replace")) for page in ("cp1252", "cp850")
    }
    best = max(letters, key=lambda page: letters[page])
    return "iso8859-15" if _ANY_CURRENCY.search(block) and min(found) > _LAST_CONTROL else best


def _endless_line(path: Path, offset: int) -> SourceError:
    line, _, _ = _position(path, offset)
    return SourceError(
        f"Line {line:,} of “{path.name}” has more than {_LONGEST >> 20} MB without an end.",
        "Check that the file is what it should be and that it was exported with line ends.",
        "TooLong",
    )


def _position(path: Path, offset: int) -> tuple[int, int, int]:
    """Line and place in the line, from 1, and the byte itself."""
    line, start, position = 1, 0, 0
    for block in _blocks(path):
        part = block[: max(0, offset - position)]
        line += part.count(b"\n")
        if b"\n" in part:
            start = position + part.rindex(b"\n") + 1
        if position + len(block) > offset:
            return line, offset - start + 1, block[offset - position]
        position += len(block)
    return line, offset - start + 1, 0


def _wrong_encoding(path: Path, encoding: str, offset: int, *, by_choice: bool) -> SourceError:
    line, place, byte = _position(path, offset)
    name = CAPTIONS.get(encoding, encoding)
    hint = "Choose another encoding."
    if not by_choice:
        likely = _likely_page(path, offset)
        hint = f"Save the file as UTF-8, or name its encoding, probably {likely}: {CAPTIONS[likely]}."
    return SourceError(
        f"“{path.name}” is not {name}: line {line:,} has the byte 0x{byte:02X} at position {place:,}"
        f" (byte {offset:,} of the file), which {name} does not allow there.",
        hint,
        "WrongEncoding",
    )


def _nul_byte(path: Path, offset: int) -> SourceError:
    line, place, _ = _position(path, offset)
    return SourceError(
        f"“{path.name}” is not a text file: line {line:,} has a NUL byte at position {place:,}.",
        "Choose a CSV file or a workbook, or export the file again.",
        "NotWhatItSays",
    )
