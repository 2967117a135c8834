"""A formula as people write it becomes an expression of Python: [columns], "texts", =, <> and If(…)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

_TOKEN: Final = re.compile(
    r"(?P<text>\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*')"
    r"|\[(?P<column>[^\]\[]+)\]"
    r"|(?P<unequal><>)"
    r"|(?P<equal>(?<![<>=!:])=(?!=))"
    r"|(?P<if>\bif\b(?=\s*\())"
)
_BEFORE_VALUE: Final = re.compile(r"(?:^|[(,+\-*/%&<>=]|\b(?:and|or|not|else|if|in))\s*$")


class Expression:
    """The text for Python, and where each of its characters stands in what a person has written.

    Attributes:
        text: the expression.
    """

    def __init__(self) -> None:
        self.text = ""
        self._starts: list[int] = []
        self._places: list[int] = []

    def add(self, text: str, place: int) -> None:
        """Go on with a text that stands for what begins at a place of the formula, from 0."""
        self._starts.append(len(self.text))
        self._places.append(place)
        self.text += text

    def place(self, offset: int) -> int:
        """Where a character stands in the formula, from 1; `offset` is its place in `text`, from 0."""
        found = bisect_right(self._starts, offset) - 1
        if found < 0:
            return 1
        return self._places[found] + offset - self._starts[found] + 1

    def place_of_bytes(self, offset: int) -> int:
        """The same for an offset in the UTF-8 bytes of `text`, as syntax trees have it."""
        return self.place(len(self.text.encode()[:offset].decode(errors="ignore")))


def to_python(formula: str, name_of: Callable[[str, int], str]) -> Expression:
    """The expression behind a formula.

    Args:
        name_of: from the name of a column, and where it stands from 1, to a name in Python; raises FieldError.
    """
    expression = Expression()
    end = len(formula) - len(formula.lstrip())
    for found in _TOKEN.finditer(formula):
        expression.add(formula[end : found.start()], end)
        expression.add(_replacement(found, expression.text, name_of), found.start())
        end = found.end()
    expression.add(formula[end:].rstrip(), end)
    return expression


def columns_of(formula: str) -> list[str]:
    """The names of columns that a formula reads, each once."""
    names = (found["column"].strip() for found in _TOKEN.finditer(formula) if found["column"])
    return list(dict.fromkeys(names))


def _replacement(found: re.Match[str], before: str, name_of: Callable[[str, int], str]) -> str:
    if found["text"] is not None:
        quote = found["text"][0]
        return repr(found["text"][1:-1].replace(quote * 2, quote))
    if found["column"] is not None:
        return name_of(found["column"].strip(), found.start() + 1)
    if found["unequal"] is not None:
        return "!="
    if found["equal"] is not None:
        return "=="
    # Between two values it is the `if` of Python: "a" if [Qty] > 1 else "b".
    return "If" if _BEFORE_VALUE.search(before) else "if"
