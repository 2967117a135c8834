"""What the Task Scheduler and the Job Queue keep. All transitions are in `desktop.jobqueue.states`."""

from __future__ import annotations

from enum import StrEnum

import peewee

from models.database import database
from models.fields import MomentField
from models.record import Record
from models.rules import FieldRule, Kind

SESSION_KINDS = ("Client", "Child", "Background")
SESSION_EVENTS = ("Logon", "Logoff", "Start", "Stop", "Close")


class EntryStatus(StrEnum):
    """The states of a job queue entry, as people read them."""

    ON_HOLD = "On Hold"
    READY = "Ready"
    IN_PROCESS = "In Process"
    CANCELLING = "Cancelling"
    FINISHED = "Finished"
    CANCELLED = "Cancelled"
    ERROR = "Error"


class LogStatus(StrEnum):
    """How one attempt stands or ended."""

    IN_PROCESS = "In Process"
    SUCCESS = "Success"
    ERROR = "Error"
    CANCELLED = "Cancelled"
    INTERRUPTED = "Interrupted"


class JobQueueEntry(Record):
    """What people see and manage: what runs, when, as whom, how often it is tried again, and how it stands."""

    CAPTION = "Job Queue Entry"
    CAPTION_PLURAL = "Job Queue Entries"
    NAME_FIELD = "description"

    id = peewee.TextField(primary_key=True)  # UUID
    entry_no = peewee.IntegerField(unique=True)  # first come, first served
    description = peewee.TextField(default="")
    object_type = peewee.TextField(default="Codeunit")
    codeunit = peewee.TextField()  # a name of the codeunit registry
    parameters = peewee.TextField(default="{}")  # JSON object of texts
    category_code = peewee.TextField(default="")
    priority = peewee.IntegerField(default=2000)  # High 1000, Normal 2000, Low 3000
    owner_user_id = peewee.TextField(default="")
    run_as_user_id = peewee.TextField(default="")
    status = peewee.TextField(default=EntryStatus.ON_HOLD)
    earliest_start = MomentField(null=True)
    expires_at = MomentField(null=True)
    schedule = peewee.TextField(default="")  # JSON; empty for a single run
    retries = peewee.IntegerField(default=0)  # Business Central's "maximum number of attempts"
    attempts = peewee.IntegerField(default=0)  # runs started since the last Ready; counted on rescue too
    retry_delay_seconds = peewee.IntegerField(default=0)
    timeout_seconds = peewee.IntegerField(default=43_200)
    inactivity_timeout_seconds = peewee.IntegerField(default=0)
    notify_on_success = peewee.BooleanField(default=True)
    notify_on_failure = peewee.BooleanField(default=True)
    record_table = peewee.TextField(default="")  # the record to process
    record_id = peewee.TextField(default="")
    run_after = peewee.TextField(default="[]")  # JSON array of entry ids
    idempotency_key = peewee.TextField(null=True, unique=True)
    task_id = peewee.TextField(default="")  # the current scheduled task
    progress_done = peewee.IntegerField(default=0)
    progress_total = peewee.IntegerField(default=0)  # 0 while it is not known
    progress_text = peewee.TextField(default="")
    result_text = peewee.TextField(default="")  # one sentence about the last run
    error_text = peewee.TextField(default="")  # of the last run, empty when it went well
    started_at = MomentField(null=True)  # of the last run
    ended_at = MomentField(null=True)
    created_at = MomentField()
    modified_at = MomentField()


class JobQueueLogEntry(Record):
    """One attempt of one entry."""

    CAPTION = "Job Queue Log Entry"
    CAPTION_PLURAL = "Job Queue Log Entries"
    NAME_FIELD = "description"

    id = peewee.AutoField()
    job_id = peewee.TextField()
    task_id = peewee.TextField(default="")
    attempt = peewee.IntegerField(default=1)
    status = peewee.TextField(default=LogStatus.IN_PROCESS)
    description = peewee.TextField(default="")
    codeunit = peewee.TextField(default="")
    parameters = peewee.TextField(default="{}")
    category_code = peewee.TextField(default="")
    user_id = peewee.TextField(default="")
    worker = peewee.TextField(default="")  # host and process
    started_at = MomentField()
    ended_at = MomentField(null=True)
    result_text = peewee.TextField(default="")
    error_code = peewee.TextField(default="")
    error_text = peewee.TextField(default="")
    call_stack = peewee.TextField(default="")
    messages = peewee.TextField(default="")  # what session.message() said, a line each


class JobQueueCategory(Record):
    """A gate: so many jobs of the category run at once."""

    CAPTION = "Job Queue Category"
    CAPTION_PLURAL = "Job Queue Categories"
    NAME_FIELD = "description"

    code = peewee.TextField(primary_key=True)
    description = peewee.TextField(default="")
    capacity = peewee.IntegerField(default=1)
    paused = peewee.BooleanField(default=False)


class ScheduledTask(Record):
    """One run of one codeunit, not before a time. The row goes when the run has ended."""

    CAPTION = "Scheduled Task"
    CAPTION_PLURAL = "Scheduled Tasks"
    NAME_FIELD = "codeunit"

    id = peewee.TextField(primary_key=True)  # UUID
    codeunit = peewee.TextField()
    failure_codeunit = peewee.TextField(default="")
    parameters = peewee.TextField(default="{}")
    job_id = peewee.TextField(default="")  # the entry whose run this is, if any
    category_code = peewee.TextField(default="")
    priority = peewee.IntegerField(default=2000)
    sequence = peewee.IntegerField(default=0)  # first come, first served
    is_ready = peewee.BooleanField(default=True)
    not_before = MomentField()
    due = peewee.BooleanField(default=False)  # ready and its time has come; a claim looks at nothing else
    user_id = peewee.TextField(default="")
    record_table = peewee.TextField(default="")
    record_id = peewee.TextField(default="")
    timeout_seconds = peewee.IntegerField(default=43_200)
    running = peewee.BooleanField(default=False)
    worker_id = peewee.TextField(default="")
    fence = peewee.IntegerField(default=0)  # grows with each claim; who holds an older one has been replaced
    lease_until = MomentField(null=True)
    cancel_requested_at = MomentField(null=True)
    created_at = MomentField()


class Worker(Record):
    """A process that runs tasks; it holds an operating-system lock as long as it lives."""

    CAPTION = "Worker"
    CAPTION_PLURAL = "Workers"

    id = peewee.TextField(primary_key=True)
    host = peewee.TextField()
    process_id = peewee.IntegerField()
    kind = peewee.TextField()  # "app" or "worker"
    slots = peewee.IntegerField()
    started_at = MomentField()
    heartbeat_at = MomentField()


class SessionEvent(Record):
    """When a session began and ended, and how. Page background tasks leave none."""

    CAPTION = "Session Event"
    CAPTION_PLURAL = "Session Events"
    SEARCHED = ("event", "kind", "user_id", "codeunit", "comment", "computer", "program")
    RULES = (
        FieldRule("at", "Date and time", editable=False),
        FieldRule("event", "Event", Kind.OPTION, options=SESSION_EVENTS, editable=False),
        FieldRule("kind", "Kind", Kind.OPTION, options=SESSION_KINDS, editable=False),
        FieldRule("user_id", "User ID", Kind.CODE, editable=False),
        FieldRule("codeunit", "Codeunit", editable=False),
        FieldRule("duration_ms", "Duration", Kind.INTEGER, editable=False),
        FieldRule("comment", "Comment", editable=False),
        FieldRule("computer", "Computer", editable=False),
        FieldRule("program", "Program", editable=False),
        FieldRule("session_id", "Session ID", editable=False),
    )

    id = peewee.AutoField()
    session_id = peewee.TextField()
    kind = peewee.TextField()
    event = peewee.TextField()
    user_id = peewee.TextField(default="")
    codeunit = peewee.TextField(default="")
    comment = peewee.TextField(default="")
    at = MomentField()
    search_text = peewee.TextField(default="")
    computer = peewee.TextField(default="")
    program = peewee.TextField(default="")  # of the client, or in which a background session ran
    client_id = peewee.TextField(default="")  # the client's session in which a background session ran
    is_open = peewee.BooleanField(default=False)  # a beginning whose end has not come yet
    duration_ms = peewee.IntegerField(null=True)  # of an end whose beginning is known


class Notification(Record):
    """Something that a person is told: a banner or toast now, the bell's history afterwards."""

    CAPTION = "Notification"
    CAPTION_PLURAL = "Notifications"
    NAME_FIELD = "title"

    id = peewee.AutoField()
    severity = peewee.TextField()  # ok, info, warn, err
    title = peewee.TextField()
    text = peewee.TextField(default="")
    user_id = peewee.TextField(default="")
    job_id = peewee.TextField(default="")
    run_id = peewee.IntegerField(null=True)  # the import run to open, if any
    needs_action = peewee.BooleanField(default=False)
    created_at = MomentField()
    read_at = MomentField(null=True)
    dismissed_at = MomentField(null=True)


class EntryNumber(peewee.Model):
    """The counter behind `entry_no` and `sequence`."""

    id = peewee.IntegerField(primary_key=True)
    last_number = peewee.IntegerField(default=0)

    class Meta:
        database = database
        legacy_table_names = False
