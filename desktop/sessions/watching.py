"""Who may be watching: the windows that are open on a company, on this computer or on another."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

from desktop.scheduler import locks
from models.database import database
from models.enforcement import as_system

WINDOW: Final = "Window"  # the program of a window's session


def this_computer() -> str:
    """The name under which events of this computer are noted."""
    return socket.gethostname()


@as_system()
def window_is_open(company: Path) -> bool:
    """Whether somebody may sit before a window of the company; what another computer has noted is believed.

    Needs an open connection.
    """
    here = this_computer()
    # A parameter in the place of 1 would keep SQLite from its partial index.
    found = database.execute_sql(
        "SELECT session_id, computer FROM session_event WHERE is_open = 1 AND event = 'Logon' AND program = ?",
        (WINDOW,),
    ).fetchall()
    return any(computer != here or locks.is_alive(company, session_id) for session_id, computer in found)
