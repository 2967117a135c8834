"""Codeunit 50300: open the bins of an import that have an item and a capacity."""

from __future__ import annotations

from backdesk_bins.warehouse_bin import WarehouseBin
from desktop.sessions.session import Session


def run(session: Session) -> None:
    """Take the records of the import, and refuse those that cannot be opened."""
    session.post_process_word = "opened"
    for entry in session.post_process_entries:
        found = WarehouseBin.get_by_id(entry.record_key)
        if not found.item_no or not found.capacity:
            session.fail_entry(
                entry, f"Bin {found.code} has no item or no capacity, so that it stays closed."
            )
            continue
        found.status = "Open"
        found.save()
