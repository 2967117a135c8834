"""The verbs of `bootstrap.py`, each behind a set-up that is over at once when nothing changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import system_libraries
from environment import PYTHON, ROOT, SetupError, script, set_up

BUILD = ROOT / "build"
NO_TESTS_COLLECTED = 5  # pytest's exit code
# A process for each core, up to four, since tests start processes of their own; `-n 0` among the arguments means one.
SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")

USAGE = """\
usage: bootstrap.py VERB [arguments]

  setup        make .venv, install the locked dependencies, find missing system libraries
  run          open Backdesk (arguments go to the backdesk command)
  test         lint, types, import contracts and tests (arguments go to pytest)
  test-long    the tests that take minutes
  bench        measure speed; a table, and figures in build/bench
  screenshots  a picture of every page, light and dark, in build/screenshots
  lint         ruff, mypy and the import contracts
  format       format the sources"""


def main(arguments: list[str]) -> int:
    """Set up, then do what the verb says.

    Returns the exit code of what was run, 1 for a failed set-up, 2 for wrong use.
    """
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    verbs = {
        "setup": set_up_only,
        "run": run,
        "test": test,
        "test-long": test_long,
        "bench": bench,
        "screenshots": screenshots,
        "lint": lint,
        "format": format_sources,
    }
    if verb in ("-h", "--help"):
        print(USAGE)
        return 0
    if verb not in verbs:
        print(f"There is no verb {verb!r}.\n\n{USAGE}" if verb else USAGE, file=sys.stderr)
        return 2
    try:
        set_up()
        return verbs[verb](rest)
    except SetupError as error:
        sys.stdout.flush()
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def set_up_only(arguments: list[str]) -> int:
    print("Backdesk is set up.")
    return 0


def run(arguments: list[str]) -> int:
    """Open the window, or go on offscreen where the libraries of a window are missing."""
    if system_libraries.missing_libraries(system_libraries.ALWAYS_NEEDED):
        raise SetupError("Backdesk cannot start before the system libraries named above are installed.")
    environment = dict(os.environ)
    if system_libraries.missing_libraries(system_libraries.NEEDED_FOR_A_WINDOW):
        print(
            "No window can be opened before the system libraries named above are installed; going on offscreen."
        )
        environment["QT_QPA_PLATFORM"] = "offscreen"
    return call([script("backdesk"), "--pictures", str(BUILD / "tour"), *arguments], environment)


def test(arguments: list[str]) -> int:
    """All that must hold before a change is shared; every check runs, whatever the others say."""
    checked = lint([])
    tested = call([PYTHON, "-m", "pytest", *SIDE_BY_SIDE, *arguments], offscreen())
    if checked and not tested:
        print("\nThe tests passed; lint, types or import contracts did not: see above.", file=sys.stderr)
    return checked or tested


def test_long(arguments: list[str]) -> int:
    code = call([PYTHON, "-m", "pytest", "-m", "long", *arguments], offscreen())
    return 0 if code == NO_TESTS_COLLECTED else code


def bench(arguments: list[str]) -> int:
    return call([PYTHON, "-m", "benchmarks", "--out", BUILD / "bench", *arguments], offscreen())


def screenshots(arguments: list[str]) -> int:
    # By its path: as the name of a module, `packaging` is the library of that name.
    program = ROOT / "packaging" / "screenshots.py"
    return call([PYTHON, program, BUILD / "screenshots", *arguments], offscreen())


def lint(arguments: list[str]) -> int:
    results = [
        call([script("ruff"), "check", "--quiet", "."]),
        call([script("ruff"), "format", "--quiet", "--check", "."]),
        call([script("mypy")]),
        call([script("lint-imports"), "--no-logo"]),
    ]
    return next((code for code in results if code), 0)


def format_sources(arguments: list[str]) -> int:
    fixed = call([script("ruff"), "check", "--fix", "."])
    return call([script("ruff"), "format", "."]) or fixed


def offscreen() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def call(command: list[str | Path], environment: dict[str, str] | None = None) -> int:
    """Run a command in the repository with its output on the screen; returns its exit code.

    Ctrl+C goes to the command, which may have work to bring to a good end; KeyboardInterrupt follows.
    """
    interrupts: list[int] = []
    sys.stdout.flush()
    before = signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(number))
    try:
        code = subprocess.Popen([str(word) for word in command], cwd=str(ROOT), env=environment).wait()
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupts:
        raise KeyboardInterrupt
    return code if code >= 0 else 128 - code
