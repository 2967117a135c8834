"""How the values of many rows travel through one page background task: texts only, keyed by row and column.

A list asks for the rows that it shows: the parameter `keys` holds their keys. The codeunit answers with one
result for each column, the values by key:

    def run(session: Session) -> None:
        found = open_orders_of(requested_keys(session.parameters))
        session.set_background_task_result(
            {"open_orders": row_values({no: figures.orders for no, figures in found.items()})}
        )

A key without a value has an empty cell; keys that nobody asked for are ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from desktop.formats import Value, evaluate, format_value

KEYS: Final = "keys"
V = TypeVar("V", bool, int, Decimal, date, datetime, str)


def keys_parameter(keys: Iterable[str]) -> dict[str, str]:
    """The parameters with which a list asks for these rows."""
    return {KEYS: msgspec.json.encode(list(keys)).decode()}


def requested_keys(parameters: Mapping[str, str]) -> list[str]:
    """The keys of the rows whose values are wanted.

    Raises:
        ValueError: when the parameter `keys` is missing, or is no JSON list of texts.
    """
    try:
        return msgspec.json.decode(parameters[KEYS], type=list[str])
    except (KeyError, msgspec.DecodeError) as error:
        raise ValueError("the parameter “keys” must be a JSON list of texts") from error


def row_values(values: Mapping[str, Value | None]) -> str:
    """The result for one column: its values by key.

    Raises:
        TypeError, ValueError: for a value that `desktop.formats.format_value` cannot write.
    """
    return msgspec.json.encode({key: format_value(value) for key, value in values.items()}).decode()


def read_row_values(text: str, kind: type[V]) -> dict[str, V]:
    """The values of one column by key, as `row_values` wrote them; empty ones are left out.

    Args:
        kind: bool, int, Decimal, date, datetime or str.
    Raises:
        ValueError: when the text is something else.
    """
    try:
        texts = msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise ValueError("the values of a column must be a JSON object of texts by key") from error
    return {key: evaluate(value, kind) for key, value in texts.items() if value}
