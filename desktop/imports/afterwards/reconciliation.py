"""Reconciliation: what the file had, what was staged and what the company has now must be one and the same.

Counters move in the transaction that writes the records, and the database refuses a run whose counters do not add up.
This counts once more, from the rows and the records themselves; a difference is a fault of the program, and nobody's
mistake.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any, Final

import msgspec

from desktop.imports.integrations.definition import HEADER, Definition, FieldMap, from_json
from desktop.imports.sources.left_out import in_words
from desktop.imports.sources.reader import Dialect
from desktop.imports.staged_rows import control_field, value_reader
from desktop.imports.summary import find_run
from desktop.imports.told_when_read import left_out_of
from desktop.imports.writing.outcome import COUNTERS
from models.database import connected, database
from models.enforcement import as_system
from models.fields import shown_decimal
from models.import_rows import INTERRUPTED_TEXT, state_now
from models.integration_record import ImportRun, RecordStatus, RunState

_BLOCK: Final = 20_000  # rows read at once
_TAKEN: Final = (RecordStatus.CREATED, RecordStatus.UPDATED, RecordStatus.UNCHANGED)
_log = logging.getLogger(__name__)


class Check(msgspec.Struct, frozen=True):
    """One number that was found twice.

    Attributes:
        what: what people read, e.g. "Rows created".
        expected, counted: both as people read them.
        text: what is wrong; empty where they are the same.
    """

    what: str
    expected: str
    counted: str
    text: str = ""


class Reconciliation(msgspec.Struct, frozen=True):
    """The checks of one run.

    Attributes:
        equation: "1,000 rows = 980 created + 15 unchanged + 5 errors".
        differs: whether a check failed, which is a fault of the program.
        text: one sentence about all of it.
    """

    run_id: int
    equation: str
    checks: list[Check]
    differs: bool
    text: str


@as_system()
def reconcile(run_id: int) -> Reconciliation:
    """Count a run once more; reads only.

    The records of the company are compared as long as nothing was undone.

    Raises:
        BackdeskError: with code NotFound.
    """
    with connected(), _at_one_moment():
        run = find_run(run_id)
        if run.state == RunState.READING:
            return _unread(run)
        checks = [*_counts(run), *_records(run), *_totals(run)]
    wrong = [check for check in checks if check.text]
    if wrong:
        _log.error("import %s does not reconcile: %s", run_id, " ".join(check.text for check in wrong))
    return Reconciliation(
        run_id=run_id,
        equation=_equation(run),
        checks=checks,
        differs=bool(wrong),
        text=" ".join(check.text for check in wrong)
        if wrong
        else "Every row is accounted for."
        + (" The totals agree." if run.control_field and not run.reversed else "")
        + _beside(run),
    )


def _beside(run: Any) -> str:
    """What the file has beside its rows."""
    told = left_out_of(run)
    return f" The file also has {in_words(told)}, left out." if told else ""


def _at_one_moment() -> AbstractContextManager[Any]:
    """For what is read twice, though others write meanwhile: a savepoint of no transaction sees what is there now."""
    return database.savepoint()


def _unread(run: Any) -> Reconciliation:
    """What is said of a run whose rows are not all there: there is nothing to count yet, or any more."""
    interrupted = state_now(run.state, run.owner, run.ready) == RunState.INTERRUPTED
    text = INTERRUPTED_TEXT if interrupted else "The file is still being read."
    return Reconciliation(run.id, _equation(run), [], differs=False, text=text)


@as_system()
def keep_totals(run_id: int) -> None:
    """Work out the control totals of what was processed, and keep them with the run; nothing without a control field.

    Call it when processing has ended. Records that somebody has changed or deleted since the import wrote them count
    on neither side.
    """
    with connected():
        run = ImportRun.get_or_none(ImportRun.id == run_id)
        if run is None or not run.control_field:
            return
        with _at_one_moment():
            staged, target = _staged_total(run, _TAKEN, _as_left(run)), _target_total(run)
        with database.atomic():
            ImportRun.update(control_staged=staged, control_target=target).where(
                ImportRun.id == run_id
            ).execute()


def _equation(run: Any) -> str:
    parts = [
        f"{number:,} {'error' if name == 'errors' and number == 1 else name}"
        for name in ("created", "updated", "unchanged", "errors", "excluded", "reversed", "ready")
        if (number := getattr(run, name))
    ]
    return f"{run.rows:,} row{'s' if run.rows != 1 else ''} = {' + '.join(parts) or '0'}"


def _counts(run: Any) -> Iterator[Check]:
    """The rows themselves against the counters."""
    staged = database.execute_sql(
        "SELECT COUNT(*) FROM integration_record WHERE run_id = ?", (run.id,)
    ).fetchone()[0]
    yield _check("Rows staged", run.rows, staged)
    found = dict(
        database.execute_sql(
            "SELECT status, COUNT(*) FROM integration_record_status WHERE run_id = ? GROUP BY status",
            (run.id,),
        ).fetchall()
    )
    for status, counter in COUNTERS.items():
        counted = found.get(int(status), 0)
        if counted or getattr(run, counter):
            yield _check(f"Rows {counter}", getattr(run, counter), counted)
    with_error = database.execute_sql(
        "SELECT COUNT(DISTINCT record_id) FROM integration_record_error WHERE run_id = ?", (run.id,)
    ).fetchone()[0]
    yield _check("Rows with an error that says why", run.errors, with_error)


def _records(run: Any) -> Iterator[Check]:
    """The documents that rows became, against the counter."""
    if not run.documents:
        return
    made = database.execute_sql(
        "SELECT COUNT(DISTINCT target_key) FROM integration_record_status"
        " WHERE run_id = ? AND target_key <> '' AND status IN (1, 2, 3)",
        (run.id,),
    ).fetchone()[0]
    yield _check("Documents", run.documents_created + run.documents_updated + run.documents_unchanged, made)


def _totals(run: Any) -> Iterator[Check]:
    """The control total from the file, from all staged rows, and from the records as processing left them."""
    if not run.control_field or run.control_file is None:
        return
    everything = _staged_total(run, tuple(RecordStatus))
    yield _check("Total of the file and of all staged rows", run.control_file, everything)
    if run.control_staged is not None and run.control_target is not None and not run.reversed:
        yield _check(
            "Total of the processed rows and of their records", run.control_staged, run.control_target
        )


def _check(what: str, expected: int | Decimal, counted: int | Decimal) -> Check:
    text = ""
    if expected != counted:
        text = f"{what}: {_shown(expected)} expected, {_shown(counted)} found."
    return Check(what, _shown(expected), _shown(counted), text)


def _shown(number: int | Decimal) -> str:
    return f"{number:,.2f}" if isinstance(number, Decimal) else f"{number:,}"


def _as_left(run: Any) -> str:
    """The condition for rows whose record is as the import left it; where no moment tells that, those that have one.

    It is about statuses, as `s`.
    """
    record = from_json(run.definition).record
    unchanged = (
        " AND COALESCE(t.modified_at, '') <= s.changed_at" if "modified_at" in record._meta.fields else ""
    )
    return f'EXISTS (SELECT 1 FROM "{record.table()}" AS t WHERE t."{record.key_field()}" = s.target_key{unchanged})'


def _staged_total(run: Any, statuses: tuple[RecordStatus, ...], as_left: str = "") -> Decimal:
    """The total of the control field over staged rows.

    Args:
        as_left: the condition of `_as_left`, to count them as they were mended; empty to count all as they were read.
    """
    edited = bool(as_left)
    definition = from_json(run.definition)
    field = control_field(definition)
    if field is None:
        return Decimal(0)
    if not edited and definition.control_map is not None:
        maps = definition.value_maps | {field.path: definition.control_map}
        definition = msgspec.structs.replace(definition, value_maps=maps)
    part = 1 if field.level and run.line_file_name else 0
    header = msgspec.json.decode(run.line_header if part else run.header, type=list[str])
    dialect = msgspec.json.decode(run.line_dialect if part else run.dialect, type=Dialect)
    reader = value_reader(definition, field, dialect, header)
    cells = "COALESCE(r.edited_payload, r.payload)" if edited else "r.payload"
    wanted = ", ".join(str(int(status)) for status in statuses)
    decode = msgspec.json.Decoder(list[str]).decode
    first, end = database.execute_sql(
        "SELECT COALESCE(MIN(id), 0), COALESCE(MAX(id), 0) FROM integration_record WHERE run_id = ?",
        (run.id,),
    ).fetchone()
    total, last = 0, first - 1
    seen: set[int] = set()
    while True:
        # By an index of the run, SQLite would sort all of its rows for each of the blocks.
        rows = database.execute_sql(
            f"SELECT r.id, r.document_no, {cells} FROM integration_record AS r"
            " JOIN integration_record_status AS s ON s.record_id = r.id"
            f" WHERE +r.run_id = ? AND r.id > ? AND r.id <= ? AND r.part = ? AND s.status IN ({wanted})"
            f" AND {as_left or 'TRUE'} ORDER BY r.id LIMIT ?",
            (run.id, last, end, part, _BLOCK),
        ).fetchall()
        if not rows:
            return shown_decimal(total)
        for _, document, text in rows:
            if edited and _once_a_document(definition, field):
                if document in seen:
                    continue
                seen.add(document)
            values, _ = reader(decode(text))
            amount = values[0] if values else None
            total += amount if isinstance(amount, int) else 0
        last = rows[-1][0]


def _once_a_document(definition: Definition, field: FieldMap) -> bool:
    """Whether a document has the value once, though each of its rows carries it."""
    return definition.with_lines and field.level == HEADER


def _target_total(run: Any) -> Decimal:
    """The same from the records that the rows became."""
    definition = from_json(run.definition)
    field = control_field(definition)
    if field is None:
        return Decimal(0)
    target = definition.target
    record = target.record_of(field.level)
    column = target.parent_field if field.level else target.record.key_field()
    found = database.execute_sql(
        f'SELECT SUM("{field.target_field}") FROM "{record.table()}" WHERE "{column}" IN'
        " (SELECT s.target_key FROM integration_record_status AS s WHERE s.run_id = ? AND s.target_key <> ''"
        f" AND s.status IN (1, 2, 3) AND {_as_left(run)})",
        (run.id,),
    ).fetchone()
    return shown_decimal(found[0])
