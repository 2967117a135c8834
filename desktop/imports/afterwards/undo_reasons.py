"""Why undoing an import leaves a record as it is, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from models.enforcement import as_system
from models.record import Record
from models.references import Referring, lacking, referring_to
from models.tables import TABLES, table_caption

AGAIN: Final = "then choose Undo… once more."
_MAY_BE_EDITED: Final = ("", "Open")
_ON_ITS_WAY: Final = ("Shipped", "Invoiced")  # what says more than that somebody has edited it


class Reason(NamedTuple):
    """One sentence that says why, and one that says what to do."""

    text: str
    hint: str = ""


DELETED: Final = Reason("It was deleted after the import.", "There is nothing left to be restored.")


def edited(record: dict[str, Any], *, created: bool) -> Reason:
    """Somebody has changed a record since the import wrote it.

    Args:
        record: it, as it is now.
        created: the import made it; False where it changed it.
    """
    status = str(record.get("status") or "")
    text = f"It is {status} now." if status in _ON_ITS_WAY else "It was edited after the import."
    if status in _MAY_BE_EDITED:
        return Reason(
            text, "Delete it on its card, if it is to go." if created else "Change it back on its card."
        )
    if created:
        return Reason(text, "If it is to go, set its status to Open and delete it on its card.")
    return Reason(text, "If it is to change, set its status to Open and change it back on its card.")


@as_system()
def used(record: type[Record], key: Any) -> Reason:
    """Other records refer to one that the import has created.

    Args:
        key: of that one, as it is stored.
    """
    found = referring_to(record.table(), key)
    if not found:
        return Reason("Other records refer to it.", f"Delete these, {AGAIN}")
    records = sum(referring.records for referring in found)
    verb, them = ("refers", "it") if records == 1 else ("refer", "them")
    return Reason(
        f"{' and '.join(map(_named, found))} {verb} to it.",
        f"Delete {them}, or let {them} name another {record.CAPTION}, {AGAIN}",
    )


@as_system()
def not_as_before(before: Iterable[tuple[type[Record], dict[str, Any]]], error: Exception) -> Reason:
    """The database refuses the values that a record, or one of its lines, had.

    Args:
        before: these values by field, of the record and of its lines.
        error: what the database says.
    """
    for record, values in before:
        for column, table, key in lacking(record.table(), values):
            return Reason(
                f"Its {record.rule(column).caption} was {key}, which is gone.",
                f"Create the {table_caption(table)} {key} again, {AGAIN}",
            )
    return Reason(f"The database refuses what it was before: {error}.", "Change it on its card.")


def _named(referring: Referring) -> str:
    """E.g. "Sales Order SO1", "Sales Orders SO1, SO2", "Sales Orders SO1, SO2, SO3 and 12 more"."""
    record = TABLES.get(referring.table)
    caption = table_caption(referring.table)
    if referring.records > 1 and record is not None:
        caption = record.CAPTION_PLURAL
    left = referring.records - len(referring.keys)
    return f"{caption} {', '.join(referring.keys)}{f' and {left:,} more' if left else ''}"
