"""Rights that were looked up a moment ago: a page whose parts read ten times asks for them once.

A look-up makes a new connection read the whole schema, which takes longer than what most parts read.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

from models.rights import Rights

RECENT_SECONDS: Final = 1.0  # after which another process's change of rights holds here, too

_known: dict[tuple[str, str], tuple[float, Rights | None]] = {}


def recent(company: str, user_id: str, look_up: Callable[[str], Rights | None]) -> Rights | None:
    """The rights of a user as they were at most a second ago, or as this process has changed them since."""
    found = _known.get((company, user_id))
    if found is not None and monotonic() - found[0] < RECENT_SECONDS:
        return found[1]
    moment, rights = monotonic(), look_up(user_id)
    _known[company, user_id] = moment, rights
    return rights


def forget() -> None:
    """Somebody's rights are others now."""
    _known.clear()
