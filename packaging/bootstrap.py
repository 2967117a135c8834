#!/usr/bin/env python3
"""Set Backdesk up on a fresh machine, then run, test or measure it: `bootstrap.py VERB [arguments …]`.

Needs Python and pip alone, the same way on Linux, Windows and macOS. Makes `.venv` in the repository, installs
the locked dependencies and the project, and finds the system libraries that Qt wants. A stamp in `.venv` makes
every later call start at once. Nothing is ever asked.

This file is read by whatever `python3` is, so it keeps to the standard library and to what Python 3.7 can read.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import system_libraries

OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BUILD = ROOT / "build"
LOCK = ROOT / "packaging" / "requirements" / "dev.lock"
STAMP = VENV / "backdesk-setup.json"
ON_WINDOWS = os.name == "nt"
SCRIPTS = VENV / ("Scripts" if ON_WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if ON_WINDOWS else "python")
NO_TESTS_COLLECTED = 5  # pytest's exit code

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


class SetupError(Exception):
    """The set-up cannot go on; the text says what happened and what to do."""


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
        use_a_python_new_enough(arguments)
        set_up()
        return verbs[verb](rest)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# --- the verbs -----------------------------------------------------------------------------------


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
    return call([script("backdesk"), *arguments], environment)


def test(arguments: list[str]) -> int:
    """All that must hold before a change is shared; every check runs, whatever the others say."""
    checked = lint([])
    tested = call([PYTHON, "-m", "pytest", *arguments], offscreen())
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
        call([script("lint-imports")]),
    ]
    return next((code for code in results if code), 0)


def format_sources(arguments: list[str]) -> int:
    fixed = call([script("ruff"), "check", "--fix", "."])
    return call([script("ruff"), "format", "."]) or fixed


def script(name: str) -> Path:
    return SCRIPTS / (f"{name}.exe" if ON_WINDOWS else name)


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


# --- the virtual environment ---------------------------------------------------------------------


def use_a_python_new_enough(arguments: list[str]) -> None:
    """Go on under a newer Python of this machine when this one is too old.

    Raises SetupError when there is none.
    """
    if sys.version_info >= OLDEST_PYTHON:
        return
    for name in NEWER_PYTHONS:
        found = shutil.which(name)
        if found and works(found):
            sys.exit(call([found, __file__, *arguments]))
    oldest = ".".join(str(part) for part in OLDEST_PYTHON)
    raise SetupError(
        f"Backdesk needs Python {oldest} or newer; this is {sys.version.split()[0]} ({sys.executable}).\n"
        f"Install a newer one and run this again. Debian and Ubuntu: sudo apt-get install -y python{oldest}-venv; "
        f"elsewhere: https://www.python.org/downloads/"
    )


def works(python: str | Path) -> bool:
    """Whether the interpreter starts and is new enough."""
    return succeeds([str(python), "-c", f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON!r})"])


def succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def set_up() -> None:
    """Make the machine ready; returns at once when it is.

    Raises SetupError with what to do.
    """
    system_libraries.provide()
    wanted = {"root": str(ROOT), "inputs": digest_of_inputs()}
    stamped = read_stamp()
    if stamped == wanted and PYTHON.exists():
        return
    if not works(PYTHON) or stamped.get("root", str(ROOT)) != str(ROOT):
        make_environment()
    elif STAMP.exists():
        STAMP.unlink()
    print("Installing the locked dependencies …", flush=True)
    pip("--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK))
    pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")


def digest_of_inputs() -> str:
    """Changes when the dependencies or the entry points do."""
    digest = hashlib.sha256()
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read_stamp() -> dict[str, str]:
    try:
        content = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def make_environment() -> None:
    """Make `.venv` anew; also where Debian leaves `ensurepip` out, as long as pip or root's rights are there.

    Raises SetupError.
    """
    print(f"Making {VENV.name} with Python {sys.version.split()[0]} …", flush=True)
    command = [sys.executable, "-m", "venv", "--clear"]
    if not succeeds([sys.executable, "-c", "import ensurepip"]):
        package = f"python3.{sys.version_info[1]}-venv"
        if succeeds([sys.executable, "-m", "pip", "--version"]):
            command.append("--without-pip")
        elif not system_libraries.install_debian_packages([package]):
            raise SetupError(
                f"This Python ({sys.executable}) has neither pip nor ensurepip to install anything with.\n"
                f"On Debian and Ubuntu type: sudo apt-get install -y {package}"
            )
    made = subprocess.run(
        [*command, str(VENV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if made.returncode:
        raise SetupError(f"The virtual environment {VENV} could not be made:\n{last_lines(made.stdout)}")


def pip(*arguments: str) -> None:
    """Install into `.venv`, with its own pip or else this Python's; raises SetupError with pip's last words."""
    own = succeeds([str(PYTHON), "-c", "import pip"])
    start = [str(PYTHON), "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    done = subprocess.run(
        [*start, "--quiet", "--disable-pip-version-check", "--no-input", "install", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        fail(done.stdout)


def fail(told_by_pip: str) -> NoReturn:
    """Raise SetupError with what a failure of pip most likely means, and what to do."""
    unreachable = ("Connection", "Temporary failure in name resolution", "Read timed out", "ProxyError")
    if any(sign in told_by_pip for sign in unreachable):
        advice = (
            "The dependencies could not be downloaded: the package index cannot be reached. Check the network\n"
            "(behind a proxy set HTTPS_PROXY; for an index of your own set PIP_INDEX_URL), then run this again."
        )
    elif "DO NOT MATCH THE HASHES" in told_by_pip:
        advice = "A download is not the package that was locked. Run this again; if it stays so, do not install it."
    elif "No matching distribution" in told_by_pip:
        advice = (
            f"A locked dependency has no ready-made package for this system with Python {sys.version.split()[0]}.\n"
            "Backdesk runs on 64-bit Linux with glibc 2.34 or newer, on Windows 10 and on macOS 13 or newer."
        )
    elif "No space left" in told_by_pip:
        advice = "The disk is full: the dependencies need about 600 MB."
    else:
        advice = (
            "The dependencies could not be installed. Mend what the lines above say, then run this again."
        )
    raise SetupError(f"{last_lines(told_by_pip)}\n\n{advice}")


def last_lines(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-6:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
