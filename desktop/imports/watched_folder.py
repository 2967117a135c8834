"""Watched folders: a recurring job takes the files that somebody puts there, each once.

A file that was read goes to the folder's `done`, one that cannot be read to `failed`, with a text beside it that says
why. What a crash leaves between the two is found by the file's hash: its rows are not staged again. A file of failed
rows that were mended goes back into the same records.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import msgspec

from desktop.errors import LastingError, PassingError, SourceError
from desktop.imports import service
from desktop.imports.integrations.loading import load_definition
from desktop.imports.mending import error_file
from desktop.imports.mending.error_return import take_back
from desktop.imports.run_removal import remove_run
from desktop.imports.watched_files import Wanted, check_pattern, complete_files
from desktop.notifications.notifications import Severity
from desktop.notifications.telling import NotificationKind, tell
from desktop.sessions.session import Session
from models import owners
from models.database import connected, database
from models.enforcement import as_system
from models.errors import BackdeskError, Cure
from models.integration import Integration
from models.integration_record import ImportRun, RunSource, RunState
from models.job_queue import JobQueueEntry

DONE, FAILED = "done", "failed"  # folders within the watched one
DEADLY_READS: Final = 2  # so often a file may end the process that reads it
_HASHED_AT_ONCE: Final = 1 << 20  # bytes


class Look(msgspec.Struct):
    """What one look into a folder did; names of files.

    Attributes:
        read: run ids by name.
        known: run ids by name, of files that were imported before.
        failed: why, by name.
        left: why, by name; they are looked at again the next time.
    """

    read: dict[str, int] = {}
    known: dict[str, int] = {}
    failed: dict[str, str] = {}
    left: dict[str, str] = {}

    @property
    def text(self) -> str:
        """One sentence for people."""
        parts = [
            f"{len(names):,} {'file' if len(names) == 1 else 'files'} {words}"
            for names, words in (
                (self.read, "read"),
                (self.known, "imported before"),
                (self.failed, "that cannot be read"),
                (self.left, "left for the next time"),
            )
            if names
        ]
        return f"{', '.join(parts)}." if parts else "There was no file."


def look(session: Session, integration_code: str) -> Look:
    """Read the files that are complete, the oldest first, and start a job for each.

    Raises:
        LastingError: UnknownIntegration, WrongIntegration, or NoFolder where none is watched.
        FieldError: with code WrongPattern.
        PassingError: the folder is away.
        TaskCancelledError: between two files.
    """
    definition = load_definition(integration_code)
    with connected():
        integration = Integration.get_by_id(definition.code)
    patterns = check_pattern(integration)
    folder = _folder_of(integration)
    try:
        complete = complete_files(folder, patterns, session.clock.now().timestamp())
    except OSError as error:
        raise _away(folder, error.strerror) from error
    found = Look(left=complete.left)
    wanted = [*complete.wanted, *map(Wanted, complete.halves)]
    for number, one in enumerate(wanted):
        session.progress(number, len(wanted), f"Looking at {one.file.name}")
        try:
            if one.file not in complete.halves or error_file.is_error_file(one.file):
                _take(session, integration, folder, one, found)
            elif not _put_away_half(session, integration, folder, one.file, found):
                found.left[one.file.name] = f"it waits for its other half, “{complete.halves[one.file]}”"
        except FileNotFoundError:
            continue  # somebody has taken it away meanwhile
        except OSError as error:
            found.left[one.file.name] = f"it cannot be read or moved now: {error.strerror or error}"
    for names in (found.failed, found.left):
        for name, why in names.items():
            session.message(f"“{name}”: {why}")
    session.nothing_to_do = not (found.read or found.known or found.failed)
    return found


def _folder_of(integration: Integration) -> Path:
    if not integration.watched_folder:
        raise LastingError(
            f"The integration {integration.code} watches no folder.",
            "Choose a Watched Folder on its card.",
            "NoFolder",
        )
    folder = Path(integration.watched_folder).expanduser()
    try:
        if not folder.is_dir():
            raise FileNotFoundError
        for name in (DONE, FAILED):
            inside = folder / name
            inside.mkdir(exist_ok=True)
            if inside.is_symlink():
                raise LastingError(
                    f"“{inside}” is a link to somewhere else; files are not moved out of the watched folder.",
                    f"Remove the link; Backdesk makes the folder “{name}” itself.",
                    "NoFolder",
                )
    except OSError as error:
        raise _away(folder, error.strerror) from error
    return folder


def _away(folder: Path, reason: str | None) -> PassingError:
    return PassingError(
        f"The watched folder “{folder}” cannot be used: {reason or 'it is not there'}.",
        "Check the folder or its network drive; it is looked at again by itself.",
    )


def _take(session: Session, integration: Integration, folder: Path, wanted: Wanted, found: Look) -> None:
    """A file, or two that belong together: read them, or know them again, or put them aside."""
    file = wanted.file
    if wanted.lines is None and error_file.is_error_file(file):
        _take_back(session, integration, folder, file, found)
        return
    hashed = [_hash(one) for one in wanted.files]
    digests = [digest for digest, _ in hashed]
    known = _known(integration.code, digests)
    if known is not None:
        if known.state == RunState.READING:
            found.left[file.name] = "it is being read by somebody else"
            return
        _start(session, known)
        found.known |= {one.name: known.id for one in wanted.files}
        _put_away(session, folder, wanted.files, known.id)
        return
    try:
        _refuse_deadly(session, file.name, "".join(digests))
        run_id = service.read(
            file, integration.code, session, lines_path=wanted.lines, source=RunSource.WATCHED_FOLDER
        )
    except SourceError as error:
        if error.cure is Cure.TIME:
            found.left[file.name] = str(error)
            return
        found.failed |= {one.name: str(error) for one in wanted.files}
        _put_aside(session, integration, wanted.files, folder / FAILED, error)
        return
    finally:
        session.checkpoint(None)
    if any(_changed(one, about) for one, (_, about) in zip(wanted.files, hashed, strict=True)):
        # What was read is not what is there now, so the run goes and the file waits.
        remove_run(run_id)
        found.left[file.name] = "it was changed while it was read"
        return
    with connected():
        _start(session, ImportRun.get_by_id(run_id))
    found.read |= {one.name: run_id for one in wanted.files}
    _put_away(session, folder, wanted.files, run_id)


def _take_back(session: Session, integration: Integration, folder: Path, file: Path, found: Look) -> None:
    """Failed rows that somebody has mended: they go into the records that they are of, and no new ones are made."""
    try:
        taken = take_back(file, session)
    except SourceError as error:
        if error.cure is Cure.TIME:
            found.left[file.name] = str(error)
            return
        found.failed[file.name] = str(error)
        _put_aside(session, integration, (file,), folder / FAILED, error)
        return
    try:
        if taken.record_ids:
            service.start_processing(taken.run_id, session.user_id, record_ids=taken.record_ids)
    except BackdeskError as error:
        if error.code != "UnderWay":
            raise
        found.left[file.name] = str(error)
        return
    found.read[file.name] = taken.run_id
    _move(session, file, folder / DONE)


def _hash(file: Path) -> tuple[str, os.stat_result]:
    """The file's SHA-256, and what it was like then."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        about = os.fstat(stream.fileno())
        while block := stream.read(_HASHED_AT_ONCE):
            digest.update(block)
    return digest.hexdigest(), about


def _changed(file: Path, before: os.stat_result) -> bool:
    now = file.lstat()
    return (now.st_size, now.st_mtime_ns, now.st_ino) != (before.st_size, before.st_mtime_ns, before.st_ino)


@as_system()
def _known(integration_code: str, digests: Sequence[str]) -> ImportRun | None:
    """The newest import of the same content, unless it was undone or its reading was cut off.

    Args:
        digests: of the file, and of the one with its lines where there is one.
    """
    file, lines = [*digests, ""][:2]
    with connected():
        runs = list(
            ImportRun.select()
            .where(
                ImportRun.integration_code == integration_code,
                ImportRun.file_sha256 == file,
                ImportRun.line_file_sha256 == lines,
                ImportRun.state != RunState.UNDONE,
            )
            .order_by(ImportRun.id.desc())
        )
    return next((run for run in runs if run.state != RunState.READING or owners.lives(run.owner)), None)


def _start(session: Session, run: ImportRun) -> None:
    """A job for what was read; one that has had a job is not started again."""
    if run.state == RunState.READY and not run.job_id and run.ready:
        service.start_processing(run.id, session.user_id)


def _refuse_deadly(session: Session, name: str, digest: str) -> None:
    """Keep in mind what is read now, and refuse what has ended the process before.

    Raises:
        SourceError: with code BrokenWorkbook.
    """
    before: Any = session.last_checkpoint
    reads = int(before["reads"]) if before and before["digest"] == digest else 0
    if reads >= DEADLY_READS:
        raise SourceError(
            f"Reading “{name}” brought the program that reads it to an end {reads} times.",
            "The file is damaged, or needs more memory than there is. Save the table as CSV and import that.",
            "BrokenWorkbook",
        )
    session.checkpoint({"digest": digest, "reads": reads + 1})


def _move(session: Session, file: Path, folder: Path) -> Path:
    """Move a file within the watched folder, beside those of the same name."""
    target = folder / file.name
    if target.exists():
        moment = session.clock.now().astimezone(UTC)
        target = folder / f"{file.stem} {moment:%Y-%m-%d %H%M%S}{file.suffix}"
        number = 2
        while target.exists():
            target = folder / f"{file.stem} {moment:%Y-%m-%d %H%M%S} ({number}){file.suffix}"
            number += 1
    file.rename(target)
    return target


def _put_away(session: Session, folder: Path, files: Iterable[Path], run_id: int) -> None:
    """What was read goes to the folder's `done`, where the run's page finds it."""
    for file in files:
        _note_place(run_id, file, _move(session, file, folder / DONE))


@as_system()
def _note_place(run_id: int, before: Path, place: Path) -> None:
    with connected(), database.atomic():
        for path in (ImportRun.file_path, ImportRun.line_file_path):
            ImportRun.update({path: str(place.absolute())}).where(
                ImportRun.id == run_id,
                ImportRun.source == RunSource.WATCHED_FOLDER,
                path == str(before.absolute()),
            ).execute()


@as_system()
def _put_away_half(session: Session, integration: Integration, folder: Path, file: Path, found: Look) -> bool:
    """A crash may have come between putting away the one half and the other: the run still has the other's place."""
    place = str(file.absolute())
    with connected():
        runs = list(
            ImportRun.select().where(
                ImportRun.integration_code == integration.code,
                (ImportRun.file_path == place) | (ImportRun.line_file_path == place),
                ImportRun.line_file_path != "",
                ImportRun.source == RunSource.WATCHED_FOLDER,
                ImportRun.state != RunState.READING,
            )
        )
    digest = _hash(file)[0] if runs else ""
    for run in runs:
        if digest == (run.file_sha256 if run.file_path == place else run.line_file_sha256):
            found.known[file.name] = run.id
            _put_away(session, folder, (file,), run.id)
            return True
    return False


def _put_aside(
    session: Session, integration: Integration, files: Sequence[Path], folder: Path, error: SourceError
) -> None:
    """Files that cannot be read: out of the way, with the reason beside them, and told."""
    file = files[0]
    for one in files:
        target = _move(session, one, folder)
        target.with_name(f"{target.name}.error.txt").write_text(f"{error}\n", encoding="utf-8")
    if not integration.notify_errors or session.entry is None:
        return
    with connected():
        entry = JobQueueEntry.get_or_none(JobQueueEntry.id == session.entry.job_id)
        if entry is not None:
            tell(
                NotificationKind.JOB_FAILED,
                entry,
                severity=Severity.ERR,
                title=f"“{file.name}” could not be imported.",
                text=f"{error} The file is in “{folder}”.",
                needs_action=True,
                clock=session.clock,
            )
