"""Writing the failed rows of an import into a workbook or a CSV file, each with what is wrong beside its cell."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from desktop.errors import SourceError
from desktop.imports.integrations.definition import from_json
from desktop.imports.mending.error_file import (
    KEY_CAPTION,
    LONGEST_TEXT,
    MESSAGE_CAPTION,
    RAW_KEY_CAPTION,
    ROW_CAPTION,
    Part,
    RecordKey,
    key_text,
    made_safe,
    mark_of,
    parts_of,
    printable,
)
from desktop.imports.mending.moves import blocks, marks
from desktop.imports.summary import find_run
from models.database import connected, database
from models.errors import BackdeskError
from models.integration_record import ImportRun, RecordStatus

ENDINGS: Final = (".xlsx", ".csv")
_ROWS_OF_A_SHEET: Final = 1_000_000
_decode = msgspec.json.Decoder(list[str]).decode


class _FailedRow(NamedTuple):
    """One failed row; `faults` are pairs of the column at fault, empty for the whole row, and what is wrong."""

    key: str
    line_no: int
    part: int
    cells: list[str]
    faults: list[tuple[str, str]]


def _nobody_waits(_done: int, _total: int) -> None:
    """An export that nobody watches."""


def export_errors(
    run_id: int,
    path: Path | str,
    *,
    safe: bool = True,
    tell: Callable[[int, int], None] = _nobody_waits,
) -> int:
    """Write exactly the rows of a run that have errors.

    In a workbook the cells at fault are marked, with a column beside them that says what is wrong; in a CSV file that
    stands in the last column. Only reads the company, so that it may run beside everything else.

    Args:
        path: of the new file, ending in .xlsx or .csv; one that is there is replaced when the new one is whole.
        safe: texts that a spreadsheet would take for a formula get an apostrophe, which goes again when the file is
            taken back. A workbook needs none: its cells are texts.
        tell: called with the rows written and all; may raise, which ends it.
    Returns:
        How many rows were written.
    Raises:
        BackdeskError: NotFound, or NoErrors where no row has one.
        SourceError: WrongEnding, or CannotWrite.
    """
    file = Path(path)
    ending = file.suffix.lower()
    if ending not in ENDINGS:
        raise SourceError(
            f"“{file.name}” can be neither a workbook nor a CSV file by its name.",
            "Let the name end in .xlsx or .csv.",
            "WrongEnding",
        )
    unfinished = file.with_name(f".{file.stem}-{uuid.uuid4().hex[:8]}{ending}")
    try:
        with connected():
            run = find_run(run_id)
            if not run.errors:
                raise BackdeskError(
                    f"No record of “{run.file_name}” has an error.", "There is nothing to export.", "NoErrors"
                )
            rows = _told(_failed_rows(run), run.errors, tell)
            count = (_write_book if ending == ".xlsx" else _write_text)(unfinished, run, rows, safe)
        unfinished.replace(file)
    except OSError as error:
        raise SourceError(
            f"“{file.name}” cannot be written: {error.strerror or error}.",
            "Close it where it is open, choose another folder, or make room on the disk.",
            "CannotWrite",
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


def _told(rows: Iterator[_FailedRow], total: int, tell: Callable[[int, int], None]) -> Iterator[_FailedRow]:
    for done, row in enumerate(rows):
        if done % 100 == 0:
            tell(done, total)
        yield row


def _failed_rows(run: ImportRun) -> Iterator[_FailedRow]:
    """By file and line, read in portions."""
    mark = mark_of(run)
    ids = [
        record_id
        for (record_id,) in database.execute_sql(
            "SELECT r.id FROM integration_record_status AS s JOIN integration_record AS r ON r.id = s.record_id"
            f" WHERE s.run_id = ? AND s.status = {RecordStatus.ERROR:d} AND s.status IN (0, 4)"
            " ORDER BY r.part, r.id",
            (run.id,),
        )
    ]
    for block in blocks(ids):
        faults: dict[int, list[tuple[str, str]]] = {}
        for record_id, column, message, hint in database.execute_sql(
            "SELECT record_id, source_column, message, hint FROM integration_record_error"
            f" WHERE record_id IN {marks(block)} ORDER BY id",
            tuple(block),
        ):
            faults.setdefault(record_id, []).append((column, printable(f"{message} {hint}".strip())))
        for record_id, line_no, part, payload in database.execute_sql(
            "SELECT id, line_no, part, COALESCE(edited_payload, payload) FROM integration_record"
            f" WHERE id IN {marks(block)} ORDER BY part, id",
            tuple(block),
        ):
            yield _FailedRow(
                key_text(RecordKey(run.id, record_id, mark)),
                line_no,
                part,
                [printable(cell) for cell in _decode(payload)],
                faults.get(record_id, []),
            )


def _write_text(path: Path, run: ImportRun, rows: Iterator[_FailedRow], safe: bool) -> int:
    """One table; of two files the one with the lines follows, under column names of its own."""
    delimiter = ";" if from_json(run.definition).decimal_separator == "," else ","
    clean = made_safe if safe else str
    parts = {part.number: part for part in parts_of(run)}
    count, current = 0, -1
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened, delimiter=delimiter)
        for row in rows:
            part = parts[row.part]
            if row.part != current:
                current = row.part
                head = [clean(caption) for caption in part.captions]
                writer.writerow(
                    [KEY_CAPTION if safe else RAW_KEY_CAPTION, ROW_CAPTION, *head, MESSAGE_CAPTION]
                )
            missing = [""] * (len(part.captions) - len(row.cells))
            wrong = "; ".join(f"{column}: {text}" if column else text for column, text in row.faults)
            cells = [clean(cell) for cell in row.cells]
            writer.writerow([row.key, row.line_no, *cells, *missing, clean(wrong)])
            count += 1
    return count


def _write_book(path: Path, run: ImportRun, rows: Iterator[_FailedRow], _safe: bool) -> int:
    from xlsxwriter.exceptions import FileCreateError

    from desktop.workbooks import new_workbook

    book = new_workbook(path)
    book.set_properties({"title": f"Errors of {run.file_name}"})
    made = _ErrorBook(book, run)
    try:
        for row in rows:
            made.add(row)
    finally:
        try:
            book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error
    return made.count


class _ErrorBook:
    """The sheets of a workbook of errors: one for the file, and one for the second file where there are two."""

    def __init__(self, book: Any, run: ImportRun) -> None:
        self.count = 0
        self._book = book
        self._parts = {part.number: part for part in parts_of(run)}
        self._wrong = self._columns_at_fault(run)
        self._current = -1
        self._line = 0
        self._sheets = 0
        self._sheet: Any = None
        self._layout: list[tuple[int, str]] = []  # the cell, -1 for what is wrong; and the column of the file
        style = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        head = {**style, "bold": True, "bottom": 2, "bottom_color": "#0A7480", "font_color": "#33404B"}
        self._text = book.add_format({**style, "num_format": "@"})
        self._mark = book.add_format(
            {**style, "num_format": "@", "bg_color": "#FBD9D7", "border": 1, "border_color": "#C4302B"}
        )
        self._message = book.add_format({**style, "font_color": "#A3221D", "italic": True, "text_wrap": True})
        self._head = book.add_format(head)
        self._message_head = book.add_format({**head, "font_color": "#A3221D"})

    def add(self, row: _FailedRow) -> None:
        """Write one row."""
        if row.part != self._current or self._line >= _ROWS_OF_A_SHEET:
            self._begin_sheet(self._parts[row.part])
        sheet, line = self._sheet, self._line
        by_column: dict[str, list[str]] = {}
        header = self._parts[row.part].header
        for column, text in row.faults:
            by_column.setdefault(column if column in header else "", []).append(text)
        sheet.write_string(line, 0, row.key, self._text)
        sheet.write_number(line, 1, row.line_no, self._message_head)
        for place, (cell, column) in enumerate(self._layout, 2):
            if cell < 0:
                sheet.write_string(line, place, _fitting(" ".join(by_column.get(column, []))), self._message)
                continue
            style = self._mark if column in by_column else self._text
            if cell < len(row.cells) and row.cells[cell]:
                sheet.write_string(line, place, _fitting(row.cells[cell]), style)
            else:
                sheet.write_blank(line, place, None, style)
        self._line += 1
        self.count += 1

    def _begin_sheet(self, part: Part) -> None:
        self._close_sheet()
        self._current = part.number
        self._sheets += 1
        sheet = self._sheet = self._book.add_worksheet(
            "Errors" if self._sheets == 1 else f"Errors {self._sheets}"
        )
        wrong = self._wrong.get(part.number, set())
        self._layout = []
        for place in range(len(part.captions)):
            column = part.header[place] if place < len(part.header) else " "
            self._layout.append((place, column))
            if column in wrong:
                self._layout.append((-1, column))
        if "" in wrong:
            self._layout.append((-1, ""))
        sheet.set_column(0, 0, None, None, {"hidden": True})
        sheet.set_column(1, 1, 7)
        sheet.write_string(0, 0, RAW_KEY_CAPTION, self._head)
        sheet.write_string(0, 1, ROW_CAPTION, self._message_head)
        for place, (cell, column) in enumerate(self._layout, 2):
            if cell >= 0:
                caption = part.captions[cell]
                sheet.set_column(place, place, min(max(len(caption) + 2, 12), 40))
                sheet.write_string(0, place, caption, self._head)
            else:
                sheet.set_column(place, place, 48)
                named = f"{MESSAGE_CAPTION}: {column}" if column else MESSAGE_CAPTION
                sheet.write_string(0, place, named, self._message_head)
        sheet.freeze_panes(1, 2)
        self._line = 1

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.autofilter(0, 1, self._line - 1, len(self._layout) + 1)

    def _columns_at_fault(self, run: ImportRun) -> dict[int, set[str]]:
        """By file, the columns that have an error in any row; "" where errors belong to whole rows."""
        found: dict[int, set[str]] = {}
        for part, column in database.execute_sql(
            "SELECT DISTINCT r.part, e.source_column FROM integration_record_error AS e"
            " JOIN integration_record AS r ON r.id = e.record_id WHERE e.run_id = ?",
            (run.id,),
        ):
            known = part in self._parts and column in self._parts[part].header
            found.setdefault(part, set()).add(column if known else "")
        return found


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
