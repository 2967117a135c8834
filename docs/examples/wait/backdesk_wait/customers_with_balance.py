"""Codeunit 50101: how many customers owe something."""

from desktop.formats import format_value
from desktop.sessions.session import Session
from models.customer import Customer


def run(session: Session) -> None:
    """Result: `count`."""
    count = Customer.select().where(Customer.balance > 0).count()
    session.set_background_task_result({"count": format_value(count)})
