"""What a person does with staged rows, as work for the hub's writing thread: plain values in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from desktop.imports.integrations.definition import from_json
from desktop.imports.integrations.targets import find_target
from desktop.imports.mending import causes, repair, validation
from desktop.imports.service import start_processing
from models.errors import BackdeskError
from models.import_causes import count_causes
from models.import_rows import (
    ImportRunRow,
    RecordDetail,
    import_run,
    import_runs,
    newest_run_id,
    record_detail,
)
from models.integration_record import ImportRun, RecordStatus, RunState
from models.integration_record_lists import Cause, RunShape, corrected, ready_among, run_shape, with_errors
from models.post_process_lists import post_process_errors
from models.rules import FieldRule

MOST_CAUSES = 50
MOST_NAMED = 50_000  # records that a job is told one by one
_UNDER_WAY = "UnderWay"


class Started(NamedTuple):
    """What came of it.

    Args:
        records: how many are processed now, or were left out or taken in.
        job_id: the job that does it; empty where one is at it already, or where other records are ready that
            nobody has asked for.
    """

    records: int
    job_id: str


class Shown(NamedTuple):
    """A run as the page shows it, and the newest runs to choose from; `shape` is None where it is known already.

    `post_errors` counts the records that could not be post-processed.
    """

    run: ImportRunRow | None
    shape: RunShape | None
    runs: list[ImportRunRow]
    post_errors: int


@dataclass(frozen=True, slots=True)
class ReadRun:
    """Read a run; None for the newest, of one integration where that is named.

    Args:
        known: the run whose shape the page has.
    """

    run_id: int | None
    integration: str = ""
    with_errors: bool = False
    known: int = 0

    def __call__(self) -> Shown:
        run_id = self.run_id
        if run_id is None:
            run_id = newest_run_id(integration=self.integration, with_errors=self.with_errors)
        run = import_run(run_id) if run_id is not None else None
        shape = _shape_of(run) if run is not None and run.id != self.known else None
        return Shown(run, shape, import_runs(), post_process_errors(run.id) if run is not None else 0)


def _shape_of(run: ImportRunRow) -> RunShape:
    parent_field = ""
    if run.documents:
        found = ImportRun.select(ImportRun.definition).where(ImportRun.id == run.id).scalar()
        target = find_target(from_json(found).target_table) if found else None
        parent_field = target.parent_field if target is not None else ""
    return run_shape(run.id, parent_field)


class Causes(NamedTuple):
    """The most frequent causes of errors of a run, how many there are, and the table that it fills.

    `mendable` is False where the import was undone, so that nothing can be done about them any more.
    """

    run_id: int
    target_table: str
    groups: list[repair.ErrorGroup]
    total: int
    mendable: bool = True


@dataclass(frozen=True, slots=True)
class ReadCauses:
    """Read why records of a run have errors."""

    run_id: int

    def __call__(self) -> Causes:
        run = ImportRun.get_or_none(ImportRun.id == self.run_id)
        if run is None:
            return Causes(self.run_id, "", [], 0)
        groups = repair.error_groups(self.run_id, MOST_CAUSES)
        total = len(groups) if len(groups) < MOST_CAUSES else count_causes(self.run_id)
        mendable = run.state not in (RunState.UNDOING, RunState.UNDONE)
        return Causes(self.run_id, from_json(run.definition).target_table, groups, total, mendable)


def rule_of(target_table: str, group: repair.ErrorGroup) -> FieldRule:
    """The rule of the field of a cause; a text where the field has gone."""
    level, _, name = group.target_field.rpartition(".")
    target = find_target(target_table)
    try:
        if target is not None:
            return target.rule(name, int(level or 0))
    except KeyError:
        pass
    return FieldRule(name, group.caption or group.source_column)


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """Read one staged row."""

    record_id: int

    def __call__(self) -> RecordDetail | None:
        return record_detail(self.record_id)


class Saved(NamedTuple):
    """A row after it was written into and looked at again.

    Args:
        healed: it had an error, and has none any more.
    """

    record_id: int
    line_no: int
    healed: bool


@dataclass(frozen=True, slots=True)
class SaveCells:
    """Keep what a person has written into a row, and say at once whether it is right now."""

    record_id: int
    cells: list[str] = field(default_factory=list)

    def __call__(self) -> Saved:
        return _saved(self.record_id, lambda _detail: repair.edit_record(self.record_id, self.cells))


@dataclass(frozen=True, slots=True)
class SaveCell:
    """The same for one cell of a row."""

    record_id: int
    place: int
    text: str

    def __call__(self) -> Saved:
        return _saved(self.record_id, self._write)

    def _write(self, detail: RecordDetail) -> None:
        width = max(len(detail.cells), len(detail.header))
        cells = [*detail.cells, *[""] * (width - len(detail.cells))]
        cells[self.place] = self.text
        repair.edit_record(self.record_id, cells)


@dataclass(frozen=True, slots=True)
class JoinCells:
    """Join a cell with the next one."""

    record_id: int
    index: int

    def __call__(self) -> Saved:
        return _saved(self.record_id, lambda _detail: repair.merge_cells(self.record_id, self.index))


def _saved(record_id: int, write: Callable[[RecordDetail], object]) -> Saved:
    before = record_detail(record_id)
    if before is None:
        return Saved(record_id, 0, healed=False)
    write(before)
    validation.validate(record_id)
    after = record_detail(record_id)
    at_fault = before.status is RecordStatus.ERROR
    return Saved(
        record_id,
        before.line_no,
        healed=at_fault and after is not None and after.status is RecordStatus.READY,
    )


@dataclass(frozen=True, slots=True)
class Process:
    """Process records: those that have errors are made ready first.

    Args:
        record_ids: which; None for all that are ready.
    """

    run_id: int
    user_id: str
    record_ids: Sequence[int] | None = None

    def __call__(self) -> Started:
        if self.record_ids is None:
            run = import_run(self.run_id)
            return Started(run.ready if run is not None else 0, start_processing(self.run_id, self.user_id))
        repair.include(self.record_ids)
        repair.retry(self.run_id, self.record_ids)
        ready = ready_among(self.record_ids)
        return Started(len(ready), _start(self.run_id, self.user_id, ready) if ready else "")


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
            return _start_these(self.run_id, self.user_id, repair.retry(self.run_id, ids) if ids else 0, ids)
        before = import_run(self.run_id)
        if before is not None and before.ready and before.errors <= MOST_NAMED:
            ids = with_errors(self.run_id)
            mended = corrected(self.run_id) if before.ready <= MOST_NAMED else []
            count = repair.retry(self.run_id, ids) + len(mended)
            return _start_these(self.run_id, self.user_id, count, ids + mended)
        count = repair.retry(self.run_id)
        if not count or before is None or (before.ready and not before.job_under_way):
            return Started(count, "")
        return Started(count, _start(self.run_id, self.user_id, None))


@dataclass(frozen=True, slots=True)
class MapValue:
    """Say what a value of the file means, and send the records that it heals through again."""

    run_id: int
    user_id: str
    target_field: str
    external_value: str
    internal_value: str

    def __call__(self) -> Started:
        healed = causes.map_to(self.run_id, self.target_field, self.external_value, self.internal_value)
        return _start_these(self.run_id, self.user_id, healed.records, healed.record_ids)


@dataclass(frozen=True, slots=True)
class ReadNew:
    """Read what is known of the look-up record that a value names."""

    run_id: int
    target_field: str
    value: str

    def __call__(self) -> dict[str, Any]:
        return causes.values_of_new(self.run_id, self.target_field, self.value)


@dataclass(frozen=True, slots=True)
class CreateIt:
    """Create the look-up record that a value names, and send the records that waited for it through again."""

    run_id: int
    user_id: str
    target_field: str
    value: str
    values: dict[str, Any]

    def __call__(self) -> Started:
        healed = causes.create_it(self.run_id, self.target_field, self.value, self.values)
        return _start_these(self.run_id, self.user_id, healed.records, healed.record_ids)


@dataclass(frozen=True, slots=True)
class Correct:
    """Write one text into the cells of all records of a cause, and send them through again."""

    run_id: int
    user_id: str
    target_field: str
    code: str
    value: str
    text: str

    def __call__(self) -> Started:
        healed = causes.correct_all(self.run_id, self.target_field, self.code, self.value, self.text)
        return _start_these(self.run_id, self.user_id, healed.records, healed.record_ids)


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

    record_ids: Sequence[int]

    def __call__(self) -> Started:
        return Started(repair.exclude(self.record_ids), "")


@dataclass(frozen=True, slots=True)
class Include:
    """Take rows in again."""

    record_ids: Sequence[int]

    def __call__(self) -> Started:
        return Started(repair.include(self.record_ids), "")


def _start_these(run_id: int, user_id: str, count: int, record_ids: Sequence[int]) -> Started:
    """Process just these records, whatever else of the run is ready; one that is under way takes them by itself."""
    return Started(count, _start(run_id, user_id, record_ids) if count else "")


def _start(run_id: int, user_id: str, record_ids: Sequence[int] | None) -> str:
    try:
        return start_processing(run_id, user_id, record_ids=record_ids)
    except BackdeskError as error:
        if error.code == _UNDER_WAY:
            return ""
        raise
