"""What the pages of customers and vendors share, as their records do."""

from __future__ import annotations

from typing import Final

from ui.framework.card_page import Tab
from ui.widgets.pill import PillLook

__all__ = ["ADDRESS_TAB", "blocked_look"]

ADDRESS_TAB: Final = Tab(
    "Address & Contact",
    (
        "address",
        "address_2",
        "post_code",
        "city",
        "county",
        "country_code",
        "contact",
        "phone_no",
        "fax_no",
        "email",
    ),
    summary=("post_code", "city", "phone_no"),
)


def blocked_look(stored: object) -> PillLook:
    """Who is blocked in part warns; who is blocked for everything stops."""
    return PillLook("err" if stored == "All" else "warn", "prohibited")
