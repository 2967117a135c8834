"""The parts of an xlsx: which sheets it has, where they stand, and which of its number formats are dates."""

from __future__ import annotations

import codecs
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from desktop.imports.sources.workbook_safety import broken, too_large, unpacked

DATE, TIME_SPAN, PERCENT = 1, 2, 3  # what the number of a cell means by its format
PADDED: Final = 10  # and the digits that a format such as 00000 shows at least: the zeros of a code
_MOST_SMALL: Final = 64 << 20  # bytes of a part that is read as a whole
_HEAD: Final = 1024  # bytes in which the encoding and a document type stand
_ENCODING: Final = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.-]+)["']""")
_XFS: Final = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_XF: Final = re.compile(rb"<(?:\w+:)?xf\b[^<>]*>")
_FORMAT: Final = re.compile(rb"<(?:\w+:)?numFmt\b[^<>]*>")
_NUMBER_FORMAT: Final = re.compile(rb"""\bnumFmtId\s*=\s*["'](\d{1,9})["']""")
_FORMAT_CODE: Final = re.compile(rb"""\bformatCode\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TEXT_IN_FORMAT: Final = re.compile(r'"[^"]*"|\\.|_.|\*.')
_SPAN: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_CODE: Final = re.compile("0{2,15}")
_BUILT_IN_DATES: Final = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_BUILT_IN: Final = {**dict.fromkeys(_BUILT_IN_DATES, DATE), 46: TIME_SPAN, 9: PERCENT, 10: PERCENT}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name, the name of its part, and whether people see it."""

    name: str
    part: str
    visible: bool


class XlsxPackage:
    """An xlsx or xlsm, opened; needs no more than its package."""

    def __init__(self, path: Path, package: zipfile.ZipFile) -> None:
        """Raises BrokenWorkbook or TooLarge where the list of sheets cannot be read."""
        self.path = path
        self.package = package
        self._parts = {info.filename.replace("\\", "/").lower(): info.filename for info in package.infolist()}
        self._workbook = self._find_workbook()
        self._related = self._relations(self._workbook)
        book = self._tree(self._workbook)
        self.since_1904 = any(
            element.get("date1904", "").lower() in ("1", "true") for element in _named(book, "workbookPr")
        )
        self.sheets = list(self._sheets(book))
        if not self.sheets:
            raise broken(path, "it has no worksheet")

    @property
    def shared_strings(self) -> str:
        """The part with the texts that cells share; empty where there is none."""
        return self._of_kind("/sharedStrings")

    def number_formats(self) -> dict[str, int]:
        """DATE, TIME_SPAN, PERCENT or PADDED by the number of a cell's style, where it is one."""
        part = self._of_kind("/styles")
        if not part:
            return {}
        styles = b"".join(self.blocks(part, _MOST_SMALL))
        own = {}
        for tag in _FORMAT.findall(styles):
            number, code = _NUMBER_FORMAT.search(tag), _FORMAT_CODE.search(tag)
            if number and code:
                own[int(number[1])] = format_kind((code[1] or code[2] or b"").decode("utf-8", "replace"))
        xfs = _XFS.search(styles)
        kinds: dict[str, int] = {}
        for style, tag in enumerate(_XF.findall(xfs[0]) if xfs else ()):
            found = _NUMBER_FORMAT.search(tag)
            number_format = int(found[1]) if found else 0
            kind = own[number_format] if number_format in own else _BUILT_IN.get(number_format, 0)
            if kind:
                kinds[str(style)] = kind
        return kinds

    def blocks(self, part: str, most: int | None = None) -> Iterator[bytes]:
        """A part in pieces of UTF-8.

        Raises:
            SourceError: BrokenWorkbook or TooLarge.
        """
        pieces = unpacked(self.path, self.package, self._parts[part.lower()])
        head = next(pieces, b"")
        decode = _decoder(head)
        if b"<!DOCTYPE" in (decode(head) if decode else head):
            raise broken(self.path, "it brings a document type of its own, which no workbook needs")
        decode = _decoder(head)
        size = 0
        try:
            while head:
                size += len(head)
                if most is not None and size > most:
                    raise too_large(self.path, f"its part {part} has more than {most >> 20} MB")
                yield decode(head) if decode else head
                head = next(pieces, b"")
        except UnicodeError as error:
            raise broken(self.path, f"its part {part} is no text, {error}") from error

    def _find_workbook(self) -> str:
        if "_rels/.rels" in self._parts:
            for kind, target in self._relations("").values():
                if kind.endswith("/officeDocument") and target.lower() in self._parts:
                    return target
        if "xl/workbook.xml" in self._parts:
            return "xl/workbook.xml"
        raise broken(self.path, "it has no list of sheets")

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and target of what a part refers to, by id."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations.lower() not in self._parts:
            return {}
        found = {}
        for element in _named(self._tree(relations), "Relationship"):
            if element.get("TargetMode") == "External":
                continue
            target = element.get("Target", "").replace("\\", "/")
            whole = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            found[element.get("Id", "")] = (element.get("Type", ""), posixpath.normpath(whole))
        return found

    def _of_kind(self, kind: str) -> str:
        for found, target in self._related.values():
            if found.endswith(kind) and target.lower() in self._parts:
                return target
        return ""

    def _sheets(self, book: ElementTree.Element) -> Iterator[Sheet]:
        for element in _named(book, "sheet"):
            relation = next((value for name, value in element.items() if name.endswith("}id")), "")
            kind, target = self._related.get(relation, ("", ""))
            if kind.endswith("/worksheet"):
                if target.lower() not in self._parts:
                    raise broken(self.path, f"its sheet “{element.get('name', '')}” is missing")
                yield Sheet(element.get("name", ""), target, element.get("state", "visible") == "visible")

    def _tree(self, part: str) -> ElementTree.Element:
        try:
            return ElementTree.fromstring(b"".join(self.blocks(part, _MOST_SMALL // 16)))
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            raise broken(self.path, f"its part {part} is no XML, {error}") from error


def format_kind(code: str) -> int:
    """Whether a format shows a DATE, a TIME_SPAN, PERCENT, a code (PADDED) or (0) a number; its first part tells."""
    plain = _TEXT_IN_FORMAT.sub("", code).split(";")[0]
    if _SPAN.search(plain):
        return TIME_SPAN
    plain = re.sub(r"\[[^\]]*\]", "", plain).lower().replace("general", "")
    if _CODE.fullmatch(plain) and "\\" not in code and '"' not in code:
        return PADDED + len(plain)
    if re.search(r"[0#?]", re.sub(r"s[.,]0+", "s", plain)):
        return PERCENT if "%" in plain else 0
    return DATE if re.search(r"[ymdhs]", plain) else 0


def _named(tree: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """The elements of that name, in whatever namespace: a strict workbook has another one."""
    return (
        element
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2] == name
    )


def _decoder(head: bytes) -> _Decode | None:
    """What makes UTF-8 of a part; None where it is that already."""
    declared = _ENCODING.match(head[:_HEAD])
    name = declared[1].decode().lower() if declared else "utf-8"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    if name in ("utf-8", "utf8", "us-ascii", "ascii"):
        return None
    try:
        return _Decode(name)
    except LookupError:
        return None


class _Decode:
    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")

    def __call__(self, block: bytes) -> bytes:
        return self._decoder.decode(block).encode()
