"""Validation: what processing would say of a staged row, known at once after it was edited, with nothing written."""

from __future__ import annotations

import sqlite3
from typing import Final

from desktop.clock import SYSTEM_CLOCK
from desktop.imports.integrations.definition import from_json
from desktop.imports.mending import moves
from desktop.imports.values.mapping import Fault
from desktop.imports.writing.documents import DocumentWork
from desktop.imports.writing.materials import materials_of
from desktop.imports.writing.outcome import Outcome
from desktop.imports.writing.records import RecordWork
from desktop.imports.writing.refusals import REFUSALS, database_fault
from desktop.imports.writing.work import Work
from desktop.sessions.session import Session, SessionKind
from models import changes
from models.database import connected, database
from models.enforcement import as_system, indirect
from models.errors import BackdeskError
from models.fields import stored_time
from models.integration_record import ImportRun, IntegrationRecord, RecordStatus
from models.rights import Right

_JUDGED: Final = (RecordStatus.READY, RecordStatus.ERROR)


@indirect(Right.MODIFY, "integration_record")
def validate(record_id: int) -> list[Fault]:
    """Find out whether a row would be accepted now, and keep the answer with it.

    The row takes exactly the way that processing takes, with the other rows of its document, and what that writes is
    taken back. A row that is right becomes ready, one at fault gets the status Error; rows that were left out, and
    rows that have become records, keep their status.

    Args:
        record_id: the integration record.
    Returns:
        What is wrong with the row; nothing where it has become a record already.
    Raises:
        BackdeskError: NotFound, or Undone.
    """
    with connected() as connection, as_system():
        found = connection.execute(
            "SELECT r.run_id, r.document_no, s.status FROM integration_record AS r"
            " JOIN integration_record_status AS s ON s.record_id = r.id WHERE r.id = ?",
            (record_id,),
        ).fetchone()
        if found is None:
            raise BackdeskError(
                f"There is no integration record {record_id}.", "Refresh the list with F5.", "NotFound"
            )
        run_id, document_no, status = found
        if status not in (*_JUDGED, RecordStatus.EXCLUDED):
            return []
        with database.atomic():
            run = ImportRun.get_by_id(run_id)
            outcome = _tried(connection, run, record_id)
            if status in _JUDGED:
                _keep(connection, run, outcome, record_id, document_no)
        return [fault for record, fault in outcome.faults if record == record_id]


def person_session(user_id: str) -> Session:
    """The session of a person who works on rows of an import: now, and in their name."""
    return Session(SessionKind.CHILD, user_id, {}, SYSTEM_CLOCK.now().astimezone().date())


def _tried(connection: sqlite3.Connection, run: ImportRun, record_id: int) -> Outcome:
    """What processing would do with the row; taken back."""
    definition = from_json(run.definition)
    first = connection.execute(
        "SELECT COALESCE(MIN(id), 0) FROM integration_record WHERE run_id = ?", (run.id,)
    ).fetchone()[0]
    materials = materials_of(person_session(run.user_id), connection, run, definition, first)
    work: Work = DocumentWork(materials) if definition.with_lines else RecordWork(materials)
    with database.savepoint() as attempt:
        connection.execute(
            "UPDATE integration_record_status SET status = ? WHERE record_id = ?",
            (int(RecordStatus.READY), record_id),
        )
        positions = work.positions_of([record_id])
        units = work.map(work.read(1, min(positions) - 1, positions))
        moment = stored_time(SYSTEM_CLOCK.now())
        try:
            outcome = work.write(work.decide(units, moment))
        except REFUSALS as error:
            units[0].refuse(database_fault(error, definition))
            outcome = work.write(work.decide(units, moment))
        attempt.rollback()
    return outcome


def _keep(
    connection: sqlite3.Connection, run: ImportRun, outcome: Outcome, record_id: int, document_no: int
) -> None:
    """The row's errors, and those of the rows of its document, as they would be now."""
    rows = _open_rows(connection, run.id, record_id, document_no)
    at_fault = {record for record, _fault in outcome.faults}
    connection.executemany(
        "DELETE FROM integration_record_error WHERE record_id = ?", [(record,) for record in rows]
    )
    connection.executemany(
        "INSERT INTO integration_record_error"
        " (record_id, run_id, target_field, source_column, code, value, message, hint)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(record, run.id, *fault) for record, fault in outcome.faults if record in rows],
    )
    healed = [
        record for record, status in rows.items() if record not in at_fault and status != RecordStatus.READY
    ]
    refused_now = [
        record for record, status in rows.items() if record in at_fault and status == RecordStatus.READY
    ]
    moves.move_all(run.id, RecordStatus.ERROR, RecordStatus.READY, healed)
    moves.move_all(run.id, RecordStatus.READY, RecordStatus.ERROR, refused_now)
    for record in rows:
        changes.touch(IntegrationRecord.table(), str(record))


def _open_rows(
    connection: sqlite3.Connection, run_id: int, record_id: int, document_no: int
) -> dict[int, RecordStatus]:
    """The row and, of a document, the rows beside it, where they are ready or have an error."""
    if document_no:
        condition, values = "r.run_id = ? AND r.document_no > 0 AND r.document_no = ?", (run_id, document_no)
    else:
        condition, values = "r.run_id = ? AND r.id = ?", (run_id, record_id)
    rows = connection.execute(
        "SELECT r.id, s.status FROM integration_record AS r JOIN integration_record_status AS s"
        f" ON s.record_id = r.id WHERE {condition} AND s.status IN (0, 4)",
        values,
    )
    return {record: RecordStatus(status) for record, status in rows}
