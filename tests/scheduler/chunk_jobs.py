"""An extension with jobs that work in chunks; children and workers find it where people put theirs."""

from __future__ import annotations

import threading
from pathlib import Path

from desktop.extensions import Codeunit, Extension
from desktop.sessions.session import Session
from models.customer import Customer
from models.database import database

NAMES = ("greets", "marks", "counts", "leaves_out", "tells_who")


def _effect(name: str) -> None:
    """One effect that a double run would double."""
    database.execute_sql(
        "INSERT INTO session_event (session_id, kind, event, at) VALUES (?, 'Effect', '', '')", (name,)
    )


def _arrive_and_hang(session: Session, place: str) -> None:
    """Tell the test that the run is at this place, and wait to be killed; a later attempt goes on."""
    if session.parameters.get("at") != place or session.attempt > 1:
        return
    with Path(session.parameters["reached"]).open("w") as pipe:
        pipe.write(place + "\n")
    threading.Event().wait()


def greets(session: Session) -> None:
    """Greet each customer once, two in a chunk."""
    for number, chunk in enumerate(session.chunks(Customer.select(), 2), 1):
        with chunk as customers:
            for customer in customers:
                _effect(customer.no)
                _arrive_and_hang(session, customer.no)
            _arrive_and_hang(session, f"end of chunk {number}")
        _arrive_and_hang(session, f"after chunk {number}")
    _arrive_and_hang(session, "end")
    if session.parameters.get("fail_on") == str(session.attempt):
        raise ValueError("the printer is out of paper")
    session.result_text = f"attempt {session.attempt}"


def marks(session: Session) -> None:
    """Write one step after the other, each with the checkpoint behind it."""
    done = session.last_checkpoint or {"step": 0}
    for step in range(done["step"], 4):
        with database.atomic():
            _effect(f"step {step}")
            session.checkpoint({"step": step + 1})
        _arrive_and_hang(session, f"step {step}")
    if session.parameters.get("fail_on") == str(session.attempt):
        raise ValueError("the printer is out of paper")


def counts(session: Session) -> None:
    """Go through the customers twice; the first loop is over when the second one fails."""
    for chunk in session.chunks(Customer.select().where(Customer.no > "C3"), 2):
        with chunk as customers:
            for customer in customers:
                _effect(f"first {customer.no}")
    for chunk in session.chunks(Customer.select(), 2):
        with chunk as customers:
            for customer in customers:
                _effect(f"second {customer.no}")
                if customer.no == "C4" and session.attempt == 1:
                    raise ValueError("the printer is out of paper")


def leaves_out(session: Session) -> None:
    """Catch an error outside of its chunk, and go on."""
    for chunk in session.chunks(Customer.select(), 2):
        try:
            with chunk:
                raise ValueError("the printer is out of paper")
        except ValueError:
            continue


def tells_who(session: Session) -> None:
    """Tell what the session knows of itself."""
    assert session.entry is not None
    entry = session.entry
    told = [entry.entry_no, entry.description, entry.category_code, entry.retries, session.attempt]
    session.result_text = f"{told} {session.parameter('days', int, default=30)}"


extension = Extension(
    name="Jobs in chunks",
    codeunits=tuple(
        Codeunit(number, name, name.capitalize(), f"{__name__}:{name}")
        for number, name in enumerate(NAMES, 58_000)
    ),
)
