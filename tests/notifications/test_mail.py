"""E-mail through a real server: TLS, login, refusals, waits that grow, and jobs that never wait for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from desktop.notifications import mail, mail_sending, secret, smtp
from desktop.notifications.smtp import MailError
from desktop.scheduler import tasks
from desktop.sessions import permissions
from models.database import connected, database
from models.errors import FieldError, RightMissingError
from models.job_queue import Notification, ScheduledTask
from models.messages import MailMessage
from models.permissions import UserPermissionSet
from tests.jobqueue.conftest import run_all
from tests.notifications.conftest import MailServer
from tests.scheduler.conftest import MovableClock

NewServer = Callable[..., MailServer]


def only_message() -> MailMessage:
    with connected():
        message: MailMessage = MailMessage.get()
    return message


@pytest.mark.parametrize("security", ["None", "STARTTLS", "TLS"])
def test_a_message_goes_out_over_every_kind_of_connection(
    company: Path, new_server: NewServer, trusted: None, security: str
) -> None:
    server = new_server(security)
    mail_sending.send("maria@example.com", "“Nightly” failed", "Größe: 5 €")
    (envelope,) = server.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("backdesk@example.com", ["maria@example.com"])
    assert "Subject: =?utf-8?" in server.texts()[0]


def test_the_server_is_logged_in_to_with_the_password_of_the_keyring_or_the_environment(
    company: Path, new_server: NewServer, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = new_server("STARTTLS", login="backdesk")
    monkeypatch.setenv(secret.VARIABLE, "right")
    mail_sending.send("maria@example.com", "a", "b")
    assert len(server.received) == 1
    monkeypatch.setenv(secret.VARIABLE, "wrong")
    with pytest.raises(MailError, match="does not accept the login “backdesk”"):
        mail_sending.send("maria@example.com", "a", "b")


def test_without_a_keyring_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(secret.VARIABLE, raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        with pytest.raises(secret.SecretError, match="BACKDESK_SMTP_PASSWORD"):
            secret.password_of("backdesk", "localhost")
        with pytest.raises(secret.SecretError, match="keyring"):
            secret.keep_password("backdesk", "localhost", "x")
    finally:
        keyring.set_keyring(before)


def test_a_certificate_that_nobody_trusts_is_refused(company: Path, new_server: NewServer) -> None:
    for security in ("STARTTLS", "TLS"):
        server = new_server(security)
        with pytest.raises(MailError, match="cannot be trusted"):
            mail_sending.send("maria@example.com", "a", "b")
        assert server.received == []


def test_a_refused_recipient_is_named(company: Path, new_server: NewServer) -> None:
    new_server().refuse = "nobody"
    with pytest.raises(MailError, match=r"refuses the recipient nobody@example\.com"):
        mail_sending.send("nobody@example.com", "a", "b")


@pytest.mark.parametrize("address", ["", "maria", "maria@", "a@b.c\nBcc: all@b.c", "a b@c.d", "@c.d"])
def test_what_is_no_address_is_refused_before_anything_is_written(company: Path, address: str) -> None:
    with pytest.raises(FieldError, match="is not an e-mail address"):
        mail.queue(address, "a", "b")
    with connected():
        assert MailMessage.select().count() == ScheduledTask.select().count() == 0


def test_a_subject_with_line_breaks_stays_one_line(
    company: Path, new_server: NewServer, moving: MovableClock
) -> None:
    server = new_server()
    mail.queue("maria@example.com", "failed\nBcc: all@example.com", "b", moving.clock)
    run_all(moving)
    assert "\nBcc:" not in server.texts()[0]
    assert server.received[0].rcpt_tos == ["maria@example.com"]


def test_the_outbox_is_sent_by_one_task_for_all(
    company: Path, new_server: NewServer, moving: MovableClock
) -> None:
    server = new_server()
    for number in range(3):
        mail.queue("maria@example.com", f"message {number}", "text", moving.clock)
    with connected():
        assert ScheduledTask.select().count() == 1
    assert run_all(moving) == 1
    assert (len(server.received), server.calls) == (3, 1)
    with connected():
        assert {message.status for message in MailMessage.select()} == {"Sent"}
    assert run_all(moving) == 0


def test_a_server_that_is_down_is_tried_again_with_growing_waits_and_given_up_in_the_end(
    company: Path, new_server: NewServer, moving: MovableClock
) -> None:
    new_server().stop()
    mail.queue("maria@example.com", "message", "text", moving.clock)
    for wait in mail_sending.WAITS:
        assert run_all(moving) == 1
        message = only_message()
        assert message.status == "Waiting"
        assert message.not_before == moving.moment + timedelta(seconds=wait)
        assert "cannot be reached" in message.error_text
        moving.forward(wait - 1)
        assert run_all(moving) == 0
        moving.forward(1)
    run_all(moving)
    assert only_message().status == "Failed"
    with connected():
        (told,) = Notification.select()
    assert told.title == "The e-mail to maria@example.com could not be sent."


def test_a_failed_message_can_be_tried_again_when_the_server_is_back(
    company: Path, new_server: NewServer, moving: MovableClock
) -> None:
    new_server().stop()
    number = mail.queue("maria@example.com", "message", "text", moving.clock)
    run_all(moving)
    server = new_server()
    mail.retry(number, moving.clock)
    run_all(moving)
    assert len(server.received) == 1
    assert only_message().status == "Sent"


def test_a_new_message_does_not_wait_for_one_that_is_tried_again_tonight(
    company: Path, new_server: NewServer, moving: MovableClock
) -> None:
    server = new_server()
    server.refuse = "nobody"
    mail.queue("nobody@example.com", "message", "text", moving.clock)
    run_all(moving)
    mail.queue("maria@example.com", "message", "text", moving.clock)
    assert run_all(moving) == 1
    assert len(server.received) == 1


def test_mail_is_stored_with_the_event_or_not_at_all(company: Path, moving: MovableClock) -> None:
    class UndoneError(Exception):
        pass

    def event() -> None:
        with connected(), database.atomic():
            mail.queue("maria@example.com", "message", "text", moving.clock)
            raise UndoneError

    with pytest.raises(UndoneError):
        event()
    with connected():
        assert MailMessage.select().count() == 0
    assert not tasks.task_exists("x")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"host": " "}, "mail server is empty"),
        ({"port": 0}, "no port 0"),
        ({"security": "Hope"}, "not possible"),
        ({"sender": "backdesk"}, "not an e-mail address"),
    ],
)
def test_a_set_up_that_cannot_work_is_refused(company: Path, values: dict[str, object], text: str) -> None:
    good: dict[str, object] = {
        "enabled": True,
        "host": "localhost",
        "port": 25,
        "security": "None",
        "login": "",
        "sender": "a@b.c",
    }
    with pytest.raises(FieldError, match=text):
        mail.save_setup(**{**good, **values})  # type: ignore[arg-type]
    assert not mail.setup().enabled


def test_a_server_that_never_answers_is_left_after_a_moment_and_asked_once_for_all(
    company: Path, silent_server: int, moving: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "PATIENCE_SECONDS", 0.1)
    calls: list[object] = []
    real = smtp._connect
    monkeypatch.setattr(smtp, "_connect", lambda *args: calls.append(args) or real(*args))
    mail.save_setup(
        enabled=True, host="localhost", port=silent_server, security="None", login="", sender="a@b.c"
    )
    for number in range(20):
        mail.queue(f"maria{number}@example.com", "message", "text", moving.clock)
    assert run_all(moving) == 1
    assert len(calls) == 1, "not one call for each message"
    with connected():
        first = MailMessage.get()
    assert first.error_text.startswith(f"localhost, port {silent_server}, does not answer: ")
    mail.queue("late@example.com", "message", "text", moving.clock)
    assert run_all(moving) == 0, "the server rests"
    with connected():
        late = MailMessage.get(MailMessage.recipient == "late@example.com")
    assert late.not_before == moving.moment + timedelta(seconds=mail_sending.WAITS[0])


def test_once_the_server_is_back_nothing_waits_for_its_own_time(
    company: Path, new_server: NewServer, moving: MovableClock
) -> None:
    server = new_server(clock=moving.clock)
    server.stop()
    mail.queue("maria@example.com", "old", "text", moving.clock)
    for wait in mail_sending.WAITS[:5]:
        run_all(moving)
        moving.forward(wait)
    run_all(moving)
    assert only_message().not_before == moving.moment + timedelta(hours=12)
    server.start_again()
    mail.queue("maria@example.com", "new", "text", moving.clock)
    assert run_all(moving) == 0
    moving.forward(mail_sending.REST_SECONDS)
    assert run_all(moving) == 1
    assert len(server.received) == 2


def test_a_new_set_up_is_tried_at_once(company: Path, new_server: NewServer, moving: MovableClock) -> None:
    new_server(clock=moving.clock).stop()
    mail.queue("maria@example.com", "message", "text", moving.clock)
    run_all(moving)
    server = new_server(clock=moving.clock)
    run_all(moving)
    assert len(server.received) == 1


def test_while_mail_is_switched_off_the_outbox_waits_without_a_task(
    company: Path, new_server: NewServer, moving: MovableClock
) -> None:
    server = new_server()
    mail.queue("maria@example.com", "message", "text", moving.clock)
    values = {"host": "localhost", "port": server.port, "security": "None", "login": "", "sender": "a@b.c"}
    mail.save_setup(enabled=False, **values)  # type: ignore[arg-type]
    run_all(moving)
    with connected():
        assert ScheduledTask.select().count() == 0
    assert only_message().status == "Waiting"
    mail.save_setup(enabled=True, clock=moving.clock, **values)  # type: ignore[arg-type]
    run_all(moving)
    assert len(server.received) == 1


def test_a_server_without_the_chosen_security_is_told_from_one_that_is_down(
    company: Path, new_server: NewServer
) -> None:
    server = new_server("None")
    mail.save_setup(
        enabled=True, host="localhost", port=server.port, security="STARTTLS", login="", sender="a@b.c"
    )
    with pytest.raises(MailError, match="does not let us in"):
        mail_sending.send("maria@example.com", "a", "b")


def test_who_may_not_change_the_outbox_does_not(company: Path, moving: MovableClock) -> None:
    with connected(), database.atomic():
        UserPermissionSet.insert(user_id="BOSS", set_code="SUPER").execute()
        UserPermissionSet.insert(user_id="ANNA", set_code="READER").execute()
    number = mail.queue("maria@example.com", "message", "text", moving.clock)
    with permissions.enforced("ANNA"):
        for forbidden in (partial(mail.remove, number), partial(mail.retry, number, moving.clock)):
            with pytest.raises(RightMissingError, match="ANNA"):
                forbidden()
    assert only_message().status == "Waiting"
    with permissions.enforced("BOSS"):
        mail.remove(number)
    with connected():
        assert MailMessage.select().count() == 0
