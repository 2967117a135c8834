"""A process of its own that processes one import run, to be killed by a test.

Arguments: the company, the run's id, rows per chunk, and after how many chunks it is killed. Writes a line after each
chunk.
"""

from __future__ import annotations

import sys
from datetime import date

from desktop.imports import processing
from desktop.sessions.session import Session, SessionKind
from models.database import open_company
from tests.imports.stepping import told_to_the_killer


def main() -> None:
    company, run_id, chunk = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    open_company(company)
    for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
        setattr(processing, name, chunk)

    tell = told_to_the_killer(int(sys.argv[4]))
    session = Session(SessionKind.BACKGROUND, "ANNA", {}, date(2026, 11, 21), on_progress=tell)
    processing.process(session, run_id)


main()
