"""A clock that the test moves, and a real mail server on this computer."""

from __future__ import annotations

import socket
from asyncio import AbstractServer
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.notifications import mail
from tests.scheduler.conftest import moving, test_codeunits
from tests.waiting import WAIT

__all__ = ["MailServer", "moving", "test_codeunits"]


def _place(port: int = 0) -> socket.socket:
    """A port of this computer that is nobody else's from now on; who calls it is refused until somebody listens."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("localhost", port))
    return made


class _AtPlace(Controller):
    """Listens at a place that is its own already."""

    def __init__(self, place: socket.socket, handler: MailServer, **options: Any) -> None:
        self._place = place
        port = place.getsockname()[1]
        super().__init__(handler, hostname="localhost", port=port, ready_timeout=WAIT, **options)

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._place, ssl=self.ssl_context)


class MailServer:
    """Keeps what it is sent; refuses what a test wants refused."""

    def __init__(self, **options: Any) -> None:
        self.received: list[Envelope] = []
        self.refuse = ""
        self.calls = 0
        self._options = options
        self._place = _place()
        self.port = int(self._place.getsockname()[1])
        self.start_again()

    def start_again(self) -> None:
        """It is back, at its old place."""
        self._controller = _AtPlace(self._place, self, **self._options)
        self._controller.start()
        self._runs = True

    def stop(self) -> None:
        """End it, but keep its place; again is no error."""
        if self._runs:
            self._controller.stop()
            self._place = _place(self.port)
            self._runs = False

    def close(self) -> None:
        """Give its place back too."""
        self.stop()
        self._place.close()

    async def handle_EHLO(
        self, _server: object, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.calls += 1
        return responses

    async def handle_RCPT(
        self, _server: object, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuse and self.refuse in address:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: Session, envelope: Envelope) -> str:
        self.received.append(envelope)
        return "250 OK"

    def texts(self) -> list[str]:
        """What was sent, each with its headers."""
        return [bytes(envelope.content or b"").decode() for envelope in self.received]


def accepts(_server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"backdesk", b"right")
    return AuthResult(success=good, handled=False)


@pytest.fixture
def authority() -> trustme.CA:
    """Whoever signs the certificates of the tests."""
    return trustme.CA()


@pytest.fixture
def new_server(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., MailServer]]:
    """Starts mail servers and sets the company up for them; they end with the test."""
    import ssl

    made: list[MailServer] = []

    def make(security: str = "None", *, login: str = "", clock: Clock = SYSTEM_CLOCK) -> MailServer:
        options: dict[str, Any] = {}
        if security != "None":
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            authority.issue_cert("localhost").configure_cert(context)
            options = {"ssl_context": context} if security == "TLS" else {"tls_context": context}
        if login:
            options |= {
                "authenticator": accepts,
                "auth_required": True,
                "auth_require_tls": security == "STARTTLS",
            }
        server = MailServer(**options)
        made.append(server)
        mail.save_setup(
            enabled=True,
            host="localhost",
            port=server.port,
            security=security,
            login=login,
            sender="backdesk@example.com",
            clock=clock,
        )
        return server

    yield make
    for server in made:
        server.close()


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port where somebody takes calls and never says a word."""
    with socket.create_server(("localhost", 0)) as one:
        yield int(one.getsockname()[1])


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this computer trust the certificates of the tests."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
