"""What a person does with staged rows, as work for the hub's writing thread: plain values in and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from desktop.imports.integrations.definition import from_json
from desktop.imports.integrations.targets import find_target
from desktop.imports.mending import causes, repair, validation
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
from models.integration_record_lists import (
    RunShape,
    run_shape,
)
from models.post_process_lists import post_process_errors
from models.rules import FieldRule
from ui.import_results.many_rows import Started, start_these

MOST_CAUSES = 50


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
class MapValue:
    """Say what a value of the file means, and send the records that it heals through again."""

    run_id: int
    user_id: str
    target_field: str
    external_value: str
    internal_value: str

    def __call__(self) -> Started:
        healed = causes.map_to(self.run_id, self.target_field, self.external_value, self.internal_value)
        return start_these(self.run_id, self.user_id, healed.records, healed.record_ids)


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
        return start_these(self.run_id, self.user_id, healed.records, healed.record_ids)


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
        return start_these(self.run_id, self.user_id, healed.records, healed.record_ids)
