"""The integration that takes flat lines of sales orders in the measurements."""

from __future__ import annotations

from typing import Final

from models.database import connected, database
from models.integration import ColumnType, Integration, IntegrationField
from models.sales_order import SalesHeader

ORDERS: Final = "BENCH-ORDERS"
_HEADER: Final = (("Order No.", "no"), ("Customer No.", "customer_no"), ("Order Date", "order_date"))
_LINE: Final = (("Item No.", "item_no"), ("Quantity", "quantity"), ("Unit Price", "unit_price"))


def make_order_integration() -> None:
    """Add it to the open company; lines are numbered as they come."""
    with connected(), database.atomic():
        Integration.create(
            code=ORDERS,
            description="Flat lines of orders",
            target_table=SalesHeader.table(),
            match_field="no",
        )
        for level, columns in enumerate((_HEADER, _LINE)):
            for number, (column, field) in enumerate(columns, 1):
                IntegrationField.create(
                    integration_code=ORDERS,
                    level=level,
                    field_no=level * 100 + number * 10,
                    source_column=column,
                    target_field=field,
                    required=True,
                )
        IntegrationField.create(
            integration_code=ORDERS,
            level=1,
            field_no=200,
            target_field="line_no",
            column_type=ColumnType.LINE_NUMBERS,
        )
