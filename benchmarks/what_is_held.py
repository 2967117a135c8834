"""What a process holds, before and after."""

from __future__ import annotations

import ctypes
import gc
import statistics
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.tasks.hub import Hub

SETTLE_MS = 50


def settled(hub: Hub) -> dict[str, float]:
    """What the process holds when all tasks have ended and all that was to be deleted is."""
    hub.drain(10)
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MS, loop.quit)
    loop.exec()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return held()


def held() -> dict[str, float]:
    """Memory in MB, what of it is in use outside Python, threads, open files, Python objects, widgets, QObjects."""
    gc.collect()
    on_linux = sys.platform == "linux"
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if on_linux else 0
    files = len(list(Path("/proc/self/fd").iterdir())) if on_linux else 0
    widgets = QApplication.allWidgets() if isinstance(QCoreApplication.instance(), QApplication) else []
    below = [found for widget in widgets if widget.parent() is None for found in widget.findChildren(QObject)]
    return {
        "memory_mb": pages * 4096 / 1e6,
        "heap_mb": _heap_in_use() / 1e6,
        "threads": float(threading.active_count()),
        "files": float(files),
        "objects": float(len(gc.get_objects())),
        "widgets": float(len(widgets)),
        "qobjects": float(len(below)),
    }


class _HeapInfo(ctypes.Structure):
    """What the C library says of its heap, in bytes."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]
    hblkhd: int  # in mappings of their own
    uordblks: int  # in use


def _heap_in_use() -> int:
    """Bytes that C and C++ have asked for and not given back; 0 where the C library does not say.

    The memory of the process also holds what they gave back, in pieces too small for the system.
    """
    ask = getattr(ctypes.CDLL(None), "mallinfo2", None) if sys.platform == "linux" else None
    if ask is None:
        return 0
    ask.restype = _HeapInfo
    info: _HeapInfo = ask()
    return info.uordblks + info.hblkhd


def percentile(values: Sequence[float], percent: int) -> float:
    """That percentile of the values."""
    return float(statistics.quantiles(values, n=100)[percent - 1])
