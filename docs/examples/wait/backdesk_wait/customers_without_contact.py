"""Codeunit 50101: how many customers have nobody whom one could call."""

from desktop.formats import format_value
from desktop.sessions.session import Session
from models.customer import Customer


def run(session: Session) -> None:
    """Result: `count`."""
    count = Customer.select().where(Customer.contact == "").count()
    session.set_background_task_result({"count": format_value(count)})
