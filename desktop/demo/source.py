"""Where the demo company's data comes from: lists in `resources/demo`, and one random generator per subject."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, date, datetime, time
from random import Random
from typing import Any, Final

import resources
from models.fields import stored_time

SEED: Final = "Harbour Supply Ltd."

Row = dict[str, Any]
"""A row as the database stores it: amounts in ten-thousandths, days and moments as text."""

_LETTERS: Final = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ð": "d", "þ": "th", "ł": "l", "đ": "d"})
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_GERMAN_DIALS: Final = ("+49", "+43", "+41")


def load(name: str) -> Any:
    """The content of `resources/demo/<name>.json`."""
    return json.loads(resources.path("demo", f"{name}.json").read_text(encoding="utf-8"))


def generator(subject: str) -> Random:
    """Chance for one subject; adding customers then leaves the items as they are."""
    return Random(f"{SEED} {subject}")


def slug(text: str, dial: str) -> str:
    """A text as part of an address in the internet: lower case letters and figures with single hyphens.

    Args:
        dial: the country's telephone prefix; German umlauts are spelt out.
    """
    letters = text.casefold()
    if dial in _GERMAN_DIALS:
        letters = letters.translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", letters.translate(_LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return "-".join(re.findall("[a-z0-9]+", plain))


def moment(rng: Random, day: date) -> str:
    """Some moment of that day's office hours, as stored."""
    return stored_time(datetime.combine(day, time(rng.randrange(7, 17), rng.randrange(60)), tzinfo=UTC))
