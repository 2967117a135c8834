"""Taking an error file back: its rows become what the same records hold, and are ready to be processed again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from desktop.errors import SourceError
from desktop.formats import counted
from desktop.imports.integrations.definition import Definition, Reading, from_json
from desktop.imports.mending import moves, repair
from desktop.imports.mending.error_file import (
    KEY_CAPTION,
    LONGEST_TEXT,
    RAW_KEY_CAPTION,
    Part,
    RecordKey,
    is_message,
    mark_of,
    parts_of,
    printable,
    read_key,
    taken_off,
)
from desktop.imports.mending.regrouping import follow_keys
from desktop.imports.sources.reader import WORKBOOK, open_source
from desktop.imports.summary import refuse_reading, refuse_undone
from desktop.sessions.session import Session
from models import changes
from models.database import connected, database
from models.enforcement import indirect
from models.integration_record import ImportRun, IntegrationRecord, RecordStatus
from models.rights import Right

_BLOCK: Final = 2_000  # rows per transaction
_OPEN: Final = (RecordStatus.READY, RecordStatus.ERROR)
_HEADS: Final = (KEY_CAPTION, RAW_KEY_CAPTION)
_decode = msgspec.json.Decoder(list[str]).decode
_encode = msgspec.json.Encoder().encode


class TakenBack(msgspec.Struct, frozen=True):
    """What taking an error file back has done: rows = changed + unchanged + left.

    Attributes:
        run_id, file_name: the import, and the file that it came from.
        changed: rows that say something else now; unchanged: those that say the same, of which an error stays one.
        left: rows that were not taken, because their records are no longer waiting: processed meanwhile, or excluded.
        doubled: rows whose record stands in the file before; not taken.
        strange: rows without a key of a record of this import, such as rows that were added; not taken.
        record_ids: the records that are ready now: those that were changed, what is left of documents that they have
            left, and others that were ready before.
            `service.start_processing` takes them to process just these.
        still_errors: unchanged rows that have their errors as before; rows of a document follow a changed one.
    """

    run_id: int
    file_name: str
    rows: int
    changed: int
    unchanged: int
    left: int
    doubled: int
    strange: int
    record_ids: list[int]
    still_errors: int = 0

    @property
    def text(self) -> str:
        """One line for people, e.g. "12 rows corrected, 3 not changed"."""
        parts: list[str] = []
        for number, words in (
            (self.changed, "corrected"),
            (self.unchanged, "not changed"),
            (self.left, "left, because they are not waiting any more"),
            (self.doubled, "left, because they stand in the file twice"),
            (self.strange, "left, because they do not belong to this import"),
        ):
            if number:
                parts.append(f"{number:,} {words}" if parts else f"{counted(number, 'row')} {words}")
        return ", ".join(parts) or "no rows"

    @property
    def hint(self) -> str:
        """What can be done about rows that stay errors; empty where there are none."""
        if not self.still_errors:
            return ""
        if self.still_errors == 1:
            return (
                "1 unchanged row stays an error: correct it in the file, or choose Retry to try it as it is."
            )
        return (
            f"{self.still_errors:,} unchanged rows stay errors: correct them in the file,"
            " or choose Retry to try them as they are."
        )


class _Row(NamedTuple):
    """One row of the file: its key, None where it has none, and its cells by caption."""

    key: RecordKey | None
    cells: dict[str, str]


@indirect(Right.MODIFY, "integration_record")
def take_back(path: Path | str, session: Session) -> TakenBack:
    """Take the rows of an error file back into the same records.

    A cell that still says what was exported leaves the cell of the record as it is, so that nothing is lost on the
    way through a spreadsheet; a column that is missing leaves its cells as they are. Doing it twice does no harm.

    Args:
        session: tells progress, and may be cancelled: what is taken by then stays, and the file can be taken again.
    Raises:
        SourceError: the file cannot be read, NotAnErrorFile, SeveralImports, or OtherImport where its import is not
            in this company.
        BackdeskError: StillReading, Interrupted, or Undone.
        TaskCancelledError: cancelled.
    """
    file = Path(path)
    with connected():
        first = next((row.key for row in _rows(file, _NEUTRAL) if row.key is not None), None)
        if first is None:
            raise SourceError(
                f"“{file.name}” has no row of an import's errors.",
                f"Choose a file that was exported from Integration Records, with its column “{KEY_CAPTION}”.",
                "NotAnErrorFile",
            )
        run = ImportRun.get_or_none(ImportRun.id == first.run_id)
        if run is None or mark_of(run) != first.mark:
            raise SourceError(
                f"The rows of “{file.name}” belong to an import that this company does not have.",
                "Open the company that the file was exported from; an import that was deleted is read anew.",
                "OtherImport",
            )
        refuse_reading(run)
        refuse_undone(run)
        return _Return(file, run, session).run()


class _Return:
    """One error file on its way back."""

    def __init__(self, file: Path, run: ImportRun, session: Session) -> None:
        self._file, self._run, self._session = file, run, session
        self._parts = parts_of(run)
        self._mark = mark_of(run)
        self._seen: set[int] = set()
        self._changed = self._unchanged = self._left = self._doubled = self._strange = 0
        self._ready: list[int] = []
        self._same: list[int] = []  # rows with errors in which nothing was changed

    def run(self) -> TakenBack:
        """Row after row."""
        definition = msgspec.structs.replace(
            _NEUTRAL, decimal_separator=from_json(self._run.definition).decimal_separator
        )
        block: dict[int, dict[str, str]] = {}
        rows = 0
        for row in _rows(self._file, definition):
            rows += 1
            if row.key is None or row.key.run_id != self._run.id or row.key.mark != self._mark:
                self._refuse_other(row)
                self._strange += 1
            elif row.key.record_id in self._seen:
                self._doubled += 1
            else:
                self._seen.add(row.key.record_id)
                block[row.key.record_id] = row.cells
            if len(block) >= _BLOCK:
                self._take(block)
                self._session.progress(rows, 0, f"Taking back {self._file.name}")
                block = {}
        self._take(block)
        return TakenBack(
            self._run.id,
            self._run.file_name,
            rows,
            self._changed,
            self._unchanged,
            self._left,
            self._doubled,
            self._strange,
            self._ready,
            self._count_errors(self._same),
        )

    def _refuse_other(self, row: _Row) -> None:
        if row.key is not None:
            raise SourceError(
                f"“{self._file.name}” has rows of several imports.",
                "Take the file of each import back by itself.",
                "SeveralImports",
            )

    def _take(self, wanted: dict[int, dict[str, str]]) -> None:
        """Some rows in one transaction."""
        corrected: dict[int, tuple[list[str], list[str]]] = {}
        ready: list[int] = []
        known = 0
        with database.atomic():
            for ids in moves.blocks(list(wanted)):
                rows = database.execute_sql(
                    "SELECT r.id, r.part, s.status, COALESCE(r.edited_payload, r.payload)"
                    " FROM integration_record AS r JOIN integration_record_status AS s ON s.record_id = r.id"
                    f" WHERE r.run_id = ? AND r.id IN {moves.marks(ids)}",
                    (self._run.id, *ids),
                ).fetchall()
                for record_id, part, status, payload in rows:
                    known += 1
                    if status not in _OPEN:
                        self._left += 1
                        continue
                    before = _decode(payload)
                    cells = _merged(before, wanted[record_id], self._parts[part])
                    if cells != before:
                        corrected[record_id] = before, cells
                        self._changed += 1
                        ready.append(record_id)
                    else:
                        self._unchanged += 1
                        if status == RecordStatus.READY:  # taken back before, and not processed since
                            self._ready.append(record_id)
                        else:
                            self._same.append(record_id)
            database.connection().executemany(
                "UPDATE integration_record SET edited_payload = ? WHERE id = ?",
                [(_encode(cells).decode(), record_id) for record_id, (_, cells) in corrected.items()],
            )
            if corrected:
                behind = follow_keys(self._run.id, corrected)
                repair.retry(self._run.id, ready)
                ready += behind
                ImportRun.update(revision=ImportRun.revision + 1).where(
                    ImportRun.id == self._run.id
                ).execute()
                changes.touch(IntegrationRecord.table())
        self._strange += len(wanted) - known
        self._ready += ready

    def _count_errors(self, record_ids: list[int]) -> int:
        """How many of these records have errors now."""
        counting = "SELECT COUNT(*) FROM integration_record_status WHERE status = ? AND record_id IN"
        return sum(
            database.execute_sql(
                f"{counting} {moves.marks(ids)}", (int(RecordStatus.ERROR), *ids)
            ).fetchone()[0]
            for ids in moves.blocks(record_ids)
        )


def _merged(before: Sequence[str], told: dict[str, str], part: Part) -> list[str]:
    """The cells of a record with what the file says of them."""
    cells = [*before, *[""] * (len(part.captions) - len(before))]
    for place, caption in enumerate(part.captions):
        text = told.get(caption)
        if text is not None and not _same(cells[place], text):
            cells[place] = text
    least = len(before) if cells[: len(before)] == list(before) else len(part.header)
    while len(cells) > least and not cells[-1]:
        cells.pop()
    return cells


def _same(before: str, text: str) -> bool:
    """Whether a text is the exported one, as far as a spreadsheet keeps it."""
    if before == text:
        return True
    shown = printable(before)
    if len(shown) > LONGEST_TEXT and text.endswith("…"):
        return shown[: LONGEST_TEXT - 1] == text[:-1]
    return _plain(shown) == _plain(text)


def _plain(text: str) -> str:
    """A text without what spreadsheets change by themselves: ends of lines, and blanks around it."""
    return "\n".join(text.splitlines()).strip()


def _rows(file: Path, definition: Definition) -> Iterator[_Row]:
    """The rows of all tables of the file; a line of column names begins each of them."""
    sheets: tuple[str, ...] = ("",)
    while sheets:
        sheet, *rest = sheets
        reading = msgspec.structs.replace(definition.reading, sheet=sheet)
        try:
            with open_source(
                file, msgspec.structs.replace(definition, reading=reading), guess=True
            ) as source:
                if source.dialect.kind == WORKBOOK and not sheet:
                    rest = [name for name in source.dialect.sheets if name != source.dialect.sheet]
                yield from _rows_of_table(source.header, source.rows)
        except SourceError as error:
            if not sheet or error.code not in ("Empty", "NoHeader"):
                raise  # a sheet that somebody added and left empty is none of ours
        sheets = tuple(rest)


def _rows_of_table(header: list[str], rows: Iterator[tuple[int, list[str]]]) -> Iterator[_Row]:
    heads = _find_heads(header)
    for _line, cells in rows:
        found = _find_heads(cells)
        if found is not None:
            heads = found
        elif heads is not None:
            place, captions = heads
            told = {
                caption: taken_off(cell) if captions[place] == KEY_CAPTION else cell
                for caption, cell in zip(captions, cells, strict=False)
                if caption and not is_message(caption)
            }
            missing = {
                caption: "" for caption in captions[len(cells) :] if caption and not is_message(caption)
            }
            yield _Row(read_key(cells[place]) if place < len(cells) else None, told | missing)


def _find_heads(cells: Sequence[str]) -> tuple[int, list[str]] | None:
    """The line of column names and where in it the keys stand; None for any other line."""
    for place, cell in enumerate(cells):
        if cell.strip() in _HEADS:
            return place, [taken_off(name.strip()) for name in cells]
    return None


_NEUTRAL: Final = Definition(
    code="",
    description="",
    target_table="customer",
    source_type="Any",
    execution_mode="",
    match_field="no",
    match_mode="",
    null_text="",
    decimal_separator=".",
    date_format="YYYY-MM-DD",
    reading=Reading(header_line=1, quote='"', text_formulas=False),
    fields=(),
    value_maps={},
)
