"""What a codeunit asks of its session when it takes the records of an import, and how it refuses one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from models.database import connected, database
from models.errors import BackdeskError


class PostProcessItem(msgspec.Struct, frozen=True):
    """One record or document that an import has created or changed.

    Attributes:
        run_id: the import run.
        table: the record's table.
        record_key: its key.
        was_created: False for one that was changed.
        document_no: the document within the run, from 1; 0 where rows stand alone.
        entry_id: the Post-Process Entry; 0 while the record's own transaction is still open.
    """

    run_id: int
    table: str
    record_key: str
    was_created: bool
    document_no: int = 0
    entry_id: int = 0


class EntryError(msgspec.Struct, frozen=True):
    """Why a record cannot be taken: a short stable code, what happened, and what to do."""

    code: str
    message: str
    hint: str = ""


class PostProcessCalls:
    """The part of a session that only the post-processing of an import needs."""

    __slots__ = ()

    post_process_entries: Sequence[PostProcessItem]
    failed_entries: dict[PostProcessItem, EntryError]

    def fail_entry(self, entry: PostProcessItem, error: BackdeskError | str) -> None:
        """Say that one record cannot be taken; the others are.

        What was written for it already stays, unless `post_processing` is round it.

        Args:
            entry: one of `post_process_entries`.
            error: what happened, for a person.
        """
        if isinstance(error, BackdeskError):
            self.failed_entries[entry] = EntryError(error.code, error.text, error.hint)
        else:
            self.failed_entries[entry] = EntryError("PostProcessing", error)

    @contextmanager
    def post_processing(self, entry: PostProcessItem) -> Iterator[None]:
        """All or nothing for one record: an error for people inside the block fails the entry, and takes back what
        the block has written; the code after the block goes on.

        Example:
            for entry in session.post_process_entries:
                with session.post_processing(entry):
                    release(entry.record_key)
        """
        try:
            with connected(), database.atomic():
                yield
        except BackdeskError as error:
            self.fail_entry(entry, error)
