"""What each field accepts, said once: cards, imports and the command line check values by these rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from models.errors import FieldError

_UNSEEN = frozenset({"Cc", "Cf"})  # of Unicode: control and format
LARGEST = 999_999_999_999  # of any number, so that sums of stored amounts stay within 64 bits


class Kind(StrEnum):
    """What sort of value a field holds, in the words of Business Central."""

    CODE = "Code"  # an identifier: trimmed, upper case
    TEXT = "Text"
    INTEGER = "Integer"
    DECIMAL = "Decimal"
    DATE = "Date"
    BOOLEAN = "Boolean"
    OPTION = "Option"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field of a record, as people see it and as it may be filled.

    Args:
        name: the column's name.
        caption: what people read.
        kind: decides the Python type of the value: str, int, Decimal, date or bool.
        max_length: characters, 0 for no limit.
        required: an empty value is refused.
        options: for OPTION, the values that are allowed; "" counts when listed.
        lookup: name of the table whose key the value must be; checked against the data, not by `check`.
        minimum, maximum: bounds of a number, inclusive.
        pattern: a regular expression that the whole text must match, with `pattern_hint` saying what it means.
        editable: False where only the program fills the field.
        synonyms: other headers under which files carry the field.
    """

    name: str
    caption: str
    kind: Kind = Kind.TEXT
    max_length: int = 0
    required: bool = False
    options: tuple[str, ...] = ()
    lookup: str = ""
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    pattern: str = ""
    pattern_hint: str = ""
    editable: bool = True
    synonyms: tuple[str, ...] = field(default=())

    def check(self, value: Any) -> Any:
        """Bring a value of the right Python type into stored shape.

        Args:
            value: str, int, Decimal, date or bool as `kind` says; None for empty.
        Returns:
            The value to store: codes upper-cased, texts stripped, None for an empty look-up, date or number.
        Raises:
            FieldError: Required, TooLong, NotAnOption, TooSmall, TooLarge, NotANumber or
                WrongFormat or UnseenSign.
        """
        return _CHECKS[self.kind](self, value)

    def _text(self, value: Any) -> str | None:
        text = "" if value is None else str(value).strip()
        if not text:
            if self.required:
                raise FieldError(
                    f"{self.caption} is empty.", f"Enter a value for {self.caption.rstrip('.')}.", "Required"
                )
            return None if self.lookup else ""
        if self.max_length and len(text) > self.max_length:
            raise FieldError(
                f"{self.caption} has {len(text)} characters; at most {self.max_length} fit.",
                "Shorten the value.",
                "TooLong",
            )
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise FieldError(
                f"“{text}” is not a valid {self.caption.rstrip('.')}.", self.pattern_hint, "WrongFormat"
            )
        return text

    def _code(self, value: Any) -> str | None:
        # Upper case first: it may be longer, as of ß.
        text = self._text(None if value is None else str(value).upper())
        if text and not text.isprintable():
            for position, sign in enumerate(text, 1):
                if unicodedata.category(sign) in _UNSEEN:
                    raise FieldError(
                        f"{self.caption} has a sign at position {position} that cannot be seen"
                        f" (U+{ord(sign):04X}), so that it would look like another one.",
                        "Type the value anew.",
                        "UnseenSign",
                    )
        return text

    def _number(self, value: Any) -> Any:
        if value is None:
            if self.required:
                raise FieldError(
                    f"{self.caption} is empty.", f"Enter a number for {self.caption.rstrip('.')}.", "Required"
                )
            return 0 if self.kind is Kind.INTEGER else Decimal(0)
        if isinstance(value, Decimal) and value.is_nan():
            raise FieldError(f"{self.caption} is not a number.", "Correct the value.", "NotANumber")
        if abs(value) > LARGEST:
            raise FieldError(
                f"{self.caption} must be at most {LARGEST:,}, but is {value}.",
                "Correct the value.",
                "TooLarge",
            )
        if self.minimum is not None and value < self.minimum:
            raise FieldError(
                f"{self.caption} must be at least {self.minimum}, but is {value}.",
                "Correct the value.",
                "TooSmall",
            )
        if self.maximum is not None and value > self.maximum:
            raise FieldError(
                f"{self.caption} must be at most {self.maximum}, but is {value}.",
                "Correct the value.",
                "TooLarge",
            )
        return value

    def _date(self, value: Any) -> date | None:
        if value is None:
            if self.required:
                raise FieldError(
                    f"{self.caption} is empty.", f"Enter a date for {self.caption.rstrip('.')}.", "Required"
                )
            return None
        day: date = value
        return day

    def _boolean(self, value: Any) -> bool:
        return bool(value)

    def _option(self, value: Any) -> str:
        text = "" if value is None else str(value).strip()
        for option in self.options:
            if option.casefold() == text.casefold():
                return option
        raise FieldError(
            f"“{text}” is not an option of {self.caption.rstrip('.')}.",
            "Use one of: " + ", ".join(option or "(empty)" for option in self.options) + ".",
            "NotAnOption",
        )


_CHECKS: dict[Kind, Callable[[FieldRule, Any], Any]] = {
    Kind.CODE: FieldRule._code,
    Kind.TEXT: FieldRule._text,
    Kind.INTEGER: FieldRule._number,
    Kind.DECIMAL: FieldRule._number,
    Kind.DATE: FieldRule._date,
    Kind.BOOLEAN: FieldRule._boolean,
    Kind.OPTION: FieldRule._option,
}
