"""A process of its own that takes one file through all of an import, from wherever it stands, to be killed by a test.

Arguments: the company, the file, the integration, and in which phase it is killed, after how many steps of it, if at
all. Writes "phase number" to standard output after each step.
"""

from __future__ import annotations

import sys
from datetime import date

from desktop.codeunits import process_import
from desktop.imports import processing, service, staging
from desktop.imports.afterwards import post_processing
from desktop.sessions.session import Session, SessionKind
from models.database import connected, open_company
from models.integration_record import ImportRun
from tests.imports.stepping import told_to_the_killer


def main() -> None:
    company, path, integration, phase, steps = sys.argv[1:]
    open_company(company)
    vars(staging)["BLOCK"] = 1_000
    for module, names, size in (
        (processing, ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"), 100),
        (post_processing, ("FIRST_STEP", "LARGEST_STEP"), 100),
    ):
        for name in names:
            setattr(module, name, size)

    tell = told_to_the_killer(int(steps), phase)
    service.recover_reading_runs()
    with connected():
        run = ImportRun.get_or_none()
    if run is None:
        session = Session(SessionKind.BACKGROUND, "ANNA", {}, date(2026, 11, 21), on_progress=tell)
        run_id = service.read(path, integration, session)
    else:
        run_id = run.id
    job = Session(
        SessionKind.BACKGROUND,
        "ANNA",
        {},
        date(2026, 11, 21),
        on_progress=tell,
        record_table="import_run",
        record_id=str(run_id),
    )
    process_import.run(job)
    print("end", job.notify_severity, flush=True)


main()
