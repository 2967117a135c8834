"""The look-up tables that business records point at."""

from __future__ import annotations

from decimal import Decimal

import peewee

from models.fields import AmountField
from models.record import Record
from models.rules import FieldRule, Kind


class Country(Record):
    """A country or region, by its ISO 3166 code."""

    CAPTION = "Country/Region"
    CAPTION_PLURAL = "Countries/Regions"
    NAME_FIELD = "name"
    RULES = (
        FieldRule("code", "Code", Kind.CODE, max_length=10, required=True),
        FieldRule("name", "Name", max_length=50, required=True),
    )

    code = peewee.TextField(primary_key=True)
    name = peewee.TextField()


class PostCode(Record):
    """A post code with its city; the same code may have several cities."""

    CAPTION = "Post Code"
    CAPTION_PLURAL = "Post Codes"
    NAME_FIELD = "city"
    RULES = (
        FieldRule("code", "Code", Kind.CODE, max_length=20, required=True),
        FieldRule("city", "City", max_length=60, required=True),
        FieldRule("country_code", "Country/Region Code", Kind.CODE, max_length=10, lookup="country"),
    )

    id = peewee.AutoField()
    code = peewee.TextField()
    city = peewee.TextField()
    country_code = peewee.TextField(null=True)


class PaymentTerms(Record):
    """When an invoice is due and what early payment earns."""

    CAPTION = "Payment Terms"
    CAPTION_PLURAL = "Payment Terms"
    NAME_FIELD = "description"
    RULES = (
        FieldRule("code", "Code", Kind.CODE, max_length=10, required=True),
        FieldRule("description", "Description", max_length=100),
        FieldRule("due_days", "Due Days", Kind.INTEGER, minimum=0, maximum=365),
        FieldRule("discount_percent", "Discount %", Kind.DECIMAL, minimum=0, maximum=100),
        FieldRule("discount_days", "Discount Days", Kind.INTEGER, minimum=0, maximum=365),
    )

    code = peewee.TextField(primary_key=True)
    description = peewee.TextField(default="")
    due_days = peewee.IntegerField(default=0)
    discount_percent = AmountField(default=Decimal(0))
    discount_days = peewee.IntegerField(default=0)


class UnitOfMeasure(Record):
    """What a quantity counts."""

    CAPTION = "Unit of Measure"
    CAPTION_PLURAL = "Units of Measure"
    NAME_FIELD = "description"
    RULES = (
        FieldRule("code", "Code", Kind.CODE, max_length=10, required=True),
        FieldRule("description", "Description", max_length=50),
    )

    code = peewee.TextField(primary_key=True)
    description = peewee.TextField(default="")
