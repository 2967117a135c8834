"""A real application on a stage: steps that wait for what a person would see, and pictures of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from ui.application import Application
from ui.framework.page import Page
from ui.testing import is_settled

P = TypeVar("P", bound=Page)

LOOK_MS: Final = 15
CALM_LOOKS: Final = 10  # looks in a row without work before a picture is taken


class StageError(Exception):
    """What was waited for did not come."""


class Stage:
    """Waits and takes pictures.

    Args:
        application: started already.
        pictures: the folder of the pictures.
        suffix: behind each picture's name, e.g. "-dark".
    """

    def __init__(self, application: Application, pictures: Path, suffix: str = "") -> None:
        self.application = application
        self.window = application.window
        self._pictures, self._suffix = pictures, suffix
        pictures.mkdir(parents=True, exist_ok=True)

    def wait(self, ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Let the application work until something is so.

        Raises:
            StageError: it was not so in time; `what` says what was waited for.
        """
        loop, looks = QEventLoop(), 0
        most = int(seconds * 1000 / LOOK_MS)
        timer = QTimer()
        timer.setInterval(LOOK_MS)

        def look() -> None:
            nonlocal looks
            looks += 1
            if looks > most or ready():
                loop.quit()

        timer.timeout.connect(look)
        timer.start()
        loop.exec()
        timer.stop()
        if not ready():
            raise StageError(f"waited {seconds:g} s for {what}")

    def calm(self) -> None:
        """Wait until nothing is being computed any more and all of it is painted."""
        calm = 0

        def is_calm() -> bool:
            nonlocal calm
            page = self.window.current_page()
            settled = is_settled(page, self.application.hub) if page is not None else True
            calm = calm + 1 if settled else 0
            return calm >= CALM_LOOKS

        self.wait(is_calm, "the page to be filled")

    def open(self, page_name: str, kind: type[P], **arguments: object) -> P:
        """Open a page over the others and wait until it is filled.

        Raises:
            StageError: another page came.
        """
        self.window.navigate(page_name, **arguments)
        self.calm()
        page = self.window.current_page()
        if not isinstance(page, kind):
            raise StageError(f"{page_name} did not open")
        return page

    def picture(self, name: str, of: QWidget | None = None) -> Path:
        """Write a picture of the window, or of a dialog on it."""
        file = self._pictures / f"{name}{self._suffix}.png"
        (of or self.window).grab().save(str(file))
        return file
