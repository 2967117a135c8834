"""Codeunit 104: how many jobs have failed, run, and wait, each with the style that the person has set up for it."""

from __future__ import annotations

from desktop.formats import format_value
from desktop.jobqueue.cues import cue_counts, whose_jobs
from desktop.sessions.session import Session
from models.cue_setup import cue_states


def run(session: Session) -> None:
    """Results, by cue: `tasks_failed`, `tasks_in_process` (with those being cancelled), `tasks_in_queue`.

    Also the style of each, e.g. `tasks_failed_style`, and `whose`: "" when everybody's jobs are counted.
    """
    counts = cue_counts(session.user_id)
    states = cue_states(session.user_id)
    results = {"whose": whose_jobs(session.user_id)}
    for cue, count in counts.items():
        results[cue] = format_value(count)
        results[f"{cue}_style"] = states[cue].colours.style(count).value
    session.set_background_task_result(results)
