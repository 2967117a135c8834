"""What the Task Monitor says about a session."""

from __future__ import annotations

from typing import Final

from desktop.codeunits import registry
from desktop.errors import UnknownCodeunitError
from desktop.formats import DASH, duration_text, exact_text
from desktop.tasks.monitor import ChildSessionState, EndedChildSession, Ending
from ui.jobs.wording import Progress
from ui.sessions.session_rows import RUNNING, SessionRow

UNDER_WAY: Final = (RUNNING, ChildSessionState.STOPPING.value, ChildSessionState.ABANDONED.value)
SAID: Final = {Ending.TIMEOUT: "Time-out"}
TONES: Final = {
    Ending.FAILED: "err",
    Ending.ABANDONED: "err",
    Ending.TIMEOUT: "warn",
    Ending.REFUSED: "warn",
}


def codeunit_caption(name: str) -> str:
    """What people call a codeunit; its name when it is not known."""
    try:
        return registry.find(name).caption
    except UnknownCodeunitError:
        return name


def codeunit_text(name: str) -> str:
    """A codeunit with its name: "Blocked customers · blocked_customers"; empty for none."""
    caption = codeunit_caption(name) if name else ""
    return caption if caption == name else f"{caption} · {name}"


def running_text(row: SessionRow) -> str:
    """For how long it has been running, in whole seconds; a dash while it has not begun."""
    begun = row.state in UNDER_WAY or row.running_ms > 0
    return duration_text(float(row.running_ms // 1000)) if begun else DASH


def time_left(row: SessionRow) -> Progress:
    """How long it may run yet, with a bar that fills as its time passes."""
    if not row.timeout_ms:
        return Progress("No limit", "fg3")
    if row.state != RUNNING:
        return Progress(duration_text(row.timeout_ms / 1000))
    left_ms = max(0, row.timeout_ms - row.running_ms)
    share = min(1.0, row.running_ms / row.timeout_ms)
    return Progress(f"{duration_text(float(-(-left_ms // 1000)))} left", bar=True, share=share)


def outcome_word(outcome: Ending) -> str:
    """The word on the pill."""
    return SAID.get(outcome, outcome.value)


def told(ended: EndedChildSession) -> Progress:
    """What went wrong, if anything did."""
    return Progress(ended.error, TONES.get(ended.outcome, "fg2"))


def details_of(ended: EndedChildSession) -> str:
    """What is copied for whoever has to find the cause."""
    return "\n".join(
        (
            f"Codeunit: {codeunit_text(ended.codeunit)}",
            f"Page: {ended.page or DASH}",
            f"User: {ended.user_id}",
            f"Ended: {exact_text(ended.ended_at)}",
            f"Ran for: {duration_text(ended.duration_ms / 1000)}",
        )
    )
