"""A person's settings: typed, in one JSON file, with defaults for what is missing."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Final

import msgspec

from desktop import paths
from desktop.errors import SettingsError


class Settings(msgspec.Struct, kw_only=True):
    """Everything that a person may set. Times in milliseconds, or in seconds where the name says so.

    Attributes:
        theme: "light", "dark" or "system".
        scale: 0.9 to 2.0; the size of all text and controls.
        system_font: use the platform's font in place of Inter.
        row_height: "comfortable", "normal" or "compact".
        last_company: path of the company used last; empty for none.
        user_id: who works here; the operating system's user by default.
        task_default_timeout_ms: how long a page background task may run when its page names no time.
        task_max_timeout_ms: how long at most, whatever its page names.
        task_concurrency: page background tasks that run at once.
        task_queue_length: page background tasks that may wait; the next one is refused.
        task_min_interval_ms: how long a page waits at least before it runs the same codeunit again by itself.
        session_concurrency: background sessions that run at once.
        session_queue_length: background sessions that may wait; the next one is refused.
        developer_mode: only while it is on do the trial settings count.
        trial_delay_ms: how much slower child and background sessions are on purpose.
        trial_failure: which of them fail on purpose: "Never", "Every second time" or "Always".
        trial_codeunit: the only codeunit that it is about; every one when empty.
    """

    theme: str = "system"
    scale: float = 1.0
    system_font: bool = False
    row_height: str = "normal"
    last_company: str = ""
    user_id: str = ""
    notify_operating_system: bool = True
    task_default_timeout_ms: int = 120_000
    task_max_timeout_ms: int = 600_000
    task_concurrency: int = 5
    task_queue_length: int = 100
    task_min_interval_ms: int = 1_000
    session_concurrency: int = 10
    session_queue_length: int = 100
    developer_mode: bool = False
    trial_delay_ms: int = 0
    trial_failure: str = "Never"
    trial_codeunit: str = ""
    worker_slots: int = 4
    cancel_grace_seconds: float = 10.0

    def user(self) -> str:
        """The User ID, upper case as codes are."""
        return (self.user_id or os.environ.get("BACKDESK_USER") or _system_user()).upper()


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "USER"


def load() -> Settings:
    """The stored settings; the defaults where there are none, or where the file cannot be understood.

    Raises:
        SettingsError: their folder or file cannot be used.
    """
    try:
        file = paths.settings_file()
        try:
            return _within_bounds(msgspec.json.decode(file.read_bytes(), type=Settings))
        except FileNotFoundError:
            return Settings()
        except msgspec.DecodeError:
            file.replace(file.with_suffix(".unreadable.json"))
            return Settings()
    except OSError as error:
        raise _not_to_be("read", error) from error


_LEAST: Final = {
    "task_default_timeout_ms": 1,
    "task_max_timeout_ms": 1,
    "task_concurrency": 1,
    "task_queue_length": 0,
    "task_min_interval_ms": 100,
    "session_concurrency": 1,
    "session_queue_length": 0,
    "trial_delay_ms": 0,
    "worker_slots": 1,
    "cancel_grace_seconds": 0.0,
}
"""Below these the program would stand still, or run in a circle; whoever edits the file may not know that."""


def _within_bounds(settings: Settings) -> Settings:
    raised = {name: least for name, least in _LEAST.items() if getattr(settings, name) < least}
    return msgspec.structs.replace(settings, **raised)


def save(settings: Settings) -> None:
    """Write the settings so that a crash leaves the old file or the new one.

    Raises:
        SettingsError: their folder or file cannot be written.
    """
    try:
        file = paths.settings_file()
        draft = Path(f"{file}.new")
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(settings)))
        draft.replace(file)
    except OSError as error:
        raise _not_to_be("saved", error) from error


def _not_to_be(done: str, error: OSError) -> SettingsError:
    place = f" in “{error.filename}”" if error.filename else ""
    return SettingsError(
        f"The settings{place} cannot be {done}: {error.strerror or error}.",
        "Ask for the right to read and write there, or name another folder in BACKDESK_HOME.",
    )
