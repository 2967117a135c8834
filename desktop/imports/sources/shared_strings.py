"""The texts that the cells of an xlsx share, in bounded memory: what is too much for it goes to a temporary file."""

from __future__ import annotations

import re
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

import msgspec

from desktop.errors import SourceError
from desktop.imports.sources.workbook_safety import broken, too_large

MOST_IN_MEMORY: Final = 32 << 20  # bytes, by a rough count
LONGEST_TEXT: Final = 131_072  # characters of a cell, as in text files
_OVERHEAD: Final = 60  # bytes of a text object beside its letters
_PAGE: Final = 64  # texts that are written and read together
_PAGES_KEPT: Final = 2_048
_LARGEST_PIECE: Final = 4 << 20  # bytes of one text with its formats
_ITEM: Final = re.compile(
    r"<si(?: [^<>]*?)?(?:/>|>(?:<t(?: [^<>]*+)?>([^<]*+)</t></si>|(.*?)</si>))", re.DOTALL
)
RUN: Final = re.compile(r"<t\b[^<>]*(?<!/)>([^<]*)</t>")
PHONETIC: Final = re.compile(r"<rPh\b(?:(?!<rPh\b).)*?</rPh>", re.DOTALL)
_REFERENCE: Final = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_COMMENT: Final = re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL)
_CDATA: Final = re.compile(r"<!\[CDATA\[((?:(?!<!\[CDATA\[).)*?)\]\]>", re.DOTALL)


class SharedStrings:
    """The texts by their number: those below `len(first)` in the list `first`, the others through `later`."""

    def __init__(self, path: Path) -> None:
        self.first: list[str] = []
        self.longest = 0
        self._path = path
        self._size = 0
        self._file: IO[bytes] | None = None
        self._offsets = [0]
        self._page: list[str] = []
        self._pages: OrderedDict[int, list[str]] = OrderedDict()
        self._open = ExitStack()

    def close(self) -> None:
        """Remove the temporary file."""
        self._open.close()

    def add(self, texts: list[str]) -> None:
        """Take further texts, in the order of their numbers.

        Raises:
            SourceError: with code TooLong.
        """
        self.longest = max(self.longest, *map(len, texts), 0)
        if self.longest > LONGEST_TEXT:
            raise too_long(self._path, "One of its texts")
        if self._file is None:
            self.first += texts
            self._size += sum(map(len, texts)) + _OVERHEAD * len(texts)
            if self._size > MOST_IN_MEMORY:
                file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
                self._file = self._open.enter_context(file)
            return
        self._page += texts
        while len(self._page) >= _PAGE:
            self._write()

    def finish(self) -> None:
        """All texts are there."""
        while self._page:
            self._write()

    def later(self, number: int) -> str:
        """A text that is not in memory.

        Raises:
            SourceError: BrokenWorkbook, where there is no such text.
        """
        page, place = divmod(number - len(self.first), _PAGE)
        texts = self._pages.get(page)
        if texts is None:
            if not 0 <= page < len(self._offsets) - 1 or self._file is None:
                raise broken(self._path, f"a cell refers to the text {number:,}, which it does not have")
            begin, end = self._offsets[page : page + 2]
            self._file.seek(begin)
            texts = msgspec.msgpack.decode(self._file.read(end - begin), type=list[str])
            self._pages[page] = texts
            if len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        if place >= len(texts):
            raise broken(self._path, f"a cell refers to the text {number:,}, which it does not have")
        return texts[place]

    def _write(self) -> None:
        assert self._file is not None
        data = msgspec.msgpack.encode(self._page[:_PAGE])
        self._file.write(data)
        self._offsets.append(self._offsets[-1] + len(data))
        del self._page[:_PAGE]


def read_shared_strings(path: Path, blocks: Iterator[bytes]) -> SharedStrings:
    """Read the part with the texts; the caller closes what it gets.

    Raises:
        SourceError: BrokenWorkbook, TooLarge or TooLong.
    """
    strings = SharedStrings(path)
    try:
        for piece in pieces_to(path, blocks, b"</si>", b"</sst", "its shared texts", _LARGEST_PIECE):
            found = _ITEM.findall(piece)
            if "&" in piece or "_x" in piece:
                strings.add(
                    [
                        rich_text(rich)
                        if rich
                        else unescape(plain)
                        if "&" in plain or "_x" in plain
                        else plain
                        for plain, rich in found
                    ]
                )
            else:
                strings.add([plain if not rich else rich_text(rich) for plain, rich in found])
        strings.finish()
    except BaseException:
        strings.close()
        raise
    return strings


def pieces_to(
    path: Path, blocks: Iterator[bytes], end: bytes, last: bytes, what: str, largest: int
) -> Iterator[str]:
    """XML in pieces that each end with the tag `end`, without namespace prefixes, comments and CDATA; until `last`.

    Raises:
        SourceError: BrokenWorkbook, where `last` never comes, or TooLarge for a piece without an end.
    """
    prefix, known = b"", False
    rest = b""
    for block in blocks:
        rest += block
        if not known and (root := re.search(rb"<(?:(\w[\w.-]*):)?(?:worksheet|sst)\b([^<>]*)>", rest)):
            prefix, known = (root[1] + b":" if root[1] else b""), True
            if root[2].endswith(b"/"):
                return
        cut = rest.rfind(end[:2] + prefix + end[2:])
        if cut >= 0:
            cut += len(end) + len(prefix)
            yield _clean(path, rest[:cut], prefix)
            rest = rest[cut:]
        if last[:2] + prefix + last[2:] in rest or _without_content(rest, prefix):
            return
        if len(rest) > largest:
            raise too_large(path, f"{what} have a piece of more than {largest >> 20} MB")
    raise broken(path, f"{what} end too early")


def _without_content(rest: bytes, prefix: bytes) -> bool:
    return re.search(rb"<" + re.escape(prefix) + rb"(?:sheetData|sst)\b[^<>]*/>", rest) is not None


def _clean(path: Path, piece: bytes, prefix: bytes) -> str:
    if prefix:
        piece = piece.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
    try:
        text = piece.decode()
    except UnicodeError as error:
        raise broken(path, f"it is no UTF-8, {error}") from error
    if "\r" in text:  # as XML wants it
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<!" in text:
        text = _COMMENT.sub("", text)
        text = _CDATA.sub(lambda found: found[1].replace("&", "&amp;").replace("<", "&lt;"), text)
    return text


def rich_text(xml: str) -> str:
    """The text of runs with different formats, without how it is pronounced."""
    if "<rPh" in xml:
        xml = PHONETIC.sub("", xml)
    return unescape("".join(RUN.findall(xml)))


def unescape(text: str) -> str:
    """What stands for signs that XML does not allow becomes those signs."""
    if "&" in text:
        text = _REFERENCE.sub(_referred, text)
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: _sign(int(found[1], 16)), text)
    return text


def _referred(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    return _sign(int(found[1]) if found[1] else int(found[2], 16))


def _sign(number: int) -> str:
    """The sign of that number; none for NUL and halves of signs, which no text may hold."""
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def too_long(path: Path, what: str) -> SourceError:
    """The error for a cell that holds more than any cell should."""
    return SourceError(
        f"{what} in “{path.name}” has more than {LONGEST_TEXT:,} characters.",
        "Check that the file is what it should be, or shorten the text.",
        "TooLong",
    )
