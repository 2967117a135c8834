"""What a dry run finds, as it is kept with the run and shown."""

from __future__ import annotations

import msgspec


class FieldChange(msgspec.Struct, frozen=True):
    """One field of a record that would be updated; texts as people read them."""

    name: str
    caption: str
    old: str
    new: str


class RecordChange(msgspec.Struct, frozen=True):
    """One record that would be updated."""

    table: str
    key: str
    fields: tuple[FieldChange, ...]


class DryRunCause(msgspec.Struct, frozen=True):
    """One thing that is wrong, and with how many records."""

    target_field: str
    caption: str
    source_column: str
    code: str
    value: str
    message: str
    hint: str
    count: int


class DryRun(msgspec.Struct, frozen=True):
    """What an import would do: created + updated + unchanged + errors + left = the records that were ready.

    Attributes:
        created, updated, unchanged, errors: records, as they would be counted.
        left: records that the error policy would not come to.
        documents_created, documents_updated, documents_unchanged: 0 where rows are no documents.
        look_ups_created: by table, what would be created because a row names it.
        post_processed, post_failed: what post-processing would do within the import.
        causes: what is wrong, the most frequent first; at most 200.
        causes_count: how many there are.
        changes: the first 200 records that would be updated, old and new.
        changed_fields: by caption, in how many records a field would change.
        revision: the run's, by which an answer is known to be older than a repair.
        at: when it was, as stored times are written.
        milliseconds: how long it took.
    """

    created: int
    updated: int
    unchanged: int
    errors: int
    left: int
    documents_created: int
    documents_updated: int
    documents_unchanged: int
    look_ups_created: dict[str, int]
    post_processed: int
    post_failed: int
    causes: list[DryRunCause]
    causes_count: int
    changes: list[RecordChange]
    changed_fields: dict[str, int]
    revision: int
    at: str
    milliseconds: int

    @property
    def text(self) -> str:
        """One line for people, e.g. "88 would be created, 3 have errors"."""
        parts = [
            f"{number:,} would be {word}" if word != "unchanged" else f"{number:,} would stay as they are"
            for number, word in (
                (self.created, "created"),
                (self.updated, "updated"),
                (self.unchanged, "unchanged"),
            )
            if number
        ]
        if self.errors:
            parts.append(f"{self.errors:,} {'has an error' if self.errors == 1 else 'have errors'}")
        if self.post_failed:
            parts.append(f"{self.post_failed:,} could not be post-processed")
        if self.left:
            parts.append(f"{self.left:,} would not be reached, because the import stops at so many errors")
        return ", ".join(parts) or "no records"
