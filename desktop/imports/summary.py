"""What people are told about an import run: its counts, which always add up."""

from __future__ import annotations

import msgspec

from desktop.errors import LastingError
from desktop.imports.integrations.definition import from_json
from desktop.imports.integrations.targets import find_target
from models.database import connected
from models.enforcement import as_system
from models.errors import BackdeskError
from models.import_rows import INTERRUPTED_TEXT, state_now, status_now
from models.integration_record import ImportRun, RunState


class ImportSummary(msgspec.Struct, frozen=True):
    """The counts of one run: rows = ready + created + updated + unchanged + errors + excluded + reversed.

    Where rows belong to documents, these are counted besides, and called by their own name. `status` is the word of
    its pill, `state` how far it is.
    """

    run_id: int
    integration: str
    file_name: str
    state: str
    job_id: str
    rows: int
    ready: int
    created: int
    updated: int
    unchanged: int
    errors: int
    excluded: int
    reversed: int = 0
    documents: int = 0
    documents_created: int = 0
    documents_updated: int = 0
    documents_unchanged: int = 0
    document_captions: tuple[str, str] = ("record", "records")
    status: str = ""

    @property
    def done(self) -> int:
        """Rows that were taken, well or not."""
        return self.rows - self.ready

    @property
    def text(self) -> str:
        """One line for people, e.g. "88 records created, 3 errors" or "7 sales orders created, 2 errors"."""
        if self.state == RunState.INTERRUPTED:
            return INTERRUPTED_TEXT.rstrip(".")
        if self.documents:
            made = (self.documents_created, self.documents_updated, self.documents_unchanged)
        else:
            made = (self.created, self.updated, self.unchanged)
        one, many = self.document_captions
        numbers = zip(("created", "updated", "unchanged"), made, strict=True)
        parts = [f"{number:,} {one if number == 1 else many} {word}" for word, number in numbers if number]
        for word, number in (("excluded", self.excluded), ("undone", self.reversed)):
            if number:
                parts.append(
                    f"{number:,} {'row' if self.documents else 'record'}{'s' if number != 1 else ''} {word}"
                )
        if self.errors:
            parts.append(f"{self.errors:,} error{'s' if self.errors != 1 else ''}")
        if self.ready:
            parts.append(f"{self.ready:,} not yet processed")
        return ", ".join(parts) or "no records"


@as_system()
def summary(run_id: int) -> ImportSummary:
    """The counts of a run as they are committed now.

    Raises:
        BackdeskError: with code NotFound.
    """
    with connected():
        run = find_run(run_id)
    return ImportSummary(
        run_id=run.id,
        integration=run.integration_code,
        file_name=run.file_name,
        state=state_now(run.state, run.owner, run.ready),
        job_id=run.job_id,
        rows=run.rows,
        ready=run.ready,
        created=run.created,
        updated=run.updated,
        unchanged=run.unchanged,
        errors=run.errors,
        excluded=run.excluded,
        reversed=run.reversed,
        documents=run.documents,
        documents_created=run.documents_created,
        documents_updated=run.documents_updated,
        documents_unchanged=run.documents_unchanged,
        document_captions=_captions(run) if run.documents else ("record", "records"),
        status=status_now(run.state, run.owner, run.ready, run.errors),
    )


def _captions(run: ImportRun) -> tuple[str, str]:
    """What people call one and many of the documents of a run."""
    target = find_target(from_json(run.definition).target_table)
    if target is None:
        return "document", "documents"
    return target.record.CAPTION.lower(), target.record.CAPTION_PLURAL.lower()


def find_run(run_id: int) -> ImportRun:
    """The run of this number, on the connection that is open.

    Raises:
        LastingError: with code NotFound.
    """
    run: ImportRun | None = ImportRun.get_or_none(ImportRun.id == run_id)
    if run is None:
        raise LastingError(
            f"There is no import {run_id}.", "It may have been deleted; read the file again.", "NotFound"
        )
    return run


def refuse_reading(run: ImportRun) -> None:
    """Make sure that all rows of the file are there.

    Raises:
        BackdeskError: StillReading.
        LastingError: with code Interrupted, where nobody reads it any more.
    """
    if run.state != RunState.READING:
        return
    if state_now(run.state, run.owner, run.ready) == RunState.INTERRUPTED:
        raise LastingError(
            f"The program ended while it read “{run.file_name}”, so that nothing was imported.",
            "Import the file again.",
            "Interrupted",
        )
    raise BackdeskError(
        f"“{run.file_name}” is still being read.", "Wait until all rows are there.", "StillReading"
    )


def refuse_undone(run: ImportRun) -> None:
    """Make sure that nobody processes what was undone, or is being undone.

    Raises:
        BackdeskError: with code Undone, while it is being undone; a LastingError where it was.
    """
    if state_now(run.state, run.owner, run.ready) == RunState.UNDOING:
        raise BackdeskError(
            f"The import of “{run.file_name}” is being undone.", "Wait for it to end.", "Undone"
        )
    if run.state == RunState.UNDONE:
        raise LastingError(
            f"The import of “{run.file_name}” was undone.",
            "Read the file again to import it once more.",
            "Undone",
        )
