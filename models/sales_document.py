"""What people do with the lines of a sales order; its amount always is the sum of them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from models import changes
from models.database import connected, database
from models.errors import BackdeskError, FieldError, RecordChangedError
from models.fields import stored_time
from models.item import Item
from models.record_edit import check_lookup
from models.sales_order import SalesHeader, SalesLine

LINE_STEP: Final = 10_000  # Business Central's line numbers leave room between lines
CENT: Final = Decimal("0.01")


def add_line(order_no: str, item_no: str, quantity: Decimal) -> int:
    """Add an item to an open order, at its price of now.

    Args:
        quantity: not 0; less than 0 takes something back.
    Returns:
        The line's id.
    Raises:
        FieldError: the item does not exist or is blocked, or the quantity is 0.
        BackdeskError: with code NotOpen: the order may not be changed any more.
    """
    checked = SalesLine.rule("item_no").check(item_no)
    with connected(), database.atomic():
        _open_order(order_no)
        check_lookup(SalesLine.rule("item_no"), checked)
        item = Item.get_by_id(checked)
        if item.blocked:
            raise FieldError(
                f"Item {checked} is blocked.", "Choose another item, or unblock it on its card.", "Blocked"
            )
        last = (
            SalesLine.select()
            .where(SalesLine.order_no == order_no)
            .order_by(SalesLine.line_no.desc())
            .first()
        )
        line = SalesLine(
            order_no=order_no,
            line_no=(last.line_no if last else 0) + LINE_STEP,
            item_no=checked,
            description=item.description,
            unit_code=item.base_unit_code,
            unit_price=item.unit_price,
            quantity=_checked_quantity(quantity),
            amount=_amount(quantity, item.unit_price, Decimal(0)),
        )
        line.save(force_insert=True)
        _add_up(order_no)
        return int(line.id)


def change_quantity(line_id: int, quantity: Decimal) -> None:
    """Give a line of an open order another quantity.

    Raises:
        FieldError: the quantity is 0.
        RecordChangedError: the line is gone.
        BackdeskError: with code NotOpen.
    """
    with connected(), database.atomic():
        line = _line(line_id)
        line.quantity = _checked_quantity(quantity)
        line.amount = _amount(quantity, line.unit_price, line.discount_percent)
        line.save()
        _add_up(line.order_no)


def delete_line(line_id: int) -> None:
    """Take a line out of an open order.

    Raises:
        RecordChangedError: the line is gone.
        BackdeskError: with code NotOpen.
    """
    with connected(), database.atomic():
        line = _line(line_id)
        SalesLine.delete().where(SalesLine.id == line_id).execute()
        changes.touch(SalesLine.table(), str(line_id))
        _add_up(line.order_no)


def _line(line_id: int) -> Any:
    line = SalesLine.get_or_none(SalesLine.id == line_id)
    if line is None:
        raise RecordChangedError(
            "The line has been deleted meanwhile.", "Press F5 to see the order as it is."
        )
    _open_order(line.order_no)
    return line


def _open_order(order_no: str) -> None:
    order = SalesHeader.get_or_none(SalesHeader.no == order_no)
    if order is None:
        raise RecordChangedError(f"Sales order {order_no} has been deleted meanwhile.", "Close the card.")
    if order.status != "Open":
        raise BackdeskError(
            f"Sales order {order_no} is {order.status}, so its lines stay as they are.",
            "Set its status to Open first.",
            "NotOpen",
        )


def _checked_quantity(quantity: Decimal) -> Decimal:
    checked: Decimal = SalesLine.rule("quantity").check(quantity)
    if not checked:
        raise FieldError("Quantity is 0.", "Enter how many are ordered.", "TooSmall")
    return checked


def _amount(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> Decimal:
    """The line's amount in whole cents, halves rounded away from zero."""
    return (quantity * unit_price * (1 - discount_percent / 100)).quantize(CENT, ROUND_HALF_UP)


def _add_up(order_no: str) -> None:
    database.execute_sql(
        "UPDATE sales_header SET modified_at = ?, amount ="
        " (SELECT COALESCE(SUM(amount), 0) FROM sales_line WHERE order_no = sales_header.no) WHERE no = ?",
        (stored_time(datetime.now(UTC)), order_no),
    )
    changes.touch(SalesHeader.table(), order_no)
