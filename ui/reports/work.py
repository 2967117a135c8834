"""What the pages of reports let run off the GUI thread, from plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from desktop.clock import Clock
from desktop.jobqueue.recurrence import Schedule
from desktop.reports import inbox, opening, ordering, registry
from desktop.reports.document import Output
from models.report_inbox import ReportRow, inbox_of


class InboxRow(NamedTuple):
    """A document with the caption of its report, which may come from an extension."""

    document: ReportRow
    report: str

    @property
    def id(self) -> int:
        """The document's number."""
        return self.document.id


@dataclass(frozen=True, slots=True)
class ReadInbox:
    """The documents of a person."""

    user_id: str
    search: str
    order: str
    descending: bool

    def __call__(self) -> list[InboxRow]:
        captions = {report.name: report.caption for report in registry.all_reports()}
        rows = [
            InboxRow(row, captions.get(row.report, row.report)) for row in inbox_of(self.user_id, self.search)
        ]
        keys = {
            "document": lambda row: row.document.description.casefold(),
            "report": lambda row: row.report.casefold(),
            "output": lambda row: row.document.output,
            "size": lambda row: row.document.size,
            "created": lambda row: row.document.id,
        }
        return sorted(rows, key=keys[self.order], reverse=self.descending) if self.order else rows


@dataclass(frozen=True, slots=True)
class CopyToOpen:
    """A copy for another program; its path."""

    row: ReportRow
    user_id: str
    clock: Clock

    def __call__(self) -> Path:
        return opening.copy_to_open(self.row.id, self.user_id, self.row.file_name, clock=self.clock)


@dataclass(frozen=True, slots=True)
class SaveAs:
    """A copy where the person wants it; its path."""

    report_id: int
    user_id: str
    target: Path
    clock: Clock

    def __call__(self) -> Path:
        saved = inbox.save_copy(self.report_id, self.user_id, self.target)
        inbox.mark_read([self.report_id], self.user_id, clock=self.clock)
        return saved


@dataclass(frozen=True, slots=True)
class DeleteDocuments:
    """Documents of a person away; how many there were."""

    report_ids: Sequence[int]
    user_id: str

    def __call__(self) -> int:
        return inbox.delete(self.report_ids, self.user_id)


@dataclass(frozen=True, slots=True)
class OrderReport:
    """A report to be made; the id of its job queue entry."""

    report: str
    output: Output
    user_id: str
    clock: Clock
    parameters: dict[str, str] = field(default_factory=dict)
    description: str = ""
    start: datetime | None = None
    schedule: Schedule | None = None

    def __call__(self) -> str:
        return ordering.order(
            self.report,
            self.parameters,
            self.output,
            user_id=self.user_id,
            description=self.description,
            start=self.start,
            schedule=self.schedule,
            clock=self.clock,
        )
