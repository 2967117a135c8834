"""Tell Me: what a person types finds pages and actions, by words, beginnings of words and initials."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """The headings of the result list, in their order."""

    RECENT = "Recent"
    ACTIONS = "Actions on this page"
    PAGES = "Go to pages"
    COMPANY_DATA = "Company data"  # stands last, whatever was typed


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the result list.

    Args:
        group: under which heading it stands.
        title: what it is called.
        icon: its drawing.
        choose: what happens when it is chosen.
        detail: shown smaller behind the title, e.g. a shortcut.
        terms: other words that find it.
    """

    group: Group
    title: str
    icon: str
    choose: Callable[[], None]
    detail: str = ""
    terms: tuple[str, ...] = ()


_EXACT, _PREFIX, _WORD_PREFIXES, _INITIALS, _TERM, _INSIDE = range(6)
_GROUPS = list(Group)


def score(query: str, title: str, terms: Iterable[str] = ()) -> int | None:
    """How well a title answers what was typed; smaller is better.

    Returns:
        0 for the whole title, then its beginning, beginnings of its words in order, its initials, another word
        that finds it, a part anywhere; None when it does not match.
    """
    asked = " ".join(query.casefold().split())
    name = title.casefold()
    words = name.split()
    if asked == name:
        return _EXACT
    if name.startswith(asked):
        return _PREFIX
    if _begin_words(asked.split(), words):
        return _WORD_PREFIXES
    if " " not in asked and len(asked) > 1 and "".join(word[0] for word in words).startswith(asked):
        return _INITIALS
    if any(_begin_words(asked.split(), term.casefold().split()) for term in terms):
        return _TERM
    if len(asked) > 2 and asked in name:
        return _INSIDE
    return None


def _begin_words(asked: list[str], words: list[str]) -> bool:
    """Whether each asked word begins a word of its own, in the same order."""
    rest = iter(words)
    return all(any(word.startswith(part) for word in rest) for part in asked)


def find(query: str, suggestions: Iterable[Suggestion], limit: int = 12) -> list[Suggestion]:
    """The suggestions that answer the query, grouped, best first within a group.

    Args:
        query: what was typed; blank gives the suggestions as they come.
        limit: lines at most.
    """
    offered = list(suggestions)
    if not query.strip():
        return offered[:limit]
    last = [suggestion for suggestion in offered if suggestion.group is Group.COMPANY_DATA]
    found = [
        (_GROUPS.index(suggestion.group), points, position, suggestion)
        for position, suggestion in enumerate(offered)
        if suggestion not in last and (points := score(query, suggestion.title, suggestion.terms)) is not None
    ]
    best_of_group: dict[int, int] = {}
    for group, points, _, _ in found:
        best_of_group[group] = min(points, best_of_group.get(group, points))
    found.sort(key=lambda row: (best_of_group[row[0]], row[0], row[1], row[2]))
    return [*(suggestion for _, _, _, suggestion in found[: limit - len(last)]), *last]
