"""What a person is asked who closes the window while something still runs."""

from __future__ import annotations

from desktop.formats import counted

_JOBS = "what is done already is kept, and the rest goes on when Backdesk starts again."


def closing_words(jobs: int, sessions: int) -> tuple[str, str]:
    """The title and text of the question.

    Args:
        jobs: that run now; they go on at the next start.
        sessions: background sessions that run or wait; they end with Backdesk.
    """
    parts = [counted(jobs, "job")] if jobs else []
    parts += [counted(sessions, "background session")] if sessions else []
    title = f"{' and '.join(parts)} {'is' if jobs + sessions == 1 else 'are'} still running"
    if not sessions:
        return title, f"If you stop now, {_JOBS}"
    of_sessions = "A background session ends with Backdesk: what it has saved is kept, the rest is not done."
    return title, f"{of_sessions} Of jobs, {_JOBS}" if jobs else of_sessions
