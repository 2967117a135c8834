"""The pages name nothing that has gone: files, headings, rooms, commands and what `make` can do."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop import __main__ as command_line

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ROOMS = ("benchmarks", "desktop", "docs", "models", "packaging", "resources", "tests", "ui")


def links_of(page: Path) -> Iterator[tuple[str, str]]:
    """The links of a page within the project: path, which is empty for the page itself, and heading."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            path, _, heading = target.partition("#")
            yield path, heading


def headings_of(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


def named_in_text(page: Path) -> Iterator[str]:
    """The files, folders and modules that a page names from the top of the project."""
    named = rf"`((?:{'|'.join(ROOMS)})(?:/[\w./-]*|(?:\.\w+)+))`"
    yield from re.findall(named, page.read_text(encoding="utf-8"))


def exists(name: str, page: Path) -> bool:
    """Whether a path is there, or a module with, at most, a class and a function of it behind a dot."""
    if "/" in name:
        return (ROOT / name).exists() or (page.parent / name).exists()
    parts = name.split(".")
    places = (ROOT.joinpath(*parts[:length]) for length in range(len(parts), max(len(parts) - 3, 1), -1))
    return any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_what_is_there(page: Path) -> None:
    gone = [name for name in named_in_text(page) if not exists(name, page)]
    for path, heading in links_of(page):
        target = page.parent / path if path else page
        if not target.exists() or (heading and heading not in headings_of(target)):
            gone.append(f"{path}#{heading}")
    assert gone == []


def test_what_the_pages_tell_people_to_make_can_be_made() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    told = set(re.findall(r"(?:^ *|`)make ([a-z-]+)(?:`| +#|$)", text, re.MULTILINE))
    assert "test" in told
    assert told <= targets


def commands_of(page: Path) -> Iterator[list[str]]:
    """The command lines that a page shows, with all that may be left out, and numbers for what stands for one."""
    text = page.read_text(encoding="utf-8")
    for line in re.findall(r"(?m)^ *(?:\$ )?backdesk +([^`#|>]+?) *(?:#.*|[|>].*)?$", text):
        yield shlex.split(re.sub(r"\bN(UMBER)?\b", "1", re.sub(r"[\[\]]", "", line)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_are_understood(page: Path) -> None:
    for words in commands_of(page):
        command_line._parser(words).parse_args(command_line._company_first(words))


def test_each_room_has_its_line_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path.parent for top in ("desktop", "ui") for path in (ROOT / top).glob("**/__init__.py")]
    inner = {room.relative_to(ROOT).as_posix() for room in rooms} - {"desktop", "ui"}
    assert {room for room in inner if f"`{room}/`" not in text} == {"desktop/jobqueue/recurrence"}
