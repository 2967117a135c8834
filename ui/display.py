"""Whether there is a screen; found out before Qt starts, because Qt ends the process when there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_WITHOUT_SCREEN = ("offscreen", "minimal")
_X11_SOCKETS = Path("/tmp/.X11-unix")


def has_display(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """True when a window can be shown.

    Args:
        environment: the process's environment variables.
        platform: as `sys.platform`; Windows and macOS always have a screen.
    """
    chosen = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if chosen:
        return chosen not in _WITHOUT_SCREEN
    if platform in ("win32", "darwin") or environment.get("WAYLAND_DISPLAY"):
        return True
    display = environment.get("DISPLAY", "")
    if not display:
        return False
    host, _, number = display.rpartition(":")
    if host in ("", "unix"):
        return (_X11_SOCKETS / f"X{number.split('.')[0]}").exists()
    return True
