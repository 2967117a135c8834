"""A page of settings: one column that is read at once, and read anew when its tables are written."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from desktop.tasks.task import TaskError
from models.changes import Change
from ui.framework.column_page import ColumnPage

READ: Final = "read"


class SettingsPage(ColumnPage):
    """What such pages share; a page says what it reads and shows it.

    Class attributes:
        TABLES: whose records it shows.
        UNREAD: what is said when they could not be read.
    """

    TABLES: ClassVar[frozenset[str]] = frozenset()
    UNREAD: ClassVar[str] = ""

    # ---- what a page says

    @abstractmethod
    def reader(self) -> Callable[[], Any]:
        """What reads the settings, off the GUI thread, from plain values."""

    @abstractmethod
    def show_found(self, found: Any) -> None:
        """Show what the reader has brought."""

    # ---- its life

    def on_open(self) -> None:
        self.refresh()

    def on_close(self) -> None:
        self.context.hub.forget(self)

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        if any(change.table in self.TABLES for change in changes):
            self.refresh()

    def refresh(self) -> None:
        self.context.hub.query(self, self.reader(), self._on_read, self._on_read_error, key=READ)

    def on_banner_action(self, key: str, action: str) -> None:
        if key == READ:
            self.refresh()

    def _on_read(self, found: Any) -> None:
        self.banners.remove(READ)
        self.show_found(found)

    def _on_read_error(self, error: TaskError) -> None:
        self.banners.show_banner(READ, "err", self.UNREAD, error.text, (("retry", "Retry"),))
