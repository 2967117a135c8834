"""The cues of the Role Centre as data: what computes each, how its figure reads, and what it opens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from desktop.formats import count_text, evaluate, short_amount, when_text
from desktop.jobqueue.cues import VIEWS
from models.cue_setup import CAPTIONS, TASKS_FAILED, TASKS_IN_PROCESS, TASKS_IN_QUEUE, CueStyle
from ui.framework.cue_group import Cue, Figure
from ui.widgets.cue_tile import CueTone


def _blocked(results: Mapping[str, str], _now: datetime) -> Figure:
    count = evaluate(results["count"], int)
    return Figure(count_text(count), "warn" if count else "ok")


def _open_orders(results: Mapping[str, str], _now: datetime) -> Figure:
    new = evaluate(results["this_week"], int)
    delta = (f"{count_text(new)} this week", True, True) if new else None
    return Figure(count_text(evaluate(results["count"], int)), delta=delta)


def _sales(results: Mapping[str, str], _now: datetime) -> Figure:
    curve = tuple(float(point) for point in results["curve"].split())
    return Figure(short_amount(evaluate(results["amount"], Decimal), results["currency"]), curve=curve)


def _failed_records(results: Mapping[str, str], now: datetime) -> Figure:
    count = evaluate(results["count"], int)
    if not count:
        return Figure("0", "ok")
    when = when_text(evaluate(results["newest"], datetime), now) if results["newest"] else ""
    return Figure(count_text(count), "err", f"newest {when.removeprefix('Today ')}" if when else "")


def job_figure(cue: str, results: Mapping[str, str]) -> Figure:
    """The figure of one of the job queue's cues, in the colours that the person has set up."""
    style = CueStyle(results[f"{cue}_style"])
    whose = results["whose"]
    return Figure(
        count_text(evaluate(results[cue], int)),
        TONES[style],
        NOTES.get(style, ""),
        narrowed={"owner": whose} if whose else {},
    )


def _tasks_failed(results: Mapping[str, str], _now: datetime) -> Figure:
    return job_figure(TASKS_FAILED, results)


def _tasks_in_process(results: Mapping[str, str], _now: datetime) -> Figure:
    return job_figure(TASKS_IN_PROCESS, results)


def _tasks_in_queue(results: Mapping[str, str], _now: datetime) -> Figure:
    return job_figure(TASKS_IN_QUEUE, results)


_JOBS = frozenset({"job_queue_entry", "cue_setup"})
TONES: Mapping[CueStyle, CueTone] = {
    CueStyle.NONE: "accent",
    CueStyle.FAVORABLE: "ok",
    CueStyle.AMBIGUOUS: "warn",
    CueStyle.UNFAVORABLE: "err",
    CueStyle.SUBORDINATE: "idle",
}
NOTES: Mapping[CueStyle, str] = {
    CueStyle.AMBIGUOUS: "worth a look",
    CueStyle.UNFAVORABLE: "needs attention",
}
"""Words for the tones that ask for something; the names of the styles are those of who sets cues up."""

CUES = (
    Cue(
        "Open sales orders",
        "cart",
        "open_sales_orders",
        _open_orders,
        "sales_order_list",
        frozenset({"sales_header"}),
        {"filters": {"status": "Open"}},
    ),
    Cue(
        "Sales this month",
        "money",
        "sales_this_month",
        _sales,
        "sales_order_list",
        frozenset({"sales_header", "sales_line"}),
    ),
    Cue(
        "Blocked customers",
        "prohibited",
        "blocked_customers",
        _blocked,
        "customer_list",
        frozenset({"customer"}),
        {"filters": {"blocked": "<>"}},
    ),
    Cue(
        "Failed integration records",
        "document_error",
        "failed_integration_records",
        _failed_records,
        "integration_records",
        frozenset({"import_run", "integration_record"}),
        {"status": "errors"},
    ),
    Cue(
        CAPTIONS[TASKS_FAILED],
        "error_circle",
        "job_counts",
        _tasks_failed,
        "job_queue_entries",
        _JOBS,
        {"view": VIEWS[TASKS_FAILED].value},
    ),
    Cue(
        CAPTIONS[TASKS_IN_PROCESS],
        "arrow_sync",
        "job_counts",
        _tasks_in_process,
        "job_queue_entries",
        _JOBS,
        {"view": VIEWS[TASKS_IN_PROCESS].value},
    ),
    Cue(
        CAPTIONS[TASKS_IN_QUEUE],
        "clock",
        "job_counts",
        _tasks_in_queue,
        "job_queue_entries",
        _JOBS,
        {"view": VIEWS[TASKS_IN_QUEUE].value},
    ),
)

CUE_GROUPS = (*((cue,) for cue in CUES[:4]), CUES[4:])  # what the job queue tells comes from one task
