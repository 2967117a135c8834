"""The test kit for pages: three lines, and the callbacks have fired."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop.clock import Clock
from models.customer import Customer
from models.database import close_company, connected
from tests.waiting import WAIT
from ui.framework.part import Part
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


def test_figures_of_fact_boxes_and_rows_of_lists_can_be_read(client: TestClient) -> None:
    customers = client.open_page("customer_list")
    assert customers.column("no")[:3] == ["C00001", "C00002", "C00003"]
    assert customers.column("open_orders")[0] != "", "columns that are worked out in the background, too"
    card = client.open_page("customer_card", key="C00003")
    assert card.fact("Open orders")
    with pytest.raises(KeyError, match="no such fact"):
        card.fact("no such fact")


def test_what_is_typed_into_a_field_is_saved_or_refused_when_it_returns(client: TestClient) -> None:
    page = client.open_page("customer_card", key="C00010")
    page.set_field("name", "Wagner GmbH")
    page.set_field("blocked", "All")
    with connected():
        saved = Customer.get_by_id("C00010")
    assert (saved.name, saved.blocked) == ("Wagner GmbH", "All")
    assert page.banners[0][1].startswith("This customer is blocked: All.")
    with pytest.raises(ValueError, match="cannot be changed"):
        page.set_field("no", "C99999")
    with pytest.raises(ValueError, match="number"):
        page.set_field("credit_limit", "much")
    with pytest.raises(KeyError):
        page.set_field("blocked", "Sometimes")


def test_a_page_that_waits_for_ever_names_what_it_waits_for(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.open_page("customer_card", key="C00010")
    monkeypatch.setattr("ui.testing.SETTLED_SECONDS", 0.05)
    monkeypatch.setattr(Part, "is_busy", lambda _part: True)
    with pytest.raises(TimeoutError, match="customer_card still waits"):
        client.settle(page.page)


def test_pages_are_opened_by_people_and_not_by_callbacks(client: TestClient) -> None:
    page = client.open_page("customer_card", key="C00010")

    def opens(_task_id: int, _results: dict[str, str]) -> None:
        page.page.context.navigate("customer_list")

    page.page.on_page_background_task_completed = opens  # type: ignore[method-assign]
    page.run_page_background_task("blocked_customers", run_completion_triggers=True)
    assert client.window.opened == []
    assert page.banners[0][0] == "err"
    assert "Page.Run (“Customers”)" in page.banners[0][1]
    page.page.context.navigate("customer_list")
    assert client.window.opened == [("customer_list", {})]


EXTENSION_TEST = """
import pytest
from models.customer import Customer
from models.database import close_company, connected, open_company

pytest_plugins = ["ui.pytest_plugin"]


@pytest.fixture
def test_company(test_company):
    open_company(test_company)
    with connected():
        Customer.create(no="C1", name="Wagner GmbH", blocked="All")
        Customer.create(no="C2", name="Lindqvist AB")
    close_company()
    return test_company


def test_three_lines(open_page):
    page = open_page("customer_card", key="C1")
    page.go_to_record("C2")
    assert page.field("name") == "Lindqvist AB"


def test_the_cue_has_its_figure(open_page):
    assert open_page("home").cue("Blocked customers") == "1"
"""


def test_the_tests_of_an_extension_need_one_line_to_begin(tmp_path: Path) -> None:
    """Outside of Backdesk's own tests, without pytest-qt and in a process of its own."""
    (tmp_path / "test_mine.py").write_text(EXTENSION_TEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:pytest-qt", "-p", "no:cacheprovider", str(tmp_path)],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "PYTHONPATH": str(root),
        },
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=2 * WAIT,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout


def test_the_kit_itself_needs_no_pytest() -> None:
    code = "import sys; sys.modules['pytest'] = None; import ui.testing"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=WAIT, cwd=Path(__file__).parents[2])
