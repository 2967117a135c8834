"""Customers, vendors and post codes of the demo company."""

from __future__ import annotations

import re
from datetime import date, timedelta
from random import Random
from typing import Final

from desktop.demo.source import Row, generator, load, moment, slug
from models.fields import SCALE, search_text

CUSTOMERS: Final = 5_000
VENDORS: Final = 300
_BLOCKED_SHARE: Final = 0.03
_CUSTOMER_TERMS: Final = {  # code: share in per cent
    "30 DAYS": 40,
    "14 DAYS": 22,
    "30D 2/10": 14,
    "7 DAYS": 8,
    "21 DAYS": 6,
    "45 DAYS": 4,
    "60 DAYS": 3,
    "COD": 3,
}
_LIMITS: Final = (0, 0, 0, 1_000, 2_000, 2_500, 5_000, 5_000, 7_500, 10_000, 15_000, 25_000, 50_000)


class _Names:
    """Gives each company a name that no other has."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, rng: Random, patterns: list[str], country: Row, town: str) -> tuple[str, str]:
        """A company's name, and its stem for the address in the internet."""
        while True:
            last, last_2 = rng.sample(country["last"], 2)
            pattern = rng.choice(patterns)
            words = {"last": last, "last2": last_2, "town": town}
            name = _elided(pattern.format(**words, legal=rng.choice(country["legal"])))
            if name in self._taken and "{town}" not in pattern:
                name = f"{name}, {town}"
            if name not in self._taken:
                self._taken.add(name)
                return name, slug(_elided(pattern.format(**words, legal="")), country["dial"])


def post_codes() -> list[Row]:
    """The towns where customers and vendors are."""
    return [
        {"code": town["post_code"], "city": town["city"], "country_code": code}
        for code, country in load("places").items()
        for town in country["towns"]
    ]


def customers(today: date) -> list[Row]:
    """Customers C00001 and on, without balances."""
    rng = generator("customers")
    places, names, rows = load("places"), _Names(), []
    codes = rng.choices(list(places), [place["weight"] for place in places.values()], k=CUSTOMERS)
    terms = rng.choices(list(_CUSTOMER_TERMS), list(_CUSTOMER_TERMS.values()), k=CUSTOMERS)
    for number, code in enumerate(codes, start=1):
        row = _party(rng, f"C{number:05d}", code, places[code], names, places[code]["patterns"], today)
        blocked = rng.random() < _BLOCKED_SHARE
        row["payment_terms_code"] = "COD" if blocked and rng.random() < 0.4 else terms[number - 1]
        row["blocked"] = rng.choices(("All", "Ship", "Invoice"), (60, 25, 15))[0] if blocked else ""
        row["credit_limit"] = rng.choice(_LIMITS) * SCALE
        rows.append(row)
    return rows


def vendors(today: date) -> tuple[list[Row], dict[str, list[str]]]:
    """Vendors V00001 and on, and for each trade the numbers of its vendors."""
    rng = generator("vendors")
    places, names = load("places"), _Names()
    trades: dict[str, list[str]] = load("trades")
    codes = rng.choices(list(places), [place["weight"] for place in places.values()], k=VENDORS)
    by_trade: dict[str, list[str]] = {trade: [] for trade in trades}
    rows: list[Row] = []
    for number, code in enumerate(codes, start=1):
        trade = list(trades)[(number - 1) % len(trades)]
        patterns = [f"{{last}} {word} {{legal}}" for word in trades[trade]]
        row = _party(rng, f"V{number:05d}", code, places[code], names, patterns, today)
        row["payment_terms_code"] = rng.choice(("30 DAYS", "30 DAYS", "14 DAYS", "60 DAYS", "30D 2/10"))
        row["blocked"] = rng.choice(("Payment", "All")) if rng.random() < 0.02 else ""
        if rng.random() < 0.55:
            row["balance"] = int(rng.lognormvariate(7.6, 0.9) * 100) * (SCALE // 100)  # whole cents
        by_trade[trade].append(row["no"])
        rows.append(row)
    return rows, by_trade


def _party(
    rng: Random, no: str, code: str, place: Row, names: _Names, patterns: list[str], today: date
) -> Row:
    town = rng.choice(place["towns"])
    name, stem = names.new(rng, patterns, place, town["city"])
    # Where a family name has several forms, whole names are listed.
    person = rng.choice(place["contacts"]) if "contacts" in place else _person(rng, place)
    first, last = person.split(" ", 1)
    dial = place["dial"]
    mailbox = "info" if rng.random() < 0.45 else f"{slug(first, dial)}.{slug(last, dial)}"
    email = f"{mailbox}@{stem}.example"  # a domain that can belong to nobody
    row: Row = {
        "no": no,
        "name": name,
        "address": _street(rng, place),
        "address_2": "",
        "post_code": town["post_code"],
        "city": town["city"],
        "county": town["county"],
        "country_code": code,
        "contact": person,
        "phone_no": _phone(rng, place, town),
        "fax_no": "",
        "email": email if len(email) <= 80 else f"{mailbox}@{stem.split('-')[0]}.example",
        "payment_terms_code": None,
        "currency_code": "EUR",
        "balance": 0,
        "blocked": "",
        "modified_at": moment(rng, today - timedelta(days=1 + int(730 * rng.random() ** 2))),
    }
    row["search_text"] = search_text(no, name, town["city"], person, row["email"])
    return row


def _person(rng: Random, place: Row) -> str:
    return f"{rng.choice(place['first'])} {rng.choice(place['last'])}"


def _elided(name: str) -> str:
    """French town names after "de" as they are spoken: d'Antibes, du Havre, des Sables."""
    for spelt, spoken in ((r"de Les ", "des "), (r"de Le ", "du "), (r"de (?=[AEIO])", "d'")):
        name = re.sub(rf"\b(voile|plaisance) {spelt}", rf"\1 {spoken}", name)
    return name


def _street(rng: Random, place: Row) -> str:
    number = 1 + int(120 * rng.random() ** 2)
    street = rng.choice(place["streets"])
    return f"{number} {street}" if place["house"] == "before" else f"{street} {number}"


def _phone(rng: Random, place: Row, town: Row) -> str:
    figures = place["number"].replace("#", str(rng.randrange(2, 10)), 1)  # none begins with 0 or 1
    figures = "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in figures)
    return " ".join(part for part in (place["dial"], town["area"], figures) if part)
