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
    EXPIRED = "Expired"
    INACTIVE = "On Hold with Inactivity Timeout"


class ObjectType(StrEnum):
    """What an entry runs."""

    CODEUNIT = "Codeunit"
    REPORT = "Report"


class RunAfterRule(StrEnum):
    """How the entries must have ended for which another one waits."""

    FINISHED = "Finished"  # all of them went well
    ENDED = "Ended"  # in any way


class RunTrigger(StrEnum):
    """What made a run begin."""

    PERSON = "Person"  # Set Status to Ready, Restart
    SCHEDULE = "Schedule"
    RETRY = "Retry"
    RUN_NOW = "Run Now"
    RUN_ONCE = "Run Once"  # in the foreground
    PROGRAM = "Program"  # code created the entry, e.g. an import
    CHANGE = "Data Change"  # it was inactive, and what it watches was changed
    INACTIVITY = "Inactivity Timeout"
    RESCUE = "Rescue"  # its worker died


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
    object_type = peewee.TextField(default=ObjectType.CODEUNIT)
    codeunit = peewee.TextField()  # a name of the codeunit registry, or of the report registry
    report_output = peewee.TextField(default="")  # PDF or Excel
    parameters = peewee.TextField(default="{}")  # JSON object of texts; "text" is the parameter string
    category_code = peewee.TextField(default="")
    priority = peewee.IntegerField(default=2000)  # High 1000, Normal 2000, Low 3000
    owner_user_id = peewee.TextField(default="")
    run_as_user_id = peewee.TextField(default="")
    status = peewee.TextField(default=EntryStatus.ON_HOLD)
    earliest_start = MomentField(null=True)
    expires_at = MomentField(null=True)
    schedule = peewee.TextField(default="")  # JSON of a `Schedule`; empty for a single run
    recurring = peewee.BooleanField(default=False)  # whether `schedule` repeats
    retries = peewee.IntegerField(default=0)  # Business Central's "maximum number of attempts"
    attempts = peewee.IntegerField(default=0)  # runs started since the last Ready; counted on rescue too
    retry_delay_seconds = peewee.IntegerField(default=0)
    retry_backoff = peewee.IntegerField(default=1)  # each delay is so many times the one before
    retry_cap_seconds = peewee.IntegerField(default=3_600)  # the longest delay
    stop_after_failures = peewee.IntegerField(default=5)  # runs of a recurring entry in a row; 0 is never
    failures_in_a_row = peewee.IntegerField(default=0)
    timeout_seconds = peewee.IntegerField(default=43_200)
    inactivity_timeout_seconds = peewee.IntegerField(default=0)
    notify_on_success = peewee.BooleanField(default=True)
    notify_on_failure = peewee.BooleanField(default=True)
    record_table = peewee.TextField(default="")  # the record to process
    record_id = peewee.TextField(default="")
    run_after_rule = peewee.TextField(default=RunAfterRule.FINISHED)  # for `JobQueueDependency`
    wake_table = peewee.TextField(default="")  # a change of this table wakes an inactive entry
    idempotency_key = peewee.TextField(null=True, unique=True)
    task_id = peewee.TextField(default="")  # the current scheduled task
    progress_done = peewee.IntegerField(default=0)
    progress_total = peewee.IntegerField(default=0)  # 0 while it is not known
    progress_text = peewee.TextField(default="")
    result_text = peewee.TextField(default="")  # one sentence about the last run
    error_text = peewee.TextField(default="")  # of the last run, empty when it went well
    started_at = MomentField(null=True)  # of the last run
    ended_at = MomentField(null=True)
    planned_at = MomentField(null=True)  # for when the current or next run is, or was, planned
    next_start = MomentField(null=True)  # when it runs next, be it by its schedule or as a retry
    last_ready_at = MomentField(null=True)
    checkpoint = peewee.TextField(default="")  # JSON that a run left for its retry
    run_trigger = peewee.TextField(default="")  # what made the current or next run begin
    total_runs = peewee.IntegerField(default=0)
    created_at = MomentField()
    modified_at = MomentField()


class JobQueueDependency(Record):
    """An entry that waits for another one."""

    CAPTION = "Job Queue Dependency"
    CAPTION_PLURAL = "Job Queue Dependencies"

    id = peewee.AutoField()
    job_id = peewee.TextField()  # waits
    after_id = peewee.TextField()  # for this one


class JobQueueChange(Record):
    """Who changed what of an entry."""

    CAPTION = "Job Queue Change"
    CAPTION_PLURAL = "Job Queue Changes"
    NAME_FIELD = "field"

    id = peewee.AutoField()
    job_id = peewee.TextField()
    at = MomentField()
    user_id = peewee.TextField(default="")
    field = peewee.TextField()  # caption of the field, or "Status"
    old_value = peewee.TextField(default="")  # as people read it
    new_value = peewee.TextField(default="")


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
    object_type = peewee.TextField(default=ObjectType.CODEUNIT)
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
    run_trigger = peewee.TextField(default="")
    planned_at = MomentField(null=True)
    delay_ms = peewee.IntegerField(default=0)  # how much later than planned it began
    duration_ms = peewee.IntegerField(null=True)
    progress_done = peewee.IntegerField(default=0)  # how far it had come at its end
    progress_total = peewee.IntegerField(default=0)
    progress_text = peewee.TextField(default="")
    exit_code = peewee.IntegerField(null=True)  # of a process that ended by itself; negative for a signal


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
    tries = peewee.IntegerField(default=0)  # after errors that pass by themselves
    trouble_text = peewee.TextField(default="")  # the last of them
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
    kind = peewee.TextField(default="")  # a name of the notification kinds
    source = peewee.TextField(default="")  # what further ones of the kind are counted together by
    repeats = peewee.IntegerField(default=0)  # how many further ones of the same source this one stands for
    report_id = peewee.IntegerField(null=True)  # the report of the inbox to open, if any
    banner = peewee.BooleanField(default=True)  # shown in the window, beside the bell
    operating_system = peewee.BooleanField(default=True)  # shown while the window is not in front


class EntryNumber(peewee.Model):
    """The counter behind `entry_no` and `sequence`."""

    id = peewee.IntegerField(primary_key=True)
    last_number = peewee.IntegerField(default=0)

    class Meta:
        database = database
        legacy_table_names = False
