"""Without a display the same command shows the same window as a tour, and says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.waiting import WAIT
from ui.navigation import PAGES

ROOT = Path(__file__).resolve().parents[2]


def test_the_tour_imports_the_sample_file_and_draws_every_page(tmp_path: Path, backdesk_home: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "--pictures", str(tmp_path / "tour")],
        cwd=ROOT,
        env={**environment, "BACKDESK_HOME": str(backdesk_home), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=2 * WAIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith("There is no display here")
    assert "Import complete: 17 records created, 3 errors" in done.stdout
    pictures = list((tmp_path / "tour").glob("*.png"))
    assert len(pictures) >= len(PAGES)
    assert all(picture.stat().st_size > 5_000 for picture in pictures)
