"""Sends what waits in the outbox."""

from __future__ import annotations

from desktop.notifications import mail_sending
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Send every message that is due; those that cannot be sent are tried again later."""
    sent, failed = mail_sending.send_waiting(session.clock)
    session.result_text = f"{sent} sent, {failed} not sent" if sent or failed else ""
