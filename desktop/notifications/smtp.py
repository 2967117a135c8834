"""Talking to the mail server: one connection for many messages, and its refusals in plain words."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from desktop.notifications import secret
from models.errors import BackdeskError
from models.messages import MailSetup

PATIENCE_SECONDS: Final = (
    10.0  # with each answer of the server; so long at most, a dead one keeps a worker's slot
)


class MailError(BackdeskError):
    """One message cannot be sent."""

    code = "Mail"


class MailServerError(MailError):
    """No message at all can be sent now."""


class Connection:
    """A server that has let us in."""

    def __init__(self, how: MailSetup, server: smtplib.SMTP) -> None:
        self._how, self._server = how, server

    def send(self, recipient: str, subject: str, body: str) -> None:
        """Send one message.

        Raises:
            MailError: the server refuses it, or has gone away over it.
        """
        how = self._how
        try:
            self._server.send_message(_message(how.sender, recipient, subject, body))
        except smtplib.SMTPRecipientsRefused as error:
            raise MailError(f"{how.host} refuses the recipient {recipient}.", "Check the address.") from error
        except smtplib.SMTPSenderRefused as error:
            raise MailError(
                f"{how.host} refuses the sender {how.sender}.", "Check the sender in E-Mail Setup."
            ) from error
        except (OSError, ValueError) as error:  # all of smtplib's are an OSError
            raise MailError(
                f"{how.host} did not take the message: {_said(error)}.", "Check E-Mail Setup."
            ) from error


@contextlib.contextmanager
def connection(how: MailSetup) -> Iterator[Connection]:
    """A connection to the mail server, logged in where a login is set up; closed with the block.

    Raises:
        MailServerError: the server cannot be reached, cannot be trusted, or does not let us in.
        SecretError: the password cannot be had.
    """
    password = secret.password_of(how.login, how.host) if how.login else ""
    with contextlib.ExitStack() as closing:
        try:
            server = _connect(how, closing)
            if how.login:
                server.login(how.login, password)
        except smtplib.SMTPAuthenticationError as error:
            raise MailServerError(
                f"{how.host} does not accept the login “{how.login}”.",
                "Check login and password in E-Mail Setup.",
            ) from error
        except ssl.SSLError as error:
            raise MailServerError(
                f"{how.host} cannot be trusted: {error.reason or error}.",
                "Check the server's name and its certificate, or choose another security.",
            ) from error
        except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
            raise MailServerError(
                f"{how.host}, port {how.port}, does not answer: {_said(error)}.",
                "Check the port and the security, or wait until the server is well again.",
            ) from error
        except smtplib.SMTPException as error:
            raise MailServerError(
                f"{how.host} does not let us in: {_said(error)}.", "Check security and login in E-Mail Setup."
            ) from error
        except (OSError, ValueError) as error:
            raise MailServerError(
                f"{how.host}, port {how.port}, cannot be reached: {_said(error)}.",
                "Check the name of the mail server, its port, its security and the network.",
            ) from error
        yield Connection(how, server)
        with contextlib.suppress(OSError):
            server.quit()


def _connect(how: MailSetup, closing: contextlib.ExitStack) -> smtplib.SMTP:
    """The server; its socket is closed when `closing` ends."""
    context = ssl.create_default_context()
    if how.security == "TLS":
        server: smtplib.SMTP = smtplib.SMTP_SSL(how.host, how.port, timeout=PATIENCE_SECONDS, context=context)
    else:
        server = smtplib.SMTP(how.host, how.port, timeout=PATIENCE_SECONDS)
    closing.callback(server.close)
    if how.security == "STARTTLS":
        server.starttls(context=context)
    return server


def _message(sender: str, recipient: str, subject: str, body: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid(domain="backdesk.invalid")
    message["Auto-Submitted"] = "auto-generated"  # keeps absence notes from answering
    message.set_content(body or subject)
    return message


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {text}".strip().rstrip(".")
    if isinstance(error, OSError) and error.strerror:
        return str(error.strerror)
    return (str(error) or type(error).__name__).rstrip(".")
