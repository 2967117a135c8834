"""The extension in use: on the card of a customer and on the Role Centre, without a screen and without waiting."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from backdesk_wait.customer_card import WaitOnCustomerCard

from desktop.clock import waiting_clock
from models.company import CompanyInformation
from models.customer import Customer
from models.database import connected, open_company
from ui.testing import TestClient, TestPage

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
UPDATED = "Start and finish times have been updated."


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A session in a company of three customers; two of them owe something."""
    monkeypatch.setenv("BACKDESK_HOME", str(tmp_path / "home"))
    company = open_company(tmp_path / "company.db", create=True)
    with connected():
        CompanyInformation.create(name="Harbour Supply Ltd.", created_at=NOW)
        for no, balance in (("C1", "0"), ("C2", "120.50"), ("C3", "7")):
            Customer.create(no=no, name=f"Customer {no}", balance=Decimal(balance))
    with TestClient(company, clock=waiting_clock(NOW)) as made:
        yield made


def _times(page: TestPage) -> tuple[str, str, str]:
    return page.field("start_time"), page.field("duration"), page.field("end_time")


def _local(second: int) -> str:
    return f"{NOW.replace(second=second).astimezone():%H:%M:%S}"


def test_the_card_shows_from_when_to_when_the_task_has_waited(client: TestClient) -> None:
    page = client.open_page("customer_card", key="C1")
    assert _times(page) == (_local(0), "1 s", _local(1))
    assert page.notices == [UPDATED]
    assert page.banners == []


def test_another_record_has_times_of_its_own(client: TestClient) -> None:
    page = client.open_page("customer_card", key="C1")
    page.go_to_record("C2")
    assert _times(page) == (_local(1), "1 s", _local(2))
    assert page.notices == [UPDATED, UPDATED]


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        ("soon", "Something went wrong. The start and finish times haven't been updated."),
        ("600000", "It took too long to get results. Try again."),
    ],
)
def test_what_goes_wrong_is_told_in_friendly_words(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, wait: str, said: str
) -> None:
    monkeypatch.setattr(WaitOnCustomerCard, "WAIT", wait)
    page = client.open_page("customer_card", key="C1")
    assert page.banners == [("warn", said)]
    assert page.notices == []
    assert _times(page) == ("", "", "")


def test_trying_again_takes_the_banner_away(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WaitOnCustomerCard, "WAIT", "600000")
    page = client.open_page("customer_card", key="C1")
    monkeypatch.setattr(WaitOnCustomerCard, "WAIT", "1000")
    page.trigger("refresh")
    assert page.banners == []
    assert page.notices == [UPDATED]


def test_the_codeunit_returns_what_it_was_asked(client: TestClient) -> None:
    page = client.open_page("customer_card", key="C1")
    results = page.run_page_background_task("wait", {"Wait": "250"})
    assert results == {
        "started": "2026-11-21T09:45:01Z",
        "waited": "250",
        "finished": "2026-11-21T09:45:01.250000Z",
    }


def test_the_cue_counts_customers_with_a_balance_and_opens_exactly_these(client: TestClient) -> None:
    home = client.open_page("home")
    assert home.cue("Customers with a balance") == "2"
    page, arguments = home.click_cue("Customers with a balance")
    customers = client.open_page(page, **arguments)
    for no in ("C2", "C3"):
        customers.go_to_record(no)
    with pytest.raises(KeyError):
        customers.go_to_record("C1")
