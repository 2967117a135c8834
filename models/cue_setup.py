"""The colours of cues: thresholds and styles of the program, changed by the company, changed by each person."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from models import changes
from models.database import connected, database
from models.errors import FieldError
from models.setup import CueSetup

COMPANY: Final = ""  # whose setup holds for everybody who has none
LARGEST: Final = 1_000_000_000


class CueStyle(StrEnum):
    """How a figure is meant, in Business Central's words."""

    NONE = "None"
    FAVORABLE = "Favorable"
    AMBIGUOUS = "Ambiguous"
    UNFAVORABLE = "Unfavorable"
    SUBORDINATE = "Subordinate"


class CueColours(NamedTuple):
    """The thresholds of one cue, and its style below, between and above them.

    Attributes:
        low: for figures smaller than `threshold_1`.
        middle: from `threshold_1` to `threshold_2`, both included.
        high: for figures greater than `threshold_2`.
    """

    low: CueStyle
    threshold_1: int
    middle: CueStyle
    threshold_2: int
    high: CueStyle

    def style(self, figure: int) -> CueStyle:
        """The style of a figure."""
        if figure < self.threshold_1:
            return self.low
        return self.middle if figure <= self.threshold_2 else self.high


class Source(StrEnum):
    """Where the colours of a cue come from."""

    PERSON = "person"
    COMPANY = "company"
    PROGRAM = "program"


class CueState(NamedTuple):
    """The colours that hold for a person, and all that they override.

    Attributes:
        source: whose colours hold.
        company: those for everybody: the company's own, or else the program's.
        company_changed: the company has its own.
    """

    cue: str
    colours: CueColours
    source: Source
    company: CueColours
    company_changed: bool


TASKS_FAILED, TASKS_IN_PROCESS, TASKS_IN_QUEUE = "tasks_failed", "tasks_in_process", "tasks_in_queue"
_S = CueStyle
DEFAULTS: Final[dict[str, CueColours]] = {
    TASKS_FAILED: CueColours(_S.FAVORABLE, 3, _S.UNFAVORABLE, 5, _S.UNFAVORABLE),
    TASKS_IN_PROCESS: CueColours(_S.FAVORABLE, 3, _S.AMBIGUOUS, 4, _S.UNFAVORABLE),
    TASKS_IN_QUEUE: CueColours(_S.FAVORABLE, 3, _S.AMBIGUOUS, 99, _S.UNFAVORABLE),
}
CAPTIONS: Final = {
    TASKS_FAILED: "Tasks failed",
    TASKS_IN_PROCESS: "Tasks in process",
    TASKS_IN_QUEUE: "Tasks in queue",
}


def check_colours(colours: CueColours) -> None:
    """Refuse thresholds that make no sense.

    Raises:
        FieldError: TooSmall or TooLarge for a threshold below 0 or beyond a billion; Order when the second is not
            greater than the first.
    """
    for number, threshold in enumerate((colours.threshold_1, colours.threshold_2), 1):
        if threshold < 0:
            raise FieldError(f"Threshold {number} is below 0.", "A count never is.", "TooSmall")
        if threshold > LARGEST:
            raise FieldError(f"Threshold {number} is above {LARGEST:,}.", "Enter less.", "TooLarge")
    if colours.threshold_2 <= colours.threshold_1:
        raise FieldError(
            f"Threshold 2 must be greater than threshold 1, which is {colours.threshold_1:,}.",
            f"Enter {colours.threshold_1 + 1:,} or more.",
            "Order",
        )


def cue_states(user_id: str, cues: Iterable[str] = DEFAULTS) -> dict[str, CueState]:
    """The colours of cues as they hold for a person, by the cue."""
    wanted = tuple(cues)
    marks = ", ".join("?" * len(wanted))
    rows = database.execute_sql(
        "SELECT user_id, cue, low_style, threshold_1, middle_style, threshold_2, high_style"
        f" FROM cue_setup WHERE user_id IN (?, ?) AND cue IN ({marks})",
        (user_id, COMPANY, *wanted),
    ).fetchall()
    stored = {
        (row[0], row[1]): CueColours(CueStyle(row[2]), row[3], CueStyle(row[4]), row[5], CueStyle(row[6]))
        for row in rows
    }
    states = {}
    for cue in wanted:
        company = stored.get((COMPANY, cue))
        own = stored.get((user_id, cue)) if user_id != COMPANY else None
        default = company or DEFAULTS[cue]
        source = Source.PERSON if own else Source.COMPANY if company else Source.PROGRAM
        states[cue] = CueState(cue, own or default, source, default, company is not None)
    return states


def set_colours(user_id: str, cue: str, colours: CueColours) -> None:
    """Keep the colours of a cue for a person, or with COMPANY for everybody who has none of their own.

    Raises:
        FieldError: see `check_colours`.
        KeyError: there is no such cue.
    """
    check_colours(colours)
    if cue not in DEFAULTS:
        raise KeyError(cue)
    stored = {
        "low_style": colours.low.value,
        "threshold_1": colours.threshold_1,
        "middle_style": colours.middle.value,
        "threshold_2": colours.threshold_2,
        "high_style": colours.high.value,
    }
    with connected(), database.atomic():
        where = (CueSetup.user_id == user_id, CueSetup.cue == cue)
        if not CueSetup.update(stored).where(*where).execute():
            CueSetup.insert(user_id=user_id, cue=cue, **stored).execute()
        changes.touch(CueSetup.table())


def reset_colours(user_id: str, cue: str) -> None:
    """Forget a person's colours, so that the company's hold; with COMPANY the company's, so that the program's do."""
    with connected(), database.atomic():
        if CueSetup.delete().where(CueSetup.user_id == user_id, CueSetup.cue == cue).execute():
            changes.touch(CueSetup.table())
