"""Recalculating balances: a job that writes in small steps and may be stopped between them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.clock import fixed_clock
from desktop.codeunits import recalculate_balances
from desktop.errors import TaskCancelledError
from desktop.sessions.session import Session, SessionKind
from models import changes
from models.customer import Customer
from models.database import close_company, connected, open_company
from models.sales_order import SalesHeader

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def own_demo(light_demo: Path, tmp_path: Path) -> Iterator[None]:
    """A copy of the demo company, to write in."""
    open_company(shutil.copy(light_demo, tmp_path / "own.db"))
    yield
    close_company()


def session() -> Session:
    clock = fixed_clock(datetime(2026, 11, 21, 10, tzinfo=UTC))
    return Session(SessionKind.BACKGROUND, "MARIA", {}, TODAY, clock=clock)


def balances() -> dict[str, Decimal]:
    with connected():
        return dict(Customer.select(Customer.no, Customer.balance).tuples())


def test_the_demo_companys_balances_are_right_from_the_start() -> None:
    job = session()
    recalculate_balances.run(job)
    assert job.result_text == "5,000 customers checked, 0 balances corrected."


def test_wrong_balances_are_corrected_and_told() -> None:
    right = balances()
    with connected():
        Customer.update(balance=Decimal("123.45")).where(
            Customer.no.in_(("C00001", "C02500", "C05000"))
        ).execute()
        number = changes.last_number()
    job, seen = session(), []
    job.on_progress = lambda done, total, text: seen.append((done, total, text))
    recalculate_balances.run(job)
    assert balances() == right
    assert job.result_text == "5,000 customers checked, 3 balances corrected."
    assert seen[1] == (500, 5_000, "500 of 5,000 customers")
    assert seen[-1][:2] == (5_000, 5_000)
    with connected():
        assert {change.record_id for change in changes.since(number)} == {"C00001", "C02500", "C05000"}


def test_stopped_halfway_keeps_what_is_done_and_the_next_run_does_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
        monkeypatch.setattr(recalculate_balances, name, 500)
    right = balances()
    with connected():
        Customer.update(balance=Decimal(1)).execute()
    job = session()
    job.on_progress = lambda done, total, text: job.token.cancel() if done == 1_000 else None
    with pytest.raises(TaskCancelledError):
        recalculate_balances.run(job)
    found = balances()
    assert {no: found[no] for no in found if no <= "C01000"} == {
        no: right[no] for no in right if no <= "C01000"
    }
    assert found["C05000"] == 1
    recalculate_balances.run(session())
    assert balances() == right


def test_an_invoice_is_owed_until_it_is_due() -> None:
    with connected():
        SalesHeader.update(status="Open").where(SalesHeader.customer_no == "C00001").execute()
        Customer.update(payment_terms_code="14 DAYS").where(Customer.no == "C00001").execute()
        for no, days, status in (
            ("A", 14, "Invoiced"),
            ("B", 15, "Invoiced"),
            ("C", 3, "Shipped"),
            ("D", 0, "Released"),
        ):
            day = TODAY - timedelta(days=days)
            SalesHeader(
                no=no,
                customer_no="C00001",
                order_date=day,
                shipment_date=day,
                status=status,
                amount=Decimal(10 + days),
            ).save(force_insert=True)
    recalculate_balances.run(session())
    assert balances()["C00001"] == Decimal(24 + 13)


def test_a_company_without_customers() -> None:
    with connected():
        SalesHeader.delete().execute()
        Customer.delete().execute()
    job = session()
    recalculate_balances.run(job)
    assert job.result_text == "0 customers checked, 0 balances corrected."
