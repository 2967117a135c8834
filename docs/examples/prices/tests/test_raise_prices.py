"""The job in use: to its end, with wrong parameters, and killed at every place where that would hurt."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from backdesk_prices import extension

from desktop.extensions import Extension
from desktop.testing import JobRun
from models.database import connected, database
from models.item import Item
from models.vendor import Vendor

pytest_plugins = ["desktop.pytest_plugin"]

RunJob = Callable[..., JobRun]


@pytest.fixture
def job_extensions() -> Sequence[Extension]:
    return (extension,)


@pytest.fixture(autouse=True)
def items(run_job: RunJob) -> None:
    """Five hundred items of 10.00, every fifth of the vendor V1."""
    with connected(), database.atomic():
        Vendor.create(no="V1", name="Rope works")
        for number in range(500):
            vendor = "V1" if number % 5 == 0 else None
            Item.create(no=f"I{number:04}", description="Rope", unit_price=Decimal(10), vendor_no=vendor)


def prices() -> set[str]:
    with connected():
        return {f"{item.unit_price:.2f}" for item in Item.select()}


def test_all_prices_are_raised(run_job: RunJob) -> None:
    done = run_job("raise_prices", {"percent": "2.5"})
    assert (done.status, done.result_text) == ("Finished", "Prices raised by 2.5 %.")
    assert prices() == {"10.25"}


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_killed_at_any_chunk_each_price_is_raised_once(run_job: RunJob, after: int) -> None:
    done = run_job("raise_prices", {"percent": "2.5"}, killed_after=after)
    assert (done.status, done.attempts) == ("Finished", 2)
    assert prices() == {"10.25"}


def test_only_one_vendor(run_job: RunJob) -> None:
    run_job("raise_prices", {"percent": "10", "vendor": "V1"})
    assert prices() == {"10.00", "11.00"}


@pytest.mark.parametrize(
    ("parameters", "said"),
    [({}, "The parameter “percent” is missing."), ({"percent": "much"}, "“much”, which is not a number")],
)
def test_a_wrong_parameter_says_so_and_changes_nothing(
    run_job: RunJob, parameters: dict[str, str], said: str
) -> None:
    done = run_job("raise_prices", parameters, retries=0)
    assert done.status == "Error"
    assert said in done.error_text
    assert prices() == {"10.00"}
