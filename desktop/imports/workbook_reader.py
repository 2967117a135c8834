"""Rows of a workbook (xlsx, xlsm, xls, ods), as the texts that a person would type for them."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import python_calamine

from desktop.errors import SourceError
from desktop.imports.compound_file import check_chains
from desktop.imports.file_checks import PACKED
from desktop.imports.workbook_safety import (
    SheetFacts,
    broken,
    check_package,
    check_sheet,
    check_whole,
    too_large,
)


class Workbook:
    """One open sheet. Use `open_workbook`."""

    def __init__(self, sheet: str, sheets: list[str], source: Any, facts: SheetFacts, separator: str) -> None:
        self.sheet = sheet
        self.sheets = sheets
        self.error_cells = len(facts.errors)
        self._source = source
        self._facts = facts
        self._separator = separator

    @property
    def height(self) -> int:
        """Rows of the sheet, up to the last one with a value."""
        return int(self._source.height)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that has a value, with its number from 1, without the empty columns on the left."""
        errors = self._facts.errors
        rows_with_errors = {row for row, _ in errors}
        text = _Texts(self._separator)
        left = self._source.start[1]
        for position, values in enumerate(self._source.iter_rows()):
            row = [value if type(value) is str else text(value) for value in values]
            if position in rows_with_errors:
                for column in range(len(row)):
                    row[column] = errors.get((position, left + column), row[column])
            if any(row):
                yield position + 1, row


@contextmanager
def open_workbook(path: Path, wanted_sheet: str = "", decimal_separator: str = ".") -> Iterator[Workbook]:
    """Open a workbook and the sheet to read.

    Args:
        wanted_sheet: its name; empty takes the first visible sheet with data.
        decimal_separator: the sign in the texts of typed numbers, so that they read like those a person types.
    Raises:
        SourceError: Password, BrokenWorkbook, NotWhatItSays, TooLarge, TooWide, NoSheet or Empty.
    """
    with ExitStack() as stack:
        with path.open("rb") as file:
            packed = file.read(4) == PACKED
        package = None
        if packed:
            package = stack.enter_context(check_package(path))
            check_whole(path, package)
        else:
            check_chains(path)
        try:
            book = stack.enter_context(_opened(path))
        except SourceError as error:
            if error.code == "BrokenWorkbook" and not packed and path.suffix.lower() != ".xls":
                raise _old_one(path) from error
            raise
        names = _readable(path, book)
        if wanted_sheet and wanted_sheet not in book.sheet_names:
            raise SourceError(
                f"“{path.name}” has no sheet “{wanted_sheet}”; it has: {', '.join(book.sheet_names)}.",
                "Choose one of them.",
                "NoSheet",
            )
        for name in [wanted_sheet] if wanted_sheet else names:
            facts = check_sheet(path, package, name) if package is not None else SheetFacts()
            source = _guarded(path, functools.partial(book.get_sheet_by_name, name))
            if source.height:
                yield Workbook(name, names, source, facts, decimal_separator)
                return
    raise SourceError(
        f"“{path.name}” has no sheet with data."
        if not wanted_sheet
        else f"The sheet “{wanted_sheet}” is empty.",
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


def _readable(path: Path, book: Any) -> list[str]:
    """The worksheets, visible ones first."""
    sheets = [
        sheet
        for sheet in book.sheets_metadata
        if sheet.typ in (python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetTypeEnum.Vba)
    ]
    if not sheets:
        raise broken(path, "it has no worksheet")
    visible = python_calamine.SheetVisibleEnum.Visible
    return [sheet.name for sheet in sorted(sheets, key=lambda sheet: sheet.visible != visible)]


class _Texts:
    """Turns typed cells into texts."""

    def __init__(self, separator: str) -> None:
        self._separator = separator

    def __call__(self, value: Any) -> str:
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float):
            return self._number(value)
        if isinstance(value, dt.datetime):
            if value.time() == dt.time():
                return value.date().isoformat()
            return value.isoformat(sep=" ", timespec="seconds")
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, dt.time):
            return value.isoformat(timespec="seconds")
        if isinstance(value, dt.timedelta):
            return str(value)
        return "" if value is None else str(value)

    def _number(self, value: float) -> str:
        """Without .0 where it is whole, else with the fifteen digits that a spreadsheet keeps."""
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        text = f"{value:.15g}"
        return text if self._separator == "." else text.replace(".", self._separator)
