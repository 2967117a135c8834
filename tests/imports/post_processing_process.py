"""A process of its own that post-processes one import run, to be killed by a test.

Arguments: the company, the run's id, entries per step, and after how many steps it is killed. Writes a line before
each step.
"""

from __future__ import annotations

import sys
from datetime import date

from desktop.imports.afterwards import post_processing
from desktop.sessions.session import Session, SessionKind
from models.database import open_company
from tests.imports.stepping import told_to_the_killer


def main() -> None:
    company, run_id, step = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    open_company(company)
    for name in ("FIRST_STEP", "LARGEST_STEP"):
        setattr(post_processing, name, step)
    tell = told_to_the_killer(int(sys.argv[4]))
    session = Session(SessionKind.BACKGROUND, "ANNA", {}, date(2026, 11, 21), on_progress=tell)
    post_processing.post_process(session, run_id)


main()
