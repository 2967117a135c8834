"""Checks of the computer and of the installed program; none of them needs a company."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zoneinfo
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from desktop import paths
from desktop.extensions.loader import LoadedExtension, loaded_extensions
from desktop.health.check import Check, error, ok, warning

BAD_QT: Final = {"6.12.0": "it aborts Python 3.11 after some minutes"}
OLDEST_PYTHON: Final = (3, 11)
OLDEST_SQLITE: Final = (3, 35, 0)  # the first with RETURNING
LITTLE_SPACE: Final = 1_000_000_000  # bytes
NO_SPACE: Final = 100_000_000
_QT_SECONDS: Final = 60
_REINSTALL: Final = "Install Backdesk again, in a fresh virtual environment."

# Runs in its own process: a Qt that does not start must not take the doctor with it.
_QT_PROBE: Final = """
import ctypes, json, pathlib
import PySide6
from PySide6 import QtCore, QtGui, QtWidgets
folder = pathlib.Path(QtCore.QLibraryInfo.path(QtCore.QLibraryInfo.LibraryPath.PluginsPath), "platforms")
plugins = {}
for file in sorted(folder.glob("*")):
    try:
        ctypes.CDLL(str(file))
        plugins[file.stem.removeprefix("lib").removeprefix("q")] = ""
    except OSError as fault:
        plugins[file.stem.removeprefix("lib").removeprefix("q")] = str(fault)
print(json.dumps({"version": QtCore.qVersion(), "plugins": plugins}))
"""
_WINDOW_PLUGINS: Final = {"linux": ("xcb", "wayland"), "win32": ("windows",), "darwin": ("cocoa",)}

QtProbe = Callable[[], dict[str, Any]]


def check_installation(probe: QtProbe | None = None) -> list[Check]:
    """All checks of this room, in the order in which they are told.

    Args:
        probe: starts Qt; returns its version, and per platform plugin why it does not load, "" where it does.
    """
    return [
        python(sys.version_info[:3]),
        pyside(_installed_pyside()),
        *qt(probe or probe_qt),
        sqlite(sqlite3.sqlite_version_info),
        time_zones(),
        *(folder(name, find) for name, find in _FOLDERS),
        disk(paths.data_folder),
        *extensions(),
    ]


_FOLDERS: Final[tuple[tuple[str, Callable[[], Path]], ...]] = (
    ("Data folder", paths.data_folder),
    ("Settings folder", lambda: paths.settings_file().parent),
    ("Log folder", paths.log_folder),
)


def python(version: tuple[int, ...]) -> Check:
    """The interpreter."""
    shown = ".".join(map(str, version))
    if version[:2] < OLDEST_PYTHON:
        return error("Python", f"Python {shown} is too old.", "Install Python 3.11 or newer.")
    return ok("Python", f"Python {shown}, {sys.platform}")


def _installed_pyside() -> str:
    try:
        return metadata.version("PySide6-Essentials")
    except metadata.PackageNotFoundError:
        return ""


def pyside(version: str) -> Check:
    """The Qt binding, by its version; "" when it is not installed as a package."""
    if not version:
        if getattr(sys, "frozen", False):
            return ok("PySide6", "Part of the program")
        return error("PySide6", "PySide6-Essentials is not installed.", _REINSTALL)
    if version in BAD_QT:
        return error(
            "PySide6",
            f"PySide6 {version} must not be used: {BAD_QT[version]}.",
            "Install a version from 6.11.3 on, below 6.12.",
        )
    return ok("PySide6", f"PySide6 {version}")


def probe_qt() -> dict[str, Any]:
    """Start Qt in a process of its own.

    Raises:
        OSError: Qt does not start; the text says why.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", _QT_PROBE],
            capture_output=True,
            text=True,
            timeout=_QT_SECONDS,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise OSError(f"Qt gave no sign of life for {_QT_SECONDS} s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"it ended with code {done.returncode}"]
        raise OSError(lines[-1])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def qt(probe: QtProbe) -> list[Check]:
    """Whether Qt starts, and whether it can show a window here."""
    if getattr(sys, "frozen", False):
        return []  # the program's own Qt, which could not be left behind
    libraries = "On Debian or Ubuntu, make setup installs what is missing; else install the named library."
    try:
        found = probe()
    except OSError as fault:
        return [error("Qt", f"Qt does not start: {fault}.", libraries)]
    checks = [ok("Qt", f"Qt {found['version']} starts")]
    plugins: dict[str, str] = found["plugins"]
    wanted = _WINDOW_PLUGINS.get(sys.platform, ("xcb",))
    present = [name for name in plugins if name.startswith(wanted)]
    loading = [name for name in present if not plugins[name]]
    if loading:
        checks.append(ok("Window system", f"Can show windows ({', '.join(loading)})"))
    elif present:
        reason = plugins[present[0]]
        checks.append(warning("Window system", f"No window can be shown: {reason}.", libraries))
    else:
        checks.append(error("Window system", "Qt's platform plugin is missing.", _REINSTALL))
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        checks.append(
            warning(
                "Display",
                "There is no display here; the commands work, the window does not.",
                "Log in to a desktop, or set DISPLAY.",
            )
        )
    return checks


def sqlite(version: tuple[int, ...]) -> Check:
    """The database library that Python brings."""
    shown = ".".join(map(str, version))
    if version < OLDEST_SQLITE:
        return error(
            "SQLite", f"SQLite {shown} is too old.", "Use a Python that brings SQLite 3.35 or newer."
        )
    return ok("SQLite", f"SQLite {shown}")


def time_zones() -> Check:
    """The time zone data that schedules need."""
    try:
        zoneinfo.ZoneInfo("Europe/Berlin")
    except zoneinfo.ZoneInfoNotFoundError:
        return error("Time zones", "There is no time zone data.", "Install the package tzdata.")
    return ok("Time zones", "Time zone data found")


def folder(name: str, find: Callable[[], Path]) -> Check:
    """A folder of Backdesk's, written to once."""
    try:
        path = find()
        with tempfile.NamedTemporaryFile(dir=path, prefix=".backdesk-doctor-"):
            pass
    except OSError as fault:
        return error(
            name,
            f"“{fault.filename or 'it'}” cannot be written to: {fault.strerror or fault}.",
            "Ask for the right to write there, or set BACKDESK_HOME to another folder.",
        )
    return ok(name, str(path))


def disk(find: Callable[[], Path]) -> Check:
    """The free space where companies live."""
    try:
        free = shutil.disk_usage(find()).free
    except OSError as fault:
        return error(
            "Disk space", f"It cannot be told: {fault.strerror or fault}.", "Check that the disk is there."
        )
    text = f"{free / 1e9:,.1f} GB free"
    if free < NO_SPACE:
        return error("Disk space", f"Only {free / 1e6:,.0f} MB free.", "Free some space before you go on.")
    if free < LITTLE_SPACE:
        return warning("Disk space", f"Only {text}.", "Free some space before large imports.")
    return ok("Disk space", text)


def extensions() -> list[Check]:
    """The extensions, one by one; none is well too. What they add to the window is not looked at here."""
    found = loaded_extensions()
    if not found:
        return [ok("Extensions", "None")]
    return [_extension(loaded) for loaded in found]


def _extension(loaded: LoadedExtension) -> Check:
    if loaded.working:
        return ok("Extension", f"{loaded.name}, from {loaded.source}")
    return warning(
        "Extension", f"“{loaded.name}” is switched off. {loaded.error}", f"Mend or remove {loaded.source}."
    )
