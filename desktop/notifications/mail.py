"""E-mail: an outbox in the company, written with the event; sending is a scheduled task of its own.

So a mail server that fails or hangs never fails or delays a job.
"""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.notifications import secret
from models import changes, statements
from models.company import User
from models.database import connected, database
from models.enforcement import as_system
from models.errors import BackdeskError, FieldError
from models.fields import shown_time, stored_time
from models.job_queue import ScheduledTask
from models.messages import MailMessage, MailSetup

SEND_MAIL: Final = "send_mail"
SECURITIES: Final = ("STARTTLS", "TLS", "None")
PATIENCE_SECONDS: Final = 20.0
WAITS: Final = (60, 300, 900, 3_600, 14_400, 43_200)  # seconds; after the last a message has failed
_ONLY: Final = 1  # the key of the one row of the set-up


class MailError(BackdeskError):
    """A message cannot be sent."""

    code = "Mail"


def setup() -> MailSetup:
    """How mail is sent; as usual and switched off where nobody has set it up."""
    with connected(), as_system():
        return statements.get(MailSetup, _ONLY) or MailSetup(id=_ONLY)


def save_setup(*, enabled: bool, host: str, port: int, security: str, login: str, sender: str) -> None:
    """Set up how mail is sent; the password goes to `secret.keep_password`.

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
    }
    with connected(), database.atomic():
        MailSetup.insert(id=_ONLY, **values).on_conflict(
            conflict_target=[MailSetup.id], update=values
        ).execute()
        changes.touch(MailSetup.table())


def check_address(address: str) -> str:
    """The address, which is one.

    Raises:
        FieldError: it is none; with a line break it could smuggle in lines of its own.
    """
    text = address.strip()
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or any(char.isspace() or not char.isprintable() for char in text):
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
    queue(address, subject, body, clock)
    return True


def queue(recipient: str, subject: str, body: str, clock: Clock = SYSTEM_CLOCK) -> int:
    """Put a message into the outbox, with the task that sends it; its number.

    Raises:
        FieldError: the recipient is no address.
    """
    from desktop.scheduler import tasks

    address = check_address(recipient)
    now = clock.now()
    with connected(), as_system(), database.atomic():
        number = statements.insert(
            MailMessage,
            recipient=address,
            subject=" ".join(subject.split()),
            body=body,
            not_before=now,
            created_at=now,
        )
        changes.touch(MailMessage.table(), str(number))
        if not _is_planned(now):
            tasks.create_task(SEND_MAIL, user_id="", timeout=600, clock=clock)
    return number


def send_waiting(clock: Clock = SYSTEM_CLOCK) -> tuple[int, int]:
    """Send what is due in the outbox; how many were sent, and how many are tried again later or have failed.

    What was sent is noted at once: a crash in between may send one message twice, never none.
    """
    sent = failed = 0
    with connected(), as_system():
        due = list(
            MailMessage.select()
            .where(MailMessage.status == "Waiting", MailMessage.not_before <= clock.now())
            .order_by(MailMessage.id)
        )
        for message in due:
            try:
                send(message.recipient, message.subject, message.body)
            except (MailError, secret.SecretError) as error:
                failed += 1
                _try_later(message, str(error), clock)
            else:
                sent += 1
                with database.atomic():
                    statements.update(
                        MailMessage, message.id, status="Sent", sent_at=clock.now(), error_text=""
                    )
                    changes.touch(MailMessage.table(), str(message.id))
        _plan_next(clock)
    return sent, failed


def send(recipient: str, subject: str, body: str) -> None:
    """Send one message now.

    Raises:
        MailError: the server refuses it, or cannot be reached; it says which.
        SecretError: the password cannot be had.
    """
    how = setup()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = how.sender, recipient, subject
    message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid(domain="backdesk.invalid")
    message.set_content(body or subject)
    try:
        with _connect(how) as server:
            if how.login:
                server.login(how.login, secret.password_of(how.login, how.host))
            server.send_message(message)
    except smtplib.SMTPAuthenticationError as error:
        raise MailError(
            f"{how.host} does not accept the login “{how.login}”.",
            "Check login and password in E-Mail Setup.",
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise MailError(f"{how.host} refuses the recipient {recipient}.", "Check the address.") from error
    except ssl.SSLError as error:
        raise MailError(
            f"{how.host} cannot be trusted: {error.reason or error}.",
            "Check the server's name and its certificate, or choose another security.",
        ) from error
    except smtplib.SMTPException as error:
        raise MailError(f"{how.host} refuses the message: {error}.", "Check E-Mail Setup.") from error
    except OSError as error:
        raise MailError(
            f"{how.host}, port {how.port}, cannot be reached: {error.strerror or error}.",
            "Check the name of the mail server, its port and the network.",
        ) from error


def retry(number: int, clock: Clock = SYSTEM_CLOCK) -> None:
    """Try a message again at once."""
    from desktop.scheduler import tasks

    with connected(), as_system(), database.atomic():
        statements.update(
            MailMessage, number, status="Waiting", tries=0, not_before=clock.now(), error_text=""
        )
        changes.touch(MailMessage.table(), str(number))
        tasks.create_task(SEND_MAIL, user_id="", timeout=600, clock=clock)


def remove(number: int) -> None:
    """Take a message out of the outbox."""
    with connected(), as_system(), database.atomic():
        MailMessage.delete().where(MailMessage.id == number).execute()
        changes.touch(MailMessage.table(), str(number))


def _connect(how: MailSetup) -> smtplib.SMTP:
    if how.security == "TLS":
        return smtplib.SMTP_SSL(
            how.host, how.port, timeout=PATIENCE_SECONDS, context=ssl.create_default_context()
        )
    server = smtplib.SMTP(how.host, how.port, timeout=PATIENCE_SECONDS)
    if how.security == "STARTTLS":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _try_later(message: MailMessage, error: str, clock: Clock) -> None:
    from desktop.notifications.telling import NotificationKind, tell_administrators

    tries = message.tries + 1
    with database.atomic():
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


def _plan_next(clock: Clock) -> None:
    """Store the task for what waits still."""
    from desktop.scheduler import tasks

    with database.atomic():
        row = database.execute_sql(
            "SELECT MIN(not_before) FROM mail_message WHERE status = 'Waiting'"
        ).fetchone()
        start = max(shown_time(row[0]), clock.now()) if row[0] is not None else None
        if start is not None and not _is_planned(start):
            tasks.create_task(SEND_MAIL, user_id="", not_before=start, timeout=600, clock=clock)


def _is_planned(by: datetime) -> bool:
    """Whether a task that has not begun will look into the outbox by then."""
    row = database.execute_sql(
        f"SELECT 1 FROM {ScheduledTask.table()} WHERE codeunit = ? AND running = 0 AND not_before <= ? LIMIT 1",
        (SEND_MAIL, stored_time(by)),
    ).fetchone()
    return row is not None
