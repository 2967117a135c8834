"""Objects by name and number, as codeunits and reports are: Backdesk's own, and those of extensions when needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from desktop.errors import UnknownCodeunitError


class Named(Protocol):
    """What has a Business Central style number and a name, both unique among its like."""

    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class NamedObjects(Generic[T]):
    """All objects of one kind. Extensions are loaded when somebody asks for all, or for one that is not known yet."""

    def __init__(self, word: str, built_in: Iterable[T]) -> None:
        """`word` is what people call one, e.g. "codeunit"."""
        self._word = word
        self._by_name: dict[str, T] = {one.name: one for one in built_in}

    def register(self, one: T) -> None:
        """Add one of an extension or a test; the same name again replaces it."""
        self._by_name[one.name] = one

    def unregister(self, name: str) -> None:
        """Take one away again; an unknown name is no error."""
        self._by_name.pop(name, None)

    def registered(self) -> list[T]:
        """Those that are known by now, by number; extensions that nobody has needed yet are not among them."""
        return sorted(self._by_name.copy().values(), key=lambda one: one.number)

    def all(self) -> list[T]:
        """All of them, those of extensions too, by number."""
        load_extensions()
        return self.registered()

    def find(self, name_or_number: str | int) -> T:
        """The one of that name or number.

        Raises:
            UnknownCodeunitError: there is none.
        """
        found = self._look_up(name_or_number)
        if found is None:
            load_extensions()
            found = self._look_up(name_or_number)
        if found is not None:
            return found
        raise UnknownCodeunitError(
            f"There is no {self._word} “{name_or_number}”.",
            "Check the job queue entry's object, or in Extension Management the extension that brings it.",
        )

    def _look_up(self, name_or_number: str | int) -> T | None:
        if isinstance(name_or_number, str):
            return self._by_name.get(name_or_number)
        return next((one for one in self.registered() if one.number == name_or_number), None)


def load_extensions() -> None:
    """Find and load the extensions, where nobody has before."""
    from desktop.extensions.loader import loaded_extensions  # they know codeunits and reports

    loaded_extensions()
