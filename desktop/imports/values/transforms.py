"""What is done to the text of a cell before it is read, and to a number before it is checked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from desktop.imports.integrations.definition import Transforms
from models.errors import FieldError

LETTER_CASES: Final = ("", "Upper", "Lower", "Title")
PAD_SIDES: Final = ("Left", "Right")
DIRECTIONS: Final = {"Nearest": ROUND_HALF_UP, "Up": ROUND_CEILING, "Down": ROUND_FLOOR}
LONGEST_PAD: Final = 250
MOST_REPLACEMENTS: Final = 50
_CASES: Final[dict[str, Callable[[str], str]]] = {"Upper": str.upper, "Lower": str.lower, "Title": str.title}


def text_changer(transforms: Transforms) -> Callable[[str], str] | None:
    """The function that changes a text: trim, replace, letter case, padding; None where it would change nothing more
    than blanks around it."""
    steps: list[Callable[[str], str]] = []
    steps += [_replacer(old, new) for old, new in transforms.replace]
    if transforms.letter_case:
        steps.append(_CASES[transforms.letter_case])
    if transforms.pad_length:
        steps.append(_padder(transforms.pad_length, transforms.pad_sign, transforms.pad_side))
    if not steps:
        return None

    def change(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return change


def _replacer(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def _padder(length: int, sign: str, side: str) -> Callable[[str], str]:
    """Only a text that is there is padded."""
    pad = str.rjust if side == "Left" else str.ljust
    return lambda text: pad(text, length, sign) if text else text


def rounder(transforms: Transforms) -> Callable[[Decimal], Decimal] | None:
    """The function that rounds a number to the nearest step, or up or down to one; None for no rounding."""
    if not transforms.round_to:
        return None
    step, direction = Decimal(transforms.round_to), DIRECTIONS[transforms.round_direction]
    return lambda value: (value / step).quantize(Decimal(1), direction) * step


def check(transforms: Transforms) -> None:
    """Make sure that a person's transformations mean something.

    Raises:
        FieldError: WrongTransform, with what to do about it.
    """
    if len(transforms.replace) > MOST_REPLACEMENTS or any(not old for old, _ in transforms.replace):
        raise _wrong(f"What is replaced must be a text, and at most {MOST_REPLACEMENTS} are.", "Fill it in.")
    if transforms.letter_case not in LETTER_CASES:
        raise _wrong(f"“{transforms.letter_case}” is no letter case.", "Use Upper, Lower or Title.")
    if not 0 <= transforms.pad_length <= LONGEST_PAD:
        raise _wrong(f"A text is padded to at most {LONGEST_PAD} characters.", "Enter a smaller length.")
    if transforms.pad_length and (len(transforms.pad_sign) != 1 or transforms.pad_side not in PAD_SIDES):
        raise _wrong("A text is padded with a single character, left or right.", "Enter one character.")
    if transforms.round_direction not in DIRECTIONS:
        raise _wrong(f"“{transforms.round_direction}” is no direction.", "Use Nearest, Up or Down.")
    if transforms.round_to and not _is_step(transforms.round_to):
        raise _wrong(
            f"“{transforms.round_to}” is nothing that can be rounded to.",
            "Enter a step, e.g. 0.01, 0.05 or 10.",
        )


def _is_step(text: str) -> bool:
    try:
        step = Decimal(text)
    except InvalidOperation:
        return False
    return step.is_finite() and Decimal("0.0001") <= step <= Decimal(1_000_000)


def _wrong(text: str, hint: str) -> FieldError:
    return FieldError(text, hint, "WrongTransform")
