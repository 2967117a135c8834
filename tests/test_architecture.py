"""The layers hold: what each room may import, where Qt may be, and that the rules really bite."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Room → the rooms it may import. A new top-level folder with Python in it needs a line here and a contract.
MAY_IMPORT = {
    "models": {"models"},
    "resources": {"resources"},
    "desktop": {"desktop", "models", "resources"},
    "ui": {"ui", "desktop", "models", "resources"},
    "benchmarks": {"benchmarks", "ui", "desktop", "models", "resources"},
    "packaging": {"benchmarks", "ui", "desktop", "models", "resources"},
    "tests": {"tests", "benchmarks", "ui", "desktop", "models", "resources"},
}
COMPOSITION_ROOT = "desktop.__main__"
# The engine's only files that know Qt: its threads, its timers, and nothing of its widgets.
ENGINE_FILES_WITH_QT = {
    "desktop.gc_guard",
    "desktop.scheduler.slots",
    "desktop.tasks.delivery",
    "desktop.tasks.hub",
    "desktop.tasks.slots",
    "desktop.tasks.watch",
}
WIDGETS = {"PySide6.QtWidgets", "PySide6.QtGui"}
# The only circles of imports. Whoever runs code can ask for more code to be run, also that of extensions, which is
# imported when it is first needed; and a page and what extends it know each other.
CIRCLES = {
    frozenset(
        {
            "desktop.codeunits.registry",
            "desktop.extensions.extension",
            "desktop.extensions.loader",
            "desktop.imports.integrations.targets",
            "desktop.named_objects",
            "desktop.reports.registry",
            "desktop.scheduler.tasks",
            "desktop.sessions.permissions",
            "desktop.sessions.session",
            "desktop.sessions.task_calls",
        }
    ),
    frozenset({"ui.framework.page", "ui.framework.page_extension"}),
}


def modules_of(room: str) -> dict[str, Path]:
    """Every module of a room by its dotted name."""
    found = {}
    for path in sorted((ROOT / room).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(name: str, path: Path) -> Iterator[str]:
    """The modules that a file imports anywhere in it, with `from a import b` as both `a` and `a.b`."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)


def test_every_top_level_folder_has_its_contract() -> None:
    folders = {path.parent.name for path in ROOT.glob("[!.]*/*.py")} - {"build", "dist"}
    assert folders <= MAY_IMPORT.keys()
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]
    assert set(contracts["root_packages"]) == {"desktop", "ui", "models", "resources"}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_stands_below_it(room: str) -> None:
    forbidden = MAY_IMPORT.keys() - MAY_IMPORT[room] - {"packaging"}  # also the name of a library
    broken = [
        f"{name} imports {imported}"
        for name, path in modules_of(room).items()
        if name != COMPOSITION_ROOT
        for imported in imports_of(name, path)
        if imported.partition(".")[0] in forbidden
    ]
    assert broken == []


def test_modules_import_each_other_in_no_further_circle() -> None:
    """Imports inside functions and for types count too: they hide a circle, they do not open it."""
    files = {
        name: path
        for room in ("desktop", "models", "ui")
        for name, path in modules_of(room).items()
        if path.name != "__init__.py"  # such a file only hands names on
    }
    below = {name: set(imports_of(name, path)) & files.keys() - {name} for name, path in files.items()}
    while leaves := {name for name, imported in below.items() if not imported & below.keys()}:
        below = {name: imported for name, imported in below.items() if name not in leaves}
    reached = {name: _reached_from(name, below) for name in below}
    circles = {frozenset(other for other in reached[name] if name in reached[other]) for name in reached}
    assert circles - {frozenset()} == CIRCLES


def _reached_from(name: str, below: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = (below[waiting.pop()] & below.keys()) - found
        found |= new
        waiting.extend(new)
    return found


def test_widgets_stay_in_the_window() -> None:
    broken = [
        f"{name} imports {imported}"
        for room in ("models", "resources", "desktop")
        for name, path in modules_of(room).items()
        if name != COMPOSITION_ROOT
        for imported in imports_of(name, path)
        if imported in WIDGETS
    ]
    assert broken == []


def test_all_tables_are_used_alike() -> None:
    """Tab, the arrows, scrolling and the look are settled once, in `Table`."""
    own = {
        name
        for name, path in modules_of("ui").items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for used in (
            node.bases
            if isinstance(node, ast.ClassDef)
            else [node.func]
            if isinstance(node, ast.Call)
            else []
        )
        if isinstance(used, ast.Name) and used.id in ("QTableView", "QTableWidget")
    }
    assert own == {"ui.widgets.table"}


def test_no_page_imports_another_page() -> None:
    broken = [
        f"{name} imports {imported}"
        for name, path in modules_of("ui").items()
        if name.startswith("ui.pages.")
        for imported in imports_of(name, path)
        if imported.startswith("ui.pages.") and imported != name and not imported.startswith(f"{name}.")
    ]
    assert broken == []


def test_the_engine_loads_without_qt() -> None:
    engine = [
        name
        for room in ("models", "resources", "desktop")
        for name, path in modules_of(room).items()
        if name not in ENGINE_FILES_WITH_QT and "migrations" not in path.parts
    ]
    program = """
import importlib, json, sys
guilty = []
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    if "PySide6" in sys.modules:
        guilty.append(name)
        break
print(json.dumps(guilty))
"""
    run = subprocess.run(
        [sys.executable, "-c", program, json.dumps(engine)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == []


@pytest.mark.parametrize("module", sorted(WIDGETS))
@pytest.mark.parametrize(("place", "allowed"), [("desktop", False), ("models", False), ("ui", True)])
def test_the_linter_refuses_widgets_outside_the_window(module: str, place: str, allowed: bool) -> None:
    source = f"import {module}\n\nprint({module}.__doc__)\n"
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--select",
            "TID251",
            "--stdin-filename",
            f"{place}/wish.py",
            "-",
        ],
        cwd=ROOT,
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode == 0) is allowed, run.stdout


def test_tests_are_no_packages() -> None:
    """A package `tests/models` would hide the room of that name."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []
