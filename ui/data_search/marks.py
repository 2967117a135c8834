"""Where the words that were looked for stand in a text."""

from __future__ import annotations

from collections.abc import Sequence


def marks(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """The parts of a text to mark, as places of their first and past their last sign, without overlaps.

    A word is marked where it begins a word of the text; where it does not anywhere, inside words.

    Args:
        words: folded (`str.casefold`).
    """
    folded, places = _folded(text)
    found: list[tuple[int, int]] = []
    for word in words:
        spots = [spot for spot in _spots(folded, word) if spot == 0 or folded[spot - 1] == " "]
        spots = spots or _spots(folded, word)
        found += [(places[spot], places[spot + len(word) - 1] + 1) for spot in spots]
    return _joined(sorted(found))


def _folded(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its signs the place in the text from which it comes: ß folds to two."""
    folded, places = "", []
    for place, sign in enumerate(text):
        part = " " if sign.isspace() else sign.casefold()
        folded += part
        places += [place] * len(part)
    return folded, places


def _spots(folded: str, word: str) -> list[int]:
    found, spot = [], folded.find(word)
    while word and spot >= 0:
        found.append(spot)
        spot = folded.find(word, spot + len(word))
    return found


def _joined(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in parts:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
