"""What a page is given by the application: everything that it may use, so that it needs no global."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QWidget

from desktop.clock import Clock
from desktop.sessions.background import BackgroundSessions
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from ui.foreground import ForegroundRunner
from ui.theme import Theme
from ui.widgets.banner import Severity


@dataclass(frozen=True, slots=True)
class Notice:
    """A toast: something that the person has just done, in words.

    Args:
        text: one sentence.
        severity: info, ok, warn or err.
        action: the word on its button, e.g. "Undo"; none when empty.
        on_action: what the button does.
    """

    text: str
    severity: Severity = "ok"
    action: str = ""
    on_action: Callable[[], None] | None = None


class Navigate(Protocol):
    """Opens a page by its name in `ui.navigation`, with what it takes, e.g. key="C00010"."""

    def __call__(self, page_name: str, /, **arguments: object) -> None: ...


class ImportFile(Protocol):
    """Opens the import dialog, with a file and an integration where they are known."""

    def __call__(self, path: Path | None = None, integration_code: str = "") -> None: ...


def _no_import(path: Path | None = None, integration_code: str = "") -> None:
    """A page that stands alone imports nothing."""


def _nowhere(_page_name: str, /, **_arguments: object) -> None:
    """A page that stands alone opens nothing."""


def _silent(_notice: Notice) -> None:
    """A page that stands alone tells nobody."""


def _nobody_to_tell() -> None:
    """A page that stands alone has no frame that settings could change."""


def _no_sessions() -> BackgroundSessions:
    """A page that stands alone starts none: each is refused."""
    sessions = BackgroundSessions(Path(), Settings(), "")
    sessions.close()
    return sessions


@dataclass(slots=True)
class PageContext:
    """Given to each page by its constructor.

    Args:
        hub: runs everything that takes time, and everything that touches the database.
        user_id: who works here.
        navigate: opens another page.
        notify: shows a toast.
        user_name: the person's full name; may be empty.
        import_file: opens the import dialog.
        sessions: starts and stops background sessions.
        extensions_told: the extensions that are switched off, with the reason, of which a page has told already.
        foreground: runs what a person waits for, such as looking at a file, in child processes; a page that stands
            alone has none.
        settings_changed: called when something in `settings` has another value now.
        page_place: the widget in which pages are made. One that is put into another widget later takes the look of
            all that is in it anew.
    """

    hub: Hub
    settings: Settings
    clock: Clock
    user_id: str
    theme: Theme
    navigate: Navigate = field(default=_nowhere)
    notify: Callable[[Notice], None] = field(default=_silent)
    user_name: str = ""
    import_file: ImportFile = field(default=_no_import)
    extensions_told: set[tuple[str, str]] = field(default_factory=set)
    sessions: BackgroundSessions = field(default_factory=_no_sessions)
    foreground: ForegroundRunner | None = None
    settings_changed: Callable[[], None] = field(default=_nobody_to_tell)
    page_place: QWidget | None = None
