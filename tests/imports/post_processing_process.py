"""A process of its own that post-processes one import run, to be killed by a test.

Arguments: the company, the run's id, entries per step. Writes a line to standard output before each step.
"""

from __future__ import annotations

import sys
from datetime import date

from desktop.imports.afterwards import post_processing
from desktop.sessions.session import Session, SessionKind
from models.database import open_company


def main() -> None:
    company, run_id, step = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    open_company(company)
    for name in ("FIRST_STEP", "LARGEST_STEP"):
        setattr(post_processing, name, step)

    def tell(done: int, _total: int, _text: str) -> None:
        print(done, flush=True)

    session = Session(SessionKind.BACKGROUND, "ANNA", {}, date(2026, 11, 21), on_progress=tell)
    post_processing.post_process(session, run_id)


main()
