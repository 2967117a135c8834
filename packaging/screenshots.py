"""Draws every page, light and dark, from the demo company on a fixed day: `screenshots.py DIR [SIZE]`.

Everything shown is computed by the program itself: the sample file is really imported, the running job really runs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DAY = datetime(2026, 11, 20, 8, 45, 2, tzinfo=UTC)
SIZE = "1440x900"


def main(arguments: list[str]) -> int:
    """Write the pictures.

    Args:
        arguments: the folder, and the window's size as WIDTHxHEIGHT.
    """
    folder = Path(arguments[0] if arguments else "build/screenshots").absolute()
    width, _, height = (arguments[1] if len(arguments) > 1 else SIZE).partition("x")
    sys.path.insert(0, str(ROOT))
    # Before anything of Qt or of the program is imported.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["BACKDESK_CLOCK_OFFSET"] = str((DAY - datetime.now(UTC)).total_seconds())
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    with tempfile.TemporaryDirectory(prefix="backdesk-screenshots-") as place:
        os.environ["BACKDESK_HOME"] = place
        import screens

        screens.draw(Path(place), folder, (int(width), int(height)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
