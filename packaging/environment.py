"""The virtual environment: made, filled from the lock, and left alone as long as nothing changed.

Runs under the system's Python, so it keeps to the standard library.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import system_libraries

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "packaging" / "requirements" / "dev.lock"
STAMP = VENV / "backdesk-setup.json"
ON_WINDOWS = os.name == "nt"
SCRIPTS = VENV / ("Scripts" if ON_WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if ON_WINDOWS else "python")


class SetupError(Exception):
    """The set-up cannot go on; the text says what happened and what to do."""


def script(name: str) -> Path:
    """The path of a command in the environment."""
    return SCRIPTS / (f"{name}.exe" if ON_WINDOWS else name)


def works(python: str | Path) -> bool:
    """Whether the interpreter starts and is new enough."""
    return succeeds([str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])


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
    # A clone that was moved, or a Python that the system replaced, leaves an environment that only looks whole.
    place = {"root": str(ROOT), "python": str(PYTHON.resolve())}
    wanted = {**place, "inputs": digest_of_inputs()}
    stamped = read_stamp()
    if stamped == wanted and PYTHON.exists():
        return
    moved = any(stamped.get(key, value) != value for key, value in place.items())
    if moved or not works(PYTHON) or not installer():
        make_environment()
    elif STAMP.exists():
        STAMP.unlink()
    print("Installing the locked dependencies ...", flush=True)
    pip("--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK))
    pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(json.dumps({**wanted, "python": str(PYTHON.resolve())}), encoding="utf-8")


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
    print(f"Making {VENV.name} with Python {sys.version.split()[0]} ...", flush=True)
    command = [sys.executable, "-m", "venv", "--clear"]
    if not succeeds([sys.executable, "-c", "import ensurepip; ensurepip.version()"]):
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


def installer() -> list[str]:
    """The words that start pip for `.venv`: its own, else this Python's; none where neither has pip."""
    own = [str(PYTHON), "-m", "pip"]
    lent = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    return next((start for start in (own, lent) if succeeds([*start, "--version"])), [])


def pip(*arguments: str) -> None:
    """Install into `.venv`; raises SetupError with pip's last words."""
    done = subprocess.run(
        [*installer(), "--quiet", "--disable-pip-version-check", "--no-input", "install", *arguments],
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
