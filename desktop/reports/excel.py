"""A document as an Excel workbook, written row by row: no more than one row is ever held in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from desktop.reports.document import CellValue, Column, ColumnKind, Content, Frame
from desktop.workbooks import new_workbook

ROWS_OF_A_SHEET: Final = 1_000_000  # Excel's limit is 1,048,576, and the head needs some
LONGEST_TEXT: Final = 32_767  # of a cell; Excel takes no more
_NOT_IN_SHEET_NAMES: Final = re.compile(r"[\[\]:*?/\\]")
_WIDTH_OF_THE_PAPER: Final = 130.0  # characters of all columns together
_NARROWEST: Final = 10.0
_FORMATS: Final = {
    ColumnKind.COUNT: "#,##0",
    ColumnKind.AMOUNT: "#,##0.00",
    ColumnKind.PERCENT: "0.0\\ %",
    ColumnKind.DATE: "d mmm yyyy",
}
_HEAD: Final[dict[str, Any]] = {"bold": True, "font_color": "#4B5661", "bottom": 2, "bottom_color": "#0A7480"}


def write(path: Path, frame: Frame, content: Content, tell: Callable[[int], None]) -> None:
    """Write the workbook; a table that is longer than a sheet goes on with the next one.

    Args:
        path: made anew.
        tell: called with the number of rows that are written; may raise, which ends it.
    """
    book = new_workbook(path)
    book.set_properties({"title": frame.title, "author": frame.user_id, "company": frame.company})
    made = _Book(book, frame, content)
    try:
        for done, row in enumerate(content.rows):
            if done and done % ROWS_OF_A_SHEET == 0:
                made.next_sheet()
            made.add(row)
            tell(done + 1)
        made.end()
    finally:
        book.close()


class _Book:
    """The sheets of one document."""

    def __init__(self, book: Any, frame: Frame, content: Content) -> None:
        self._book, self._frame, self._content = book, frame, content
        self._formats = [self._format(column) for column in content.columns]
        self._sheets = 0
        self._sheet: Worksheet
        self._line = self._head_line = 0
        self.next_sheet()

    def next_sheet(self) -> None:
        """Begin a sheet with title and heads."""
        if self._sheets:
            self._close_table()
        self._sheets += 1
        name = _NOT_IN_SHEET_NAMES.sub(" ", self._frame.title).strip(" '")[:25] or "Report"
        self._sheet = self._book.add_worksheet(name if self._sheets == 1 else f"{name} {self._sheets}")
        self._set_up()
        self._line = 0
        self._write_title()
        self._write_heads()

    def add(self, row: tuple[CellValue, ...]) -> None:
        """Write one row."""
        for place, (value, style) in enumerate(zip(row, self._formats, strict=True)):
            self._put(place, value, style)
        self._line += 1

    def end(self) -> None:
        """Write what stands below the table."""
        self._close_table()
        if not self._content.row_count:
            self._sheet.write_string(self._line, 0, self._content.nothing)
        if self._content.totals:
            for place, (value, column) in enumerate(
                zip(self._content.totals, self._content.columns, strict=True)
            ):
                self._put(place, value, self._format(column, total=True))

    def _put(self, place: int, value: CellValue, style: Any) -> None:
        sheet = self._sheet
        if value is None or value == "":
            sheet.write_blank(self._line, place, None, style)
        elif isinstance(value, str):
            text = value if len(value) <= LONGEST_TEXT else f"{value[: LONGEST_TEXT - 1]}…"
            sheet.write_string(self._line, place, text, style)
        elif isinstance(value, datetime):
            sheet.write_datetime(self._line, place, value.astimezone().replace(tzinfo=None), style)
        elif isinstance(value, date):
            sheet.write_datetime(self._line, place, datetime(value.year, value.month, value.day), style)
        else:
            sheet.write_number(self._line, place, value, style)

    def _set_up(self) -> None:
        shares = sum(column.share for column in self._content.columns)
        for place, column in enumerate(self._content.columns):
            width = max(_NARROWEST, _WIDTH_OF_THE_PAPER * column.share / shares)
            self._sheet.set_column(place, place, width)
        self._sheet.hide_gridlines(2)
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        if self._content.landscape:
            self._sheet.set_landscape()
        self._sheet.set_footer(f"&L&8{_plain(self._frame.company)}&R&8Page &P of &N")

    def _write_title(self) -> None:
        """A few lines only, because they stay in sight with the heads."""
        content = self._content
        lines: tuple[tuple[str, dict[str, Any]], ...] = (
            (self._frame.title, {"bold": True, "font_size": 16}),
            (_joined((self._frame.company, self._frame.made_text)), {"font_color": "#646F7A"}),
            (_joined((content.subtitle, *map(_pair, content.filters))), {"font_color": "#4B5661"}),
            (_joined(map(_pair, content.figures)), {"bold": True}),
        )
        for text, look in lines:
            if text:
                self._sheet.write_string(self._line, 0, text, self._style(look))
                self._line += 1
        self._line += 1

    def _write_heads(self) -> None:
        self._head_line = self._line
        for place, column in enumerate(self._content.columns):
            side = "right" if column.kind.is_figure else "left"
            style = self._style({**_HEAD, "align": side})
            self._sheet.write_string(self._line, place, column.caption, style)
        self._line += 1
        self._sheet.freeze_panes(self._line, 1)
        self._sheet.repeat_rows(self._head_line)

    def _close_table(self) -> None:
        last = len(self._content.columns) - 1
        if self._line > self._head_line + 1:
            self._sheet.autofilter(self._head_line, 0, self._line - 1, last)

    def _format(self, column: Column, *, total: bool = False) -> Any:
        look: dict[str, Any] = {"align": "right" if column.kind.is_figure else "left"}
        if column.kind in _FORMATS:
            look["num_format"] = _FORMATS[column.kind]
        if total:
            look |= {"bold": True, "top": 1}
        return self._style(look)

    def _style(self, look: dict[str, Any]) -> Any:
        return self._book.add_format({"font_name": "Calibri", "font_size": 10, "valign": "vcenter", **look})


def _pair(told: tuple[str, str]) -> str:
    return f"{told[0]}: {told[1]}"


def _joined(texts: Iterable[str]) -> str:
    return " · ".join(filter(None, texts))


def _plain(text: str) -> str:
    """A text for a footer, where "&" begins a sign."""
    return text.replace("&", "&&")
