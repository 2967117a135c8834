"""Who is told what by which way, and the mail that waits to be sent."""

from __future__ import annotations

import peewee

from models.fields import MomentField
from models.record import Record


class NotificationSetting(Record):
    """How one person, or everybody when `user_id` is empty, is told of one kind of event."""

    CAPTION = "Notification Setting"
    CAPTION_PLURAL = "Notification Settings"
    NAME_FIELD = "kind"

    id = peewee.AutoField()
    user_id = peewee.TextField(default="")
    kind = peewee.TextField()
    enabled = peewee.BooleanField(default=True)
    banner = peewee.BooleanField(default=True)
    operating_system = peewee.BooleanField(default=True)
    email = peewee.BooleanField(default=False)
    threshold = peewee.IntegerField(default=1)  # told from the so-manieth event that nobody has read


class MailSetup(Record):
    """The one row that says where mail goes out; the password is in the keyring."""

    CAPTION = "E-Mail Setup"
    CAPTION_PLURAL = "E-Mail Setup"

    id = peewee.IntegerField(primary_key=True)
    enabled = peewee.BooleanField(default=False)
    host = peewee.TextField(default="")
    port = peewee.IntegerField(default=587)
    security = peewee.TextField(default="STARTTLS")  # STARTTLS, TLS or None
    login = peewee.TextField(default="")
    sender = peewee.TextField(default="")
    resting_until = MomentField(null=True)  # the server could not be used; nothing is tried before


class MailMessage(Record):
    """One message of the outbox."""

    CAPTION = "E-Mail"
    CAPTION_PLURAL = "E-Mails"
    NAME_FIELD = "subject"

    id = peewee.AutoField()
    recipient = peewee.TextField()
    subject = peewee.TextField()
    body = peewee.TextField(default="")
    status = peewee.TextField(default="Waiting")  # Waiting, Sent or Failed
    tries = peewee.IntegerField(default=0)
    not_before = MomentField()
    error_text = peewee.TextField(default="")
    created_at = MomentField()
    sent_at = MomentField(null=True)
