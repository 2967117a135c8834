"""E-mail: an outbox in the company, written with the event; sending is a scheduled task of its own.

So a mail server that fails or hangs never fails or delays a job.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.scheduler import tasks
from models import changes, statements
from models.company import CompanyInformation, User
from models.database import connected, database
from models.enforcement import as_system
from models.errors import FieldError
from models.fields import shown_time, stored_time
from models.job_queue import ScheduledTask
from models.messages import MailMessage, MailSetup

SEND_MAIL: Final = "send_mail"
SECURITIES: Final = ("STARTTLS", "TLS", "None")
LOW_PRIORITY: Final = 3_000
FOOT: Final = "You choose what you are told of under My Notifications."
ONLY: Final = 1
"""The key of the one row of the set-up."""
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")


def setup() -> MailSetup:
    """How mail is sent; as usual and switched off where nobody has set it up."""
    with connected(), as_system():
        return statements.get(MailSetup, ONLY) or MailSetup(id=ONLY)


def save_setup(
    *,
    enabled: bool,
    host: str,
    port: int,
    security: str,
    login: str,
    sender: str,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Set up how mail is sent; the password goes to `secret.keep_password`. What waits is tried with it at once.

    Raises:
        FieldError: a value is refused.
    """
    host, login, sender = host.strip(), login.strip(), sender.strip()
    if enabled and not host:
        raise FieldError("The mail server is empty.", "Enter its name, e.g. mail.example.com.", "Required")
    if not 1 <= port <= 65_535:
        raise FieldError(f"There is no port {port}.", "It is between 1 and 65535, mostly 587 or 465.")
    if security not in SECURITIES:
        raise FieldError(f"“{security}” is not possible.", f"Choose one of: {', '.join(SECURITIES)}.")
    if enabled or sender:
        check_address(sender)
    values = {
        "enabled": enabled,
        "host": host,
        "port": port,
        "security": security,
        "login": login,
        "sender": sender,
        "resting_until": None,
    }
    with connected(), database.atomic():
        MailSetup.insert(id=ONLY, **values).on_conflict(
            conflict_target=[MailSetup.id], update=values
        ).execute()
        changes.touch(MailSetup.table())
        hurry(clock)
        plan_next(clock)


def check_address(address: str) -> str:
    """The address, which is one.

    Raises:
        FieldError: it is none; with a line break it could smuggle in lines of its own.
    """
    text = address.strip()
    if not _ADDRESS.fullmatch(text) or not text.isprintable():
        raise FieldError(f"“{address}” is not an e-mail address.", "Enter one like name@example.com.")
    return text


def queue_for_user(user_id: str, subject: str, body: str, clock: Clock) -> bool:
    """Put a message to a user into the outbox, inside the running transaction; False when they have no address."""
    if not setup().enabled:
        return False
    user = statements.get(User, user_id)
    try:
        address = check_address(user.email if user is not None else "")
    except FieldError:
        return False
    company = statements.get(CompanyInformation, 1)
    where = f"Backdesk, {company.name}" if company is not None else "Backdesk"
    queue(address, subject, f"{body}\n\n{where}\n{FOOT}\n".lstrip(), clock)
    return True


def queue(recipient: str, subject: str, body: str, clock: Clock = SYSTEM_CLOCK) -> int:
    """Put a message into the outbox, with the task that sends it; its number.

    Raises:
        FieldError: the recipient is no address.
    """
    address = check_address(recipient)
    now = clock.now()
    with connected(), as_system(), database.atomic():
        start = max(now, setup().resting_until or now)
        number = statements.insert(
            MailMessage,
            recipient=address,
            subject=" ".join(subject.split()),
            body=body,
            not_before=start,
            created_at=now,
        )
        changes.touch(MailMessage.table(), str(number))
        _plan(start, clock)
    return number


def retry(number: int, clock: Clock = SYSTEM_CLOCK) -> None:
    """Try a message again at once, as if it was new.

    Raises:
        RightMissingError: the user may not modify messages.
    """
    with connected(), database.atomic():
        statements.update(
            MailMessage, number, status="Waiting", tries=0, not_before=clock.now(), error_text=""
        )
        changes.touch(MailMessage.table(), str(number))
        with as_system():
            _plan(clock.now(), clock)


def remove(number: int) -> None:
    """Take a message out of the outbox.

    Raises:
        RightMissingError: the user may not delete messages.
    """
    with connected(), database.atomic():
        MailMessage.delete().where(MailMessage.id == number).execute()
        changes.touch(MailMessage.table(), str(number))


def hurry(clock: Clock) -> None:
    """Let everything that waits be tried now: what kept it from being sent may be over."""
    with as_system(), database.atomic():
        waiting = MailMessage.update(not_before=clock.now()).where(
            MailMessage.status == "Waiting", MailMessage.not_before > clock.now()
        )
        for row in waiting.returning(MailMessage.id).execute():
            changes.touch(MailMessage.table(), str(row.id))


def plan_next(clock: Clock) -> None:
    """Store the task for what waits still; nothing while mail is switched off."""
    with as_system(), database.atomic():
        row = database.execute_sql(
            "SELECT MIN(not_before) FROM mail_message WHERE status = 'Waiting'"
        ).fetchone()
        if row[0] is not None and setup().enabled:
            _plan(max(shown_time(row[0]), clock.now()), clock)


def _plan(start: datetime, clock: Clock) -> None:
    """Store the task that looks into the outbox, unless one that has not begun will have done so by then."""
    planned = database.execute_sql(
        f"SELECT 1 FROM {ScheduledTask.table()} WHERE codeunit = ? AND running = 0 AND not_before <= ? LIMIT 1",
        (SEND_MAIL, stored_time(start)),
    ).fetchone()
    if planned is None:
        tasks.create_task(
            SEND_MAIL, user_id="", not_before=start, timeout=600, priority=LOW_PRIORITY, clock=clock
        )
