"""Which files of a watched folder are complete and wanted: alone, or two together as headers and their lines."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import Final, NamedTuple

from desktop.imports.integrations.loading import load_definition
from models.errors import FieldError
from models.integration import Integration

SETTLED_SECONDS: Final = 10.0  # for which nobody has written to a file that is complete
AND: Final = " + "  # between the names of two files that come together
_UNFINISHED: Final = (".part", ".partial", ".crdownload", ".download", ".tmp", ".filepart")
_SIGNS: Final = re.compile(r"([*?])")
Stars = tuple[str, ...]
"""What the signs * and ? of a pattern stand for in a name."""


class Wanted(NamedTuple):
    """What is read at once: a file, and the one with its lines where two come together."""

    file: Path
    lines: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """Both, or the one."""
        return (self.file,) if self.lines is None else (self.file, self.lines)


class Complete(NamedTuple):
    """What a folder has that nobody is writing.

    Attributes:
        wanted: the oldest first.
        halves: files whose other half is not there, with its name.
        left: why other files are left where they are, by name.
    """

    wanted: list[Wanted]
    halves: dict[Path, str]
    left: dict[str, str]


class _Name:
    """A pattern whose signs stand for the same texts in the names of two files that belong together."""

    def __init__(self, text: str) -> None:
        self._parts = _SIGNS.split(text.casefold())
        self._expression = re.compile("".join(map(_expression, self._parts)), re.DOTALL)
        self.signs = [part for part in self._parts if part in ("*", "?")]
        self.letters = sum(map(len, self._parts)) - len(self.signs)

    def match(self, name: str) -> Stars | None:
        """What its signs stand for in a name; None where it is another name."""
        found = self._expression.fullmatch(name.casefold())
        return None if found is None else found.groups()

    def with_texts(self, stars: Stars) -> str:
        """The name in which its signs stand for these texts."""
        texts = iter(stars)
        return "".join(next(texts) if part in ("*", "?") else part for part in self._parts)


def _expression(part: str) -> str:
    return {"*": "(.*)", "?": "(.)"}.get(part, re.escape(part))


class Patterns:
    """The names of an integration's files: `orders*.csv; *.xlsx`, or two that come together with a + between."""

    def __init__(self, text: str) -> None:
        """`text` is as the card has it; empty takes every file.

        Raises:
            FieldError: WrongPattern.
        """
        self._singles: list[str] = []
        self._pairs: list[tuple[_Name, _Name]] = []
        for part in [part.strip() for part in text.split(";") if part.strip()] or ["*"]:
            names = [name.strip() for name in part.split(AND)]
            if len(names) == 1:
                self._singles.append(part.casefold())
                continue
            pair = [_Name(name) for name in names]
            if len(pair) != 2 or not all(names) or pair[0].signs != pair[1].signs:
                raise FieldError(
                    f"“{part}” does not say which two files belong together.",
                    f"Write it like orders-*.csv{AND}lines-*.csv, with the same signs in both names.",
                    "WrongPattern",
                )
            self._pairs.append((pair[0], pair[1]))

    @property
    def of_two(self) -> bool:
        """Whether files may come in twos."""
        return bool(self._pairs)

    def wants(self, name: str) -> bool:
        """Whether files of this name are taken."""
        return self._half(name) is not None or self._alone(name)

    def joined(self, names: Iterable[str]) -> tuple[list[tuple[str, str | None]], dict[str, str]]:
        """What is read together.

        Returns:
            The files, each with the one that has its lines or None; and by name the halves that are alone, with the
            name of the other half.
        """
        wanted: list[tuple[str, str | None]] = []
        halves: dict[tuple[int, Stars], list[str]] = {}
        for name in names:
            half = self._half(name)
            if half is None:
                wanted.append((name, None))
            else:
                pair, place, stars = half
                both = halves.setdefault((pair, stars), ["", ""])
                both[place] = both[place] or name
        lonely = {}
        for (pair, stars), (file, lines) in halves.items():
            if file and lines:
                wanted.append((file, lines))
            else:
                lonely[file or lines] = self._pairs[pair][bool(file)].with_texts(stars)
        return wanted, lonely

    def _alone(self, name: str) -> bool:
        return any(fnmatch(name.casefold(), single) for single in self._singles)

    def _half(self, name: str) -> tuple[int, int, Stars] | None:
        """Of which pair a file is which half; of two that fit, the one that says more of the name."""
        for number, pair in enumerate(self._pairs):
            fitting = [
                (one.letters, place, stars)
                for place, one in enumerate(pair)
                if (stars := one.match(name)) is not None
            ]
            if fitting:
                _, place, stars = max(fitting)
                return number, place, stars
        return None


def check_pattern(integration: Integration) -> Patterns:
    """Which files of its folder an integration takes.

    Raises:
        FieldError: WrongPattern: it cannot be understood, or names two files for records that have no lines.
    """
    patterns = Patterns(integration.watched_pattern)
    if patterns.of_two and not load_definition(integration.code).with_lines:
        raise FieldError(
            f"“{integration.watched_pattern}” names two files that come together, but what {integration.code} fills "
            "has no lines.",
            "Divide the names of files that are read one by one with a semicolon.",
            "WrongPattern",
        )
    return patterns


def complete_files(folder: Path, patterns: Patterns, now: float) -> Complete:
    """Look into a folder.

    Args:
        now: the time of the clock, in seconds as files have it.
    Raises:
        OSError: the folder cannot be looked into.
    """
    left: dict[str, str] = {}
    written: dict[str, float] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name.casefold()
            passed_over = name.startswith((".", "~$")) or name.endswith(_UNFINISHED)
            if passed_over or not patterns.wants(entry.name):
                continue
            if not _is_text(entry.name):
                shown = entry.name.encode(errors="replace").decode()
                left[shown] = "its name has signs that are no text; rename it"
                continue
            if entry.is_symlink():
                left[entry.name] = "it is a link, and links are not followed out of the watched folder"
                continue
            with suppress(FileNotFoundError):
                about = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(about.st_mode):
                    continue
                if abs(now - about.st_mtime) < SETTLED_SECONDS:
                    left[entry.name] = "it was written a moment ago, and may not be complete"
                else:
                    written[entry.name] = about.st_mtime
    joined, halves = patterns.joined(sorted(written))
    wanted = [Wanted(folder / file, folder / lines if lines else None) for file, lines in joined]
    wanted.sort(key=lambda one: (max(written[file.name] for file in one.files), one.file.name))
    return Complete(wanted, {folder / name: other for name, other in halves.items()}, left)


def _is_text(name: str) -> bool:
    """Whether a name can be kept; the system allows names that are no text in any writing."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
