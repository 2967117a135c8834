"""A font of the program's own, as far as a PDF needs it: which glyph a sign has, how wide it is, its outlines.

Figures take the glyphs of the font's feature "tnum", which are all equally wide, so that columns of numbers lie
below each other.
"""

from __future__ import annotations

import struct
import unicodedata
from pathlib import Path
from typing import Final, NamedTuple

_UNITS: Final = 1000  # of a PDF's glyph widths to the size of the font
_FIGURES: Final = "0123456789"
_SINGLE, _EXTENSION = 1, 7  # kinds of substitutions
_REPLACED: Final = {"\u2011": "-", "\u00ad": "-", "\u2009": " ", "\u202f": " ", "\u00a0": " "}


class Metrics(NamedTuple):
    """What a PDF says about the whole font, in thousandths of its size.

    Attributes:
        box: left, bottom, right and top of all glyphs.
    """

    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]


class PdfFont:
    """An OpenType font with PostScript outlines.

    Args:
        path: its .otf file.

    Attributes:
        name: in the PDF.
        outlines: its CFF table, which a PDF embeds as it is.
        used: the glyphs that `encode` has given, and the sign of each.
    """

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self._tables = self._read_directory()
        self.name = path.stem
        head = self._table("head")
        self._scale: float = _UNITS / struct.unpack_from(">H", head, 18)[0]
        self.outlines = self._table("CFF ")
        self.metrics = self._read_metrics(head)
        self._glyphs = self._read_glyphs()
        self._widths = self._read_widths()
        self._replace_figures()
        self.used: dict[int, str] = {}
        self._codes: dict[str, str] = {}  # a sign's glyph as four hexadecimal digits
        self._sign_widths: dict[str, int] = {}

    def width(self, text: str) -> int:
        """How wide a line is, in thousandths of the font's size."""
        known = self._sign_widths
        total = 0
        for sign in text:
            wide = known.get(sign)
            if wide is None:
                wide = known[sign] = self.glyph_width(self._glyph(sign))
            total += wide
        return total

    def encode(self, text: str) -> str:
        """A line as the hexadecimal digits of its glyphs."""
        codes = self._codes
        try:
            return "".join([codes[sign] for sign in text])
        except KeyError:
            for sign in text:
                if sign not in codes:
                    glyph = self._glyph(sign)
                    self.used.setdefault(glyph, sign)
                    codes[sign] = f"{glyph:04X}"
            return "".join([codes[sign] for sign in text])

    def glyph_width(self, glyph: int) -> int:
        """How wide a glyph is, in thousandths of the font's size."""
        wide: int = self._widths[min(glyph, len(self._widths) - 1)]
        return round(wide * self._scale)

    def _glyph(self, sign: str) -> int:
        return self._glyphs.get(ord(_REPLACED.get(sign, sign)), 0)

    def _read_directory(self) -> dict[str, tuple[int, int]]:
        (count,) = struct.unpack_from(">H", self._data, 4)
        tables = {}
        for place in range(count):
            tag, _sum, offset, length = struct.unpack_from(">4sLLL", self._data, 12 + 16 * place)
            tables[tag.decode("ascii")] = (offset, length)
        return tables

    def _table(self, tag: str) -> bytes:
        offset, length = self._tables[tag]
        return self._data[offset : offset + length]

    def _read_metrics(self, head: bytes) -> Metrics:
        ascent, descent = struct.unpack_from(">hh", self._table("hhea"), 4)
        capital = struct.unpack_from(">h", self._table("OS/2"), 88)[0]
        box = struct.unpack_from(">hhhh", head, 36)
        scaled = [round(value * self._scale) for value in (ascent, descent, capital, *box)]
        return Metrics(scaled[0], scaled[1], scaled[2], (scaled[3], scaled[4], scaled[5], scaled[6]))

    def _read_glyphs(self) -> dict[int, int]:
        """The glyph of each character, out of the table's part with groups of characters."""
        table = self._table("cmap")
        (count,) = struct.unpack_from(">H", table, 2)
        for place in range(count):
            _platform, _encoding, offset = struct.unpack_from(">HHL", table, 4 + 8 * place)
            (form,) = struct.unpack_from(">H", table, offset)
            if form != 12:
                continue
            glyphs: dict[int, int] = {}
            (groups,) = struct.unpack_from(">L", table, offset + 12)
            for group in range(groups):
                first, last, glyph = struct.unpack_from(">LLL", table, offset + 16 + 12 * group)
                glyphs.update(
                    zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True)
                )
            return glyphs
        raise ValueError(f"the font {self.name} has no map of all characters")

    def _read_widths(self) -> list[int]:
        (count,) = struct.unpack_from(">H", self._table("hhea"), 34)
        return list(struct.unpack_from(">" + "Hh" * count, self._table("hmtx"))[::2])

    def _replace_figures(self) -> None:
        replaced = self._substitutions(b"tnum")
        for sign in _FIGURES:
            glyph = self._glyphs[ord(sign)]
            self._glyphs[ord(sign)] = replaced.get(glyph, glyph)

    def _substitutions(self, feature: bytes) -> dict[int, int]:
        """What a feature puts in the place of single glyphs."""
        table = self._table("GSUB")
        features, lookups = struct.unpack_from(">HH", table, 6)
        (count,) = struct.unpack_from(">H", table, features)
        for place in range(count):
            tag, offset = struct.unpack_from(">4sH", table, features + 2 + 6 * place)
            if tag != feature:
                continue
            start = features + offset
            (wanted,) = struct.unpack_from(">H", table, start + 2)
            found: dict[int, int] = {}
            for number in struct.unpack_from(f">{wanted}H", table, start + 4):
                found |= _lookup(table, lookups, number)
            return found
        return {}


def _lookup(table: bytes, lookups: int, number: int) -> dict[int, int]:
    (offset,) = struct.unpack_from(">H", table, lookups + 2 + 2 * number)
    start = lookups + offset
    kind, _flag, count = struct.unpack_from(">HHH", table, start)
    found: dict[int, int] = {}
    for part in struct.unpack_from(f">{count}H", table, start + 6):
        place, inner = start + part, kind
        if kind == _EXTENSION:
            _form, inner, further = struct.unpack_from(">HHL", table, place)
            place += further
        if inner == _SINGLE:
            found |= _single(table, place)
    return found


def _single(table: bytes, start: int) -> dict[int, int]:
    form, coverage = struct.unpack_from(">HH", table, start)
    glyphs = _covered(table, start + coverage)
    if form == 1:
        (delta,) = struct.unpack_from(">h", table, start + 4)
        return {glyph: (glyph + delta) & 0xFFFF for glyph in glyphs}
    (count,) = struct.unpack_from(">H", table, start + 4)
    return dict(zip(glyphs, struct.unpack_from(f">{count}H", table, start + 6), strict=True))


def _covered(table: bytes, start: int) -> list[int]:
    form, count = struct.unpack_from(">HH", table, start)
    if form == 1:
        return list(struct.unpack_from(f">{count}H", table, start + 4))
    glyphs: list[int] = []
    for place in range(count):
        first, last, _index = struct.unpack_from(">HHH", table, start + 4 + 6 * place)
        glyphs += range(first, last + 1)
    return glyphs


def printable(text: str) -> str:
    """A text as one line of signs that can be drawn: composed, and a blank for what cannot be seen."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join([sign if sign.isprintable() else " " for sign in composed])
