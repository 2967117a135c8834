"""A live list in which something depends on the time: it is worked out anew each second while somebody can see it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.framework.context import PageContext
from ui.jobs.live_list import LiveList
from ui.jobs.rows_model import TableColumn

TICK_MS: Final = 1_000


class TickingList(LiveList):
    """A list says in `renew_words` which of its rows change with the time."""

    def __init__(
        self,
        context: PageContext,
        columns: Sequence[TableColumn[Any]],
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, columns, name, parent)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.renew_words)

    @abstractmethod
    def renew_words(self) -> None:
        """Work out anew what depends on the time."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()
