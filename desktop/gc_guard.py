"""Collects garbage on the GUI thread only: a collection on a worker thread would destroy widgets there."""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS: Final = 2_000
THRESHOLDS: Final = (5_000, 10, 10)  # the second and third count collections of the generation before


class GcGuard(QObject):
    """While it runs, Python collects no cycles by itself; a timer of the GUI thread does, when there is enough.

    An idle program is not woken for nothing: nothing is collected until `THRESHOLDS[0]` objects have come about.
    What is there when it starts, modules and classes above all, lives as long as the program and is looked at no
    more: to look through all of it would hold up the window for 20 to 50 ms, to look through the pages takes 2 to 4.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.check)

    def start(self) -> None:
        """Take over from Python; call it on the GUI thread."""
        self._was_enabled = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Give it back to Python as it was."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    @Slot()
    def check(self) -> int:
        """Collect the oldest generation that is due.

        Returns:
            The generation, or -1 when none was.
        """
        young, middle, old = gc.get_count()
        if young < THRESHOLDS[0]:
            return -1
        generation = 0
        if middle >= THRESHOLDS[1]:
            generation = 2 if old >= THRESHOLDS[2] else 1
        gc.collect(generation)
        return generation
