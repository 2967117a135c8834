"""The documents of a person: what nobody has opened yet is bold and says so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.formats import exact_text, when_text
from models.reports import ReportInbox
from ui.framework.context import PageContext
from ui.jobs.live_list import LiveList
from ui.jobs.rows_model import TableColumn
from ui.jobs.wording import Progress
from ui.reports.work import InboxRow, ReadInbox
from ui.widgets.empty_state import EmptyKind

_KB = 1_000


class InboxList(LiveList):
    """The Report Inbox of who works here.

    Signals:
        order_requested: there is no document, and the person wants to make one.
    """

    PLURAL = "documents"
    TABLES = frozenset({ReportInbox.table(), EVERYTHING})

    order_requested = Signal()

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, self._columns(), "Documents", parent)

    def reader(self) -> Callable[[], list[InboxRow]]:
        return ReadInbox(self.context.user_id, self.search, self.order, self.descending)

    def describe_nothing(self) -> None:
        self.nothing.show_state(
            EmptyKind.FIRST_USE,
            "Your Report Inbox is empty",
            detail="A report that you run or schedule comes here as a PDF or an Excel workbook.",
            action="Choose a report",
            icon="receipt",
        )

    def on_nothing_action(self) -> None:
        if self.nothing.kind is EmptyKind.FIRST_USE:
            self.order_requested.emit()
        else:
            super().on_nothing_action()

    def _columns(self) -> tuple[TableColumn[InboxRow], ...]:
        column = TableColumn[InboxRow]
        return (
            column("document", "Document", _document, share=5, tooltip=_file_name),
            column("report", "Report", _report, share=3, from_width=700),
            column("state", "State", _state, width=96, sortable=False),
            column("output", "Output", _output, width=90),
            column("size", "Size", _size, width=96, from_width=560),
            column("created", "Made", self._made, width=168, tooltip=_exactly),
        )

    def _made(self, row: InboxRow) -> Progress:
        return _told(row, when_text(row.document.created_at, self.context.clock.now()))


def _told(row: InboxRow, text: str, tone: str = "fg2") -> Progress:
    return Progress(text, tone, strong=not row.document.is_read)


def _document(row: InboxRow) -> Progress:
    return _told(row, row.document.description, "fg")


def _file_name(row: InboxRow) -> str:
    return row.document.file_name


def _report(row: InboxRow) -> Progress:
    return _told(row, row.report)


def _state(row: InboxRow) -> Progress:
    return Progress("Opened", "fg3") if row.document.is_read else Progress("New", "accent_text", strong=True)


def _output(row: InboxRow) -> Progress:
    return _told(row, row.document.output)


def _size(row: InboxRow) -> Progress:
    return _told(row, size_text(row.document.size))


def _exactly(row: InboxRow) -> str:
    return exact_text(row.document.created_at)


def size_text(size: int) -> str:
    """So many bytes, as people read them: 312 KB, 4.2 MB."""
    if size < _KB * _KB:
        return f"{max(1, round(size / _KB)):,} KB"
    return f"{size / _KB / _KB:,.1f} MB"
