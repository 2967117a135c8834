"""The Report Inbox: documents that jobs have made, each for one person."""

from __future__ import annotations

import peewee

from models.fields import MomentField
from models.record import Record


class ReportInbox(Record):
    """One document."""

    CAPTION = "Report Inbox"
    CAPTION_PLURAL = "Report Inbox"
    NAME_FIELD = "description"

    id = peewee.AutoField()
    user_id = peewee.TextField(default="")
    report = peewee.TextField()  # a name of the report registry
    description = peewee.TextField(default="")
    output = peewee.TextField()  # PDF or Excel
    file_name = peewee.TextField()
    size = peewee.IntegerField(default=0)  # bytes
    job_id = peewee.TextField(default="")
    log_id = peewee.IntegerField(null=True)
    created_at = MomentField()
    read_at = MomentField(null=True)


class ReportContent(Record):
    """The document itself, apart from its row so that lists stay light."""

    CAPTION = "Report Content"
    CAPTION_PLURAL = "Report Contents"

    report_id = peewee.IntegerField(primary_key=True)
    content = peewee.BlobField()
