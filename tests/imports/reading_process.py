"""A process of its own that reads one file, to be killed by a test.

Arguments: the company, the file, and after how many blocks it is killed. Writes a line after each block.
"""

from __future__ import annotations

import sys
from datetime import date

from desktop.imports import service, staging
from desktop.sessions.session import Session, SessionKind
from models.database import open_company
from tests.imports.stepping import told_to_the_killer


def main() -> None:
    open_company(sys.argv[1])
    vars(staging)["BLOCK"] = 1_000
    tell = told_to_the_killer(int(sys.argv[3]))
    session = Session(SessionKind.BACKGROUND, "ANNA", {}, date(2026, 11, 21), on_progress=tell)
    service.read(sys.argv[2], "CUSTOMERS", session)


main()
