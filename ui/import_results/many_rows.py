"""What a person does with many staged rows: process, retry, leave out and take in, as work for the writing thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from desktop.imports.mending import causes, repair
from desktop.imports.service import start_processing
from models.errors import BackdeskError
from models.import_rows import import_run
from models.integration_record_lists import Cause, corrected, ready_among, with_errors, with_status
from ui.import_results.chosen_rows import Chosen, ChosenRows

__all__ = ["Exclude", "ExcludeCause", "Include", "Process", "Retry", "Started", "start_these"]

MOST_NAMED: Final = 50_000  # records that a job is told one by one
_UNDER_WAY: Final = "UnderWay"


class Started(NamedTuple):
    """What came of it.

    Args:
        records: how many are processed now, or were left out or taken in.
        job_id: the job that does it; empty where one is at it already, or where other records are ready that
            nobody has asked for.
    """

    records: int
    job_id: str


@dataclass(frozen=True, slots=True)
class Process:
    """Process records: those that have errors or were left out are made ready first.

    Args:
        chosen: which; None for all that are ready.
    """

    run_id: int
    user_id: str
    chosen: Chosen | None = None

    def __call__(self) -> Started:
        if self.chosen is None:
            return self._all_ready()
        if not isinstance(self.chosen, ChosenRows):
            return self._these(self.chosen)
        if not self.chosen.is_whole:
            return self._these(self.chosen.ids())
        return self._whole(self.chosen)

    def _all_ready(self) -> Started:
        run = import_run(self.run_id)
        return Started(run.ready if run is not None else 0, start_processing(self.run_id, self.user_id))

    def _these(self, record_ids: Sequence[int]) -> Started:
        repair.include(record_ids)
        repair.retry(self.run_id, record_ids)
        ready = ready_among(record_ids)
        return Started(len(ready), _start(self.run_id, self.user_id, ready) if ready else "")

    def _whole(self, chosen: ChosenRows) -> Started:
        """Go by what the rows of the view have in common: to name a million of them would take minutes."""
        if chosen.view == "errors":
            return Retry(self.run_id, self.user_id, chosen.cause)()
        if chosen.view == "excluded":
            return self._left_out(chosen.ids())
        if chosen.view == "all":
            repair.include_all(self.run_id)
            repair.retry(self.run_id)
        run = import_run(self.run_id)
        ready = run.ready if run is not None and chosen.view in ("all", "ready") else 0
        return Started(ready, _start(self.run_id, self.user_id, None) if ready else "")

    def _left_out(self, record_ids: Sequence[int]) -> Started:
        run = import_run(self.run_id)
        others = run is not None and run.ready > 0
        if others and len(record_ids) <= MOST_NAMED:
            return self._these(record_ids)
        count = repair.include_all(self.run_id)
        return Started(count, _start(self.run_id, self.user_id, None) if count and not others else "")


@dataclass(frozen=True, slots=True)
class Retry:
    """Send records with errors through again: all of them, or those of one cause.

    With all of them go the rows that were corrected since: a person who mends a row and chooses Retry errors means
    that row as well. Others that are ready stay, because nobody has asked for them.
    """

    run_id: int
    user_id: str
    cause: Cause | None = None

    def __call__(self) -> Started:
        if self.cause is not None:
            field, code, value = self.cause
            ids = repair.records_with(self.run_id, field, value, code)
            return start_these(self.run_id, self.user_id, repair.retry(self.run_id, ids) if ids else 0, ids)
        before = import_run(self.run_id)
        if before is not None and before.ready and before.errors <= MOST_NAMED:
            ids = with_errors(self.run_id)
            mended = corrected(self.run_id) if before.ready <= MOST_NAMED else []
            count = repair.retry(self.run_id, ids) + len(mended)
            return start_these(self.run_id, self.user_id, count, ids + mended)
        count = repair.retry(self.run_id)
        if not count or before is None or (before.ready and not before.job_under_way):
            return Started(count, "")
        return Started(count, _start(self.run_id, self.user_id, None))


@dataclass(frozen=True, slots=True)
class ExcludeCause:
    """Leave all records of a cause out."""

    run_id: int
    cause: Cause

    def __call__(self) -> tuple[Started, list[int]]:
        """Returns how many were left out, and which, so that they can be taken in again."""
        field, code, value = self.cause
        healed = causes.exclude(self.run_id, field, code, value)
        return Started(healed.records, ""), healed.record_ids


@dataclass(frozen=True, slots=True)
class Exclude:
    """Leave rows out."""

    run_id: int
    chosen: Chosen

    def __call__(self) -> tuple[Started, list[int]]:
        """Returns how many were left out, and which, so that they can be taken in again."""
        if not isinstance(self.chosen, ChosenRows):
            return Started(repair.exclude(self.chosen), ""), self.chosen
        if not self.chosen.is_whole:
            ids = self.chosen.ids()
            return Started(repair.exclude(ids), ""), ids
        if self.chosen.cause is not None:
            return ExcludeCause(self.run_id, self.chosen.cause)()
        statuses = self.chosen.statuses_to_exclude()
        ids = [record_id for status in statuses for record_id in with_status(self.run_id, status)]
        return Started(repair.exclude_all(self.run_id, statuses), ""), ids


@dataclass(frozen=True, slots=True)
class Include:
    """Take rows in again."""

    run_id: int
    chosen: Chosen

    def __call__(self) -> Started:
        if not isinstance(self.chosen, ChosenRows):
            return Started(repair.include(self.chosen), "")
        if self.chosen.is_whole:
            return Started(repair.include_all(self.run_id), "")
        return Started(repair.include(self.chosen.ids()), "")


def start_these(run_id: int, user_id: str, count: int, record_ids: Sequence[int]) -> Started:
    """Process just these records, whatever else of the run is ready; a job that is under way takes them by itself, or
    is followed by another one."""
    return Started(count, _start(run_id, user_id, record_ids) if count else "")


def _start(run_id: int, user_id: str, record_ids: Sequence[int] | None) -> str:
    try:
        return start_processing(run_id, user_id, record_ids=record_ids, following=True)
    except BackdeskError as error:
        if error.code == _UNDER_WAY:
            return ""
        raise
