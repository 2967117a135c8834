"""Sending what waits in the outbox, with the patience that mail servers need."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.notifications import smtp
from desktop.notifications.mail import ONLY, hurry, plan_next, setup
from desktop.notifications.secret import SecretError
from desktop.notifications.smtp import MailError, MailServerError
from desktop.notifications.telling import NotificationKind, tell_administrators
from models import changes, statements
from models.database import connected, database
from models.enforcement import as_system
from models.messages import MailMessage, MailSetup

WAITS: Final = (60, 300, 900, 3_600, 14_400, 43_200)  # seconds; after the last a message has failed
REST_SECONDS: Final = 900  # at most, of a server that could not be used
RUN_SECONDS: Final = 30.0  # then the next task goes on, behind the jobs that wait


def send_waiting(clock: Clock = SYSTEM_CLOCK) -> tuple[int, int]:
    """Send what is due in the outbox; how many were sent, and how many are tried again later or have failed.

    What was sent is noted at once: a crash in between may send one message twice, never none. A server that cannot be
    used rests for a while, so that it is asked once and not by every message.
    """
    sent = failed = 0
    with connected(), as_system():
        how, until = setup(), clock.now() + timedelta(seconds=RUN_SECONDS)
        if how.enabled and _due(clock):
            try:
                with smtp.connection(how) as server:
                    if how.resting_until is not None:
                        _let_rest(None)
                        hurry(clock)
                    for message in _due(clock):
                        if _send_one(server, message, clock):
                            sent += 1
                        else:
                            failed += 1
                        if clock.now() >= until:
                            break
            except (MailServerError, SecretError) as error:
                failed += _put_all_off(str(error), clock)
        plan_next(clock)
    return sent, failed


def send(recipient: str, subject: str, body: str) -> None:
    """Send one message now, past the outbox.

    Raises:
        MailError: the server refuses it, or cannot be used; it says which.
        SecretError: the password cannot be had.
    """
    with smtp.connection(setup()) as server:
        server.send(recipient, subject, body)


def _due(clock: Clock) -> list[MailMessage]:
    """What is to be sent now, that of which nobody knows anything bad first."""
    return list(
        MailMessage.select()
        .where(MailMessage.status == "Waiting", MailMessage.not_before <= clock.now())
        .order_by(MailMessage.tries, MailMessage.id)
    )


def _send_one(server: smtp.Connection, message: MailMessage, clock: Clock) -> bool:
    try:
        server.send(message.recipient, message.subject, message.body)
    except MailError as error:
        with database.atomic():
            _try_later(message, str(error), clock)
        return False
    with database.atomic():
        statements.update(MailMessage, message.id, status="Sent", sent_at=clock.now(), error_text="")
        changes.touch(MailMessage.table(), str(message.id))
    return True


def _put_all_off(error: str, clock: Clock) -> int:
    """No message can be sent now; how many were due."""
    due = _due(clock)
    with database.atomic():
        for message in due:
            _try_later(message, error, clock)
        _let_rest(
            clock.now() + timedelta(seconds=min(WAITS[min(due[0].tries, len(WAITS) - 1)], REST_SECONDS))
        )
    return len(due)


def _let_rest(until: datetime | None) -> None:
    """Note until when the server is left alone; None when it works."""
    with database.atomic():
        statements.update(MailSetup, ONLY, resting_until=until)
        changes.touch(MailSetup.table())


def _try_later(message: MailMessage, error: str, clock: Clock) -> None:
    """Note why a message was not sent, inside a transaction; after the last try administrators are told."""
    tries = message.tries + 1
    if tries > len(WAITS):
        statements.update(MailMessage, message.id, status="Failed", tries=tries, error_text=error)
        tell_administrators(
            NotificationKind.MAIL_FAILED,
            title=f"The e-mail to {message.recipient} could not be sent.",
            text=error,
            source="mail",
            clock=clock,
        )
    else:
        later = clock.now() + timedelta(seconds=WAITS[tries - 1])
        statements.update(MailMessage, message.id, tries=tries, not_before=later, error_text=error)
    changes.touch(MailMessage.table(), str(message.id))
