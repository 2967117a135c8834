"""The outbox: what waits to be sent, what could not be sent, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desktop.clock import Clock
from desktop.formats import exact_text, when_text
from models.mail_lists import MailRow
from ui.jobs.rows_list import RowsList
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import Progress
from ui.widgets.empty_state import EmptyKind


class OutboxList(RowsList):
    """See the module's docstring."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        self._clock = clock
        super().__init__(self._columns(), "Outbox", parent)

    def show_messages(self, rows: Sequence[MailRow]) -> None:
        """Show these."""
        self.show_rows(rows)

    def describe_nothing(self) -> None:
        self.nothing.show_state(
            EmptyKind.ALL_DONE,
            "The outbox is empty.",
            detail="Who wants to be told by e-mail chooses so in My Notifications.",
            icon="mail",
        )

    def _columns(self) -> tuple[TableColumn[MailRow], ...]:
        column = TableColumn[MailRow]
        return (
            column("status", "Status", _status, Cell.PILL, 106, sortable=False),
            column("recipient", "To", _recipient, share=3, sortable=False),
            column("subject", "Subject", _subject, share=4, sortable=False, strong=True),
            column("when", "When", self._when, width=152, sortable=False, tooltip=_exact),
            column("error", "What went wrong", _error, share=4, sortable=False),
        )

    def _when(self, row: MailRow) -> Progress:
        return Progress(when_text(_moment(row), self._clock.now()))


def _moment(row: MailRow) -> datetime:
    return row.sent_at or (row.not_before if row.status == "Waiting" else row.created_at)


def _status(row: MailRow) -> Progress:
    return Progress(row.status)


def _recipient(row: MailRow) -> Progress:
    return Progress(row.recipient)


def _subject(row: MailRow) -> Progress:
    return Progress(row.subject, "fg")


def _error(row: MailRow) -> Progress:
    return Progress(row.error, "err" if row.status == "Failed" else "fg2")


def _exact(row: MailRow) -> str:
    return exact_text(row.sent_at or row.not_before)
