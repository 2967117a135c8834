"""Releasing sales orders: from then on their lines stay as they are, and they may be shipped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models import changes
from models.database import connected, database
from models.errors import BackdeskError, RecordChangedError
from models.fields import stored_time
from models.sales_order import SalesHeader


def release_orders(orders: Sequence[str], moment: datetime) -> tuple[int, dict[str, BackdeskError]]:
    """Release the orders that may be released, in one transaction (the caller's, if it is in one).

    Those that are released, shipped or invoiced already stay as they are.

    Args:
        orders: their numbers, 500 at most.
        moment: now, aware.
    Returns:
        How many are released now, and by number why others cannot be: RecordChanged, Blocked or NothingToRelease.
    """
    marks = ", ".join("?" * len(orders))
    with connected() as connection, database.atomic():
        found = {
            row[0]: row[1:]
            for row in database.execute_sql(
                "SELECT h.no, h.status, h.customer_no, COALESCE(c.blocked, ''),"
                " EXISTS (SELECT 1 FROM sales_line l WHERE l.order_no = h.no AND l.quantity <> 0)"
                " FROM sales_header h LEFT JOIN customer c ON c.no = h.customer_no"
                f" WHERE h.no IN ({marks})",
                orders,
            ).fetchall()
        }
        refused: dict[str, BackdeskError] = {}
        ready: list[str] = []
        for no in dict.fromkeys(orders):
            if no not in found:
                refused[no] = RecordChangedError(f"There is no sales order {no} any more.")
                continue
            status, customer_no, blocked, has_lines = found[no]
            if status != "Open":
                continue
            if blocked:
                refused[no] = BackdeskError(
                    f"Sales order {no} cannot be released: customer {customer_no} is blocked ({blocked}).",
                    "Unblock the customer on its card, then choose Retry.",
                    "Blocked",
                )
            elif not has_lines:
                refused[no] = BackdeskError(
                    f"There is nothing to release for sales order {no}: it has no line with a quantity.",
                    "Add a line on its card, then choose Retry.",
                    "NothingToRelease",
                )
            else:
                ready.append(no)
        if ready:
            now = stored_time(moment)
            marks = ", ".join("?" * len(ready))
            connection.execute(
                f"UPDATE sales_header SET status = 'Released', modified_at = ? WHERE no IN ({marks})",
                (now, *ready),
            )
            if len(ready) == 1:
                changes.touch(SalesHeader.table(), ready[0])
            else:
                changes.touch(SalesHeader.table())
    return len(ready), refused
