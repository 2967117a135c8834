"""A flat file of orders: each row is a line, with the fields of its order beside it."""

from __future__ import annotations

from typing import Final

FLAT_ORDERS: Final = (
    ("Order", "no"),
    ("Date", "order_date"),
    ("Customer", "customer_no"),
    {"level": 1, "source_column": "Item", "target_field": "item_no"},
    {"level": 1, "source_column": "Qty", "target_field": "quantity"},
)
"""Columns and the fields that they fill, as `integration` takes them."""
