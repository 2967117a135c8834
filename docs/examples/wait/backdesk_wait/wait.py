"""Codeunit 50100 Wait: waits for a while, and tells from when to when."""

from desktop.formats import evaluate, format_value
from desktop.sessions.session import Session
from models.errors import BackdeskError


class WaitParameterError(BackdeskError):
    """The parameter is no number of milliseconds."""

    code = "WaitParameter"


def run(session: Session) -> None:
    """Wait.

    Parameter: `Wait`, a whole number of milliseconds.
    Results: `started` and `finished`, moments; `waited`, the milliseconds.
    Raises:
        WaitParameterError: the parameter is missing or no such number.
    """
    try:
        wait_time = evaluate(session.get_background_parameters()["Wait"], int)
    except (KeyError, ValueError):
        raise WaitParameterError("Could not parse parameter WaitParam") from None
    started = session.clock.now()
    session.sleep(wait_time)  # ends at once when the page is closed or the time is over
    session.set_background_task_result(
        {
            "started": format_value(started),
            "waited": format_value(wait_time),
            "finished": format_value(session.clock.now()),
        }
    )
