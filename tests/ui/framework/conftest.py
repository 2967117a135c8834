"""A codeunit that a test holds, lets go or lets fail, whenever it likes, and a page that tells what it hears."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from desktop.codeunits import registry
from desktop.errors import TaskTimeoutError
from desktop.sessions.session import Session
from tests.ui.framework.telling import NAME, Telling
from tests.waiting import WAIT
from ui.framework.context import PageContext


class Held:
    """A codeunit that waits, deaf to all that tells it to stop, so that its result always comes, and may come late.

    Attributes:
        name: in the registry.
        reached: the parameters of each run that has begun.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.reached: list[dict[str, str]] = []
        self._begun = threading.Semaphore(0)
        self._go = threading.Event()

    def run(self, session: Session) -> None:
        parameters = session.get_background_parameters()
        self.reached.append(parameters)
        self._begun.release()
        assert self._go.wait(WAIT)
        if parameters.get("fail") == "timeout":
            raise TaskTimeoutError
        if "fail" in parameters:
            raise ZeroDivisionError(parameters["fail"])
        session.set_background_task_result({"of": self.name, **parameters})

    def wait(self) -> None:
        """Until one more run has begun."""
        assert self._begun.acquire(timeout=WAIT)

    def let_go(self) -> None:
        """All runs end, those to come too."""
        self._go.set()


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Held]]:
    """A function that registers such a codeunit."""
    made: list[Held] = []

    def register(name: str) -> Held:
        held = Held(name)
        monkeypatch.setitem(sys.modules, f"held_{name}", SimpleNamespace(run=held.run))
        registry.register(registry.Codeunit(9_100 + len(made), name, name.title(), f"held_{name}"))
        made.append(held)
        return held

    yield register
    for held in made:
        held.let_go()
        registry.unregister(held.name)


@pytest.fixture
def codeunit(hold: Callable[[str], Held]) -> Held:
    """The codeunit of the page that tells; it ends at once."""
    held = hold(NAME)
    held.let_go()
    return held


@pytest.fixture
def page(qtbot: QtBot, context: PageContext, codeunit: Held) -> Iterator[Telling]:
    """A page that does in its callbacks what a test wants."""
    made = Telling(context)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    made.open_page()
    yield made
    made.close_page()
