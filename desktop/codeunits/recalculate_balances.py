"""Codeunit 60: recalculate the balances of customers from the orders that are still owed.

Of every customer; or, as the post-processing of an import, of those that it has written or that its orders are of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desktop.formats import count_text
from desktop.sessions.pace import Pace
from desktop.sessions.session import Session
from models import changes, statistics
from models.customer import Customer
from models.database import connected, database
from models.sales_order import SalesHeader
from models.statistics import Balance
from models.tables import table_caption

FIRST_CHUNK, SMALLEST_CHUNK, LARGEST_CHUNK = 500, 50, 5_000  # customers in one short transaction
BLOCK: Final = 500  # numbers in one statement


def run(session: Session) -> None:
    """Correct the balances that differ; what was corrected before a cancellation stays. No parameters."""
    if session.post_process_entries:
        _recalculate_imported(session)
        return
    clock = session.clock
    with (
        connected(),
        Pace(session, first=FIRST_CHUNK, smallest=SMALLEST_CHUNK, largest=LARGEST_CHUNK) as pace,
    ):
        total = Customer.select().count()
        first_days = statistics.first_days_owed(session.work_date)
        done, corrected, last_no = 0, 0, ""
        while True:
            session.progress(done, total, f"{count_text(done)} of {count_text(total)} customers")
            pace.make_room()
            with database.atomic():
                began = clock.monotonic()
                chunk = statistics.balances_after(last_no, pace.size, first_days)
                wrong = _correct(chunk, session)
            if not chunk:
                break
            pace.wrote(len(chunk), clock.monotonic() - began)
            done += len(chunk)
            corrected += wrong
            last_no = chunk[-1].customer_no
    session.result_text = f"{count_text(done)} customers checked, {count_text(corrected)} balances corrected."


def _recalculate_imported(session: Session) -> None:
    session.post_process_word = "recalculated"
    customers: set[str] = set()
    orders: list[str] = []
    for entry in session.post_process_entries:
        if entry.table == Customer.table():
            customers.add(entry.record_key)
        elif entry.table == SalesHeader.table():
            orders.append(entry.record_key)
        else:
            caption = table_caption(entry.table)
            session.fail_entry(
                entry, f"{caption} {entry.record_key} has no customer whose balance it changes."
            )
    with connected(), database.atomic():
        for start in range(0, len(orders), BLOCK):
            found = SalesHeader.select(SalesHeader.customer_no).where(
                SalesHeader.no.in_(orders[start : start + BLOCK])
            )
            customers.update(order.customer_no for order in found)
        first_days = statistics.first_days_owed(session.work_date)
        numbers = sorted(customers)
        for start in range(0, len(numbers), BLOCK):
            _correct(statistics.balances_of(numbers[start : start + BLOCK], first_days), session)


def _correct(balances: Sequence[Balance], session: Session) -> int:
    """Write those that differ, inside the running transaction; how many they were."""
    wrong = [balance for balance in balances if balance.stored != balance.right]
    if wrong:
        statistics.write_balances(wrong)
        for balance in wrong:
            changes.touch(Customer.table(), balance.customer_no)
    return len(wrong)
