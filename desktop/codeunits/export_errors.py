"""Codeunit 62: write the failed rows of an import into a file."""

from __future__ import annotations

from desktop.formats import counted
from desktop.imports.mending.error_export import export_errors
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Write the file.

    Parameters: `run_id`; `path`, ending in .xlsx or .csv; `safe`, "false" leaves texts that look like formulas as
    they are. Result: `rows`, how many were written.
    """
    parameters = session.parameters

    def tell(done: int, total: int) -> None:
        session.progress(done, total, "Writing failed rows")

    rows = export_errors(
        int(parameters["run_id"]),
        parameters["path"],
        safe=parameters.get("safe", "true") != "false",
        tell=tell,
    )
    session.result_text = f"{counted(rows, 'row')} written"
    session.set_background_task_result({"rows": str(rows)})
