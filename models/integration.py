"""Integrations: how one kind of file becomes records."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import peewee

from models.fields import MomentField
from models.record import Record
from models.rules import FieldRule, Kind


class ExecutionMode(StrEnum):
    """Which answer of the dialog after reading is preselected."""

    IMMEDIATE = "Immediate"
    DEFERRED = "Deferred Job Queue"


class MatchMode(StrEnum):
    """What may happen to a record whose key is known already, or not yet."""

    CREATE_AND_UPDATE = "Create and Update"
    CREATE_ONLY = "Create Only"
    UPDATE_ONLY = "Update Only"


class PostProcessingTrigger(StrEnum):
    """When the post-processing codeunit runs."""

    PER_DOCUMENT = "Per Document"  # in the transaction that writes the record or document
    AFTER_PROCESSING = "After Processing"  # at the end of the same job
    JOB_QUEUE = "Job Queue"  # as a job of its own


class ErrorPolicy(StrEnum):
    """What becomes of an import whose records have errors."""

    GO_ON = "Go On"
    STOP_AT_NUMBER = "Stop at Number"
    STOP_AT_PERCENT = "Stop at Percent"


class ColumnType(StrEnum):
    """Where the value of a field comes from."""

    STANDARD = "Standard"  # a column of the file
    CONSTANT = "Constant"
    LINE_NUMBERS = "Line Numbers"  # 10,000, 20,000 … within the document
    ENTRY_NUMBERS = "Entry Numbers"  # the next number of the table's series, or after the last one
    DYNAMIC = "Dynamic"  # what is known when the import runs
    FORMULA = "Formula"


class DynamicValue(StrEnum):
    """What a field of the type Dynamic may hold."""

    TODAY = "Today"
    WORK_DATE = "Work Date"
    CURRENT_TIME = "Current Time"
    CURRENT_DATETIME = "Current DateTime"
    USER_ID = "User ID"
    COMPANY_NAME = "Company Name"


class LookupMissing(StrEnum):
    """What becomes of a value that the look-up table does not have."""

    ERROR = "Error"
    CREATE = "Create"
    LEAVE_EMPTY = "Leave Empty"
    USE_DEFAULT = "Use Default"


class SourceType(StrEnum):
    """Which files an integration reads."""

    ANY = "Any"
    CSV = "CSV"
    FIXED_WIDTH = "Fixed Width"
    EXCEL = "Excel"
    JSON = "JSON"


SOURCE_TYPES = tuple(kind.value for kind in SourceType)
_ONCE = "(?=[^{0}]*({1})[^{0}]*$)"  # these letters, and the sign nowhere else
DATE_FORMAT = "(?i)" + "".join(
    ("SERIAL|", _ONCE.format("Y", "YYYY|YY"), _ONCE.format("M", "MM?"), _ONCE.format("D", "DD?"), ".+")
)
"""How files write days: year, month and day once each, or the day numbers of a spreadsheet."""


class Integration(Record):
    """One kind of file and the table that it fills."""

    CAPTION = "Integration"
    CAPTION_PLURAL = "Integrations"
    NAME_FIELD = "description"
    RULES = (
        FieldRule("code", "Code", Kind.CODE, max_length=30, required=True),
        FieldRule("description", "Description", max_length=100),
        FieldRule("target_table", "Table", required=True),
        FieldRule("direction", "Direction", editable=False),
        FieldRule("source_type", "Source Type", Kind.OPTION, options=SOURCE_TYPES),
        FieldRule(
            "execution_mode",
            "Processing Execution Mode",
            Kind.OPTION,
            options=tuple(mode.value for mode in ExecutionMode),
        ),
        FieldRule("match_field", "Match Key"),
        FieldRule("match_mode", "Match Mode", Kind.OPTION, options=tuple(mode.value for mode in MatchMode)),
        FieldRule("category_code", "Job Queue Category Code", Kind.CODE, max_length=20),
        FieldRule("null_text", "Text That Means Empty", max_length=20),
        FieldRule("decimal_separator", "Decimal Separator", Kind.OPTION, options=(".", ",")),
        FieldRule(
            "date_format",
            "Date Format",
            max_length=20,
            required=True,
            pattern=DATE_FORMAT,
            pattern_hint="Name the year, the month and the day once each, such as DD.MM.YYYY.",
        ),
        FieldRule("post_processing_codeunit", "Post-Processing Codeunit", max_length=50),
        FieldRule(
            "post_processing_trigger",
            "Post-Processing Trigger",
            Kind.OPTION,
            options=tuple(trigger.value for trigger in PostProcessingTrigger),
        ),
        FieldRule("notify_success", "Notify on Success", Kind.BOOLEAN),
        FieldRule("notify_errors", "Notify on Errors", Kind.BOOLEAN),
        FieldRule(
            "error_policy",
            "Error Policy",
            Kind.OPTION,
            options=tuple(policy.value for policy in ErrorPolicy),
        ),
        FieldRule("error_limit", "Stop at Errors", Kind.INTEGER, minimum=0),
        FieldRule("retention_days", "Keep Imports for Days", Kind.INTEGER, minimum=0, maximum=3_650),
        FieldRule("run_as_user_id", "Run as User", Kind.CODE, max_length=50, lookup="users"),
        FieldRule("control_field", "Control Total Of"),
        FieldRule("watched_folder", "Watched Folder", max_length=500),
        FieldRule("watched_pattern", "File Name Pattern", max_length=100),
    )

    code = peewee.TextField(primary_key=True)
    description = peewee.TextField(default="")
    direction = peewee.TextField(default="Import")
    target_table = peewee.TextField()  # a name of desktop.imports.integrations.targets
    source_type = peewee.TextField(default="Any")
    execution_mode = peewee.TextField(default=ExecutionMode.DEFERRED)
    match_field = peewee.TextField(default="no")
    match_mode = peewee.TextField(default=MatchMode.CREATE_AND_UPDATE)
    category_code = peewee.TextField(default="")
    null_text = peewee.TextField(default="")
    decimal_separator = peewee.TextField(default=".")
    date_format = peewee.TextField(default="YYYY-MM-DD")
    reading = peewee.TextField(default="{}")  # JSON: delimiter, quote, encoding, sheet …; empty is detected
    post_processing_codeunit = peewee.TextField(default="")
    post_processing_trigger = peewee.TextField(default=PostProcessingTrigger.AFTER_PROCESSING)
    notify_success = peewee.BooleanField(default=True)
    notify_errors = peewee.BooleanField(default=True)
    error_policy = peewee.TextField(default=ErrorPolicy.GO_ON)
    error_limit = peewee.IntegerField(default=0)  # records or percent, as the policy says
    retention_days = peewee.IntegerField(default=0)  # 0: as long as the company keeps imports
    run_as_user_id = peewee.TextField(default="")
    control_field = peewee.TextField(default="")  # whose total is compared between file, staging and target
    watched_folder = peewee.TextField(default="")
    watched_pattern = peewee.TextField(default="*")
    watched_job_id = peewee.TextField(default="")
    version = peewee.IntegerField(default=1)  # grows with each change

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Write the integration, as its next version if it is there already."""
        if not kwargs.get("force_insert"):
            self.version += 1
        return super().save(*args, **kwargs)

    def after_change(self, *, deleted: bool) -> None:
        """What belongs to a deleted integration goes with it; what was imported stays."""
        if deleted:
            for part in (IntegrationField, IntegrationValueMap, IntegrationHeader):
                part.delete().where(part.integration_code == self.code).execute()


class IntegrationField(Record):
    """One column of the file and the field that it fills."""

    CAPTION = "Integration Field"
    CAPTION_PLURAL = "Integration Fields"
    NAME_FIELD = "source_column"

    id = peewee.AutoField()
    integration_code = peewee.TextField()
    level = peewee.IntegerField(default=0)  # 0 the record or header, 1 the lines of a document
    field_no = peewee.IntegerField()  # also the order in which values are checked
    source_column = peewee.TextField(default="")  # the header in the file; empty for a constant
    target_field = peewee.TextField()
    column_type = peewee.TextField(default=ColumnType.STANDARD)
    constant = peewee.TextField(default="")
    expression = peewee.TextField(default="")  # a formula, or the name of a dynamic value
    transforms = peewee.TextField(default="{}")  # JSON: what is done to the text before it is read
    default_value = peewee.TextField(default="")  # where the cell is empty
    required = peewee.BooleanField(default=False)
    lookup_by = peewee.TextField(default="")  # the look-up table's field that the value names; empty: its key
    lookup_missing = peewee.TextField(default=LookupMissing.ERROR)


class IntegrationValueMap(Record):
    """What a value in the file means here, for one field."""

    CAPTION = "Field Value Map"
    CAPTION_PLURAL = "Field Value Maps"

    id = peewee.AutoField()
    integration_code = peewee.TextField()
    target_field = peewee.TextField()
    external_value = peewee.TextField()
    internal_value = peewee.TextField(default="")


class IntegrationHeader(Record):
    """A column name under which earlier files carried a field."""

    CAPTION = "Remembered Column"
    CAPTION_PLURAL = "Remembered Columns"
    NAME_FIELD = "header"

    id = peewee.AutoField()
    integration_code = peewee.TextField()
    level = peewee.IntegerField(default=0)
    target_field = peewee.TextField()
    header = peewee.TextField()
    used_at = MomentField()
