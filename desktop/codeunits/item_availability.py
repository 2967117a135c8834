"""Codeunit 111: what is available of the items that a list shows."""

from __future__ import annotations

from desktop.row_values import requested_keys, row_values
from desktop.sessions.session import Session
from models import statistics


def run(session: Session) -> None:
    """Parameter: `keys`, the items' numbers, see `desktop.row_values`.

    Result, by item: `available`, the inventory less what is on orders not yet shipped, as in `item_statistics`.
    """
    found = statistics.available_items(requested_keys(session.parameters))
    session.set_background_task_result({"available": row_values(found)})
