"""The system's shared libraries that Qt loads on Linux: which are missing, and how to get them.

Runs under the system's Python, so it keeps to the standard library.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys

# Library → the Debian package that brings it. Without these Qt does not start at all, not even offscreen.
ALWAYS_NEEDED = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
NEEDED_FOR_A_WINDOW = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def missing_libraries(needed: dict[str, str]) -> list[str]:
    """The names of those libraries that cannot be loaded; Windows and macOS bring what Qt wants."""
    if not sys.platform.startswith("linux"):
        return []
    missing = []
    for library in needed:
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(library)
    return missing


def provide() -> None:
    """Install what is missing, or print the one line to type; says nothing when all is there."""
    needed = {**ALWAYS_NEEDED, **NEEDED_FOR_A_WINDOW}
    missing = missing_libraries(needed)
    packages = [needed[library] for library in missing]
    if not missing or install_debian_packages(packages):
        return
    print(f"System libraries are missing: {', '.join(missing)}.")
    if shutil.which("apt-get"):
        print(f"Type this once:\n\n  sudo apt-get install -y --no-install-recommends {' '.join(packages)}\n")
    else:
        print(f"Install the packages of your system that bring them (on Debian: {' '.join(packages)}).\n")


def install_debian_packages(packages: list[str]) -> bool:
    """Install by apt as root or through a sudo that does not ask; False where that cannot be or fails."""
    apt = shutil.which("apt-get")
    prefix = _as_root()
    if apt is None or prefix is None:
        return False
    print(f"Installing system packages: {' '.join(packages)} ...", flush=True)
    start = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-q", "-y"]
    install = [*start, "install", "--no-install-recommends", *packages]
    if _quiet(install)[0] == 0:
        return True
    # A fresh machine knows no package list yet; fetching it first would cost every other machine a wait.
    _quiet([*start, "update"])
    code, told = _quiet(install)
    if code:
        print("apt-get could not install them:", *told.strip().splitlines()[-4:], sep="\n  ")
    return code == 0


def _as_root() -> list[str] | None:
    """The words before a command that needs root's rights; None where they cannot be had without asking."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _quiet(["sudo", "-n", "true"])[0] == 0:
        return ["sudo", "-n"]
    return None


def _quiet(command: list[str]) -> tuple[int, str]:
    """Run with nothing to read and nothing on the screen; returns exit code and what was printed."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout
