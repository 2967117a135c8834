"""Items."""

from __future__ import annotations

from decimal import Decimal

import peewee

from models.fields import AmountField, MomentField
from models.record import Record
from models.rules import FieldRule, Kind


class Item(Record):
    """Something we sell."""

    CAPTION = "Item"
    CAPTION_PLURAL = "Items"
    NAME_FIELD = "description"
    SEARCHED = ("no", "description", "vendor_item_no", "gtin")
    RULES = (
        FieldRule(
            "no",
            "No.",
            Kind.CODE,
            max_length=20,
            required=True,
            synonyms=("Item No.", "Item Number", "Item", "SKU", "Article No.", "Product ID"),
        ),
        FieldRule(
            "description",
            "Description",
            max_length=100,
            required=True,
            synonyms=("Name", "Item Description", "Product Name", "Item Name"),
        ),
        FieldRule(
            "base_unit_code",
            "Base Unit of Measure",
            Kind.CODE,
            max_length=10,
            lookup="unit_of_measure",
            synonyms=("Unit of Measure", "Unit", "UOM"),
        ),
        FieldRule("unit_price", "Unit Price", Kind.DECIMAL, minimum=0, synonyms=("Price", "Sales Price")),
        FieldRule("unit_cost", "Unit Cost", Kind.DECIMAL, minimum=0, synonyms=("Cost", "Purchase Price")),
        FieldRule(
            "inventory",
            "Inventory",
            Kind.DECIMAL,
            synonyms=("Stock", "Quantity on Hand", "In Stock", "Units in Stock"),
        ),
        FieldRule("reorder_point", "Reorder Point", Kind.DECIMAL, minimum=0, synonyms=("Reorder Level",)),
        FieldRule(
            "vendor_no",
            "Vendor No.",
            Kind.CODE,
            max_length=20,
            lookup="vendor",
            synonyms=("Vendor", "Vendor ID", "Supplier", "Supplier No.", "Supplier ID"),
        ),
        FieldRule("vendor_item_no", "Vendor Item No.", max_length=50, synonyms=("Supplier Item No.",)),
        FieldRule("gtin", "GTIN", max_length=14, synonyms=("EAN", "Barcode")),
        FieldRule("blocked", "Blocked", Kind.BOOLEAN, synonyms=("Discontinued",)),
    )

    no = peewee.TextField(primary_key=True)
    description = peewee.TextField(default="")
    base_unit_code = peewee.TextField(null=True)
    unit_price = AmountField(default=Decimal(0))
    unit_cost = AmountField(default=Decimal(0))
    inventory = AmountField(default=Decimal(0))
    reorder_point = AmountField(default=Decimal(0))
    vendor_no = peewee.TextField(null=True)
    vendor_item_no = peewee.TextField(default="")
    gtin = peewee.TextField(default="")
    blocked = peewee.BooleanField(default=False)
    modified_at = MomentField(null=True)
    search_text = peewee.TextField(default="")
