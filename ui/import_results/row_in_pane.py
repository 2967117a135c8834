"""Which row stands in the pane beside the list, and when another one takes its place."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop.tasks.hub import Hub
from models.import_rows import RecordDetail
from ui.import_results.record_pane import RecordPane
from ui.import_results.work import ReadRecord

__all__ = ["RowInPane"]


class RowInPane(QObject):
    """Follows the list, but for a row that leaves its view because it is right now: the person is still at it.

    Signals:
        shown: another row, or the same with other values.
        failed: why a row could not be read, a TaskError.
    """

    shown = Signal()
    failed = Signal(object)

    def __init__(self, hub: Hub, pane: RecordPane) -> None:
        super().__init__(pane)
        self._hub, self._pane = hub, pane
        self._record_id = 0
        self._mended = False  # it was written into since it was chosen

    @property
    def detail(self) -> RecordDetail | None:
        """The row in the pane."""
        return self._pane.detail

    def close(self) -> None:
        """The page is closed: what was written is on its way to the database."""
        self._pane.save_now()
        self._hub.forget(self)

    def choose(self, record_id: int, *, by_person: bool) -> None:
        """The list is on another row; 0 for none.

        Args:
            by_person: somebody went there, in contrast to rows that come and go by themselves.
        """
        if record_id == self._record_id or (self._mended and not by_person):
            return
        self._mended = False
        self._pane.save_now()
        self._record_id = record_id
        if record_id:
            self.read()
        else:
            self._show(None)

    def on_saved(self, record_id: int) -> None:
        """A row was written into."""
        self._mended = record_id == self._record_id
        self.read()

    def follow(self) -> None:
        """The list shows other rows because somebody wants so: the pane goes with it."""
        self._mended = False

    def read(self) -> None:
        """Read the row anew."""
        if self._record_id:
            self._hub.query(self, ReadRecord(self._record_id), self._show, self._on_error, key="record")

    def _show(self, detail: RecordDetail | None) -> None:
        if detail is None or detail.id == self._record_id:
            self._pane.show_record(detail)
            self.shown.emit()

    def _on_error(self, error: object) -> None:
        self.failed.emit(error)
