"""What people are told about an import run: its counts, which always add up."""

from __future__ import annotations

import msgspec

from models.database import connected
from models.enforcement import as_system
from models.errors import BackdeskError
from models.integration_record import ImportRun


class ImportSummary(msgspec.Struct, frozen=True):
    """The counts of one run: rows = ready + created + updated + unchanged + errors + excluded."""

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

    @property
    def done(self) -> int:
        """Rows that were taken, well or not."""
        return self.rows - self.ready

    @property
    def text(self) -> str:
        """One line for people, e.g. "88 records created, 3 errors"."""
        parts = [
            f"{_count(number)} record{'s' if number != 1 else ''} {word}"
            for number, word in (
                (self.created, "created"),
                (self.updated, "updated"),
                (self.unchanged, "unchanged"),
                (self.excluded, "excluded"),
            )
            if number
        ]
        if self.errors:
            parts.append(f"{_count(self.errors)} error{'s' if self.errors != 1 else ''}")
        if self.ready:
            parts.append(f"{_count(self.ready)} not yet processed")
        return ", ".join(parts) or "no records"


def _count(number: int) -> str:
    return f"{number:,}"


@as_system()
def summary(run_id: int) -> ImportSummary:
    """The counts of a run as they are committed now.

    Raises:
        BackdeskError: with code NotFound.
    """
    with connected():
        run = ImportRun.get_or_none(ImportRun.id == run_id)
    if run is None:
        raise run_not_found(run_id)
    return ImportSummary(
        run_id=run.id,
        integration=run.integration_code,
        file_name=run.file_name,
        state=run.state,
        job_id=run.job_id,
        rows=run.rows,
        ready=run.ready,
        created=run.created,
        updated=run.updated,
        unchanged=run.unchanged,
        errors=run.errors,
        excluded=run.excluded,
    )


def run_not_found(run_id: int) -> BackdeskError:
    """The error for an import that is gone."""
    return BackdeskError(
        f"There is no import {run_id}.", "It may have been deleted; read the file again.", "NotFound"
    )
