"""The Report Inbox: documents are put in by runs, and read, saved and deleted by the person they are for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.reports.document import Output
from desktop.reports.registry import Report
from models import changes, report_inbox
from models.database import connected, database
from models.enforcement import as_system
from models.errors import BackdeskError
from models.reports import ReportInbox

LARGEST_DOCUMENT: Final = 900_000_000  # bytes; the database takes no value of more than 1,000,000,000
_NOT_IN_NAMES: Final = re.compile(r"[^\w\-. ()]+")
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def file_name_of(report: Report, output: Output, made_at: datetime) -> str:
    """The name of a new document's file, which every system takes: "Customer List 2026-11-21 0945.pdf"."""
    return safe_file_name(f"{report.caption} {made_at.astimezone():%Y-%m-%d %H%M}{output.ending}")


def safe_file_name(name: str) -> str:
    """A name that is one file on every system, whatever stands in the given one: no folder, sign or device."""
    safe = _NOT_IN_NAMES.sub("_", name).strip(" .")[-120:] or "Report"
    return f"_{safe}" if _DEVICES.match(safe) else safe


@as_system()
def put(
    path: Path,
    *,
    user_id: str,
    report: Report,
    description: str,
    output: Output,
    job_id: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Put a document into somebody's inbox, in the caller's transaction or in one of its own.

    Args:
        path: the document's file; it is read piece by piece.
    Returns:
        The number of its row.
    Raises:
        BackdeskError: with code TooLarge.
    """
    size = path.stat().st_size
    if size > LARGEST_DOCUMENT:
        raise BackdeskError(
            f"The document has {size // 1_000_000:,} MB, more than the Report Inbox takes.",
            "Choose fewer rows with the report's filters, or Excel in place of PDF.",
            "TooLarge",
        )
    now = clock.now()
    with connected(), database.atomic():
        row = ReportInbox(
            user_id=user_id,
            report=report.name,
            description=description or report.caption,
            output=output,
            file_name=file_name_of(report, output, now),
            size=size,
            job_id=job_id,
            created_at=now,
        )
        row.save(force_insert=True)
        report_inbox.write_content(row.id, path, size)
    return int(row.id)


def exists(report_id: int) -> bool:
    """Whether the document is there still."""
    with connected(), as_system():
        return bool(ReportInbox.select().where(ReportInbox.id == report_id).exists())


@as_system()
def save_copy(report_id: int, user_id: str, target: Path) -> Path:
    """Write a document of this person's to a file; one that is there is replaced when the new one is complete.

    Raises:
        BackdeskError: with code NotFound when it is not in the inbox any more, or CannotWrite.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        with connected():
            _own(report_id, user_id)
            report_inbox.read_content(report_id, part)
        part.replace(target)
    except OSError as error:
        raise BackdeskError(
            f"“{target.name}” cannot be written: {error.strerror or error}.",
            "Close it if another program has it open, or choose another folder.",
            "CannotWrite",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return target


@as_system()
def mark_read(report_ids: Iterable[int], user_id: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """This person has opened these documents of theirs."""
    with connected(), database.atomic():
        for report_id in report_ids:
            changed = (
                ReportInbox.update(read_at=clock.now())
                .where(
                    ReportInbox.id == report_id, ReportInbox.user_id == user_id, ReportInbox.read_at.is_null()
                )
                .execute()
            )
            if changed:
                changes.touch(ReportInbox.table(), str(report_id))


@as_system()
def delete(report_ids: Iterable[int], user_id: str) -> int:
    """Delete documents of this person's; how many there were."""
    deleted = 0
    with connected(), database.atomic():
        for report_id in report_ids:
            gone = (
                ReportInbox.delete()
                .where(ReportInbox.id == report_id, ReportInbox.user_id == user_id)
                .execute()
            )
            if gone:
                deleted += gone
                changes.touch(ReportInbox.table(), str(report_id))
    return deleted


def _own(report_id: int, user_id: str) -> ReportInbox:
    row: ReportInbox | None = ReportInbox.get_or_none(
        ReportInbox.id == report_id, ReportInbox.user_id == user_id
    )
    if row is None:
        raise BackdeskError(
            "The document is not in your Report Inbox any more.",
            "Run the report again.",
            "NotFound",
        )
    return row
