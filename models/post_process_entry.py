"""What is to be done with imported records after they were written, and how it went."""

from __future__ import annotations

from enum import StrEnum

import peewee

from models.fields import MomentField
from models.record import Record


class PostProcessStatus(StrEnum):
    """How far the post-processing of one record is."""

    READY = "Ready"
    COMPLETED = "Completed"
    ERROR = "Error"
    REVERSED = "Reversed"  # what it was done to was undone


class PostProcessEntry(Record):
    """One record or document that a post-processing codeunit takes."""

    CAPTION = "Post-Process Entry"
    CAPTION_PLURAL = "Post-Process Entries"
    NAME_FIELD = "record_key"

    id = peewee.AutoField()
    run_id = peewee.IntegerField()
    document_no = peewee.IntegerField(default=0)
    table_name = peewee.TextField()
    record_key = peewee.TextField()
    was_created = peewee.BooleanField(default=False)
    codeunit = peewee.TextField()
    status = peewee.TextField(default=PostProcessStatus.READY)
    attempts = peewee.IntegerField(default=0)
    error_code = peewee.TextField(default="")
    error_message = peewee.TextField(default="")
    error_hint = peewee.TextField(default="")
    created_at = MomentField()
    ended_at = MomentField(null=True)
