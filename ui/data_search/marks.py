"""Where the words that were looked for stand in a text."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def marks(text: str, words: Sequence[str], inside: Collection[str] = ()) -> list[tuple[int, int]]:
    """The parts of a text to mark, as places of their first and past their last sign, without overlaps.

    Args:
        words: folded (`str.casefold`); marked where they begin a word of the text.
        inside: those of them that are marked inside words as well.
    """
    folded, places = _folded(text)
    found: list[tuple[int, int]] = []
    for word in words:
        spots = [spot for spot in _spots(folded, word) if word in inside or _begins_word(folded, spot)]
        found += [(places[spot], places[spot + len(word) - 1] + 1) for spot in spots]
    return _joined(sorted(found))


def only_inside(texts: Sequence[str], words: Sequence[str]) -> frozenset[str]:
    """The words that begin no word of any of these texts, so that they were found inside others."""
    folded = [_folded(text)[0] for text in texts]
    return frozenset(
        word
        for word in words
        if not any(_begins_word(text, spot) for text in folded for spot in _spots(text, word))
    )


def _begins_word(folded: str, spot: int) -> bool:
    return spot == 0 or folded[spot - 1] == " "


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
