"""The short way for what most cells hold: plain texts, codes and amounts; all else goes the long way.

A short way gives exactly what the long way gives, or nothing: it never refuses a value by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any, Final

from desktop.imports.integrations.definition import NOT_IN_FILE, Definition, FieldMap, Transforms
from desktop.imports.values.conversions import FORMULA_ERRORS
from models.fields import SCALE
from models.rules import FieldRule, Kind

Convert = Callable[[str], Any]
_DECIMALS: Final = len(str(SCALE)) - 1
_NO_LIMIT: Final = 1 << 62
_REMEMBERED: Final = 4096  # different amounts of a column whose values are kept


def short_way(definition: Definition, field: FieldMap, rule: FieldRule, long_way: Convert) -> Convert:
    """A faster function for the cells of a field whose texts are neither looked up nor mapped nor changed.

    Args:
        long_way: from a cell to its stored value; raises FieldError.
    Returns:
        The function; the long way itself where there is no shorter one.
    """
    plain = field.from_column and field.column != NOT_IN_FILE and field.transforms == Transforms()
    if not plain or rule.lookup or definition.value_maps.get(field.path):
        return long_way
    special = FORMULA_ERRORS | {"", definition.null_text}
    if rule.kind is Kind.TEXT or rule.kind is Kind.CODE:
        return _texts(rule, special, long_way)
    if rule.kind is Kind.DECIMAL:
        return _amounts(rule, special, definition.decimal_separator, long_way)
    return long_way


def _texts(rule: FieldRule, special: Collection[str], long_way: Convert) -> Convert:
    longest = rule.max_length or _NO_LIMIT
    fits = re.compile(rule.pattern).fullmatch if rule.pattern else None

    def text(cell: str) -> Any:
        stripped = cell.strip()
        if stripped in special or len(stripped) > longest:
            return long_way(cell)
        return stripped

    def text_of_a_pattern(cell: str) -> Any:
        stripped = cell.strip()
        if stripped in special or len(stripped) > longest or fits is None or not fits(stripped):
            return long_way(cell)
        return stripped

    def code(cell: str) -> Any:
        stripped = cell.strip()
        upper = stripped.upper()
        if stripped in special or len(upper) > longest or not upper.isprintable():
            return long_way(cell)
        return upper

    if fits is not None:
        return text_of_a_pattern if rule.kind is Kind.TEXT else long_way
    return text if rule.kind is Kind.TEXT else code


def _amounts(rule: FieldRule, special: Collection[str], decimal_separator: str, long_way: Convert) -> Convert:
    """Amounts of at most eleven digits before the separator and as many after it as are stored."""
    match = re.compile(
        rf"\d{{1,11}}(?:{re.escape(decimal_separator)}(\d{{1,{_DECIMALS}}}))?", re.ASCII
    ).fullmatch
    smallest = _scaled(rule.minimum, -_NO_LIMIT)
    largest = _scaled(rule.maximum, _NO_LIMIT)
    step = [10 ** (_DECIMALS - places) for places in range(_DECIMALS + 1)]

    known: dict[str, int] = {}

    def amount(cell: str) -> Any:
        value = known.get(cell)
        if value is not None:
            return value
        found = match(cell)
        if found is None or cell in special:
            return long_way(cell)
        part = found[1]
        if part is None:
            value = int(cell) * SCALE
        else:
            places = len(part)
            value = int(cell[: -places - 1]) * SCALE + int(part) * step[places]
        if not smallest <= value <= largest:
            return long_way(cell)
        if len(known) < _REMEMBERED:
            known[cell] = value
        return value

    return amount


def _scaled(bound: Decimal | int | None, otherwise: int) -> int | Decimal:
    if bound is None:
        return otherwise
    scaled = Decimal(bound) * SCALE
    return int(scaled) if scaled == int(scaled) else scaled
