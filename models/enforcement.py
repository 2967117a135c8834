"""Whose rights hold for what this thread does next: a user's, or for a moment the program's own.

Business Central calls it an indirect permission: a user who may set a job to Ready need not be allowed to write its
log. The engine asks for the right that the user must have, and does its own bookkeeping `as_system`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from models.company_file import CompanyFile
from models.database import database
from models.errors import RightMissingError
from models.rights import Right, Rights, current, working_with

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def limited_to(rights: Rights | None) -> Iterator[None]:
    """Let this thread work with these rights inside the block, on the connection that it has and on new ones.

    Args:
        rights: None lets it do everything.
    """
    if rights is current():
        yield
        return
    try:
        with working_with(rights):
            _tell_connection()
            yield
    finally:
        _tell_connection()


@contextmanager
def as_system() -> Iterator[None]:
    """Let the program itself write inside the block: what is its own bookkeeping and nobody's work."""
    with limited_to(None):
        yield


def require(right: Right, table: str) -> None:
    """Make sure that the user in whose name this thread works has a right.

    Raises:
        RightMissingError: naming user, table and right.
    """
    rights = current()
    if rights is not None and not rights.may(right, table):
        raise rights.denied(right, table)


def indirect(right: Right, table: str, *names: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function that needs this right of the user, and does the rest of its work as the program.

    Args:
        names: its keyword arguments that say in whose name something is done; a user with limited rights names
            nobody but themselves, or their code would work with rights that they do not have.
    Raises:
        RightMissingError: out of the function, before it has done anything.
    """

    def wrap(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> T:
            require(right, table)
            rights = current()
            if rights is not None:
                for name in names:
                    _check_name(rights, right, table, kwargs.get(name))
            with as_system():
                return function(*args, **kwargs)

        return called

    return wrap


def _check_name(rights: Rights, right: Right, table: str, user_id: object) -> None:
    if user_id is not None and user_id != rights.user_id:
        whom = f"user {user_id}" if user_id else "the program"
        what = f"TableData {rights.table_caption(table)}, in the name of {whom}"
        raise RightMissingError(rights.user_id, what, right)


def _tell_connection() -> None:
    opened: CompanyFile | None = database.obj
    if opened is not None:
        opened.limit(current())
