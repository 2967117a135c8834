"""What every end of a run writes, however it ended."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from desktop.errors import ReplacedError
from desktop.scheduler.engine import Claim, ErrorInfo
from desktop.sessions import events
from desktop.sessions.events import SessionEventKind
from desktop.sessions.session import describe_error, told_error
from models import changes, statements
from models.errors import BackdeskError, Cure
from models.fields import shown_time
from models.job_queue import JobQueueEntry, JobQueueLogEntry, LogStatus

KEPT_MESSAGES: Final = 1_000  # lines of one run

_PASSING: Final = frozenset(
    number
    for name in (
        "ENOSPC",
        "EDQUOT",
        "ENETDOWN",
        "ENETUNREACH",
        "ENETRESET",
        "EHOSTDOWN",
        "EHOSTUNREACH",
        "ESTALE",
    )
    if (number := getattr(errno, name, None)) is not None
)
"""The system's errors that pass by themselves: somebody frees the disk, the network or a share comes back."""

_WAITS: Final = (5, 15, 30, 60, 120, 300, 600, 900, 900)


def entry_of(claim: Claim) -> JobQueueEntry:
    """The entry of a claim that holds, inside the running transaction.

    Raises:
        ReplacedError: it does not exist any more.
    """
    entry = statements.get(JobQueueEntry, claim.job_id)
    if entry is None:
        raise ReplacedError
    return entry


def close_log(
    claim: Claim,
    status: LogStatus,
    now: datetime,
    *,
    result_text: str = "",
    error: ErrorInfo | None = None,
    messages: Sequence[str] = (),
    entry: JobQueueEntry | None = None,
) -> None:
    """Close the run's log entry, inside the running transaction; one that was deleted meanwhile is written anew.

    Args:
        entry: says how far the run had come.
    """
    started = shown_time(claim.started_at) if claim.started_at else now
    values = {
        "status": status,
        "ended_at": now,
        "duration_ms": max(0, round((now - started) / timedelta(milliseconds=1))),
        "result_text": result_text,
        "error_code": error.code if error else "",
        "error_text": error.text if error else "",
        "call_stack": error.call_stack if error else "",
        "exit_code": error.exit_code if error else None,
        "messages": "\n".join(messages[-KEPT_MESSAGES:]),
    }
    if entry is not None:
        values |= {
            "progress_done": entry.progress_done,
            "progress_total": entry.progress_total,
            "progress_text": entry.progress_text,
        }
    changed = statements.update(JobQueueLogEntry, claim.log_id, **values)
    if not changed and claim.job_id:
        statements.insert(
            JobQueueLogEntry,
            job_id=claim.job_id,
            task_id=claim.task_id,
            attempt=claim.attempt,
            description=claim.description,
            codeunit=claim.object_name or claim.codeunit,
            category_code=claim.category_code,
            user_id=claim.user_id,
            run_trigger=claim.trigger,
            started_at=started,
            **values,
        )
    changes.touch(JobQueueLogEntry.table(), str(claim.log_id))


def note_stop(
    claim: Claim, now: datetime, comment: str = "", event: SessionEventKind = SessionEventKind.STOP
) -> None:
    """Note, inside the running transaction, that the run's session has ended."""
    events.record(
        claim.session_id, event, at=now, user_id=claim.user_id, codeunit=claim.codeunit, comment=comment
    )


def error_info(error: BaseException) -> ErrorInfo:
    """An error as the log keeps it."""
    code, text = describe_error(error)
    return ErrorInfo(code, text, "".join(traceback.format_exception(error)), cure_of(error))


def cure_of(error: BaseException) -> Cure:
    """What lets work go well that has met this error.

    A refusal of the system to open a file is not what only a person can mend: Windows says so of a file that another
    program has open.
    """
    told = told_error(error)
    if isinstance(told, BackdeskError):
        return told.cure
    if isinstance(told, ConnectionError | TimeoutError):
        return Cure.TIME
    return Cure.TIME if isinstance(told, OSError) and told.errno in _PASSING else Cure.RETRY


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after the so-manieth error in a row that passes by itself; None when that is enough.

    The waits grow from 5 seconds to 15 minutes, nine of them: about 50 minutes together.
    """
    return timedelta(seconds=_WAITS[tries - 1]) if tries <= len(_WAITS) else None


def is_tried_again(claim: Claim, error: ErrorInfo) -> bool:
    """Whether a run has met an error that passes by itself, and has not met too many of them in a row."""
    return error.passes and wait_after(claim.tries + 1) is not None


def retry_delay(entry: JobQueueEntry, failures: int) -> timedelta:
    """How long to wait before the next try after so many failed ones: the delay, times the backoff for each, capped.

    >>> retry_delay(JobQueueEntry(retry_delay_seconds=60, retry_backoff=2, retry_cap_seconds=200), 3).seconds
    200
    """
    seconds = entry.retry_delay_seconds
    for _ in range(failures - 1):
        if seconds >= entry.retry_cap_seconds or entry.retry_backoff <= 1:
            break
        seconds *= entry.retry_backoff
    return timedelta(seconds=min(seconds, max(entry.retry_cap_seconds, entry.retry_delay_seconds)))
