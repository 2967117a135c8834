"""An extension with the codeunits of the tests; children and workers find it where people put theirs."""

from __future__ import annotations

import ctypes
import os
import re
import sys
import threading
from pathlib import Path

from desktop.errors import PassingError, UsageError
from desktop.extensions import Codeunit, Extension
from desktop.sessions.session import Session
from models.database import database

NAMES = (
    "noop",
    "steps",
    "waits",
    "deaf",
    "fails",
    "dies",
    "tells",
    "on_failure",
    "overlap",
    "once",
    "hogs",
    "away",
    "alone",
    "fills",
    "idles",
    "gated_once",
)


def _gate(session: Session) -> None:
    """Tell the test that this point is reached."""
    with Path(session.parameters["reached"]).open("w") as pipe:
        pipe.write("reached\n")


def _count(name: str) -> None:
    """Write one effect that a double run would double."""
    database.execute_sql(
        "INSERT INTO session_event (session_id, kind, event, at) VALUES (?, 'Effect', '', '')", (name,)
    )


def noop(_session: Session) -> None:
    """Nothing at all."""


def steps(session: Session) -> None:
    """Ten steps, each one transaction with its effect and its cursor (here: the effects are the cursor)."""
    for step in range(10):
        with database.atomic():
            session.check_owner()
            name = f"step {step}"
            done = database.execute_sql(
                "SELECT 1 FROM session_event WHERE kind = 'Effect' AND session_id = ?", (name,)
            ).fetchone()
            if done:
                continue
            _count(name)
        session.progress(step + 1, 10, f"Step {step + 1}")
        if step == 4 and "reached" in session.parameters:
            _gate(session)
            _hang_once(session)
    session.result_text = "10 steps done"


def _hang_once(session: Session) -> None:
    """Wait for ever the first time, so that the test can kill; the second run finds the mark and goes on."""
    mark = Path(session.parameters["mark"])
    if not mark.exists():
        mark.touch()
        threading.Event().wait()


def waits(session: Session) -> None:
    """Wait until told to stop, and obey."""
    session.progress(1, 2, "Waiting")
    if "reached" in session.parameters:
        _gate(session)
    while True:
        session.check_cancelled()
        threading.Event().wait(0.01)


def deaf(session: Session) -> None:
    """Wait for ever inside one C call, deaf to every wish."""
    if "reached" in session.parameters:
        _gate(session)
    while True:
        ctypes.CDLL(None).pause()


def fails(session: Session) -> None:
    """Fail, after a write that must not stay."""
    with database.atomic():
        _count("of the failed")
        if session.parameters.get("calmly"):
            raise UsageError("The file has no rows.", "Choose another.")
        raise RuntimeError("the flux is too low")


def dies(session: Session) -> None:
    """End the whole process, with or without a last word."""
    print("a word on standard output")
    print("the last word", file=sys.stderr, flush=True)
    os._exit(int(session.parameters.get("code", "7")))


def tells(session: Session) -> None:
    """Use everything a session offers."""
    for number in range(1000):
        session.progress(number, 1000, "Telling")
    session.progress(1000, 1000, "Told")
    session.message("first line")
    session.message("second line")
    session.set_background_task_result({"user": session.user_id, **session.parameters})
    session.result_text = "Import complete: 88 records created, 3 errors"
    session.notify_severity = "warn"
    session.notify_run_id = 12


def on_failure(session: Session) -> None:
    """Keep what a failure codeunit is told."""
    _count(f"{session.parameters['error_code']}|{session.parameters['error_text']}")


def overlap(session: Session) -> None:
    """Write down that it has begun and ended, so that the test sees who ran at the same time."""
    _count(f"{session.parameters['name']} begins")
    threading.Event().wait(0.01)
    _count(f"{session.parameters['name']} ends")


def once(session: Session) -> None:
    """One effect, in the middle of some work, that a killed run has either written or not."""
    name = session.parameters["name"]
    with database.atomic():
        session.check_owner()
        found = database.execute_sql("SELECT 1 FROM session_event WHERE session_id = ?", (name,)).fetchone()
        if found is None:
            _count(name)
    threading.Event().wait(0.02)


def hogs(session: Session) -> None:
    """Compute for minutes inside one C call that lets no other thread of the process run."""
    _gate(session)
    re.match(r"(a+)+$", "a" * 60 + "b")


def away(session: Session) -> None:
    """Miss a file share until it has been asked for so many times."""
    with database.atomic():
        _count("asked")
    asked = database.execute_sql("SELECT count(*) FROM session_event WHERE session_id = 'asked'").fetchone()[
        0
    ]
    if asked < int(session.parameters["until"]):
        raise PassingError("The share “prices” cannot be reached.", "Check the network.")


def alone(session: Session) -> None:
    """One effect, while the category's own lock is held: the operating system says whether somebody else has it."""
    import fcntl

    name = session.parameters["name"]
    with Path(session.parameters["lock"]).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            with database.atomic():
                _count(f"overlap {name}")
            return
        with database.atomic():
            session.check_owner()
            found = database.execute_sql(
                "SELECT 1 FROM session_event WHERE session_id = ?", (name,)
            ).fetchone()
            if found is None:
                _count(name)
            threading.Event().wait(0.002)


def fills(_session: Session) -> None:
    """Write more in one transaction than a nearly full disk takes."""
    with database.atomic():
        for number in range(200):
            _count(f"{number} " + "x" * 4_000)


def idles(session: Session) -> None:
    """Find nothing to do."""
    session.nothing_to_do = True


def gated_once(session: Session) -> None:
    """Tell that it has begun, then leave one effect."""
    _gate(session)
    threading.Event().wait(0.2)
    once(session)


extension = Extension(
    name="Jobs of the tests",
    codeunits=tuple(
        Codeunit(number, name, name.capitalize(), f"{__name__}:{name}")
        for number, name in enumerate(NAMES, 59_000)
    ),
)
