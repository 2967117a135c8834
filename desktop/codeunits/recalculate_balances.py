"""Codeunit 60: recalculate the balance of every customer from the orders that are still owed."""

from __future__ import annotations

from typing import Final

from desktop.formats import count_text
from desktop.sessions.session import Session
from models import changes, statistics
from models.customer import Customer
from models.database import connected, database

CHUNK: Final = 500  # customers in one short transaction, so that others may write in between


def run(session: Session) -> None:
    """Correct the balances that differ; what was corrected before a cancellation stays. No parameters."""
    with connected():
        total = Customer.select().count()
        first_days = statistics.first_days_owed(session.work_date)
        done, corrected, last_no = 0, 0, ""
        while True:
            session.progress(done, total, f"{count_text(done)} of {count_text(total)} customers")
            with database.atomic():
                chunk = statistics.balances_after(last_no, CHUNK, first_days)
                wrong = [balance for balance in chunk if balance.stored != balance.right]
                if wrong:
                    statistics.write_balances(wrong, session.clock.now())
                    for balance in wrong:
                        changes.touch(Customer.table(), balance.customer_no)
            if not chunk:
                break
            done += len(chunk)
            corrected += len(wrong)
            last_no = chunk[-1].customer_no
    session.result_text = f"{count_text(done)} customers checked, {count_text(corrected)} balances corrected."
