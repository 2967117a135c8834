"""The parameters of reports: what may be asked, and reading what was written for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from desktop.errors import ParameterError
from desktop.formats import evaluate
from models.filters import Condition, Filter, condition
from models.rules import Kind

Values = Mapping[str, Any]
RESERVED: Final = frozenset({"report", "output", "description", "day", "time", "repeat"})
"""What every order of a report says besides its parameters."""


@dataclass(frozen=True, slots=True)
class ReportParameter:
    """Something that a person chooses before a report runs.

    Args:
        name: under which the job keeps it.
        caption: what people read.
        kind: OPTION, BOOLEAN, DATE, INTEGER, or CODE and TEXT for a filter in Business Central's signs.
        options: for OPTION; the first is taken when nothing was chosen.
        default: the text that is taken when nothing was written.
        hint: an example, shown while the field is empty.
        minimum: of an INTEGER; None for any.
        only_with: name and option of another parameter with which alone this one counts; None for always.
    """

    name: str
    caption: str
    kind: Kind = Kind.TEXT
    options: tuple[str, ...] = ()
    default: str = ""
    hint: str = ""
    minimum: int | None = None
    only_with: tuple[str, str] | None = None


def read_values(declared: tuple[ReportParameter, ...], texts: Mapping[str, str]) -> dict[str, Any]:
    """The values of all parameters by name: texts, bool, int or None, date or None.

    Args:
        declared: what the report knows; what else stands among the texts is not its own.
        texts: as the job keeps them.
    Raises:
        ParameterError: a text is no value of its kind; it says what to write.
    """
    return {parameter.name: _read(parameter, texts.get(parameter.name, "").strip()) for parameter in declared}


def _read(parameter: ReportParameter, written: str) -> Any:
    text = written or parameter.default
    if parameter.kind is Kind.OPTION:
        return _option(parameter, text)
    if parameter.kind is Kind.BOOLEAN:
        return _evaluated(parameter, text.casefold() or "false", bool, "true or false")
    if parameter.kind is Kind.DATE:
        return _evaluated(parameter, text, date, "a date like 2026-11-21") if text else None
    if parameter.kind is Kind.INTEGER:
        return _number(parameter, text) if text else None
    if text:
        filter_condition(parameter.name, parameter.kind, text)
    return text


def _option(parameter: ReportParameter, text: str) -> str:
    if not text:
        return parameter.options[0]
    for option in parameter.options:
        if option.casefold() == text.casefold():
            return option
    raise ParameterError(
        f"{parameter.caption} cannot be “{text}”.", f"Use one of: {', '.join(parameter.options)}."
    )


def _number(parameter: ReportParameter, text: str) -> int:
    number: int = _evaluated(parameter, text, int, "a whole number")
    if parameter.minimum is not None and number < parameter.minimum:
        raise ParameterError(
            f"{parameter.caption} must be at least {parameter.minimum}, but is {number}.",
            "Write a larger number, or none.",
        )
    return number


def _evaluated(parameter: ReportParameter, text: str, kind: type[Any], wanted: str) -> Any:
    try:
        return evaluate(text, kind)
    except ValueError:
        raise ParameterError(f"{parameter.caption} cannot be “{text}”.", f"Write {wanted}.") from None


def filter_condition(column: str, kind: Kind, text: str) -> Condition:
    """The SQL of a filter that somebody has written, for a column.

    Raises:
        FieldError: with code WrongFormat.
    """
    return condition(Filter(column, kind, text))


def told(declared: tuple[ReportParameter, ...], values: Values) -> tuple[tuple[str, str], ...]:
    """What was chosen, as caption and value; what was left open is not told."""
    found = []
    for parameter in declared:
        value = values[parameter.name]
        if value in ("", None, False) or (
            parameter.kind is Kind.OPTION and value == (parameter.default or parameter.options[0])
        ):
            continue
        found.append((parameter.caption, "Yes" if value is True else str(value)))
    return tuple(found)
