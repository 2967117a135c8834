"""Integrations: how one kind of file becomes records."""

from __future__ import annotations

from enum import StrEnum

import peewee

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


SOURCE_TYPES = ("Any", "CSV", "Excel")
IMPORTABLE = (
    "customer",
    "vendor",
    "item",
    "country",
    "payment_terms",
    "unit_of_measure",
)  # names of models.tables


class Integration(Record):
    """One kind of file and the table that it fills."""

    CAPTION = "Integration"
    CAPTION_PLURAL = "Integrations"
    NAME_FIELD = "description"
    RULES = (
        FieldRule("code", "Code", Kind.CODE, max_length=30, required=True),
        FieldRule("description", "Description", max_length=100),
        FieldRule("target_table", "Table", Kind.OPTION, required=True, options=IMPORTABLE),
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
        FieldRule("date_format", "Date Format", max_length=20),
    )

    code = peewee.TextField(primary_key=True)
    description = peewee.TextField(default="")
    direction = peewee.TextField(default="Import")
    target_table = peewee.TextField()  # a name of models.tables
    source_type = peewee.TextField(default="Any")
    execution_mode = peewee.TextField(default=ExecutionMode.DEFERRED)
    match_field = peewee.TextField(default="no")
    match_mode = peewee.TextField(default=MatchMode.CREATE_AND_UPDATE)
    category_code = peewee.TextField(default="")
    null_text = peewee.TextField(default="")
    decimal_separator = peewee.TextField(default=".")
    date_format = peewee.TextField(default="YYYY-MM-DD")
    reading = peewee.TextField(default="{}")  # JSON: delimiter, quote, encoding, sheet …; empty is detected


class IntegrationField(Record):
    """One column of the file and the field that it fills."""

    CAPTION = "Integration Field"
    CAPTION_PLURAL = "Integration Fields"
    NAME_FIELD = "source_column"

    id = peewee.AutoField()
    integration_code = peewee.TextField()
    field_no = peewee.IntegerField()
    source_column = peewee.TextField(default="")  # the header in the file; empty for a constant
    target_field = peewee.TextField()
    constant = peewee.TextField(default="")
    default_value = peewee.TextField(default="")  # where the cell is empty
    required = peewee.BooleanField(default=False)
    lookup_by = peewee.TextField(default="")  # the look-up table's field that the value names; empty: its key


class IntegrationValueMap(Record):
    """What a value in the file means here, for one field."""

    CAPTION = "Field Value Map"
    CAPTION_PLURAL = "Field Value Maps"

    id = peewee.AutoField()
    integration_code = peewee.TextField()
    target_field = peewee.TextField()
    external_value = peewee.TextField()
    internal_value = peewee.TextField(default="")
