"""Filters on fields as people write them, in Business Central's signs: 10..20, >100, A|B, <>B, H*, 'exactly'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from models.database import escaped, like
from models.errors import FieldError
from models.fields import stored_decimal, stored_time
from models.rules import Kind

ReadValue = Callable[[Kind, str], Any]
_COMPARISONS: Final = ("<>", "<=", ">=", "<", ">", "=")
_TRUE: Final = ("yes", "true", "1")
_FALSE: Final = ("no", "false", "0")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a person has set for one field.

    Args:
        field: the column's name.
        kind: of its values.
        text: in the signs above; an empty text filters for empty values.
    """

    field: str
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL for a WHERE clause and its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


def exactly(value: str) -> str:
    """The filter text that finds just this value."""
    return "'" + value.replace("'", "''") + "'"


def condition(asked: Filter, read: ReadValue | None = None) -> Condition:
    """The SQL of a filter.

    Args:
        read: turns a text into a value of that kind; knows the person's way to write numbers and dates.
    Raises:
        FieldError: with code WrongFormat when a value cannot be read.
    """
    reader = read or read_plain
    parts = [_one(asked, part, reader) for part in _split(asked.text)]
    if len(parts) == 1:
        return parts[0]
    sql = " OR ".join(part.sql for part in parts)
    return Condition(f"({sql})", tuple(value for part in parts for value in part.parameters))


def read_plain(kind: Kind, text: str) -> Any:
    """Read a value in the one neutral notation: 1234.5, 2026-11-21.

    Raises:
        FieldError: with code WrongFormat.
    """
    try:
        if kind is Kind.DECIMAL:
            return Decimal(text)
        if kind is Kind.INTEGER:
            return int(text)
        if kind is Kind.DATE:
            return date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        raise FieldError(f"“{text}” is not a {kind.value}.", "Correct the filter.", "WrongFormat") from None
    return text


def stored(kind: Kind, value: Any) -> Any:
    """The stored form of a value, for a parameter of SQL."""
    if kind is Kind.DECIMAL:
        return stored_decimal(value)
    if kind is Kind.BOOLEAN:
        return int(value)
    if isinstance(value, datetime):
        return stored_time(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _split(text: str) -> list[str]:
    """The alternatives between "|", leaving quoted ones whole."""
    parts, quoted = [""], False
    for sign in text:
        if sign == "'":
            quoted = not quoted
        if sign == "|" and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def _one(asked: Filter, text: str, read: ReadValue) -> Condition:
    column, kind = asked.field, asked.kind
    for sign in _COMPARISONS:
        if text.startswith(sign):
            rest = text[len(sign) :].strip()
            if sign == "<>" and "*" in rest:
                found = _pattern(column, rest)
                return Condition(f"NOT {found.sql}", found.parameters)
            value = _value(kind, rest, read)
            if sign == "<>" and value != "":
                return Condition(f"({column} <> ? OR {column} IS NULL)", (value,))
            return _empty(column, sign) if value == "" else Condition(f"{column} {sign} ?", (value,))
    if ".." in text and not text.startswith("'"):
        return _range(column, kind, text, read)
    if kind in (Kind.TEXT, Kind.CODE) and "*" in text and not text.startswith("'"):
        return _pattern(column, text)
    if kind is Kind.TEXT and text and not text.startswith("'"):
        return _pattern(column, f"*{text}*")
    value = _value(kind, text, read)
    return _empty(column, "=") if value == "" else Condition(f"{column} = ?", (value,))


def _empty(column: str, sign: str) -> Condition:
    if sign == "<>":
        return Condition(f"({column} IS NOT NULL AND {column} <> '')")
    return Condition(f"({column} IS NULL OR {column} = '')")


def _range(column: str, kind: Kind, text: str, read: ReadValue) -> Condition:
    low, _, high = (part.strip() for part in text.partition(".."))
    conditions, parameters = [], []
    if low:
        conditions.append(f"{column} >= ?")
        parameters.append(_value(kind, low, read))
    if high:
        conditions.append(f"{column} <= ?")
        parameters.append(_value(kind, high, read))
    if not conditions:
        raise FieldError("A range needs a beginning or an end.", "Write 10..20, 10.. or ..20.", "WrongFormat")
    return Condition("(" + " AND ".join(conditions) + ")", tuple(parameters))


def _pattern(column: str, text: str) -> Condition:
    return Condition(like(column), (escaped(text).replace("*", "%"),))


def _value(kind: Kind, text: str, read: ReadValue) -> Any:
    if len(text) > 1 and text.startswith("'") and text.endswith("'"):
        text = text[1:-1].replace("''", "'")
    if text == "":
        return ""
    if kind is Kind.BOOLEAN:
        if text.casefold() in _TRUE:
            return 1
        if text.casefold() in _FALSE:
            return 0
        raise FieldError(f"“{text}” is neither Yes nor No.", "Write Yes or No.", "WrongFormat")
    if kind is Kind.CODE:
        return text.upper()
    return stored(kind, read(kind, text))
