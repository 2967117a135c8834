"""Where Backdesk keeps a person's data, settings and logs. `BACKDESK_HOME` redirects all of it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_DIRS = platformdirs.PlatformDirs("Backdesk", appauthor=False, roaming=False)


def _home() -> Path | None:
    home = os.environ.get("BACKDESK_HOME")
    return Path(home).expanduser().absolute() if home else None


def _folder(under_home: str, otherwise: Path) -> Path:
    home = _home()
    folder = home / under_home if home else otherwise
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data_folder() -> Path:
    """Companies live here unless a person puts them elsewhere; made when it is missing."""
    return _folder("data", _DIRS.user_data_path)


def settings_file() -> Path:
    """The person's settings."""
    return _folder("settings", _DIRS.user_config_path) / "settings.json"


def log_folder() -> Path:
    """Logs and crash reports."""
    return _folder("logs", _DIRS.user_log_path)


def telemetry_folder() -> Path:
    """What happened to jobs and tasks, of all companies and processes."""
    folder = data_folder() / "telemetry"
    folder.mkdir(exist_ok=True)
    return folder


def opened_documents() -> Path:
    """Copies of documents that the person has opened in other programs; nobody else may look into it."""
    folder = data_folder() / "opened"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def extensions_folder() -> Path:
    """Modules and packages here are loaded as extensions; it need not be there."""
    home = _home()
    return (home or _DIRS.user_data_path) / "extensions"


def demo_company() -> Path:
    """Where the demo company is made when no other company was ever opened."""
    return data_folder() / "harbour.db"


def worker_locks(company: Path) -> Path:
    """Where the workers of this company keep their locks; beside the company, so that all see it."""
    return company.with_name(company.name + "-workers")


def worker_lock(company: Path, worker_id: str) -> Path:
    """The file that a worker of this company locks while it lives."""
    return worker_locks(company) / f"{worker_id}.lock"
