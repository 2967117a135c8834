"""Who reads a file: a process, named so that another one can tell whether it still lives."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Final

_ENDED: Final = ("Z", "X")  # a zombie, and one that is just being taken away


def this_process() -> str:
    """The owner text of this process: host, process id and, where the system tells it, the moment it began."""
    return f"{socket.gethostname()}/{os.getpid()}/{_began(os.getpid())}"


def lives(owner: str) -> bool:
    """Whether the process behind an owner text runs; another computer's is believed to."""
    host, _, rest = owner.rpartition("/")
    began = rest
    host, _, process = host.rpartition("/")
    if host != socket.gethostname():
        return bool(host)
    try:
        process_id = int(process)
    except ValueError:
        return False
    return _runs(process_id) and _began(process_id) == began


def _began(process_id: int) -> str:
    """When the process began, in the system's own unit; empty where that is not told, or it has ended.

    One that was killed is still listed until its parent has asked what became of it.
    """
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    state, *others = fields.rpartition(")")[2].split()
    return "" if state in _ENDED else others[18]


def _runs(process_id: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        limited_information, still_active = 0x1000, 259
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(limited_information, False, process_id)
        if not handle:
            return False
        code = ctypes.c_ulong()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return code.value == still_active
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
