"""What a report says, apart from how it looks: a title, columns, and rows that come one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from desktop.formats import amount_text, count_text, date_text, exact_text

CellValue = str | int | Decimal | date | datetime | None


class Output(StrEnum):
    """What a document is."""

    PDF = "PDF"
    EXCEL = "Excel"

    @property
    def ending(self) -> str:
        """The ending of its files, with the point."""
        return ".pdf" if self is Output.PDF else ".xlsx"


class ColumnKind(StrEnum):
    """What stands in a column; it decides side and form."""

    TEXT = "Text"
    COUNT = "Count"
    AMOUNT = "Amount"  # in the company's currency, two decimals
    PERCENT = "Percent"  # 12.5 is 12.5 %
    DATE = "Date"

    @property
    def is_figure(self) -> bool:
        """Whether its values stand at the right, so that their places lie below each other."""
        return self in (ColumnKind.COUNT, ColumnKind.AMOUNT, ColumnKind.PERCENT)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table.

    Args:
        caption: its head.
        kind: what stands in it.
        share: its part of the paper's width, beside the shares of the others.
    """

    caption: str
    kind: ColumnKind = ColumnKind.TEXT
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Content:
    """What a report module hands back.

    Args:
        columns: of the table.
        rows: a value for each column; read once, so it may come straight from the database.
        row_count: how many there are, for the progress.
        unit: what they are, in the plural: "customers".
        filters: what the rows were chosen by, as caption and value.
        figures: what stands large above the table, as caption and value.
        totals: the last line of the table; empty for none.
        landscape: the paper lies.
        nothing: what stands in place of a table without rows.
        subtitle: a line below the title, e.g. the period.
    """

    columns: tuple[Column, ...]
    rows: Iterable[tuple[CellValue, ...]]
    row_count: int
    unit: str
    filters: tuple[tuple[str, str], ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    totals: tuple[CellValue, ...] = ()
    landscape: bool = False
    nothing: str = "There is nothing to show."
    subtitle: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every report.

    Args:
        company: its name.
        title: of the report.
        made_at: when, in UTC.
        user_id: for whom.
    """

    company: str
    title: str
    made_at: datetime
    user_id: str

    @property
    def made_text(self) -> str:
        """When and for whom, as people read it."""
        local = self.made_at.astimezone()
        made = f"{date_text(local.date())} {local:%H:%M}"
        return f"{made} · {self.user_id}" if self.user_id else made


def cell_text(value: CellValue, kind: ColumnKind) -> str:
    """A value as it is printed; None is an empty cell."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return exact_text(value)
    if isinstance(value, date):
        return date_text(value)
    if kind is ColumnKind.PERCENT and isinstance(value, Decimal | int):
        return f"{amount_text(Decimal(value), decimals=1)} %"
    if kind is ColumnKind.AMOUNT and isinstance(value, Decimal | int):
        return amount_text(Decimal(value))
    if kind is ColumnKind.COUNT and isinstance(value, int):
        return count_text(value)
    return str(value)
