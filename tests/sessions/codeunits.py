"""An extension with the codeunits of the tests; child processes find it where people put theirs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from desktop.errors import CallbackNotAllowedError, SessionError, UsageError
from desktop.extensions import Codeunit, Extension
from desktop.sessions.session import Session
from models.database import database

NAMES = (
    "writes", "sleeps", "counts_for_ever", "fails", "dies", "tells", "asks", "starts", "chain", "hands_over",
    "asks_the_window", "waits_for_ever", "writes_one", "starts_a_quick_one",
    "stops_itself", "stops_other", "quick", "starts_a_process",
)  # fmt: skip
FOR_EVER = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def reach(session: Session, word: str = "here") -> None:
    """Tell the test that this point is reached."""
    with Path(session.parameters["reached"]).open("w") as pipe:
        pipe.write(word + "\n")


def write(city: str) -> None:
    """Write one row that a test can see."""
    database.execute_sql("INSERT INTO post_code (code, city) VALUES ('1', ?)", (city,))


def quick(_session: Session) -> None:
    """Nothing at all."""


def writes(session: Session) -> None:
    """Write a row that says what the session knows of itself."""
    with database.atomic():
        write(
            json.dumps(
                {
                    "user": session.user_id,
                    "kind": session.kind.value,
                    "gui": session.gui_allowed,
                    "parameters": session.get_background_parameters(),
                    "record": [session.record_table, session.record_id],
                    "depth": session.depth,
                    "process": os.getpid(),
                }
            )
        )


def sleeps(session: Session) -> None:
    """Commit one row, leave another one open, and sleep in Python."""
    with database.atomic():
        write("committed")
    with database.atomic():
        write("open")
        reach(session)
        time.sleep(3600)


def starts_a_process(session: Session) -> None:
    """Start a process of its own, which holds standard error open, and sleep."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    reach(session)
    time.sleep(3600)


def waits_for_ever(_session: Session) -> None:
    """Sleep in Python."""
    time.sleep(3600)


def counts_for_ever(session: Session) -> None:
    """Leave a row open, and stay inside one long SQL statement."""
    with database.atomic():
        write("open")
        reach(session)
        database.execute_sql(FOR_EVER).fetchone()


def fails(session: Session) -> None:
    """Fail, after a write that must not stay."""
    with database.atomic():
        write("of the failed")
        session.message("A word before.")
        if "calmly" in session.parameters:
            raise UsageError("The file has no rows.", "Choose another.")
        raise RuntimeError("the flux is too low")


def dies(_session: Session) -> None:
    """End the whole process."""
    os._exit(7)


def tells(session: Session) -> None:
    """Say two things."""
    session.message("12 customers checked")
    session.message("2 have no address")


def asks(session: Session) -> None:
    """Ask what nobody can answer, and write down what came of it."""
    for name, arguments in (
        ("confirm", ("Delete all?",)),
        ("str_menu", (["Ship", "Invoice"],)),
        ("run_page", ("customer_card",)),
        ("run_page_modal", ("customer_card",)),
        ("run_request_page", ("Order",)),
        ("hyperlink", ("https://example.com",)),
        ("upload", ("Choose a file",)),
        ("download", ("a.csv",)),
    ):
        try:
            getattr(session, name)(*arguments)
        except CallbackNotAllowedError as error:
            write(f"{error.call}|{error}")
    session.confirm("Really?")


def asks_the_window(_session: Session) -> None:
    """Open a dialog of the window, which is not there."""
    from ui.dialogs import tell

    tell(None, "Hello", "there")


def starts(session: Session) -> None:
    """Start a session that sleeps, look at it, and end before it does."""
    started = session.start_session("sleeps", parameters=dict(session.parameters), timeout=60)
    assert session.is_session_active(started)
    assert session.is_session_active(session.session_id)
    assert not session.is_session_active("nobody")
    write(started)


def writes_one(_session: Session) -> None:
    """Write one row."""
    with database.atomic():
        write("quick one")


def starts_a_quick_one(session: Session) -> None:
    """Start a session that writes, and end."""
    session.start_session("writes_one")


def chain(session: Session) -> None:
    """Start itself again and again, until that is refused."""
    try:
        session.start_session("chain", parameters=dict(session.parameters))
    except SessionError as error:
        reach(session, f"{session.depth} {error.code} {error}")


def hands_over(session: Session) -> None:
    """Start one session too many, and an unknown one."""
    for codeunit in ("quick", "no_such_codeunit"):
        try:
            session.start_session(codeunit)
        except Exception as error:
            reach(session, f"{type(error).__name__} {getattr(error, 'code', '')}")


def stops_itself(session: Session) -> None:
    """Try what cannot be."""
    session.stop_session(session.session_id)


def stops_other(session: Session) -> None:
    """Stop another session, twice."""
    other = session.parameters["other"]
    first = session.stop_session(other, "No longer needed")
    write(f"{first} {session.stop_session('nobody')}")


extension = Extension(
    name="Sessions of the tests",
    codeunits=tuple(
        Codeunit(number, name, name.replace("_", " ").capitalize(), f"{__name__}:{name}")
        for number, name in enumerate(NAMES, 59_100)
    ),
)
