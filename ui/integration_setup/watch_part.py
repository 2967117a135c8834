"""Whether the folder of an integration is watched, in words under its field, and how that begins and ends."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.imports import watch_jobs
from desktop.imports.integrations import setup_choices
from desktop.imports.integrations.setup_choices import Watching
from desktop.tasks.task import TaskError
from ui.framework.context import Notice, PageContext
from ui.widgets.banner import BannerBar

__all__ = ["WatchPart"]

_NONE: Final = "Files are not taken by themselves. Name a folder, then choose “Start watching”."
_HELD: Final = "The job that takes files is on hold: choose More, Show the watching job, and set it to Ready."


class WatchPart(QObject):
    """Follows the job of one integration's folder.

    Signals:
        shown: how the folder is watched, whenever that was read.
    """

    shown = Signal(object)  # Watching

    def __init__(self, context: PageContext, banners: BannerBar, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._banners = context, banners
        self._code = ""
        self.watching = Watching("", active=False, on_hold=False)

    def show_integration(self, code: str) -> None:
        """Follow another integration; none for ""."""
        self._code = code
        self.read()

    def read(self) -> None:
        """Read how it is watched."""
        if self._code:
            work = partial(setup_choices.watching, self._code)
            self._context.hub.query(self, work, self._on_read, self._on_refused, key="watching")

    def words(self) -> str:
        """How it is watched, in a sentence."""
        watching = self.watching
        if watching.active:
            when = {0: "", 1: " every minute"}.get(watching.minutes, f" every {watching.minutes:,} minutes")
            return f"New files are taken{when} by themselves; read ones go to “done”, others to “failed”."
        return _HELD if watching.on_hold else _NONE

    def start(self) -> None:
        """Let a job take the files of the folder, the first time at once."""
        work = partial(
            watch_jobs.start_watching, self._code, self._context.user_id, clock=self._context.clock
        )
        self._context.hub.write(self, work, self._on_started, self._on_refused)

    def stop(self) -> None:
        """Take no more files."""
        work = partial(watch_jobs.stop_watching, self._code, self._context.user_id, clock=self._context.clock)
        self._context.hub.write(self, work, self._on_stopped, self._on_refused)

    def show_job(self) -> None:
        """Open the job queue entry."""
        self._context.navigate("job_queue_entry_card", key=self.watching.job_id)

    def close_part(self) -> None:
        """The card is closed."""
        self._context.hub.forget(self)

    def _on_read(self, watching: Watching) -> None:
        self.watching = watching
        self.shown.emit(watching)

    def _on_started(self, _job_id: str) -> None:
        self._banners.remove("watching")
        self._context.notify(Notice("The folder is watched. Its files are read now.", "ok"))
        self.read()

    def _on_stopped(self, _nothing: object) -> None:
        self._banners.remove("watching")
        self._context.notify(Notice("The folder is not watched any more.", "ok"))
        self.read()

    def _on_refused(self, error: TaskError) -> None:
        self._banners.show_banner("watching", "warn", "The watching was not changed.", error.text)
        self.read()
