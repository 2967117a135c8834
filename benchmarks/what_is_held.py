"""What a process holds, before and after."""

from __future__ import annotations

import gc
import statistics
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication


def held() -> dict[str, float]:
    """What the process holds now: memory in MB, threads, open files, Python objects, widgets."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if sys.platform == "linux" else 0
    files = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0
    widgets = len(QApplication.allWidgets()) if isinstance(QCoreApplication.instance(), QApplication) else 0
    return {
        "memory_mb": pages * 4096 / 1e6,
        "threads": float(threading.active_count()),
        "files": float(files),
        "objects": float(len(gc.get_objects())),
        "widgets": float(widgets),
    }


def percentile(values: Sequence[float], percent: int) -> float:
    """That percentile of the values."""
    return float(statistics.quantiles(values, n=100)[percent - 1])
