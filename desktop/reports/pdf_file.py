"""A PDF file, written as it grows: a page is on the disk when it ends, so a hundred thousand need no memory."""

from __future__ import annotations

import zlib
from array import array
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final

from desktop.reports.pdf_font import PdfFont

Size = tuple[float, float]
A4: Final[Size] = (595.28, 841.89)  # points
A4_LANDSCAPE: Final[Size] = (841.89, 595.28)
_PAGES_OF_A_NODE: Final = 64
_CATALOG, _TREE, _RESOURCES, _TOTAL, _INFO = 1, 2, 3, 4, 5
_FIRST_FREE: Final = 6
_LEVEL: Final = 4  # of compression: half the time of the usual one, and hardly larger


class PdfFile:
    """A file with one size of pages. Use it as a context; leaving it ends the file, unless by an error.

    Args:
        path: made anew.
        size: of all pages, in points.
        fonts: by the name under which pages set them.
    """

    def __init__(self, path: Path, size: Size, fonts: dict[str, PdfFont]) -> None:
        self._file = path.open("wb")
        self._size = size
        self._fonts = fonts
        self._places = array("Q", [0] * _FIRST_FREE)  # where each object begins, by its number
        self._nodes: list[tuple[int, int]] = []  # number of the object, and how many pages it has
        self._node_pages: list[int] = []
        self._node = 0
        self.pages = 0
        self._position = 0
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def __enter__(self) -> PdfFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add_page(self, content: str) -> None:
        """Write a page. In its content `/Total Do` draws what `end` is given.

        Args:
            content: operators of a PDF.
        """
        if not self._node_pages:
            self._node = self._reserve()
        drawn = self._stream("", content.encode("ascii"))
        page = self._object(
            f"<</Type/Page/Parent {self._node} 0 R/Contents {drawn} 0 R/Resources {_RESOURCES} 0 R>>"
        )
        self._node_pages.append(page)
        self.pages += 1
        if len(self._node_pages) == _PAGES_OF_A_NODE:
            self._end_node()

    def end(self, total: str, *, title: str, author: str, creator: str, made_at: datetime) -> None:
        """Write what stands behind the pages.

        Args:
            total: the operators that every page draws with `/Total Do`, e.g. the number of pages.
        """
        if self._node_pages:
            self._end_node()
        width, height = self._size
        kids = " ".join(f"{number} 0 R" for number, _count in self._nodes)
        self._object(f"<</Type/Pages/Count {self.pages}/Kids[{kids}]/MediaBox[0 0 {width} {height}]>>", _TREE)
        self._stream(
            f"/Type/XObject/Subtype/Form/BBox[0 0 {width} {height}]/Resources {_RESOURCES} 0 R",
            total.encode("ascii"),
            _TOTAL,
        )
        fonts = "".join(f"/{name} {self._embed(font)} 0 R" for name, font in self._fonts.items())
        self._object(f"<</Font<<{fonts}>>/XObject<</Total {_TOTAL} 0 R>>>>", _RESOURCES)
        self._object(
            f"<</Title{_text(title)}/Author{_text(author)}/Creator{_text(creator)}"
            f"/CreationDate(D:{made_at:%Y%m%d%H%M%S}Z)>>",
            _INFO,
        )
        self._object(
            f"<</Type/Catalog/Pages {_TREE} 0 R/Lang(en)/ViewerPreferences<</DisplayDocTitle true>>>>",
            _CATALOG,
        )
        self._write_places()

    def _end_node(self) -> None:
        kids = " ".join(f"{page} 0 R" for page in self._node_pages)
        count = len(self._node_pages)
        self._object(f"<</Type/Pages/Parent {_TREE} 0 R/Count {count}/Kids[{kids}]>>", self._node)
        self._nodes.append((self._node, count))
        self._node_pages = []

    def _embed(self, font: PdfFont) -> int:
        """Write a font with its outlines; what was drawn with it can be copied and searched as text."""
        outlines = self._stream("/Subtype/CIDFontType0C", font.outlines)
        about = font.metrics
        box = " ".join(str(edge) for edge in about.box)
        described = self._object(
            f"<</Type/FontDescriptor/FontName/{font.name}/Flags 4/FontBBox[{box}]/ItalicAngle 0"
            f"/Ascent {about.ascent}/Descent {about.descent}/CapHeight {about.cap_height}/StemV 80"
            f"/FontFile3 {outlines} 0 R>>"
        )
        widths = "".join(f"{glyph}[{font.glyph_width(glyph)}]" for glyph in sorted(font.used))
        inner = self._object(
            f"<</Type/Font/Subtype/CIDFontType0/BaseFont/{font.name}"
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {described} 0 R/DW 500/W[{widths}]>>"
        )
        meaning = self._stream("", _meaning(font.used).encode("ascii"))
        return self._object(
            f"<</Type/Font/Subtype/Type0/BaseFont/{font.name}/Encoding/Identity-H"
            f"/DescendantFonts[{inner} 0 R]/ToUnicode {meaning} 0 R>>"
        )

    def _reserve(self) -> int:
        self._places.append(0)
        return len(self._places) - 1

    def _object(self, body: str, number: int = 0) -> int:
        return self._put(body.encode("latin-1"), number)

    def _stream(self, entries: str, data: bytes, number: int = 0) -> int:
        packed = zlib.compress(data, _LEVEL)
        head = f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode("ascii")
        return self._put(b"%b%b\nendstream" % (head, packed), number)

    def _put(self, body: bytes, number: int) -> int:
        number = number or self._reserve()
        self._places[number] = self._position
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        return number

    def _write_places(self) -> None:
        begin = self._position
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._places))
        for number in range(1, len(self._places)):
            self._write(b"%010d 00000 n \n" % self._places[number])
        self._write(
            f"trailer\n<</Size {len(self._places)}/Root {_CATALOG} 0 R/Info {_INFO} 0 R>>\n"
            f"startxref\n{begin}\n%%EOF\n".encode("ascii")
        )

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._position += len(data)


def _text(text: str) -> str:
    """A text as a PDF's own string."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def _meaning(used: dict[int, str]) -> str:
    """The table that says which text a glyph is."""
    lines = [
        f"<{glyph:04X}><{sign.encode('utf-16-be').hex().upper()}>" for glyph, sign in sorted(used.items())
    ]
    parts = [lines[first : first + 100] for first in range(0, len(lines), 100)]
    blocks = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts)
    return (
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n{blocks}\n"
        "endcmap CMapName currentdict/CMap defineresource pop end end"
    )
