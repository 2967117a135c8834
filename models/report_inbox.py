"""The documents of the Report Inbox: their rows as a list shows them, and their content piece by piece."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from models.database import connected, database
from models.fields import shown_time

PIECE: Final = 1 << 20  # bytes in memory at once
_SHOWN: Final = 500


class ReportRow(NamedTuple):
    """One document as a list shows it.

    Attributes:
        id: its number.
        report: name of the report.
        size: bytes.
        is_read: whether the person has opened it.
        job_id: the entry that made it; empty when it is gone.
    """

    id: int
    report: str
    description: str
    output: str
    file_name: str
    size: int
    created_at: datetime
    is_read: bool
    job_id: str


def write_content(report_id: int, path: Path, size: int) -> None:
    """Store a file as the content of a document, inside the running transaction."""
    database.execute_sql(
        "INSERT INTO report_content (report_id, content) VALUES (?, zeroblob(?))", (report_id, size)
    )
    connection: sqlite3.Connection = database.connection()
    with connection.blobopen("report_content", "content", report_id) as blob, path.open("rb") as file:
        while piece := file.read(PIECE):
            blob.write(piece)


def read_content(report_id: int, path: Path) -> None:
    """Write the content of a document to a file, made anew.

    Raises:
        OSError: the file cannot be written.
    """
    connection: sqlite3.Connection = database.connection()
    with (
        connection.blobopen("report_content", "content", report_id, readonly=True) as blob,
        path.open("wb") as file,
    ):
        while piece := blob.read(PIECE):
            file.write(piece)


def inbox_of(user_id: str, search: str = "") -> list[ReportRow]:
    """The newest documents of a person, newest first.

    Args:
        search: words that stand in their descriptions or file names.
    """
    words = search.casefold().split()
    sql = " AND ".join(
        ["user_id = ?", *("instr(lower(description || ' ' || file_name), ?) > 0" for _ in words)]
    )
    with connected():
        rows = database.execute_sql(
            "SELECT id, report, description, output, file_name, size, created_at, read_at IS NOT NULL, job_id"
            f" FROM report_inbox WHERE {sql} ORDER BY id DESC LIMIT {_SHOWN}",
            (user_id, *words),
        ).fetchall()
    return [ReportRow._make((*row[:6], shown_time(row[6]), bool(row[7]), row[8])) for row in rows]
