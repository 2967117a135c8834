"""Codeunit 113: who works, what has waited for longest and why, and what came of today's runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from desktop.formats import evaluate, format_value
from desktop.jobqueue import diagnosis
from desktop.scheduler.workers import workers_online
from desktop.sessions.session import Session
from models.job_health import oldest_waiting, run_counts


def run(session: Session) -> None:
    """Parameter: `midnight`, the first moment of the person's day.

    Results:
        workers, services: how many are online, and how many of them have no window;
        hosts: the computers they are on, one per line; slots, busy: of all of them;
        waiting, waiting_id, waiting_since, waiting_why: the job that has waited for longest, its entry, since when,
        and why; empty when none waits;
        runs_today, failed_today: runs that have ended since midnight; runs_hour: in the last 60 minutes.
    """
    now = session.clock.now()
    midnight = evaluate(session.parameters["midnight"], datetime)
    online = workers_online(clock=session.clock)
    today, hour = run_counts(midnight), run_counts(now - timedelta(hours=1))
    oldest = oldest_waiting(now)
    why = diagnosis.why(oldest.job_id, clock=session.clock) if oldest is not None else ""
    session.set_background_task_result(
        {
            "workers": format_value(len(online)),
            "services": format_value(sum(worker.kind == "worker" for worker in online)),
            "hosts": "\n".join(dict.fromkeys(worker.host for worker in online)),
            "slots": format_value(sum(worker.slots for worker in online)),
            "busy": format_value(sum(worker.busy for worker in online)),
            "waiting": oldest.description if oldest is not None else "",
            "waiting_id": oldest.job_id if oldest is not None else "",
            "waiting_since": format_value(oldest.since if oldest is not None else None),
            "waiting_why": why,
            "runs_today": format_value(today.ended),
            "failed_today": format_value(today.failed),
            "runs_hour": format_value(hour.ended),
        }
    )
