"""Items of the demo company: product families times sizes, materials and colours."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Final

from desktop.demo.source import Row, generator, load, moment
from models.fields import SCALE, search_text

ITEMS: Final = 2_000
CENT: Final = SCALE // 100
_LARGE_UNITS: Final = ("M", "BOX", "PACK")


def items(today: date, vendors_of_trade: dict[str, list[str]]) -> list[Row]:
    """Items I00001 and on, family by family, without inventory."""
    rng = generator("items")
    variants = [(family, labels) for family in load("items") for labels in product(*family["axes"].values())]
    chosen = sorted(rng.sample(range(len(variants)), ITEMS))
    vendor_of_family: dict[str, str] = {}
    rows = []
    for number, index in enumerate(chosen, start=1):
        family, labels = variants[index]
        names = dict(zip(family["axes"], (label for label, _ in labels), strict=True))
        price = float(family["price"])
        for _, factor in labels:
            price *= factor
        trade = family["group"]
        vendor = vendor_of_family.setdefault(family["name"], rng.choice(vendors_of_trade[trade]))
        if rng.random() < 0.25:
            vendor = rng.choice(vendors_of_trade[trade])
        rows.append(_item(rng, f"I{number:05d}", family, names, _tidy(price), vendor, today))
    return rows


def _item(
    rng: Random, no: str, family: Row, names: dict[str, str], price: int, vendor: str, today: date
) -> Row:
    description = family["name"].format(**names)
    vendor_item_no = f"{rng.choice('ABDEGHKLMNPRSTVWX')}{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}"
    gtin = _gtin(rng)
    return {
        "no": no,
        "description": description,
        "base_unit_code": family["unit"],
        "unit_price": price,
        "unit_cost": int(price * rng.uniform(0.52, 0.71)) // CENT * CENT,
        "inventory": 0,
        "reorder_point": 0,
        "vendor_no": vendor,
        "vendor_item_no": vendor_item_no,
        "gtin": gtin,
        "blocked": int(rng.random() < 0.015),
        "modified_at": moment(rng, today - timedelta(days=1 + int(500 * rng.random() ** 2))),
        "search_text": search_text(no, description, vendor_item_no, gtin),
    }


def stock(rows: list[Row], sold_last_90_days: dict[str, int]) -> None:
    """Give each item a reorder point of about a month's sales, and an inventory around it.

    Args:
        sold_last_90_days: quantities by item number, in ten-thousandths.
    """
    rng = generator("stock")
    for row in rows:
        step = 10 if row["base_unit_code"] in _LARGE_UNITS else 1
        month = sold_last_90_days.get(row["no"], 0) / 3 / SCALE
        reorder = max(step, round(month / step) * step)
        if row["blocked"]:
            inventory = 0
        elif rng.random() < 0.06:
            inventory = int(reorder * rng.random() / step) * step
        else:
            inventory = int(reorder * rng.uniform(1.1, 4.5) / step + 1) * step
        row["reorder_point"] = 0 if row["blocked"] else reorder * SCALE
        row["inventory"] = inventory * SCALE


def _tidy(price: float) -> int:
    """A price as shops write it: 0.85, 4.90, 129.00; in ten-thousandths."""
    if price < 2:
        cents = max(5, round(price * 20) * 5)
    elif price < 100:
        cents = round(price * 10) * 10 - (0 if round(price * 10) % 10 else 10)
    else:
        cents = round(price) * 100
    return cents * CENT


def _gtin(rng: Random) -> str:
    """A number of thirteen figures with its check digit, from the range that is free for use in house."""
    figures = f"2{rng.randrange(10**11):011d}"
    odd, even = sum(map(int, figures[::2])), sum(map(int, figures[1::2]))
    return f"{figures}{-(odd + 3 * even) % 10}"
