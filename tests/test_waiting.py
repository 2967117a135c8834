"""One place says how long a test waits for what must come: a bound of its own is where a busy computer fails it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent
# Which argument says how long, where it has no name; some count other things.
PLACES = {"close": 0, "drain": 0, "join": 0, "wait": 0, "waitForDone": 0, "wait_for": 1, "wait_until_idle": 0}
NAMED = {*PLACES, "acquire", "communicate", "get", "run", "waitSignal", "waitUntil"}


def bounds_of_its_own(source: str) -> Iterator[int]:
    """The lines in which somebody is waited for, a second or longer, without asking `tests.waiting` how long."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name, place = node.func.attr, PLACES.get(node.func.attr, len(node.args))
        if name not in NAMED or isinstance(node.func.value, ast.Call):
            continue  # an event that nobody else can set, `Event().wait(5)`, lasts so long and waits for nobody
        asked = [
            *node.args[place:],
            *(keyword.value for keyword in node.keywords if keyword.arg == "timeout"),
        ]
        values = [value.value for value in asked if isinstance(value, ast.Constant)]
        # The clock's own wait, `wait(event, 3600)`, is what some tests are about.
        if len(asked) == 1 and any(isinstance(value, int | float) and value > 1 for value in values):
            yield node.lineno


def test_no_test_waits_with_a_bound_of_its_own() -> None:
    found = [
        f"{path.relative_to(TESTS)}:{line}"
        for path in sorted(TESTS.rglob("*.py"))
        for line in bounds_of_its_own(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_bound_is_found_wherever_it_stands() -> None:
    source = "hub.drain(20)\nqueue.get(timeout=5)\nqtbot.waitUntil(f, timeout=9_000)\nhub.drain(0)\ndone.wait(WAIT)\n"
    assert list(bounds_of_its_own(source)) == [1, 2, 3]
