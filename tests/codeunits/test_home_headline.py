"""The sentence that the Role Centre begins with."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.codeunits.home_headline import headline
from models.database import read_only
from tests.codeunits.conftest import TODAY, order, results_of

pytestmark = pytest.mark.usefixtures("small_company")


def say(today: date = TODAY) -> str:
    found = results_of("home_headline", today)
    assert found["emphasis"] in found["text"]
    return found["text"]


@pytest.mark.parametrize(
    ("now", "then", "text"),
    [
        ("112", "100", "Sales this month are 12 % ahead of last November."),
        ("80", "100", "Sales this month are 20 % behind last November."),
        ("100.4", "100", "Sales this month are level with last November."),
    ],
)
def test_the_headline_compares_the_month(now: str, then: str, text: str) -> None:
    order("1", "2026-11-10", now)
    order("2", "2025-11-10", then)
    assert say() == text


def test_a_month_that_has_just_begun_tells_of_the_last_one() -> None:
    order("1", "2026-10-31", "150")
    order("2", "2025-10-31", "100")
    assert say(date(2026, 11, 3)) == "Sales last month were 50 % ahead of October 2025."


def test_a_company_without_a_past() -> None:
    assert say() == "No sales yet this month."
    order("1", "2026-11-10", "10")
    assert say() == "Sales this month are the first in a November."
    with read_only():
        assert headline(TODAY)[1:] == ("", None)
