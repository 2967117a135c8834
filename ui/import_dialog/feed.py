"""What tells a window that stands outside of the pages how jobs and records change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["JobFeed", "Subscribable"]


class Subscribable(Protocol):
    """A signal, as far as windows need it."""

    def connect(self, slot: Callable[..., Any], /) -> Any:
        """Call the slot from now on."""
        ...


@dataclass(frozen=True, slots=True)
class JobFeed:
    """The application's signals.

    Args:
        records_changed: emits a list of `models.changes.Change`; from any thread, the windows hear it on theirs.
        job_progressed: emits job id, done, total (0 while unknown) and a text, for jobs of this window's worker;
            likewise.
    """

    records_changed: Subscribable
    job_progressed: Subscribable
