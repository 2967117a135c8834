"""Post-processing: a codeunit takes the records that an import has written, each exactly once.

Per document it runs in the transaction that writes the record. Otherwise entries wait in a table; what the codeunit
does and the status of the entries are one transaction, so that a kill at any moment leaves neither undone nor done
twice.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from desktop.codeunits import registry
from desktop.errors import ReplacedError, UnknownCodeunitError
from desktop.imports.afterwards import post_changes
from desktop.imports.integrations.definition import Definition
from desktop.sessions import permissions
from desktop.sessions.checkpoints import Checkpoints
from desktop.sessions.pace import Pace
from desktop.sessions.post_process_calls import EntryError, PostProcessItem
from desktop.sessions.session import Session, describe_error
from models import changes
from models.database import company_path, connected, database
from models.enforcement import as_system
from models.errors import BackdeskError, RightMissingError, company_error
from models.fields import stored_time
from models.integration_record import ImportRun
from models.post_process_entry import PostProcessEntry, PostProcessStatus

FIRST_STEP, LARGEST_STEP = 100, 500  # entries; fewer than the parameters that one statement takes
_log = logging.getLogger(__name__)


class Touched(Protocol):
    """A record that a chunk of an import has created or changed."""

    @property
    def key(self) -> str: ...
    @property
    def created(self) -> bool: ...
    @property
    def document_no(self) -> int: ...


class PostProcessCounts(msgspec.Struct, frozen=True):
    """How far the post-processing of a run is.

    Attributes:
        ready, completed, errors: entries.
        word: what was done to the completed ones, where it is known: "released".
        reversed: those whose records were undone since.
    """

    ready: int
    completed: int
    errors: int
    word: str = "post-processed"
    reversed: int = 0

    @property
    def text(self) -> str:
        """One line for people, e.g. "998 released, 2 errors"."""
        return self.text_after(0)

    def text_after(self, errors: int) -> str:
        """The same, after a number of other errors from which these are to be told."""
        others = self.errors or self.reversed
        parts = [f"{self.completed:,} {self.word}"] if self.completed or not others else []
        if self.errors:
            where = " in post-processing" if errors else ""
            parts.append(f"{self.errors:,} error{'s' if self.errors != 1 else ''}{where}")
        if self.ready:
            parts.append(f"{self.ready:,} not yet {self.word}")
        if self.reversed:
            parts.append(f"{self.reversed:,} undone")
        return ", ".join(parts)


def run_in_transaction(
    session: Session, definition: Definition, run_id: int, touched: Sequence[Touched]
) -> dict[str, EntryError]:
    """Let the codeunit take records in the transaction that writes them; call it last in it, after the statuses.

    Where every record was taken, their entries are written as completed. Where one was not, the caller rolls the
    transaction back, and writes it again without those records.

    Returns:
        Error by record key, of those that were not taken; empty when all is well.
    Raises:
        UnknownCodeunitError: the extension that brings the codeunit is gone.
        RightMissingError: the session's user may not run it.
    """
    if not touched:
        return {}
    name = definition.post_processing_codeunit
    _check(session, name)
    items = [
        PostProcessItem(run_id, definition.target_table, one.key, one.created, one.document_no)
        for one in touched
    ]
    before = post_changes.Before(items)
    failed, _word = _run(session, name, items)
    if not failed:
        before.keep()
        write_entries(
            definition, run_id, touched, stored_time(session.clock.now()), PostProcessStatus.COMPLETED
        )
    return {item.record_key: error for item, error in failed.items()}


@as_system()
def write_entries(
    definition: Definition,
    run_id: int,
    touched: Iterable[Touched],
    moment: str,
    status: PostProcessStatus = PostProcessStatus.READY,
) -> None:
    """Note which records the codeunit is to take; inside the transaction that writes them.

    A record that the run writes a second time, because a row was mended, is taken a second time.

    Args:
        moment: now, as stored times are written.
    """
    done = status == PostProcessStatus.COMPLETED
    database.connection().executemany(
        "INSERT INTO post_process_entry (run_id, document_no, table_name, record_key, was_created, codeunit, status,"
        " attempts, created_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (run_id, table_name, record_key, codeunit) DO UPDATE SET status = excluded.status,"
        " attempts = attempts + excluded.attempts, ended_at = excluded.ended_at, error_code = '', error_message = '',"
        " error_hint = ''",
        [
            (
                run_id,
                one.document_no,
                definition.target_table,
                one.key,
                one.created,
                definition.post_processing_codeunit,
                status.value,
                int(done),
                moment,
                moment if done else None,
            )
            for one in touched
        ],
    )


def post_process(session: Session, run_id: int) -> PostProcessCounts:
    """Let the codeunits take what is ready in a run, a step per transaction.

    Returns:
        The counts of the whole run at the end.
    Raises:
        UnknownCodeunitError: the extension that brings a codeunit is gone.
        RightMissingError: the session's user may not run it.
        ReplacedError: another worker has taken the job over; nothing of the step in hand was written.
        TaskCancelledError: between two steps; what is committed stays, the rest is ready.
    """
    word = ""
    with connected(), Pace(session, first=FIRST_STEP, smallest=1, largest=LARGEST_STEP) as pace:
        counted = counts(run_id)
        total = counted.ready
        left = total
        while True:
            session.progress(total - left, total, "Post-processing")
            pace.make_room()
            began = session.clock.monotonic()
            taken, said = _step(session, run_id, pace.size)
            if not taken:
                break
            pace.wrote(taken, session.clock.monotonic() - began)
            word = said or word
            left = max(0, left - taken)
        counted = counts(run_id)
    return msgspec.structs.replace(counted, word=word or counted.word)


@as_system()
def counts(run_id: int) -> PostProcessCounts:
    """How far the post-processing of a run is now."""
    with connected():
        found: dict[str, int] = dict(
            database.execute_sql(
                "SELECT status, COUNT(*) FROM post_process_entry WHERE run_id = ? GROUP BY status", (run_id,)
            ).fetchall()
        )
    return PostProcessCounts(
        ready=found.get(PostProcessStatus.READY, 0),
        completed=found.get(PostProcessStatus.COMPLETED, 0),
        errors=found.get(PostProcessStatus.ERROR, 0),
        reversed=found.get(PostProcessStatus.REVERSED, 0),
    )


def _step(session: Session, run_id: int, size: int) -> tuple[int, str]:
    """Some entries in one transaction; how many, and the codeunit's word for what it does."""
    with database.atomic():
        began = session.clock.monotonic()
        name, items = _next(run_id, size)
        if not items:
            return 0, ""
        session.check_owner()
        before = post_changes.Before(items)
        _check(session, name)
        failed, word = _run(session, name, items)
        before.keep()
        milliseconds = round((session.clock.monotonic() - began) * 1000)
        _settle(run_id, items, failed, stored_time(session.clock.now()), milliseconds)
    return len(items), word


def work_out_again(session: Session, run_id: int) -> None:
    """Let the codeunit that has post-processed a run, which is undone now, work out anew what it works out.

    Only one that says so by `Codeunit.after_undo`. Where that cannot be, a message of the session says why.

    Raises:
        Exception: what the codeunit raises.
    """
    with connected(), as_system():
        begun = (PostProcessEntry.run_id == run_id) & (PostProcessEntry.attempts > 0)
        names = [
            one.codeunit for one in PostProcessEntry.select(PostProcessEntry.codeunit).where(begun).distinct()
        ]
    for name in names:
        try:
            if registry.find(name).after_undo:
                _check(session, name)
                registry.function_of(name)(_worker(session, name, ()))
        except (RightMissingError, UnknownCodeunitError) as error:
            session.message(str(error))


@as_system()
def _next(run_id: int, size: int) -> tuple[str, list[PostProcessItem]]:
    """The next entries that are ready, all of one codeunit, and its name."""
    rows = database.execute_sql(
        "SELECT codeunit, run_id, table_name, record_key, was_created, document_no, id FROM post_process_entry"
        " WHERE run_id = ? AND status = 'Ready' ORDER BY id LIMIT ?",
        (run_id, size),
    ).fetchall()
    if not rows:
        return "", []
    name = rows[0][0]
    return name, [
        PostProcessItem(run, table, key, bool(created), document_no, entry_id)
        for codeunit, run, table, key, created, document_no, entry_id in rows
        if codeunit == name
    ]


def _check(session: Session, name: str) -> None:
    registry.find(name)
    permissions.check_may_run(session.user_id, name, "import")


def _worker(session: Session, name: str, items: Sequence[PostProcessItem]) -> Session:
    """The session that the codeunit sees: the job's own, without what it tells of its end."""
    return dataclasses.replace(
        session,
        codeunit=name,
        parameters={},
        post_process_entries=tuple(items),
        post_process_word="post-processed",
        failed_entries={},
        results={},
        result_text="",
        on_progress=lambda _done, _total, _text: None,
        kept=Checkpoints(),
    )


def _run(
    session: Session, name: str, items: Sequence[PostProcessItem]
) -> tuple[dict[PostProcessItem, EntryError], str]:
    """Run the codeunit in a savepoint; where it breaks off, halves are tried, until what is left breaks off alone.

    Returns:
        What could not be taken, and the codeunit's word for what it does.
    """
    worker = _worker(session, name, items)
    try:
        with database.atomic():
            registry.function_of(name)(worker)
            if not worker.failed_entries.keys() <= set(items):
                raise ValueError(f"the codeunit {name} has failed entries that it was not given")
    except ReplacedError:
        raise
    except Exception as error:
        if company_error(error, company_path()) is not None:
            raise  # the disk is full, or the file is locked: that is no record's fault
        if len(items) == 1:
            return {items[0]: _error_of(error, items[0])}, ""
        middle = len(items) // 2
        first, word = _run(session, name, items[:middle])
        second, other_word = _run(session, name, items[middle:])
        return first | second, word or other_word
    return worker.failed_entries, worker.post_process_word


def _error_of(error: Exception, item: PostProcessItem) -> EntryError:
    if isinstance(error, BackdeskError):
        return EntryError(error.code, error.text, error.hint)
    _log.error("post-processing of %s %s failed", item.table, item.record_key, exc_info=error)
    code, text = describe_error(error)
    return EntryError(code, text, "Its codeunit has an error; the log has the details.")


@as_system()
def _settle(
    run_id: int,
    items: Sequence[PostProcessItem],
    failed: Mapping[PostProcessItem, EntryError],
    moment: str,
    milliseconds: int,
) -> None:
    connection = database.connection()
    for status, values in (
        (PostProcessStatus.COMPLETED, [("", "", "", item.entry_id) for item in items if item not in failed]),
        (
            PostProcessStatus.ERROR,
            [(error.code, error.message, error.hint, item.entry_id) for item, error in failed.items()],
        ),
    ):
        connection.executemany(
            f"UPDATE post_process_entry SET status = '{status}', attempts = attempts + 1, ended_at = '{moment}',"
            " error_code = ?, error_message = ?, error_hint = ? WHERE id = ?",
            values,
        )
    ImportRun.update(post_processing_ms=ImportRun.post_processing_ms + milliseconds).where(
        ImportRun.id == run_id
    ).execute()
    changes.touch(PostProcessEntry.table())
    changes.touch(ImportRun.table(), str(run_id))
