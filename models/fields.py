"""How values are stored: time in UTC, money and quantities exactly, both sortable and summable in SQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import peewee

SCALE: Final = 10_000  # stored amounts are whole ten-thousandths
_STEP: Final = Decimal(1) / SCALE


def stored_decimal(value: Decimal | int | str | float) -> int:
    """The stored form of an amount, price or quantity: whole ten-thousandths, halves rounded away from zero."""
    return int((Decimal(str(value)) * SCALE).quantize(Decimal(1), ROUND_HALF_UP))


def shown_decimal(stored: int | None) -> Decimal:
    """The amount behind its stored form; None counts as 0."""
    return Decimal(stored or 0) * _STEP


def stored_time(moment: datetime) -> str:
    """The stored form of a moment: UTC, milliseconds, fixed width, so that text order is time order.

    Raises:
        ValueError: for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def shown_time(stored: str) -> datetime:
    """The aware UTC moment behind its stored form."""
    return datetime.fromisoformat(stored.replace("Z", "+00:00"))


class AmountField(peewee.BigIntegerField):
    """A Decimal with four decimals, stored as an integer so that SUM and ORDER BY are exact."""

    def db_value(self, value: Any) -> int | None:
        return None if value is None else stored_decimal(value)

    def python_value(self, value: Any) -> Decimal | None:
        return None if value is None else shown_decimal(value)


class MomentField(peewee.TextField):
    """An aware datetime, stored in UTC as text of fixed width."""

    def db_value(self, value: Any) -> str | None:
        return stored_time(value) if isinstance(value, datetime) else value

    def python_value(self, value: Any) -> datetime | None:
        return None if value in (None, "") else shown_time(value)


class DayField(peewee.TextField):
    """A date without a time, stored as YYYY-MM-DD."""

    def db_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else value

    def python_value(self, value: Any) -> date | None:
        return None if value in (None, "") else date.fromisoformat(value)


def search_text(*values: str) -> str:
    """One folded line for searching: every word has a blank before it, so that " abc" finds word beginnings."""
    return " " + " ".join(" ".join(value for value in values if value).casefold().split())
