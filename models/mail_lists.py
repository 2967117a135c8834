"""The outbox as the window lists it: plain rows."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from models.database import database
from models.fields import shown_time

MOST_ROWS = 200


class MailRow(NamedTuple):
    """One message."""

    id: int
    recipient: str
    subject: str
    status: str  # Waiting, Sent or Failed
    tries: int
    error: str
    not_before: datetime
    created_at: datetime
    sent_at: datetime | None


def outbox(limit: int = MOST_ROWS) -> list[MailRow]:
    """The messages, those that wait or have failed first, then the newest."""
    rows = database.execute_sql(
        "SELECT id, recipient, subject, status, tries, error_text, not_before, created_at, sent_at"
        " FROM mail_message ORDER BY CASE status WHEN 'Failed' THEN 0 WHEN 'Waiting' THEN 1 ELSE 2 END, id DESC"
        " LIMIT ?",
        (limit,),
    ).fetchall()
    return [
        MailRow._make(
            (*row[:6], shown_time(row[6]), shown_time(row[7]), shown_time(row[8]) if row[8] else None)
        )
        for row in rows
    ]
