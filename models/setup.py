"""What a person or the company has set up: the colours of cues, and how long rows are kept."""

from __future__ import annotations

import peewee

from models.record import Record


class CueSetup(Record):
    """The thresholds and styles of one cue for one person, or for everybody when `user_id` is empty."""

    CAPTION = "Cue Setup"
    CAPTION_PLURAL = "Cue Setup"
    NAME_FIELD = "cue"

    id = peewee.AutoField()
    user_id = peewee.TextField(default="")
    cue = peewee.TextField()
    low_style = peewee.TextField(default="None")
    threshold_1 = peewee.IntegerField(default=0)
    middle_style = peewee.TextField(default="None")
    threshold_2 = peewee.IntegerField(default=0)
    high_style = peewee.TextField(default="None")


class RetentionPolicy(Record):
    """How long one kind of row is kept."""

    CAPTION = "Retention Policy"
    CAPTION_PLURAL = "Retention Policies"
    NAME_FIELD = "kind"

    kind = peewee.TextField(primary_key=True)
    enabled = peewee.BooleanField(default=True)
    keep_days = peewee.IntegerField()
