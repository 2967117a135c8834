"""What every end of a run writes, however it ended."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from desktop.scheduler.engine import Claim, ErrorInfo
from desktop.sessions import events
from desktop.sessions.events import SessionEventKind
from desktop.sessions.session import describe_error
from models import changes
from models.job_queue import JobQueueLogEntry, LogStatus

KEPT_MESSAGES: Final = 1_000  # lines of one run


def close_log(
    claim: Claim,
    status: LogStatus,
    now: datetime,
    *,
    result_text: str = "",
    error: ErrorInfo | None = None,
    messages: Sequence[str] = (),
) -> None:
    """Close the run's log entry, inside the running transaction; one that was deleted meanwhile stays deleted."""
    JobQueueLogEntry.update(
        status=status,
        ended_at=now,
        result_text=result_text,
        error_code=error.code if error else "",
        error_text=error.text if error else "",
        call_stack=error.call_stack if error else "",
        messages="\n".join(messages[-KEPT_MESSAGES:]),
    ).where(JobQueueLogEntry.id == claim.log_id).execute()
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
    return ErrorInfo(code, text, "".join(traceback.format_exception(error)))
