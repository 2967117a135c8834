"""The bins of a warehouse: the table."""

from __future__ import annotations

from decimal import Decimal

import peewee

from models.fields import AmountField, MomentField
from models.record import Record
from models.rules import FieldRule, Kind


class WarehouseBin(Record):
    """One bin, and the item that it is for."""

    CAPTION = "Warehouse Bin"
    CAPTION_PLURAL = "Warehouse Bins"
    NAME_FIELD = "zone"
    RULES = (
        FieldRule("code", "Code", Kind.CODE, max_length=10, required=True, synonyms=("Bin", "Bin Code")),
        FieldRule("zone", "Zone", max_length=20),
        FieldRule("item_no", "Item No.", Kind.CODE, max_length=20, lookup="item", synonyms=("Item",)),
        FieldRule("capacity", "Capacity", Kind.DECIMAL, minimum=0),
        FieldRule("status", "Status", Kind.OPTION, options=("New", "Open"), editable=False),
    )

    code = peewee.TextField(primary_key=True)
    zone = peewee.TextField(default="")
    item_no = peewee.TextField(null=True)
    capacity = AmountField(default=Decimal(0))
    status = peewee.TextField(default="New")
    modified_at = MomentField(null=True)
