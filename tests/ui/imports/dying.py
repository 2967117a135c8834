"""A codeunit whose process ends under it, for the children of the tests."""

from __future__ import annotations

import os

from desktop.codeunits.registry import Codeunit, register
from desktop.sessions.session import Session

register(Codeunit(90_901, "die_at_once", "Die at once", "tests.ui.imports.dying"))


def run(_session: Session) -> None:
    """End the process."""
    os._exit(9)
