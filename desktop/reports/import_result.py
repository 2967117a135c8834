"""Report 103: what has become of the rows of an import."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.errors import ParameterError
from desktop.formats import count_text
from desktop.reports.document import CellValue, Column, ColumnKind, Content
from desktop.reports.parameters import Values
from desktop.sessions.session import Session
from models import import_rows, report_rows


def content(_session: Session, values: Values) -> Content:
    """The rows that the parameters choose, as `IMPORT_RESULT` declares them.

    Raises:
        ParameterError: there is no such import.
    """
    asked = values["import_no"]
    run_id = asked if asked is not None else import_rows.newest_run_id()
    run = import_rows.import_run(run_id) if run_id is not None else None
    if run is None:
        if asked is None:
            raise ParameterError("Nothing was imported yet.", "Import a file first.")
        raise ParameterError(
            f"There is no import {asked}.", "It may have been deleted; leave Import No. empty for the newest."
        )
    errors_only = values["rows"] == "Errors"
    count = report_rows.import_line_count(run.id, errors_only=errors_only)
    return Content(
        columns=(
            Column("Line", ColumnKind.COUNT, 0.5),
            Column("Status", share=0.8),
            Column("Record", share=0.9),
            Column("Column", share=1.2),
            Column("Value", share=1.4),
            Column("What is wrong, and what to do", share=4.0),
        ),
        rows=_rows(run.id, errors_only),
        row_count=count,
        unit="lines" if count != 1 else "line",
        filters=(("Rows", "Only those with errors"),) if errors_only else (),
        figures=tuple(
            (caption, count_text(number))
            for caption, number in (
                ("Rows", run.rows),
                ("Created", run.created),
                ("Updated", run.updated),
                ("Unchanged", run.unchanged),
                ("Errors", run.errors),
                ("Excluded", run.excluded),
                ("Not yet processed", run.ready),
            )
            if number or caption in ("Rows", "Created", "Errors")
        ),
        landscape=True,
        nothing="No row has an error." if errors_only else "The file had no rows.",
        subtitle=f"Import {run.id}: {run.file_name} · {run.integration or run.integration_code}",
    )


def _rows(run_id: int, errors_only: bool) -> Iterator[tuple[CellValue, ...]]:
    for line, status, key, column, value, message, hint in report_rows.import_lines(
        run_id, errors_only=errors_only
    ):
        yield line, status, key, column, value, f"{message} {hint}".strip()
