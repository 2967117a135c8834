"""What a bar says: its look by its state, its words, and all that is known of its runs when it is pointed at."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final, NamedTuple

from desktop.formats import count_text, duration_text, time_text, when_text
from desktop.jobqueue.run_calendar import CalendarRuns
from models.job_calendar import Run, RunState
from ui.job_schedule.blocks import FAILED, Block
from ui.job_schedule.period import local_day

LATE_SECONDS: Final = 5.0  # a start that is so much later than planned is worth a word
TEXT_LENGTH: Final = 160
LINES: Final = 6


class StateLook(NamedTuple):
    """How bars of a state are painted.

    Args:
        fill, edge, ink: tokens of the area, its edge and the words on it.
        icon: its drawing.
        dashed: the edge is a dashed line all around, as of something that is not yet.
        solid: the token of a bar that is too small for anything else.
    """

    fill: str
    edge: str
    ink: str
    icon: str
    dashed: bool
    solid: str


LOOKS: Final[dict[RunState, StateLook]] = {
    RunState.SUCCESS: StateLook("ok_bg", "ok", "ok", "checkmark_circle", False, "ok"),
    RunState.ERROR: StateLook("err", "err", "surface", "error_circle", False, "err"),
    RunState.INTERRUPTED: StateLook("err_bg", "err", "err", "plug_disconnected", False, "err"),
    RunState.CANCELLED: StateLook("idle_bg", "fg3", "idle", "prohibited", False, "fg3"),
    RunState.RUNNING: StateLook("info_bg", "info", "info", "arrow_sync", False, "info"),
    RunState.WAITING: StateLook("warn_bg", "warn", "warn", "hourglass", True, "warn"),
    RunState.PLANNED: StateLook("surface", "border_input", "fg2", "calendar_clock", True, "border_input"),
}
LEGEND: Final = tuple(LOOKS)


def bar_text(block: Block) -> str:
    """The words on a bar."""
    first = block.runs[0]
    if len(block.runs) == 1:
        return first.name
    number = count_text(len(block.runs))
    failed = block.failed
    if block.job_id:
        words = f"{first.name} × {number}"
        return f"{words} · {count_text(failed)} failed" if failed else words
    names = ", ".join(name for name, _ in Counter(run.name for run in block.runs).most_common(LINES))
    counted = f"{number} runs, {count_text(failed)} failed" if failed else f"{number} runs"
    return f"{counted} · {names}"


def duration_words(block: Block) -> str:
    """The words on a bar beside the name of its job: how long it took, or how many runs it stands for."""
    if len(block.runs) > 1:
        failed = block.failed
        return f"× {count_text(len(block.runs))}" + (f", {count_text(failed)} failed" if failed else "")
    run = block.runs[0]
    return duration_text(run.end - run.start)


def state_text(run: Run) -> str:
    """How a run stands, with its attempt where that is not the first."""
    again = f", attempt {run.attempt}" if run.attempt > 1 else ""
    return f"{run.state.value}{again}"


def tooltip_of(block: Block, now: datetime) -> str:
    """All that a person wants to know of a bar, one thing per line."""
    if len(block.runs) == 1:
        return "\n".join(run_lines(block.runs[0], now))
    runs = block.runs
    states = Counter(run.state for run in runs)
    said = ", ".join(
        f"{count_text(states[state])} {state.value.lower()}" for state in LEGEND if states[state]
    )
    names = Counter(run.name for run in runs).most_common()
    lines = [
        f"{count_text(len(runs))} runs, {stretch_text(runs[0].start, max(run.end for run in runs), now)}"
    ]
    lines.append(said)
    lines += [f"{name} × {count_text(number)}" for name, number in names[:LINES]]
    if len(names) > LINES:
        lines.append(f"and {count_text(len(names) - LINES)} more jobs")
    return "\n".join(lines)


def run_lines(run: Run, now: datetime) -> list[str]:
    """What is known of one run."""
    lines = [run.name, state_text(run)]
    if run.state in (RunState.PLANNED, RunState.WAITING):
        lines.append(f"Planned for {_begun(when_text(run.start, now))}")
        if run.seconds is not None:
            lines.append(f"Usually takes {duration_text(run.seconds)}")
    elif run.state is RunState.RUNNING:
        since = f"Since {_begun(when_text(run.start, now))}"
        lines.append(f"{since}, for {duration_text(now - run.start)}")
    else:
        took = duration_text(run.seconds if run.seconds is not None else run.end - run.start)
        lines.append(f"{stretch_text(run.start, run.end, now)}, {took}")
    if run.planned_at is not None and run.attempt:
        late = (run.start - run.planned_at).total_seconds()
        if late >= LATE_SECONDS:
            lines.append(f"Planned for {time_text(run.planned_at)}, started {duration_text(late)} later")
    if run.category:
        lines.append(f"Category {run.category}")
    if run.text:
        lines.append(run.text if len(run.text) <= TEXT_LENGTH else f"{run.text[:TEXT_LENGTH].rstrip()}…")
    return lines


def stretch_text(start: datetime, end: datetime, now: datetime) -> str:
    """From when to when: "Today 02:00 – 02:14", with the day of the end where that is another."""
    same = local_day(start) == local_day(end)
    return f"{when_text(start, now)} – {time_text(end) if same else _begun(when_text(end, now))}"


def spoken(block: Block, now: datetime) -> str:
    """A bar for screen readers."""
    return tooltip_of(block, now).replace("\n", ". ")


def summary_of(runs: list[Run]) -> str:
    """All bars in a few words."""
    if not runs:
        return "No runs."
    states = Counter(run.state for run in runs)
    said = ", ".join(
        f"{count_text(states[state])} {state.value.lower()}" for state in LEGEND if states[state]
    )
    return f"{count_text(len(runs))} {'run' if len(runs) == 1 else 'runs'}: {said}."


def failures_in(runs: list[Run]) -> int:
    """How many of the runs failed."""
    return sum(run.state in FAILED for run in runs)


def _begun(words: str) -> str:
    """Words inside a sentence: "today 02:00"."""
    return f"{words[0].lower()}{words[1:]}" if words[:5] in ("Today", "Yeste", "Tomor") else words


def count_words(found: CalendarRuns) -> str:
    """How many runs there are, and how many of them have failed."""
    number, failed = len(found.runs), failures_in(found.runs)
    words = "1 run" if number == 1 else f"{count_text(number)} runs"
    more = " and more; narrow it to a category or job" if found.cut else ""
    return words + more + (f", {count_text(failed)} failed" if failed else "")


def no_run_words(where: str, job: str) -> str:
    """Why nothing is shown there, of one job or, where it is empty, of any."""
    what = f"of “{job}” " if job else ""
    return f"No run {what}{where}, neither past nor planned"
