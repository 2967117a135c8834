"""What a user may do, and in whose name this thread works: plain values that each connection asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from models.errors import RightMissingError


class Right(StrEnum):
    """One thing that a permission set may allow."""

    READ = "Read"
    INSERT = "Insert"
    MODIFY = "Modify"
    DELETE = "Delete"
    EXECUTE = "Execute"


@dataclass(frozen=True, slots=True)
class Rights:
    """All that one user may do.

    Args:
        user_id: whose rights they are.
        tables: what is allowed, by the name of every table that people know; what is not in it is the program's own
            bookkeeping, and nobody's to be refused.
        codeunits: the codeunits that the user may run, by name.
        all_codeunits: the user may run every codeunit.
        table_caption: turns a table's name into what people call it.
    """

    user_id: str
    tables: Mapping[str, frozenset[Right]]
    codeunits: frozenset[str]
    all_codeunits: bool
    table_caption: Callable[[str], str]

    def may(self, right: Right, table: str) -> bool:
        """Whether the user may do that with a table's rows."""
        allowed = self.tables.get(table)
        return allowed is None or right in allowed

    def may_run(self, codeunit: str) -> bool:
        """Whether the user may run the codeunit of that name."""
        return self.all_codeunits or codeunit in self.codeunits

    def denied(self, right: Right, table: str) -> RightMissingError:
        """The error that names user, table and right."""
        return RightMissingError(self.user_id, f"TableData {self.table_caption(table)}", right)


class _Here(threading.local):
    """Of each thread."""

    rights: Rights | None = None


_here = _Here()


def current() -> Rights | None:
    """The rights that this thread works with; None where nothing is refused."""
    return _here.rights


@contextmanager
def working_with(rights: Rights | None) -> Iterator[None]:
    """Let this thread work with other rights inside the block; connections that are open do not know it yet."""
    before = _here.rights
    _here.rights = rights
    try:
        yield
    finally:
        _here.rights = before
