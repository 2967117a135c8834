"""A document as a PDF: title, filters and figures, a table whose heads stand on every page, and page x of y."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from desktop.formats import count_text
from desktop.reports.document import CellValue, Column, ColumnKind, Content, Frame, cell_text
from desktop.reports.pdf_file import A4, A4_LANDSCAPE, PdfFile
from desktop.reports.pdf_font import PdfFont, printable
from resources import path as resource_path

_SIDE: Final = 42.0  # points of margin at the left and right
_TOP: Final = 40.0
_BOTTOM: Final = 46.0
_GAP: Final = 9.0  # between two columns
_TEXT, _SMALL, _TITLE, _FIGURE = 8.5, 8.0, 21.0, 15.0  # sizes of the font
_LINE: Final = 11.5  # from one line of a row to the next
_PADDING: Final = 3.6  # above and below the lines of a row
_HEAD: Final = 20.0
_MOST_LINES: Final = 4  # of one row
_ELLIPSIS: Final = "…"
_FEWEST_ROWS: Final = 18  # of a page, for the room that the number of all pages needs

_INK = "0.094 0.110 0.125"
_SOFT = "0.294 0.337 0.380"
_FAINT = "0.392 0.435 0.478"
_ACCENT = "0.039 0.455 0.502"
_RULE = "0.882 0.902 0.922"
_STRONG_RULE = "0.514 0.553 0.596"
_TINT = "0.969 0.976 0.980"


def write(path: Path, frame: Frame, content: Content, tell: Callable[[int], None]) -> None:
    """Write the document.

    Args:
        path: made anew.
        tell: called with the number of rows that are written; may raise, which ends it.
    """
    fonts = {"R": PdfFont(_font("Inter-Regular.otf")), "B": PdfFont(_font("Inter-SemiBold.otf"))}
    with PdfFile(path, A4_LANDSCAPE if content.landscape else A4, fonts) as file:
        paper = _Paper(file, fonts, frame, content)
        for done, row in enumerate(content.rows, start=1):
            paper.add(row)
            tell(done)
        paper.end()


def _font(name: str) -> Path:
    return resource_path("fonts", name)


class _Paper:
    """The pages of one document, from the top of each to its bottom."""

    def __init__(self, file: PdfFile, fonts: dict[str, PdfFont], frame: Frame, content: Content) -> None:
        self._file, self._fonts, self._frame, self._content = file, fonts, frame, content
        self._width, self._height = A4_LANDSCAPE if content.landscape else A4
        self._edges = self._measure()
        self._drawn: list[str] = []
        self._y = self._height - _TOP
        self._has_heads = False
        self._draw_title()
        self._draw_figures()
        self._draw_heads()

    def add(self, row: tuple[CellValue, ...], font: str = "R") -> None:
        """Draw one row, on a new page where this one is full."""
        cells = [
            self._lines(cell_text(value, column.kind), column, right - left, font)
            for value, column, (left, right) in zip(row, self._content.columns, self._edges, strict=True)
        ]
        count = max((len(lines) for lines in cells), default=1)
        height = max(1, count) * _LINE + 2 * _PADDING
        if self._y - height < _BOTTOM:
            self._turn()
        baseline = self._y - _PADDING - _TEXT
        for lines, column, (left, right) in zip(cells, self._content.columns, self._edges, strict=True):
            for place, line in enumerate(lines):
                self._cell(line, column, left, right, baseline - place * _LINE, font, _INK)
        self._y -= height
        self._rule(self._y, _RULE, 0.5)

    def end(self) -> None:
        """Draw what stands below the table, and end the file."""
        if not self._content.row_count:
            self._y -= 22
            self._text(_SIDE, self._y, printable(self._content.nothing), "R", 9.5, _SOFT)
            self._y -= 10
        if self._content.totals:
            self._rule(self._y, _STRONG_RULE, 0.9)
            self.add(self._content.totals, "B")
        self._end_page()
        pages = count_text(self._file.pages)
        where = self._width - _SIDE - self._fonts["R"].width(pages) * _SMALL / 1000
        self._drawn = []
        # The pages have left as much room as the longest number of pages that they thought of needs.
        self._text(min(where, self._width - _SIDE - self._room), 24.0, pages, "R", _SMALL, _FAINT)
        self._file.end(
            "\n".join(self._drawn),
            title=self._frame.title,
            author=self._frame.user_id,
            creator=self._frame.company,
            made_at=self._frame.made_at,
        )

    @property
    def _room(self) -> float:
        """How much room the number of all pages has on each; said before the number is known."""
        most = count_text(self._content.row_count // _FEWEST_ROWS + 1)
        return self._fonts["R"].width(most) * _SMALL / 1000

    def _measure(self) -> list[tuple[float, float]]:
        """The left and right edge of each column."""
        columns = self._content.columns
        free = self._width - 2 * _SIDE - _GAP * (len(columns) - 1)
        shares = sum(column.share for column in columns)
        edges, left = [], _SIDE
        for column in columns:
            right = left + free * column.share / shares
            edges.append((left, right))
            left = right + _GAP
        return edges

    def _draw_title(self) -> None:
        right = self._width - _SIDE
        self._y -= 10
        self._text(_SIDE, self._y, printable(self._frame.company), "B", 9.5, _ACCENT)
        self._text_right(right, self._y, printable(self._frame.made_text), "R", 9.0, _FAINT)
        self._y -= 27
        self._text(_SIDE, self._y, printable(self._frame.title), "B", _TITLE, _INK)
        self._y -= 7
        if self._content.subtitle:
            self._y -= 10
            self._text(_SIDE, self._y, printable(self._content.subtitle), "R", 10.0, _SOFT)
        for caption, value in self._content.filters:
            self._y -= 13
            label = printable(f"{caption}:")
            self._text(_SIDE, self._y, label, "B", 9.0, _SOFT)
            left = _SIDE + self._fonts["B"].width(label) * 9.0 / 1000 + 4
            fitted = self._fit(printable(value), right - left, "R", 9.0)
            self._text(left, self._y, fitted, "R", 9.0, _SOFT)
        self._y -= 14

    def _draw_figures(self) -> None:
        figures = self._content.figures
        if not figures:
            return
        height, gap = 42.0, 10.0
        wide = min(170.0, (self._width - 2 * _SIDE - gap * (len(figures) - 1)) / len(figures))
        widest = max(self._fonts["B"].width(printable(value)) for _caption, value in figures)
        size = max(_TEXT, min(_FIGURE, (wide - 22) * 1000 / max(1, widest)))
        for place, (caption, value) in enumerate(figures):
            left = _SIDE + place * (wide + gap)
            self._drawn.append(f"{_TINT} rg {left:.2f} {self._y - height:.2f} {wide:.2f} {height} re f")
            self._drawn.append(f"{_ACCENT} rg {left:.2f} {self._y - height:.2f} 2 {height} re f")
            self._text(left + 12, self._y - 14, printable(caption), "R", _SMALL, _FAINT)
            fitted = self._fit(printable(value), wide - 20, "B", size)
            self._text(left + 12, self._y - 33, fitted, "B", size, _INK)
        self._y -= height + 12

    def _draw_heads(self) -> None:
        lines = [
            self._lines(column.caption, column, right - left, "B")
            for column, (left, right) in zip(self._content.columns, self._edges, strict=True)
        ]
        height = _HEAD + _LINE * (max(len(found) for found in lines) - 1)
        for found, column, (left, right) in zip(lines, self._content.columns, self._edges, strict=True):
            for place, line in enumerate(found):
                low = self._y - height + 6.5 + _LINE * (len(found) - 1 - place)
                self._cell(line, column, left, right, low, "B", _SOFT)
        self._y -= height
        self._rule(self._y, _ACCENT, 1.1)

    def _turn(self) -> None:
        """End this page, and begin the next with the heads of the table."""
        self._end_page()
        self._y = self._height - _TOP - 8
        self._text(_SIDE, self._y, printable(self._frame.title), "B", 9.5, _INK)
        right = self._width - _SIDE
        self._text_right(right, self._y, printable(self._frame.company), "R", 9.0, _FAINT)
        self._y -= 8
        self._draw_heads()

    def _end_page(self) -> None:
        self._text(_SIDE, 24.0, printable(self._frame.company), "R", _SMALL, _FAINT)
        right = self._width - _SIDE - self._room
        self._text_right(right, 24.0, f"Page {count_text(self._file.pages + 1)} of ", "R", _SMALL, _FAINT)
        self._drawn.append("/Total Do")
        self._file.add_page("\n".join(self._drawn))
        self._drawn = []

    def _cell(
        self, line: str, column: Column, left: float, right: float, y: float, font: str, ink: str
    ) -> None:
        if column.kind.is_figure:
            self._text_right(right, y, line, font, _TEXT, ink)
        else:
            self._text(left, y, line, font, _TEXT, ink)

    def _text(self, x: float, y: float, text: str, font: str, size: float, ink: str) -> None:
        if text:
            code = self._fonts[font].encode(text)
            self._drawn.append(f"BT {ink} rg /{font} {size:.2f} Tf {x:.2f} {y:.2f} Td <{code}> Tj ET")

    def _text_right(self, right: float, y: float, text: str, font: str, size: float, ink: str) -> None:
        self._text(right - self._fonts[font].width(text) * size / 1000, y, text, font, size, ink)

    def _rule(self, y: float, ink: str, thick: float) -> None:
        right = self._width - _SIDE
        self._drawn.append(f"{ink} RG {thick} w {_SIDE} {y:.2f} m {right:.2f} {y:.2f} l S")

    def _lines(self, text: str, column: Column, width: float, font: str) -> list[str]:
        """The lines of a cell: a text goes on in the next line, a figure never does."""
        if not text:
            return []
        text = printable(text)
        if self._fonts[font].width(text) * _TEXT / 1000 <= width:
            return [text]
        if column.kind is not ColumnKind.TEXT and font == "R":
            return [self._fit(text, width, font, _TEXT)]
        return self._wrapped(text, width, font)

    def _wrapped(self, text: str, width: float, font: str) -> list[str]:
        lines: list[str] = []
        rest = text.strip()
        while rest:
            if len(lines) == _MOST_LINES - 1:
                lines.append(self._fit(rest, width, font, _TEXT))
                break
            count = max(1, self._fitting(rest, width, font, _TEXT))
            cut = rest.rfind(" ", 0, count + 1)
            if count >= len(rest):
                cut = len(rest)
            elif cut <= 0:
                cut = count
            lines.append(rest[:cut].rstrip())
            rest = rest[cut:].lstrip()
        return lines

    def _fit(self, text: str, width: float, font: str, size: float) -> str:
        """The text, or its beginning and "…"."""
        if self._fonts[font].width(text) * size / 1000 <= width:
            return text
        room = width - self._fonts[font].width(_ELLIPSIS) * size / 1000
        return text[: self._fitting(text, room, font, size)].rstrip() + _ELLIPSIS

    def _fitting(self, text: str, width: float, font: str, size: float) -> int:
        """How many signs of the text are no wider than that."""
        used, room = 0, width * 1000 / size
        for place, sign in enumerate(text):
            used += self._fonts[font].width(sign)
            if used > room:
                return place
        return len(text)
