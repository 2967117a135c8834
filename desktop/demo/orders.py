"""Two years of sales orders: growing, with the seasons of a harbour, up to today."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Final

from desktop.demo.goods import CENT
from desktop.demo.source import Row, generator, moment
from models.fields import SCALE, search_text
from models.statistics import year_before

ORDERS: Final = 20_000
DAYS: Final = 731
GROWTH: Final = 1.11  # a year against the year before
MONTH_AHEAD: Final = (1.06, 1.15)  # the month so far against the same days of last year
_SEASON: Final = (0.70, 0.78, 1.02, 1.26, 1.36, 1.30, 1.14, 1.05, 1.02, 0.93, 0.86, 0.58)  # January on
_WEEKDAY: Final = (1.12, 1.08, 1.04, 1.00, 0.96, 0.34, 0.10)  # Monday on
_LINES: Final = (1, 2, 3, 4, 5, 6)
_LINE_SHARES: Final = (14, 24, 26, 18, 11, 7)
_TYPICAL_LINE: Final = 190.0  # what one line comes to, in euros
_MOST_PIECES: Final = {"M": 400, "BOX": 60, "PACK": 60}
_OPEN, _RELEASED, _SHIPPED = 48, 70, 130  # so many of the newest orders are not further yet
_BLOCKED_SINCE: Final = 120  # days without orders of customers who are blocked now
_LATE: Final = 4  # old orders that somebody forgot


def orders(today: date, customers: Sequence[Row], items: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Headers SO000001 and on by date, and their lines."""
    rng = generator("orders")
    next_customer = _wheel(rng, customers, spread=1.1)
    next_item = _wheel(rng, [item for item in items if not item["blocked"]], spread=0.9)
    discounts = {
        customer["no"]: percent
        for customer, percent in zip(
            customers, rng.choices((0, 5, 10, 15), (60, 25, 12, 3), k=len(customers)), strict=True
        )
    }
    statuses = _statuses(rng)
    headers: list[Row] = []
    lines: list[Row] = []
    for number, (day, status) in enumerate(zip(_days(rng, today), statuses, strict=True), start=1):
        customer = next_customer()
        while customer["blocked"] and (today - day).days < _BLOCKED_SINCE:
            customer = next_customer()
        header = _header(rng, f"SO{number:06d}", day, customer, status, today)
        made = _lines(rng, header["no"], next_item, discounts[customer["no"]])
        header["amount"] = sum(line["amount"] for line in made)
        headers.append(header)
        lines += made
    _steer_month(rng, today, headers, lines)
    return headers, lines


def _wheel(rng: Random, rows: Sequence[Row], spread: float) -> Callable[[], Row]:
    """A function that picks rows, some far more often than others; a larger `spread` means more alike."""
    bounds = list(accumulate(min(rng.paretovariate(spread), 60.0) for _ in rows))
    total, chance = bounds[-1], rng.random
    return lambda: rows[bisect(bounds, chance() * total)]


def _days(rng: Random, today: date) -> list[date]:
    """The order's days, sorted."""
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    weights = [
        _SEASON[day.month - 1] * _WEEKDAY[day.weekday()] * GROWTH ** (index / 365) * rng.uniform(0.85, 1.15)
        for index, day in enumerate(days)
    ]
    weights[-1] /= 2  # today is not over
    return sorted(rng.choices(days, weights, k=ORDERS))


def _statuses(rng: Random) -> list[str]:
    """The orders' statuses, oldest order first: the newest are the least far."""
    statuses = ["Invoiced"] * ORDERS
    by_age = sorted(range(600), key=lambda back: back + rng.gauss(0, 25))
    for rank, back in enumerate(by_age[: _OPEN + _RELEASED + _SHIPPED]):
        status = "Open" if rank < _OPEN else "Released" if rank < _OPEN + _RELEASED else "Shipped"
        statuses[-1 - back] = status
    for back in rng.sample(range(600, 1_200), _LATE):
        statuses[-1 - back] = "Open"
    return statuses


def _header(rng: Random, no: str, day: date, customer: Row, status: str, today: date) -> Row:
    if status in ("Shipped", "Invoiced"):
        shipment = min(day + timedelta(days=rng.randrange(1, 6)), today)
        changed = max(day, min(shipment, today - timedelta(days=1)))
    else:
        shipment = max(day, today) + timedelta(days=rng.randrange(1, 15))
        changed = day
    external = rng.choice(("PO-{}", "{}", "B{}", "")).format(rng.randrange(10_000, 99_999))
    return {
        "no": no,
        "customer_no": customer["no"],
        "customer_name": customer["name"],
        "order_date": day.isoformat(),
        "shipment_date": shipment.isoformat(),
        "external_document_no": external,
        "currency_code": "EUR",
        "status": status,
        "amount": 0,
        # What was ordered today came in over night, so that nothing lies ahead of the clock.
        "modified_at": moment(rng, changed)
        if changed < today
        else f"{today}T00:{rng.randrange(60):02d}:00.000Z",
        "search_text": search_text(no, customer["no"], customer["name"], external),
    }


def _lines(rng: Random, order_no: str, next_item: Callable[[], Row], discount: int) -> list[Row]:
    made = []
    for line_no in range(1, rng.choices(_LINES, _LINE_SHARES)[0] + 1):
        item = next_item()
        price, unit = item["unit_price"], item["base_unit_code"]
        value = _TYPICAL_LINE * rng.lognormvariate(-0.35, 0.8)
        pieces = min(max(1, round(value * SCALE / price)), _MOST_PIECES.get(unit, 40))
        if pieces > 12:
            pieces = round(pieces / 5) * 5
        percent = 0 if price > 500 * SCALE else discount
        made.append(
            {
                "order_no": order_no,
                "line_no": line_no * 10_000,
                "item_no": item["no"],
                "description": item["description"],
                "quantity": pieces * SCALE,
                "unit_code": unit,
                "unit_price": price,
                "discount_percent": percent * SCALE,
                "amount": _line_amount(pieces, price, percent),
            }
        )
    return made


def _line_amount(pieces: int, price: int, percent: int) -> int:
    """Rounded to whole cents, halves up."""
    return (pieces * price * (100 - percent) + 50 * CENT) // (100 * CENT) * CENT


def _steer_month(rng: Random, today: date, headers: list[Row], lines: list[Row]) -> None:
    """Let the month so far be a little ahead of last year's by changing quantities of its lines."""
    then = year_before(today)
    now = {header["no"]: header for header in headers if header["order_date"] >= f"{today.replace(day=1)}"}
    first, last = f"{then.replace(day=1)}", f"{then}"
    before = sum(header["amount"] for header in headers if first <= header["order_date"] <= last)
    target = int(before * rng.uniform(*MONTH_AHEAD))
    missing = target - sum(header["amount"] for header in now.values())
    tolerance = target // 200
    month_lines = [line for line in lines[-len(now) * len(_LINES) :] if line["order_no"] in now]
    rng.shuffle(month_lines)
    for line in month_lines:
        if abs(missing) <= tolerance:
            return
        pieces = line["quantity"] // SCALE
        more = max(-(pieces // 2), min(pieces * 2, missing * pieces // line["amount"]))
        percent = line["discount_percent"] // SCALE
        amount = _line_amount(pieces + more, line["unit_price"], percent)
        missing -= amount - line["amount"]
        now[line["order_no"]]["amount"] += amount - line["amount"]
        line["quantity"], line["amount"] = (pieces + more) * SCALE, amount
