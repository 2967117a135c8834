"""What a person asks about an import run as a whole, as work for the hub: plain values in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from desktop.codeunits import registry
from desktop.errors import UnknownCodeunitError
from desktop.imports.afterwards import post_process_jobs
from desktop.imports.afterwards.reconciliation import Reconciliation, reconcile
from desktop.imports.afterwards.undo import UndoReport, kept_report
from desktop.imports.dry_run import kept_dry_run
from desktop.imports.integrations.definition import from_json
from desktop.imports.integrations.targets import find_target
from desktop.imports.mending import repair
from desktop.imports.summary import find_run
from desktop.jobqueue import entries
from models.errors import BackdeskError
from models.import_causes import count_causes
from models.import_run_lists import RunCard, run_card
from models.integration_record import ImportRun
from models.post_process_lists import failed_runs

__all__ = ["CardShown", "CountByJob", "ReadCard", "Recount", "RetryEntries"]

CARD_CAUSES: Final = 20
COUNTED_AT_ONCE: Final = (
    20_000  # rows whose control total this process may add up while a person works in its window
)


class CardShown(NamedTuple):
    """A run as its card shows it; `card` is None when it has gone.

    `causes` is how many causes of errors there are, `groups` the most frequent of them. The texts say what the
    integration said when the file was read.
    """

    card: RunCard | None
    groups: list[repair.ErrorGroup]
    causes: int
    target: str = ""
    target_table: str = ""
    mode: str = ""
    match: str = ""
    post_codeunit: str = ""
    post_trigger: str = ""
    undo: UndoReport | None = None
    control: str = ""
    dry_run: str = ""


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Read everything about a run."""

    run_id: int

    def __call__(self) -> CardShown:
        card = run_card(self.run_id)
        if card is None:
            return CardShown(None, [], 0)
        groups = repair.error_groups(self.run_id, CARD_CAUSES) if card.row.errors else []
        definition = from_json(card.definition)
        target = find_target(definition.target_table)
        record = target.record if target is not None else None
        captions = {rule.name: rule.caption for rule in record.RULES} if record is not None else {}
        match = " and ".join(captions.get(name, name) for name in definition.match_fields)
        return CardShown(
            card,
            groups,
            len(groups) if len(groups) < CARD_CAUSES else count_causes(self.run_id),
            record.CAPTION_PLURAL if record is not None else definition.target_table,
            definition.target_table,
            definition.execution_mode,
            f"{match}: {definition.match_mode}" if match else definition.match_mode,
            _codeunit_text(definition.post_processing_codeunit),
            definition.post_processing_trigger,
            kept_report(self.run_id) if card.undo else None,
            next((each.caption for each in definition.fields if each.path == card.control_field), ""),
            _dry_run_text(self.run_id) if card.dry_run else "",
        )


@dataclass(frozen=True, slots=True)
class Recount:
    """Count a run once more; None where that is left to a job, because a control total over many rows takes long."""

    run_id: int

    def __call__(self) -> Reconciliation | None:
        run = find_run(self.run_id)
        return reconcile(self.run_id) if not run.control_field or run.rows <= COUNTED_AT_ONCE else None


@dataclass(frozen=True, slots=True)
class CountByJob:
    """Let a job count a run once more; returns its id."""

    run_id: int
    user_id: str

    def __call__(self) -> str:
        return entries.create_entry(
            f"Count the import of {find_run(self.run_id).file_name}",
            "reconcile_import",
            user_id=self.user_id,
            record_table=ImportRun.table(),
            record_id=str(self.run_id),
        )


def _dry_run_text(run_id: int) -> str:
    found = kept_dry_run(run_id)
    return found.text if found is not None else ""


def _codeunit_text(name: str) -> str:
    if not name:
        return ""
    try:
        found = registry.find(name)
    except UnknownCodeunitError:
        return f"{name} (not known to this version)"
    return f"Codeunit {found.number} {found.caption}"


@dataclass(frozen=True, slots=True)
class RetryEntries:
    """Let jobs take post-process entries that failed once more, a job for each import.

    Args:
        entries: pairs of the run and the entry; without entries all of `run_id` that failed, and without a run those
            of every import.
    """

    user_id: str
    entries: Sequence[tuple[int, int]] = ()
    run_id: int = 0

    def __call__(self) -> int:
        """Returns how many jobs were started; an import whose entries cannot be taken now does not keep the others.

        Raises:
            BackdeskError: as `post_process_jobs.retry`, where no job was started.
        """
        by_run: dict[int, list[int]] = {}
        for run_id, entry_id in self.entries:
            by_run.setdefault(run_id, []).append(entry_id)
        all_of = () if self.entries else ((self.run_id,) if self.run_id else failed_runs())
        started, refusal = 0, None
        for run_id in (*by_run, *all_of):
            try:
                post_process_jobs.retry(run_id, self.user_id, by_run.get(run_id))
                started += 1
            except BackdeskError as error:
                refusal = refusal or error
        if refusal is not None and not started:
            raise refusal
        return started
