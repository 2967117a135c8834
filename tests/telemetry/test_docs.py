"""The page about telemetry names every event and every dimension, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from desktop.telemetry import events
from desktop.telemetry.events import Event

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "telemetry.md"
_OF_ALL = {"time", "event", "company", "host", "process"}
_NOT_DIMENSIONS = {"event", "entry", "clock"}


def _rows(heading: str) -> list[list[str]]:
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _own_dimensions() -> dict[str, set[str]]:
    return {row[0]: set(re.findall(r"`(\w+)`", row[2])) for row in _rows("The events")}


def _from_entry() -> set[str]:
    return {name for name, _ in events._FROM_ENTRY}


def _noted_in_code() -> dict[str, set[str]]:
    """The dimensions that the code names, by event: in the call of `note`, or in one of a function that passes on."""
    noted: dict[str, set[str]] = {}
    for path in (ROOT / "desktop").rglob("*.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        passing_on = _functions_that_pass_on(module)
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call) and node.args):
            event = call.args[0]
            if isinstance(event, ast.Attribute) and ast.unparse(event).startswith("Event."):
                named = _named(call) | passing_on.get(ast.unparse(call.func), set())
                noted.setdefault(Event[event.attr].value, set()).update(named - _NOT_DIMENSIONS)
    return noted


def _functions_that_pass_on(module: ast.Module) -> dict[str, set[str]]:
    """The functions of a module that note an event which they are given, with the dimensions that they add."""
    return {
        function.name: _named(call)
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and call.args and ast.unparse(call.args[0]) == "event"
        if ast.unparse(call.func) == "telemetry.note"
    }


def _named(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg is not None}


def test_every_event_is_documented() -> None:
    assert [row[0] for row in _rows("The events")] == [event.value for event in Event]


def test_the_code_notes_every_event() -> None:
    assert set(_noted_in_code()) == {event.value for event in Event}


def test_each_event_documents_the_dimensions_that_the_code_gives_it() -> None:
    computed = {"delay_ms", "duration_ms"}
    for event, named in _noted_in_code().items():
        documented = _own_dimensions()[event]
        assert named - _from_entry() - {"entry_id"} <= documented | computed, event
        assert documented - computed <= named | {"started_at"}, event


def test_every_dimension_is_explained_once() -> None:
    explained = [row[0].strip("`") for row in _rows("Dimensions")]
    own = set().union(*_own_dimensions().values())
    assert len(explained) == len(set(explained))
    assert set(explained) == _OF_ALL | _from_entry() | own
