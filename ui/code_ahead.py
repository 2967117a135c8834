"""The code of the pages that people open first is imported before they do, on another thread.

To import a card when it is opened for the first time would hold up the window for 50 ms. A thread takes longer, but
gives the interpreter away all the time.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject

from desktop.tasks.hub import Hub
from desktop.tasks.task import TaskError
from ui.later import later
from ui.navigation import PAGES

AFTER_MS: Final = 500  # the cues of the Role Centre come first
_OFTEN: Final = ("integration_records", "import_runs")
_DIALOG: Final = "ui.import_dialog.import_dialog"
_log = logging.getLogger(__name__)


class CodeAhead(QObject):
    """Imports modules one after the other, each as a piece of work of the hub, so that the program can end between.

    Args:
        modules: their names; by default those of the pages in the navigation bar, of the cards, and of what people
            import with.
    """

    def __init__(self, hub: Hub, modules: Iterable[str] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._left = list(modules) or _modules()
        self._timer = later(self, AFTER_MS, self._import_next)

    def begin(self) -> None:
        """Begin in a moment."""
        self._timer.start()

    def modules_left(self) -> list[str]:
        """The modules that have not been imported yet, in their order."""
        return list(self._left)

    def is_done(self) -> bool:
        """Whether everything has been imported, as far as that is possible."""
        return not self._left

    def _import_next(self) -> None:
        if self._left:
            self._hub.query(self, _Import(self._left[0]), self._on_imported, self._on_error)

    def _on_imported(self, name: str) -> None:
        self._left.remove(name)
        self._import_next()

    def _on_error(self, error: TaskError) -> None:
        # Whoever opens the page is told.
        _log.info("the code of a page could not be imported: %s", error.text)
        self._left.pop(0)
        self._import_next()


def _modules() -> list[str]:
    soon = (entry for entry in PAGES.values() if entry.menu or not entry.listed or entry.name in _OFTEN)
    return [*dict.fromkeys(entry.module for entry in soon), _DIALOG]


@dataclass(frozen=True, slots=True)
class _Import:
    """Imports a module; returns its name."""

    name: str

    def __call__(self) -> str:
        importlib.import_module(self.name)
        return self.name
