"""One thing that was looked at, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a checked thing stands."""

    OK = "ok"
    WARNING = "warning"  # Backdesk works, but not with all it can do
    ERROR = "error"  # something does not work until it is mended


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check.

    Args:
        name: what was looked at, in one or two words.
        text: what was found.
        hint: what to do about it; empty when it is well.
    """

    name: str
    state: State
    text: str
    hint: str = ""


def ok(name: str, text: str) -> Check:
    """It is well."""
    return Check(name, State.OK, text)


def warning(name: str, text: str, hint: str) -> Check:
    """It works, but something is missing."""
    return Check(name, State.WARNING, text, hint)


def error(name: str, text: str, hint: str) -> Check:
    """It does not work."""
    return Check(name, State.ERROR, text, hint)
