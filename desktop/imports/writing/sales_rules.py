"""What cards of sales orders check and fill, for many orders at once: customers, items, prices and amounts."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from desktop.imports.values.mapping import Fault
from desktop.imports.writing.document_store import StoredDocument
from models import changes
from models.fields import SCALE

_CENT: Final = SCALE // 100
_HUNDRED_PERCENT: Final = 100 * SCALE
_TO_CENTS: Final = SCALE * SCALE // 100
_NOTHING: Final[dict[str, Any]] = {}


class _Customer(NamedTuple):
    name: str
    currency_code: str
    blocked: str


class _Item(NamedTuple):
    description: str
    unit_code: str | None
    unit_price: int
    blocked: int


class SalesRules:
    """See `document_rules.DocumentRules`. The rules are those of `SalesHeader.save` and `models.sales_document`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._customers: dict[str, _Customer] = {}
        self._items: dict[str, _Item] = {}
        self._number = self._newest()

    def begin(self) -> None:
        """See `document_rules.DocumentRules`: what was not changed since is remembered."""
        newest = self._newest()
        if newest - self._number > changes.KEPT:
            self._customers.clear()
            self._items.clear()
        else:
            self._forget_changed()
        self._number = newest

    def _newest(self) -> int:
        """The number of the newest change."""
        found = self._connection.execute("SELECT COALESCE(MAX(id), 0) FROM change_log").fetchone()
        return int(found[0])

    def _forget_changed(self) -> None:
        remembered: dict[str, dict[str, Any]] = {"customer": self._customers, "item": self._items}
        for table, key in self._connection.execute(
            "SELECT DISTINCT table_name, record_id FROM change_log"
            " WHERE id > ? AND table_name IN ('customer', 'item')",
            (self._number,),
        ):
            if key == changes.MANY:
                remembered[table].clear()
            else:
                remembered[table].pop(key, None)

    def apply(
        self, header: dict[str, Any], lines: Sequence[dict[str, Any]], stored: StoredDocument | None
    ) -> list[tuple[int | None, Fault]]:
        """See `document_rules.DocumentRules`."""
        faults: list[tuple[int | None, Fault]] = []
        customer_no = header.get("customer_no")
        if customer_no and (stored is None or stored.header["customer_no"] != customer_no):
            customer = self._customer(str(customer_no))
            if customer.blocked:
                fault = Fault(
                    "customer_no",
                    "",
                    "Blocked",
                    str(customer_no),
                    f"Customer {customer_no} is blocked ({customer.blocked}).",
                    "Unblock the customer, or exclude the order, then choose Retry.",
                )
                faults.append((None, fault))
            header["customer_name"] = customer.name
            header["currency_code"] = header.get("currency_code") or customer.currency_code
        total = 0
        for position, line in enumerate(lines):
            before = stored.lines.get(int(line["line_no"])) if stored is not None else None
            if found := self._fill_line(line, before):
                faults += [(position, fault) for fault in found]
            total += line["amount"]
        header["amount"] = total
        return faults

    def _fill_line(self, line: dict[str, Any], before: dict[str, Any] | None) -> Sequence[Fault]:
        faults: list[Fault] = []
        item_no = str(line.get("item_no") or "")
        known: dict[str, Any] = _NOTHING
        if before is not None and before["item_no"] == item_no:
            known = before
        else:
            item = self._items.get(item_no) or self._item(item_no)
            if item.blocked:
                faults.append(
                    Fault(
                        "item_no",
                        "",
                        "Blocked",
                        item_no,
                        f"Item {item_no} is blocked.",
                        "Unblock the item, or exclude the row, then choose Retry.",
                    )
                )
            if not line.get("description"):
                line["description"] = item.description
            if not line.get("unit_code"):
                line["unit_code"] = item.unit_code
            line.setdefault("unit_price", item.unit_price)
        quantity = line.get("quantity", known.get("quantity", 0))
        if not quantity:
            faults.append(
                Fault("quantity", "", "TooSmall", "0", "Quantity is 0.", "Enter how many are ordered.")
            )
        line["amount"] = line_amount(
            quantity,
            line.get("unit_price", known.get("unit_price", 0)),
            line.get("discount_percent", known.get("discount_percent", 0)),
        )
        return faults

    def _customer(self, no: str) -> _Customer:
        found = self._customers.get(no)
        if found is None:
            row = self._connection.execute(
                "SELECT name, currency_code, blocked FROM customer WHERE no = ?", (no,)
            ).fetchone()
            found = self._customers[no] = _Customer(*row) if row is not None else _Customer("", "", "")
        return found

    def _item(self, no: str) -> _Item:
        found = self._items.get(no)
        if found is None:
            row = self._connection.execute(
                "SELECT description, base_unit_code, unit_price, blocked FROM item WHERE no = ?", (no,)
            ).fetchone()
            found = self._items[no] = _Item(*row) if row is not None else _Item("", None, 0, 0)
        return found


def line_amount(quantity: int, unit_price: int, discount_percent: int) -> int:
    """The amount of a line in whole cents, halves rounded away from zero; all in their stored form."""
    product, to_cents = quantity * unit_price, _TO_CENTS
    if discount_percent:
        product *= _HUNDRED_PERCENT - discount_percent
        to_cents *= _HUNDRED_PERCENT
    cents = (2 * abs(product) + to_cents) // (2 * to_cents)
    return (cents if product >= 0 else -cents) * _CENT
