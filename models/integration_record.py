"""Import runs and their staged rows. The payload never changes; status, errors and edits stand beside it."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import peewee

from models.fields import AmountField, MomentField
from models.record import Record


class RunState(StrEnum):
    """How far an import run is. Counts say the rest."""

    READING = "Reading"  # rows are being staged; a crash here means reading again
    READY = "Ready"  # staged, not yet processed, or some records are ready again
    PROCESSING = "Processing"
    STOPPED = "Stopped"  # it had as many errors as the integration allows; the rest is ready
    COMPLETED = "Completed"  # no record is ready; errors are counted
    UNDOING = "Undoing"
    UNDONE = "Undone"
    INTERRUPTED = "Interrupted"  # only told: it is stored as Reading, by a process that has ended


class RecordStatus(IntEnum):
    """The state of one staged row. Processing is derived from the run's cursor and lease, never stored."""

    READY = 0
    CREATED = 1
    UPDATED = 2
    UNCHANGED = 3
    ERROR = 4
    EXCLUDED = 5
    REVERSED = 6  # what it had created or changed was undone


class RunSource(StrEnum):
    """How the file came."""

    MANUAL = "Manual"
    WATCHED_FOLDER = "Watched Folder"
    COMMAND = "Command"
    CLIPBOARD = "Clipboard"
    REPEAT = "Repeat"


class ImportRun(Record):
    """One file taken through one integration.

    rows = ready + created + updated + unchanged + errors + excluded + reversed, which the database holds.
    """

    CAPTION = "Import"
    CAPTION_PLURAL = "Imports"
    NAME_FIELD = "file_name"

    id = peewee.AutoField()
    integration_code = peewee.TextField()
    definition = peewee.TextField()  # JSON snapshot of the integration, its fields and value maps
    source = peewee.TextField(default=RunSource.MANUAL)
    file_name = peewee.TextField()
    file_path = peewee.TextField(default="")
    file_sha256 = peewee.TextField(default="")
    file_size = peewee.IntegerField(default=0)  # bytes
    file_rows = peewee.IntegerField(default=0)  # fewer than `rows` where one is split into several records
    dialect = peewee.TextField(default="{}")  # JSON: what was detected: delimiter, encoding, sheet …
    header = peewee.TextField(default="[]")  # JSON array of the column names
    line_file_name = peewee.TextField(default="")  # the second file, where lines come in one of their own
    line_file_path = peewee.TextField(default="")
    line_file_sha256 = peewee.TextField(default="")
    line_dialect = peewee.TextField(default="{}")
    line_header = peewee.TextField(default="[]")
    state = peewee.TextField(default=RunState.READING)
    job_id = peewee.TextField(default="")
    post_job_id = peewee.TextField(default="")
    undo_job_id = peewee.TextField(default="")
    user_id = peewee.TextField(default="")
    rows = peewee.IntegerField(default=0)
    ready = peewee.IntegerField(default=0)
    created = peewee.IntegerField(default=0)
    updated = peewee.IntegerField(default=0)
    unchanged = peewee.IntegerField(default=0)
    errors = peewee.IntegerField(default=0)
    excluded = peewee.IntegerField(default=0)
    reversed = peewee.IntegerField(default=0)
    documents = peewee.IntegerField(default=0)  # 0 where each row is a record of its own
    documents_created = peewee.IntegerField(default=0)
    documents_updated = peewee.IntegerField(default=0)
    documents_unchanged = peewee.IntegerField(default=0)
    control_field = peewee.TextField(default="")
    control_file = AmountField(null=True)  # the total as the file was read
    control_staged = AmountField(null=True)  # the same from the staged rows that became records
    control_target = AmountField(null=True)  # the same from those records
    reading_ms = peewee.IntegerField(default=0)
    processing_ms = peewee.IntegerField(default=0)
    post_processing_ms = peewee.IntegerField(default=0)
    dry_run = peewee.TextField(default="")  # JSON: what the last dry run found
    undo = peewee.TextField(default="")  # JSON: what undoing did
    # The last record, or the last document, whose chunk is committed.
    cursor = peewee.IntegerField(default=0)
    owner = peewee.TextField(default="")  # who stages or processes it; for fencing
    token = peewee.IntegerField(default=0)  # grows with each owner
    revision = peewee.IntegerField(default=0)  # grows with each repair, so that a chunk in hand is read anew
    created_at = MomentField()
    started_at = MomentField(null=True)
    ended_at = MomentField(null=True)
    undone_at = MomentField(null=True)


class IntegrationRecord(Record):
    """One staged row: the file's cells as text, in the order of the run's header."""

    CAPTION = "Integration Record"
    CAPTION_PLURAL = "Integration Records"

    id = peewee.AutoField()
    run_id = peewee.IntegerField()
    line_no = peewee.IntegerField()  # the line of the file or the row of the sheet, from 1
    payload = peewee.TextField()  # JSON array of texts
    edited_payload = peewee.TextField(null=True)  # the same, after a person mended it
    part = peewee.IntegerField(default=0)  # 0 the file or the one with the headers, 1 the one with the lines
    document_no = peewee.IntegerField(
        default=0
    )  # which document it belongs to, from 1; 0 where there are none


class IntegrationRecordStatus(Record):
    """The state of one staged row, narrow because it is written for every row."""

    CAPTION = "Integration Record Status"

    record_id = peewee.IntegerField(primary_key=True)
    run_id = peewee.IntegerField()
    status = peewee.IntegerField(default=RecordStatus.READY)
    attempts = peewee.IntegerField(default=0)
    target_key = peewee.TextField(default="")  # key of the record that it became
    changed_at = MomentField(null=True)


class IntegrationRecordError(Record):
    """One thing that is wrong with one staged row."""

    CAPTION = "Integration Record Error"

    id = peewee.AutoField()
    record_id = peewee.IntegerField()
    run_id = peewee.IntegerField()
    target_field = peewee.TextField(default="")
    source_column = peewee.TextField(default="")
    code = peewee.TextField()
    value = peewee.TextField(default="")
    message = peewee.TextField()
    hint = peewee.TextField(default="")
