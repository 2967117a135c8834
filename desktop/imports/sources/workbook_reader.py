"""Rows of a workbook (xlsx, xlsm, xlsb, xls, ods), as the texts that a person would type for them.

An xlsx is read as a stream. For the others there is a library, which holds a whole sheet in memory, fails on what
contradicts itself and says nothing of the errors of formulas; what it is given is looked at first.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol
from zipfile import ZipFile

import python_calamine

from desktop.errors import SourceError
from desktop.imports.sources.compound_file import CompoundFile
from desktop.imports.sources.error_cells import Errors, check_ods, check_xls, check_xlsb
from desktop.imports.sources.file_checks import PACKED
from desktop.imports.sources.header import FileRow
from desktop.imports.sources.sheet_choice import (
    LOOKED_AT,
    ChosenSheet,
    Fits,
    SheetName,
    choose_sheet,
    named_sheet,
)
from desktop.imports.sources.typed_cells import CellTexts
from desktop.imports.sources.workbook_safety import ODS, XLSB, XLSX, broken, kind_of, open_package, too_large
from desktop.imports.sources.xlsx_package import XlsxPackage
from desktop.imports.sources.xlsx_reader import XlsxBook, XlsxSheet

_ENDINGS: Final = {ODS: ".ods", XLSB: ".xlsb"}


class Workbook(Protocol):
    """One open sheet.

    Attributes:
        sheet: its name.
        sheets: the names of all worksheets, visible ones first.
        note: why this sheet was chosen; empty where somebody has named it, or there was no other.
    """

    sheet: str
    sheets: list[str]
    note: str

    @property
    def height(self) -> int:
        """Rows of the sheet, up to the last one with a value; 0 where the workbook does not say."""

    @property
    def error_cells(self) -> int:
        """Cells that hold the error of a formula, among the rows that were read so far."""

    @property
    def uncalculated(self) -> int:
        """Cells with a formula whose value the file does not have, likewise."""

    @property
    def hidden_rows(self) -> int:
        """Rows that people do not see, likewise; 0 where the reader cannot tell."""

    def hidden_columns(self) -> list[int]:
        """The columns that people do not see, from 0 for the first one that is read, likewise."""

    def rows(self) -> Iterator[FileRow]:
        """Each row that has a value, with its number from 1, without the empty columns on the left."""


class _Streamed:
    """A sheet of an xlsx."""

    def __init__(self, sheet: XlsxSheet, sheets: list[str], note: str, rows: Iterator[FileRow]) -> None:
        self.sheet = sheet.name
        self.sheets = sheets
        self.note = note
        self._sheet = sheet
        self._rows = rows

    @property
    def height(self) -> int:
        return self._sheet.height

    @property
    def error_cells(self) -> int:
        return self._sheet.error_cells

    @property
    def uncalculated(self) -> int:
        return self._sheet.uncalculated

    @property
    def hidden_rows(self) -> int:
        return self._sheet.hidden_rows

    def hidden_columns(self) -> list[int]:
        return self._sheet.hidden_columns()

    def rows(self) -> Iterator[FileRow]:
        return self._rows


class _Whole:
    """A sheet of any other workbook, which the library holds in memory as a whole."""

    def __init__(
        self, chosen: ChosenSheet, sheets: list[str], source: Any, errors: Errors, separator: str
    ) -> None:
        self.sheet = chosen.name
        self.sheets = sheets
        self.note = chosen.note
        self.error_cells = len(errors)
        self.uncalculated = 0
        self.hidden_rows = 0
        self._source = source
        self._errors = errors
        self._separator = separator

    @property
    def height(self) -> int:
        return int(self._source.height)

    def hidden_columns(self) -> list[int]:
        return []

    def rows(self) -> Iterator[FileRow]:
        rows_with_errors = {row for row, _ in self._errors}
        text = CellTexts(self._separator)
        left = self._source.start[1]
        for position, values in enumerate(self._source.iter_rows()):
            row = [value if type(value) is str else text(value) for value in values]
            if position in rows_with_errors:
                for column in range(len(row)):
                    row[column] = self._errors.get((position, left + column), row[column])
            if any(row):
                yield position + 1, row


def _any(_rows: Sequence[FileRow]) -> int:
    return 0


@contextmanager
def open_workbook(
    path: Path, wanted_sheet: str = "", decimal_separator: str = ".", fits: Fits = _any
) -> Iterator[Workbook]:
    """Open a workbook and the sheet to read.

    Args:
        wanted_sheet: its name; empty chooses one.
        decimal_separator: the sign in the texts of typed numbers, so that they read like those a person types.
        fits: tells the sheet to choose; without it, the first one with a table is taken.
    Raises:
        SourceError: Password, BrokenWorkbook, NotWhatItSays, TooLarge, TooLong, TooWide, NoSheet or Empty. Those of
            an xlsx also while its rows are read.
    """
    with ExitStack() as stack:
        with path.open("rb") as file:
            packed = file.read(4) == PACKED
        package = stack.enter_context(open_package(path)) if packed else None
        if package is not None and kind_of(path, package) == XLSX:
            yield _streamed(path, package, wanted_sheet, decimal_separator, fits, stack)
        else:
            yield _whole(path, package, wanted_sheet, decimal_separator, fits, stack)


def _streamed(
    path: Path, package: ZipFile, wanted: str, decimal_separator: str, fits: Fits, stack: ExitStack
) -> Workbook:
    """The wanted sheet of an xlsx, or the one that fits."""
    book = XlsxPackage(path, package)
    sheets = sorted(
        (SheetName(sheet.name, sheet.visible) for sheet in book.sheets), key=lambda sheet: not sheet.visible
    )
    by_name = {sheet.name: sheet for sheet in book.sheets}
    opened = XlsxBook(book, decimal_separator)
    stack.callback(opened.close)

    def first_rows(name: str) -> list[FileRow]:
        return list(itertools.islice(XlsxSheet(opened, by_name[name]).rows(LOOKED_AT), LOOKED_AT))

    chosen = _chosen(path, wanted, sheets, [sheet.name for sheet in book.sheets], first_rows, fits)
    sheet = XlsxSheet(opened, by_name[chosen.name])
    rows = sheet.rows()
    first = next(rows, None)
    if first is None:
        raise _no_data(path, wanted)
    return _Streamed(sheet, [one.name for one in sheets], chosen.note, itertools.chain([first], rows))


def _whole(
    path: Path, package: ZipFile | None, wanted: str, decimal_separator: str, fits: Fits, stack: ExitStack
) -> Workbook:
    """The wanted sheet of another workbook, or the one that fits."""
    errors: dict[str, Errors] = {}
    if package is None:
        CompoundFile(path).check_chains()
    else:
        kind = kind_of(path, package)
        errors = check_ods(path, package) if kind == ODS else check_xlsb(path, package)
        if path.suffix.lower() != _ENDINGS[kind]:
            raise SourceError(
                f"“{path.name}” is really a workbook of another kind.",
                f"Rename it to end with {_ENDINGS[kind]}.",
                "NotWhatItSays",
            )
    try:
        book = stack.enter_context(_opened(path))
    except SourceError as error:
        if error.code == "BrokenWorkbook" and package is None and path.suffix.lower() != ".xls":
            raise _old_one(path) from error
        raise
    if package is None:
        errors = check_xls(path)
    sheets = _readable(path, book)
    names = [sheet.name for sheet in sheets]

    def opened(chosen: ChosenSheet) -> _Whole:
        source = _guarded(path, functools.partial(book.get_sheet_by_name, chosen.name))
        return _Whole(chosen, names, source, errors.get(chosen.name, {}), decimal_separator)

    def first_rows(name: str) -> list[FileRow]:
        sheet = opened(ChosenSheet(name, ""))
        return list(itertools.islice(sheet.rows(), LOOKED_AT)) if sheet.height else []

    sheet = opened(_chosen(path, wanted, sheets, book.sheet_names, first_rows, fits))
    if not sheet.height:
        raise _no_data(path, wanted)
    return sheet


def _chosen(
    path: Path,
    wanted: str,
    sheets: Sequence[SheetName],
    names: Sequence[str],
    first_rows: Callable[[str], list[FileRow]],
    fits: Fits,
) -> ChosenSheet:
    if wanted:
        return ChosenSheet(named_sheet(path, wanted, names), "")
    if len(sheets) == 1:
        return ChosenSheet(sheets[0].name, "")
    chosen = choose_sheet(sheets, first_rows, fits)
    if chosen is None:
        raise _no_data(path, wanted)
    return chosen


def _no_data(path: Path, wanted: str) -> SourceError:
    return SourceError(
        f"The sheet “{wanted}” is empty." if wanted else f"“{path.name}” has no sheet with data.",
        "Choose another file or sheet.",
        "Empty",
    )


def _old_one(path: Path) -> SourceError:
    """The library goes by the ending of the name, and only a protected workbook is not packed otherwise."""
    return SourceError(
        f"“{path.name}” is named like a workbook of a newer kind, but is really an old or damaged one.",
        "Rename it to end with .xls, or open it in Excel and save it again.",
        "NotWhatItSays",
    )


def _guarded(path: Path, call: Callable[[], Any]) -> Any:
    """Call the workbook library; its errors, also those that it takes for the end of the program, become ours."""
    try:
        return call()
    except python_calamine.PasswordError as error:
        raise SourceError(
            f"“{path.name}” is protected by a password.",
            "Open it in Excel, remove the password under File, Info, Protect Workbook, and save it.",
            "Password",
        ) from error
    except MemoryError as error:
        raise too_large(path, "it needs more memory than there is") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if "Cell limit exceeded" in str(error):
            raise too_large(path, "its sheet reaches over too many rows and columns") from error
        raise broken(path, str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise broken(path, "its content contradicts itself") from error


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    book = _guarded(path, lambda: python_calamine.load_workbook(str(path)))
    try:
        yield book
    finally:
        book.close()


def _readable(path: Path, book: Any) -> list[SheetName]:
    """The worksheets, visible ones first."""
    sheets = [
        sheet
        for sheet in book.sheets_metadata
        if sheet.typ in (python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetTypeEnum.Vba)
    ]
    if not sheets:
        raise broken(path, "it has no worksheet")
    visible = python_calamine.SheetVisibleEnum.Visible
    named = [SheetName(sheet.name, sheet.visible == visible) for sheet in sheets]
    return sorted(named, key=lambda sheet: not sheet.visible)
