"""What windows and commands call: preview, read, start, and the counts of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from desktop.errors import SourceError
from desktop.imports import import_events, run_removal, staging, trial_copy
from desktop.imports.import_jobs import (
    NAMED,
    ImportJob,
    create_job,
    job_under_way,
    refuse_beside,
    staged_run,
    takes_all,
)
from desktop.imports.integrations.binding import bind, column_knower, with_choices
from desktop.imports.integrations.definition import HEADER, LINE, NO_CHOICES, Choices, Definition, Reading
from desktop.imports.integrations.loading import load_definition
from desktop.imports.preview import PREVIEW_ROWS, Preview, preview
from desktop.imports.sources import reader
from desktop.imports.summary import ImportSummary, refuse_undone, summary
from desktop.sessions.session import Session
from models import owners
from models.database import connected, database
from models.enforcement import indirect
from models.errors import BackdeskError
from models.integration import Integration
from models.integration_record import RunSource
from models.rights import Right

__all__ = [
    "PREVIEW_ROWS",
    "ImportSummary",
    "Preview",
    "fitting_integration",
    "preview",
    "read",
    "recover_reading_runs",
    "start_processing",
    "suggest_integration",
    "summary",
]


@indirect(Right.INSERT, "import_run")
def read(
    path: Path | str,
    integration_code: str,
    session: Session,
    *,
    choices: Choices = NO_CHOICES,
    lines_path: Path | str | None = None,
    source: str = RunSource.MANUAL,
    on_notes: Callable[[list[str]], None] | None = None,
) -> int:
    """Stage a file: every row becomes an integration record that is ready to be processed.

    Args:
        choices: what a person chose for this file; the rest is the integration's, or detected.
        lines_path: a second file with the lines, where the first one has the headers of documents.
        source: how the file came, a value of RunSource.
        on_notes: is told what somebody should know who has not looked at a preview.
    Returns:
        The id of the import run.
    Raises:
        SourceError: the file cannot be read; nothing is left in the database.
        BackdeskError: UnknownIntegration or WrongIntegration.
        TaskCancelledError: cancelled; nothing is left in the database.
    """
    run_id = staging.stage(
        Path(path),
        integration_code,
        session,
        choices=choices,
        lines_path=Path(lines_path) if lines_path else None,
        source=source,
        on_notes=on_notes,
    )
    import_events.note_read(run_id, session.user_id)
    return run_id


@indirect(Right.MODIFY, "import_run")
def start_processing(
    run_id: int,
    user_id: str,
    *,
    record_ids: Sequence[int] | None = None,
    on_hold: bool = False,
    following: bool = False,
) -> str:
    """Create the job that processes what is ready in a run.

    Args:
        user_id: who wants it; see `running_as.runs_as` for as whom it runs.
        record_ids: just these records; None for all that are ready.
        on_hold: the job waits until a person sets it to Ready.
        following: where a job of this run has not ended, and will not take these records, one runs after it.
    Returns:
        The id of the job queue entry.
    Raises:
        BackdeskError: NotFound, StillReading, NothingReady, or UnderWay when a job of this run has not ended yet.
    """
    with connected(), database.atomic():
        run = staged_run(run_id)
        refuse_undone(run)
        if not run.ready:
            raise BackdeskError(
                f"No record of “{run.file_name}” is ready to be processed.",
                "Correct records with errors and choose Retry first.",
                "NothingReady",
            )
        before = job_under_way(run, ImportJob.PROCESS)
        if not following or before is None or takes_all(before, run):
            refuse_beside(run, ImportJob.PROCESS)
        refuse_beside(run, ImportJob.UNDO)
        parameters = {NAMED: msgspec.json.encode(sorted(record_ids)).decode()} if record_ids else {}
        return create_job(run, ImportJob.PROCESS, user_id, parameters, on_hold=on_hold, after=before)


def suggest_integration(path: Path | str, choices: Choices = NO_CHOICES) -> str | None:
    """The integration whose columns the file has most of; None where no match key is found.

    Args:
        choices: how a person wants the file read, such as from another sheet.
    Raises:
        SourceError: the file cannot be read at all.
    """
    definitions = _usable_definitions()
    if not definitions:
        return None
    name = Path(path).name
    neutral = msgspec.structs.replace(definitions[0], reading=Reading(), source_type="Any")
    neutral = with_choices(neutral, msgspec.structs.replace(choices, columns={}))

    knowers = [column_knower(definition) for definition in definitions]

    def known(cells: Sequence[str]) -> int:
        return max(knower(cells) for knower in knowers)

    with reader.open_source(Path(path), neutral, guess=True, known=known) as source:
        header = source.header
    best, best_score = None, 0.0
    for definition, knower in zip(definitions, knowers, strict=True):
        if not _fits(definition, header, name):
            continue
        score = knower(header) + sum(field.source_column in header for field in definition.fields)
        named = definition.record.CAPTION.casefold() in name.casefold()
        if score + named / 2 > best_score:
            best, best_score = definition.code, score + named / 2
    return best


def _fits(definition: Definition, header: Sequence[str], name: str) -> bool:
    """Whether the file has all columns that are needed; of documents perhaps only those of headers, as lines may come
    in a second file."""
    wanted = ((HEADER, LINE), (HEADER,)) if definition.with_lines else ((HEADER, LINE),)
    for levels in wanted:
        with suppress(SourceError):
            bind(definition, header, name, levels)
            return True
    return False


def fitting_integration(path: Path | str, choices: Choices = NO_CHOICES) -> str:
    """The integration that fits the columns of a file.

    Args:
        choices: how a person wants the file read.
    Raises:
        SourceError: the file cannot be read, or NoIntegration where none fits.
    """
    code = suggest_integration(path, choices)
    if code is None:
        raise SourceError(
            f"No integration has the columns of “{Path(path).name}”.",
            "Name the integration, or create one for such files on the page Integrations.",
            "NoIntegration",
        )
    return code


def _usable_definitions() -> list[Definition]:
    with connected():
        codes = [row.code for row in Integration.select(Integration.code).order_by(Integration.code)]
    definitions = []
    for code in codes:
        with suppress(BackdeskError):
            definitions.append(load_definition(code))
    return definitions


def recover_reading_runs(alive: Callable[[str], bool] = owners.lives) -> list[int]:
    """Remove what kills have left: copies of dry runs, and runs whose reading was cut off; read their files again.

    Args:
        alive: whether the process behind an owner text still runs.
    Returns:
        The ids of the removed runs.
    """
    trial_copy.remove_leftovers()
    return run_removal.recover_reading_runs(alive)
