"""What imports changed in the company's records, as it was before: what undoing an import needs."""

from __future__ import annotations

import peewee

from models.record import Record


class ImportChange(Record):
    """One record that an import updated, or a look-up record that it created.

    A record that a row created needs none: its key stands with the row's status, and nobody has edited it as long as
    its `modified_at` is the status's `changed_at`.
    """

    CAPTION = "Import Change"
    CAPTION_PLURAL = "Import Changes"

    id = peewee.AutoField()
    run_id = peewee.IntegerField()
    record_id = peewee.IntegerField()  # the integration record that did it
    table_name = peewee.TextField()
    record_key = peewee.TextField()
    before = peewee.TextField(
        null=True
    )  # JSON object of the stored values that changed; None: it was created
    after = peewee.TextField(default="{}")  # the same fields after the change
