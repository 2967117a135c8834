"""Objects of JSON that have a name more than once: what is then meant is unclear, and the last value is no answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop.imports.values.conversions import NAMED_TWICE


class _Named(dict[str, Any]):
    """An object that keeps the earlier values of names that come again."""

    again: dict[str, list[Any]] | None = None


def watched_objects(tell: Callable[[], None]) -> type[dict[str, Any]]:
    """A class of objects for the parser, which calls `tell` where a name comes again."""

    class Watched(_Named):
        def __setitem__(self, name: str, value: Any) -> None:
            if name in self:
                tell()
                self.again = self.again or {}
                self.again.setdefault(name, []).append(self[name])
            dict.__setitem__(self, name, value)

    return Watched


def settled(value: Any) -> Any:
    """The value with `NAMED_TWICE` for each text, number or other plain value of which there are unlike ones."""
    if isinstance(value, list):
        return [settled(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    again = (value.again if isinstance(value, _Named) else None) or {}
    found = {}
    for name, last in value.items():
        meant = settled(last)
        for earlier in map(settled, again.get(name, ())):
            if earlier != meant:
                meant = _unclear(earlier, meant)
        found[name] = meant
    return found


def _unclear(one: Any, other: Any) -> Any:
    """What may be one or the other."""
    if isinstance(one, dict) and isinstance(other, dict):
        return _marked(one) | _marked(other)
    if isinstance(one, list) and isinstance(other, list):
        return _marked(max(one, other, key=len))
    return _marked(one if isinstance(one, dict | list) else other)


def _marked(value: Any) -> Any:
    """The same columns, each of them unclear."""
    if isinstance(value, dict):
        return {name: _marked(inner) for name, inner in value.items()}
    if isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        return [_marked(inner) for inner in value]
    return NAMED_TWICE
