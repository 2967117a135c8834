"""A process of its own that reads one file, to be killed by a test.

Arguments: the company and the file. Writes a line to standard output after each block.
"""

from __future__ import annotations

import sys
from datetime import date

from desktop.imports import service, staging
from desktop.sessions.session import Session, SessionKind
from models.database import open_company


def main() -> None:
    open_company(sys.argv[1])
    vars(staging)["BLOCK"] = 1_000

    def tell(done: int, _total: int, _text: str) -> None:
        print(done, flush=True)

    session = Session(SessionKind.BACKGROUND, "ANNA", {}, date(2026, 11, 21), on_progress=tell)
    service.read(sys.argv[2], "CUSTOMERS", session)


main()
