"""E-Mail Setup: the mail server, its login, and the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from desktop.notifications import mail, mail_sending, secret
from desktop.tasks.task import TaskError
from models.mail_lists import MailRow, outbox
from models.messages import MailMessage, MailSetup
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action
from ui.framework.settings_page import SettingsPage
from ui.notification_settings.outbox_list import OutboxList
from ui.theme import theme
from ui.widgets.card import Card
from ui.widgets.field import FieldRow

PORTS: Final = {"STARTTLS": 587, "TLS": 465, "None": 25}
REFUSED: Final = "refused"
OUTBOX_HEIGHT: Final = 260
KEPT: Final = "kept in the keyring"


class Found(NamedTuple):
    """What is read at once."""

    setup: MailSetup
    messages: list[MailRow]


@dataclass(frozen=True, slots=True)
class _Read:
    def __call__(self) -> Found:
        return Found(mail.setup(), outbox())


@dataclass(frozen=True, slots=True)
class _Save:
    enabled: bool
    host: str
    port: int
    security: str
    login: str
    sender: str
    password: str

    def __call__(self) -> None:
        mail.save_setup(
            enabled=self.enabled,
            host=self.host,
            port=self.port,
            security=self.security,
            login=self.login,
            sender=self.sender,
        )
        if self.password:
            secret.keep_password(self.login.strip(), self.host.strip(), self.password)


@dataclass(frozen=True, slots=True)
class _Test:
    recipient: str

    def __call__(self) -> str:
        mail_sending.send(
            mail.check_address(self.recipient),
            "A test message of Backdesk",
            "If you can read this, e-mail works.",
        )
        return self.recipient


class EmailSetup(SettingsPage):
    """See the module's docstring."""

    NAME = "email_setup"
    TITLE = "E-Mail Setup"
    SEARCH_TERMS = ("smtp", "mail server", "outbox", "sender")
    TABLES = frozenset({MailMessage.table(), MailSetup.table()})
    UNREAD = "The set-up could not be read."

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.enabled = QCheckBox("Send e-mail")
        self.host = QLineEdit()
        self.host.setPlaceholderText("mail.example.com")
        self.security = QComboBox()
        self.security.addItems(list(PORTS))
        self.port = QSpinBox()
        self.port.setRange(1, 65_535)
        self.login = QLineEdit()
        self.login.setPlaceholderText("none")
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText(KEPT)
        self.sender_address = QLineEdit()
        self.sender_address.setPlaceholderText("backdesk@example.com")
        self.recipient = QLineEdit()
        self.recipient.setPlaceholderText("your own address")
        self.outbox = OutboxList(context.clock)
        self._touched = False
        self._arrange()
        self._connect()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("save", "Save", "save", self._save, "Ctrl+S"),
            Action("test", "Send test message", "mail", self._test),
            Action("retry", "Send again", "arrow_clockwise", self._retry, enabled=False),
            Action("remove", "Delete message", "delete", self._remove, enabled=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    # ---- how it comes about

    def _arrange(self) -> None:
        server = Card("Mail server")
        for caption, editor, hint in (
            ("", self.enabled, "Without it, nothing is put into the outbox."),
            ("Server", self.host, ""),
            ("Security", self.security, "None sends password and text so that others can read them."),
            ("Port", self.port, ""),
            ("Login", self.login, ""),
            ("Password", self.password, "It is kept in this computer's keyring, never in the company."),
            ("Sender", self.sender_address, ""),
            ("Test message to", self.recipient, ""),
        ):
            editor.setAccessibleName(caption or "Send e-mail")
            server.body.addWidget(FieldRow(caption, editor, hint=hint))
        server.setMaximumWidth(theme().px(760))
        messages = Card("Outbox", flush=True)
        messages.body.addWidget(self.outbox, 1)
        messages.setMinimumHeight(theme().px(OUTBOX_HEIGHT))
        self.fill(server, growing=messages)

    def _connect(self) -> None:
        self.security.activated.connect(self._on_security)
        for edit in (self.host, self.login, self.password, self.sender_address):
            edit.textEdited.connect(self._touch)
        self.enabled.clicked.connect(self._touch)
        self.port.editingFinished.connect(self._touch)
        self.outbox.chosen_changed.connect(self._on_chosen)

    def rescale(self) -> None:
        super().rescale()
        self.enabled.setFont(theme().font("body"))

    # ---- what happens

    def reader(self) -> _Read:
        return _Read()

    def show_found(self, found: Found) -> None:
        self.outbox.show_messages(found.messages)
        self._on_chosen()
        if self._touched:
            return  # what is being entered stays
        setup = found.setup
        self.enabled.setChecked(setup.enabled)
        self.host.setText(setup.host)
        self.security.setCurrentText(setup.security)
        self.port.setValue(setup.port)
        self.login.setText(setup.login)
        self.sender_address.setText(setup.sender)

    def _touch(self, _value: object = None) -> None:
        self._touched = True

    def _on_security(self, _place: int) -> None:
        if self.port.value() in PORTS.values():
            self.port.setValue(PORTS[self.security.currentText()])
        self._touch()

    def _entered(self) -> _Save:
        return _Save(
            self.enabled.isChecked(),
            self.host.text(),
            self.port.value(),
            self.security.currentText(),
            self.login.text(),
            self.sender_address.text(),
            self.password.text(),
        )

    def _save(self) -> None:
        self.context.hub.write(self, self._entered(), self._on_saved, self._on_error)

    def _on_saved(self, _nothing: object) -> None:
        self._touched = False
        self.password.clear()
        self.banners.remove(REFUSED)
        self.context.notify(Notice("The set-up is saved", "ok"))

    def _test(self) -> None:
        """Save, then send one message beside everything else, so that no change waits for a slow server."""
        if not self.recipient.text().strip():
            self.recipient.setFocus()
            self.banners.show_banner(REFUSED, "info", "To whom?", "Enter an address under “Test message to”.")
            return
        self.set_action_enabled("test", False)
        self.context.hub.write(self, self._entered(), self._on_saved_for_test, self._on_test_error)

    def _on_saved_for_test(self, _nothing: object) -> None:
        self._touched = False
        self.password.clear()
        self.banners.show_banner(REFUSED, "info", "The test message is being sent…", "")
        self.context.hub.query(
            self, _Test(self.recipient.text()), self._on_sent, self._on_test_error, key="test"
        )

    def _on_sent(self, recipient: str) -> None:
        self.set_action_enabled("test", True)
        self.banners.show_banner(REFUSED, "ok", "The test message was sent.", f"Look into {recipient}.")

    def _on_test_error(self, error: TaskError) -> None:
        self.set_action_enabled("test", True)
        self.banners.show_banner(REFUSED, "err", "The test message was not sent.", error.text)

    def _on_error(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "err", "The set-up was not saved.", error.text)

    def _on_refused(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "err", "That was not done.", error.text)

    def _on_chosen(self) -> None:
        rows = self.outbox.chosen()
        self.set_action_enabled("retry", bool(rows) and all(row.status != "Sent" for row in rows))
        self.set_action_enabled("remove", bool(rows))

    def _retry(self) -> None:
        for row in self.outbox.chosen():
            work = partial(mail.retry, row.id, self.context.clock)
            self.context.hub.write(self, work, self._on_changed, self._on_refused)

    def _remove(self) -> None:
        for row in self.outbox.chosen():
            self.context.hub.write(self, partial(mail.remove, row.id), self._on_changed, self._on_refused)

    def _on_changed(self, _nothing: object) -> None:
        self.refresh()
