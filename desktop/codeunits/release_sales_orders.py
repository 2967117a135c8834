"""Codeunit 61: release sales orders: those of an import, as its post-processing, or all that are open."""

from __future__ import annotations

from typing import Final

from desktop.formats import count_text
from desktop.sessions.session import Session
from models.database import connected
from models.order_release import release_orders
from models.sales_order import SalesHeader

CHUNK: Final = 200  # orders in one short transaction, so that others may write in between


def run(session: Session) -> None:
    """Release what may be released, and say of the rest why not. No parameters.

    The session's record, where it has one, is the one order that is meant.
    """
    if session.post_process_entries:
        _release_imported(session)
        return
    with connected():
        wanted = [session.record_id] if session.record_id else _open_orders()
        released, refused = 0, 0
        for start in range(0, len(wanted), CHUNK):
            session.progress(start, len(wanted), f"{count_text(released)} orders released")
            done, errors = release_orders(wanted[start : start + CHUNK], session.clock.now())
            released += done
            refused += len(errors)
            for error in errors.values():
                session.message(str(error))
    session.nothing_to_do = not wanted
    session.result_text = f"{count_text(released)} sales orders released, {count_text(refused)} cannot be."


def _release_imported(session: Session) -> None:
    session.post_process_word = "released"
    entries = {
        entry.record_key: entry
        for entry in session.post_process_entries
        if entry.table == SalesHeader.table()
    }
    keys = list(entries)
    for start in range(0, len(keys), CHUNK):
        _, refused = release_orders(keys[start : start + CHUNK], session.clock.now())
        for no, error in refused.items():
            session.fail_entry(entries[no], error)


def _open_orders() -> list[str]:
    rows = SalesHeader.select(SalesHeader.no).where(SalesHeader.status == "Open").order_by(SalesHeader.no)
    return [str(order.no) for order in rows]
