"""The data files that come with Backdesk: icons, fonts, style, translations, the demo company."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["path"]


def path(*parts: str) -> Path:
    """Return where a data file or folder lies, e.g. ``path("icons", "add_20_regular.svg")``.

    Works from a clone and from an installed wheel alike. Raises ``FileNotFoundError`` when it is not there.
    """
    found = Path(str(files(__name__).joinpath(*parts)))
    if not found.exists():
        raise FileNotFoundError(
            f"The program's own file {'/'.join(parts)} is missing, so Backdesk is not complete. "
            "Install Backdesk again."
        )
    return found
