"""Codeunit 50200: raise the prices of all items by some per cent."""

from decimal import ROUND_HALF_UP, Decimal

from desktop.sessions.session import Session
from models.item import Item

CENT = Decimal("0.01")


def run(session: Session) -> None:
    """Raise each price once.

    Parameters:
        percent: by how much, e.g. "2.5".
        vendor: only items of this vendor; all of them when it is missing.
    """
    percent = session.parameter("percent", Decimal)
    vendor = session.parameter("vendor", str, default="")
    items = Item.select().where(~Item.blocked)
    if vendor:
        items = items.where(Item.vendor_no == vendor)
    factor = 1 + percent / 100
    for chunk in session.chunks(items, 200):
        with chunk as found:
            for item in found:
                item.unit_price = (item.unit_price * factor).quantize(CENT, ROUND_HALF_UP)
                item.save()
    session.result_text = f"Prices raised by {percent} %."
