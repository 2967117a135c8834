"""Sales orders: headers and their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import peewee

from models.customer import Customer
from models.errors import FieldError
from models.fields import AmountField, DayField, MomentField
from models.record import Record
from models.rules import FieldRule, Kind

STATUSES = ("Open", "Released", "Shipped", "Invoiced")


class SalesHeader(Record):
    """A sales order."""

    CAPTION = "Sales Order"
    CAPTION_PLURAL = "Sales Orders"
    NAME_FIELD = "customer_name"
    SEARCHED = ("no", "customer_no", "customer_name", "external_document_no")
    RULES = (
        FieldRule(
            "no",
            "No.",
            Kind.CODE,
            max_length=20,
            required=True,
            synonyms=("Order No.", "Order ID", "Order Number", "Order", "Document No.", "Sales Order No."),
        ),
        FieldRule(
            "customer_no",
            "Customer No.",
            Kind.CODE,
            max_length=20,
            required=True,
            lookup="customer",
            synonyms=("Customer", "Customer ID", "Customer Number", "Sell-to Customer No."),
        ),
        FieldRule("customer_name", "Customer Name", max_length=100, editable=False),
        FieldRule(
            "order_date",
            "Order Date",
            Kind.DATE,
            required=True,
            synonyms=("Date", "Document Date", "Invoice Date", "Ordered On"),
        ),
        FieldRule(
            "shipment_date",
            "Shipment Date",
            Kind.DATE,
            synonyms=("Ship Date", "Shipped Date", "Shipping Date", "Delivery Date"),
        ),
        FieldRule(
            "external_document_no",
            "External Document No.",
            max_length=35,
            synonyms=("External No.", "Invoice No.", "Purchase Order No.", "PO Number", "Your Reference"),
        ),
        FieldRule("currency_code", "Currency Code", Kind.CODE, max_length=10),
        FieldRule("status", "Status", Kind.OPTION, options=STATUSES),
        FieldRule("amount", "Amount", Kind.DECIMAL, editable=False),
    )

    no = peewee.TextField(primary_key=True)
    customer_no = peewee.TextField()
    customer_name = peewee.TextField(default="")
    order_date = DayField()
    shipment_date = DayField(null=True)
    external_document_no = peewee.TextField(default="")
    currency_code = peewee.TextField(default="")
    status = peewee.TextField(default="Open")
    amount = AmountField(default=Decimal(0))
    modified_at = MomentField(null=True)
    search_text = peewee.TextField(default="")

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Write the order; a new one takes name and currency from its customer.

        Raises:
            FieldError: with code Blocked: nothing may be sold to the customer.
        """
        if not self.customer_name:
            customer = Customer.get_or_none(Customer.no == self.customer_no)
            if customer is not None and customer.blocked:
                raise FieldError(
                    f"Customer {customer.no} is blocked ({customer.blocked}).",
                    "Choose another customer, or unblock this one on its card.",
                    "Blocked",
                )
            self.customer_name = customer.name if customer is not None else ""
            self.currency_code = self.currency_code or (
                customer.currency_code if customer is not None else ""
            )
        return super().save(*args, **kwargs)


class SalesLine(Record):
    """One line of a sales order."""

    CAPTION = "Sales Line"
    CAPTION_PLURAL = "Sales Lines"
    NAME_FIELD = "description"
    RULES = (
        FieldRule("line_no", "Line No.", Kind.INTEGER, editable=False),
        FieldRule(
            "item_no",
            "Item No.",
            Kind.CODE,
            max_length=20,
            required=True,
            lookup="item",
            synonyms=("Item", "Item Number", "Item ID", "Product ID", "SKU", "Stock Code", "Article No."),
        ),
        FieldRule(
            "description", "Description", max_length=100, synonyms=("Item Description", "Product Name")
        ),
        FieldRule("quantity", "Quantity", Kind.DECIMAL, synonyms=("Qty", "Pieces", "Order Quantity")),
        FieldRule("unit_code", "Unit of Measure Code", Kind.CODE, max_length=10, lookup="unit_of_measure"),
        FieldRule("unit_price", "Unit Price", Kind.DECIMAL, synonyms=("Price", "Price per Unit")),
        FieldRule(
            "discount_percent",
            "Line Discount %",
            Kind.DECIMAL,
            minimum=0,
            maximum=100,
            synonyms=("Discount Percent", "Line Discount Percent"),
        ),
        FieldRule("amount", "Line Amount", Kind.DECIMAL, editable=False),
    )

    id = peewee.AutoField()
    order_no = peewee.TextField()
    line_no = peewee.IntegerField()
    item_no = peewee.TextField()
    description = peewee.TextField(default="")
    quantity = AmountField(default=Decimal(0))
    unit_code = peewee.TextField(null=True)
    unit_price = AmountField(default=Decimal(0))
    discount_percent = AmountField(default=Decimal(0))
    amount = AmountField(default=Decimal(0))
