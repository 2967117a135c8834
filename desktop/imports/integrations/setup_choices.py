"""What there is to choose from while an integration is set up."""

from __future__ import annotations

from typing import Final, NamedTuple

from desktop.codeunits.registry import all_codeunits
from desktop.imports import watch_jobs
from desktop.imports.integrations.definition import LINE
from desktop.imports.integrations.mapped_fields import field_path, level_caption
from desktop.imports.integrations.targets import all_targets, find_target
from desktop.jobqueue.planning import schedule_of
from models.database import connected
from models.job_queue import EntryStatus, JobQueueCategory
from models.rules import Kind

_NUMBERS: Final = (Kind.DECIMAL, Kind.INTEGER)
_NOT_AFTER_IMPORTS: Final = (
    "process_import",
    "watch_folder",
    "post_process_import",
    "undo_import",
    "reconcile_import",
    "send_mail",
    "clean_up",
)
Choice = tuple[str, str]


class Choices(NamedTuple):
    """Pairs of what is stored and what people read."""

    codeunits: tuple[Choice, ...]
    categories: tuple[Choice, ...]


class Watching(NamedTuple):
    """How the folder of an integration is watched.

    Attributes:
        job_id: of the job queue entry; empty where there has been none.
        active: files are taken by themselves now.
        on_hold: the job is there, but a person has held it back.
        minutes: between two looks; 0 where the job's schedule knows no such span.
    """

    job_id: str
    active: bool
    on_hold: bool
    minutes: int = 0


def choices() -> Choices:
    """Codeunits that can follow an import, those of extensions too, and the categories of the job queue."""
    codeunits = tuple(
        (codeunit.name, codeunit.caption)
        for codeunit in all_codeunits()
        if not codeunit.for_pages and codeunit.name not in _NOT_AFTER_IMPORTS
    )
    with connected():
        rows = list(JobQueueCategory.select().order_by(JobQueueCategory.code))
    return Choices(codeunits, tuple((row.code, f"{row.code}  {row.description}".rstrip()) for row in rows))


def watching(code: str) -> Watching:
    """How the folder of an integration is watched now."""
    job = watch_jobs.watching_job(code)
    if job is None:
        return Watching("", active=False, on_hold=False)
    schedule = schedule_of(job)
    minutes = schedule.minutes_between if schedule is not None else 0
    return Watching(job.id, watch_jobs.is_watching(code), job.status == EntryStatus.ON_HOLD, minutes)


def target_choices() -> list[Choice]:
    """The tables that can be filled, those of extensions too."""
    return [(target.name, target.record.CAPTION_PLURAL) for target in all_targets()]


def key_choices(table: str) -> list[Choice]:
    """The fields by which records of a table can be found; none for an unknown table."""
    target = find_target(table)
    if target is None:
        return []
    return [(rule.name, rule.caption) for rule in target.record.RULES if rule.editable]


def field_choices(table: str) -> list[Choice]:
    """Everything that a column of a file can fill, by its path."""
    target = find_target(table)
    if target is None:
        return []
    found = [
        (field_path(level, rule.name), level_caption(level, rule.caption))
        for level, record in target.levels()
        for rule in record.RULES
        if rule.editable or (level and rule.name == target.line_no_field)
    ]
    if target.lines is not None:
        found.append((field_path(LINE, target.parent_field), level_caption(LINE, "Document")))
    return found


def total_choices(table: str) -> list[Choice]:
    """The numbers whose total can be compared between a file and its records, by their path."""
    target = find_target(table)
    if target is None:
        return []
    return [
        (field_path(level, rule.name), level_caption(level, rule.caption))
        for level, record in target.levels()
        for rule in record.RULES
        if rule.kind in _NUMBERS and rule.editable
    ]
