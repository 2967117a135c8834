"""Codeunits that tests let post-process what was imported, and what became of it."""

from __future__ import annotations

from typing import Any

from desktop.sessions.session import Session
from models.customer import Customer
from models.errors import BackdeskError

CUSTOMERS = "No.,Name\n"


def greet(session: Session) -> None:
    """Writes a contact to every customer, but to those whose name says that it must not."""
    session.post_process_word = "greeted"
    for entry in session.post_process_entries:
        with session.post_processing(entry):
            customer = Customer.get_by_id(entry.record_key)
            customer.contact = "Dear " + customer.name
            customer.save()
            if customer.name.startswith("Nobody"):
                raise BackdeskError(f"{customer.name} is not greeted.", "Ask somebody.", "Unwanted")


def crash(session: Session) -> None:
    """Breaks off at a customer called Bug, as code with an error does."""
    for entry in session.post_process_entries:
        customer = Customer.get_by_id(entry.record_key)
        customer.contact = "seen"
        customer.save()
        if customer.name == "Bug":
            raise ZeroDivisionError("by zero")


def contacts(query: Any) -> dict[str, str]:
    return dict(query("SELECT no, contact FROM customer ORDER BY no"))


def entry_rows(query: Any) -> list[Any]:
    return list(
        query(
            "SELECT record_key, was_created, status, attempts, error_code, error_message, error_hint"
            " FROM post_process_entry ORDER BY id"
        )
    )
