"""The test kit for pages: three lines, and the callbacks have fired."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop.clock import Clock
from models.customer import Customer
from models.database import close_company, connected
from ui.testing import TestClient


@pytest.fixture
def client(qapp: QApplication, company: Path, clock: Clock) -> Iterator[TestClient]:
    close_company()
    with TestClient(company, user_id="MARIA", clock=clock) as made:
        yield made


def test_a_card_goes_to_another_record_in_three_lines(client: TestClient) -> None:
    page = client.open_page("customer_card", key="C00010")
    page.go_to_record("C00020")
    with connected():
        assert page.field("name") == Customer.get_by_id("C00020").name
    assert page.banners == [("warn", "This customer is blocked: Ship. Nothing may be shipped to it.")]
    with pytest.raises(KeyError):
        page.field("no_such_field")


def test_a_list_goes_to_a_record(client: TestClient) -> None:
    page = client.open_page("customer_list")
    page.go_to_record("C00003")
    assert page.page.current_record() == ("customer", "C00003")
    with pytest.raises(KeyError):
        page.go_to_record("NOBODY")


def test_the_cue_of_blocked_customers_has_its_figure_and_opens_them(client: TestClient) -> None:
    page = client.open_page("home")
    with connected():
        assert page.cue("Blocked customers") == str(Customer.select().where(Customer.blocked != "").count())
    assert page.click_cue("Blocked customers") == ("customer_list", {"filters": {"blocked": "<>"}})
    with pytest.raises(TypeError):
        page.go_to_record("C00010")


def test_a_codeunit_runs_here_and_now(client: TestClient) -> None:
    page = client.open_page("customer_card", key="C00010")
    results = page.run_page_background_task("customer_statistics", {"customer": "C00010"})
    assert "balance" in results
