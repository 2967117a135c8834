"""Retention Policies: how long what is kept, and the job that deletes what is older."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.clock import Clock
from desktop.formats import when_text
from desktop.jobqueue import retention
from desktop.jobqueue.retention import Overview
from desktop.tasks.task import TaskError
from models.job_queue import EntryStatus, JobQueueEntry
from models.retention import KINDS
from models.setup import RetentionPolicy
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action
from ui.framework.settings_page import SettingsPage
from ui.jobs.job_actions import CARD_PAGE
from ui.retention.policy_row import PolicyRow
from ui.widgets.card import Card
from ui.widgets.labels import Label

REFUSED = "refused"
_RUNNING: Final = (EntryStatus.IN_PROCESS, EntryStatus.CANCELLING)


class RetentionPolicies(SettingsPage):
    """See the module's docstring."""

    NAME = "retention_policies"
    TITLE = "Retention Policies"
    SEARCH_TERMS = ("clean up", "delete old data", "keep days", "data retention", "log size")
    TABLES = frozenset({RetentionPolicy.table(), JobQueueEntry.table()})
    UNREAD = "The retention policies could not be read."

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.hint = Label("", "body", "fg2", wrap=True)
        self.rows = {kind.name: PolicyRow(kind, last=kind is KINDS[-1]) for kind in KINDS}
        self._job_id = ""
        self._arrange()

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("clean", "Clean up now", "play", self._clean, "Alt+R"),
            Action("entry", "Job queue entry", "tasks_app", self._open_entry, enabled=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        super().on_open()
        next(iter(self.rows.values())).switch.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- how it comes about

    def _arrange(self) -> None:
        card = Card(flush=True)
        rows = QVBoxLayout()
        rows.setSpacing(0)
        for row in self.rows.values():
            row.entered.connect(self._on_entered)
            rows.addWidget(row)
        card.body.addLayout(rows)
        self.fill(self.hint, card)

    # ---- what happens

    def reader(self) -> Callable[[], Overview]:
        return partial(retention.overview, clock=self.context.clock)

    def show_found(self, found: Overview) -> None:
        for state in found.states:
            self.rows[state.policy.kind.name].show_state(state)
        entry = found.entry
        self._job_id = "" if entry is None else str(entry.id)
        self.set_action_enabled("entry", entry is not None)
        self.set_action_enabled("clean", entry is None or entry.status not in _RUNNING)
        self.hint.setText(_about(entry, self.context.clock))

    def _on_entered(self, name: str, enabled: bool, days: int) -> None:
        self.banners.remove(REFUSED)
        work = partial(retention.set_policy, name, enabled=enabled, keep_days=days)
        self.context.hub.write(self, work, self._on_saved, self._on_refused)

    def _on_saved(self, _nothing: None) -> None:
        self.refresh()

    def _clean(self) -> None:
        self.banners.remove(REFUSED)
        self.set_action_enabled("clean", False)
        work = partial(retention.clean_now, clock=self.context.clock)
        self.context.hub.write(self, work, self._on_begun, self._on_refused)

    def _on_begun(self, _job_id: str) -> None:
        self.context.notify(Notice("Cleaning up in the background"))
        self.refresh()

    def _on_refused(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "warn", "That was not done.", error.text)
        self.refresh()

    def _open_entry(self) -> None:
        self.context.navigate(CARD_PAGE, key=self._job_id)


def _about(entry: JobQueueEntry | None, clock: Clock) -> str:
    now = clock.now()
    if entry is None:
        return "Nothing cleans up yet: choose Clean up now, or start Backdesk again."
    if entry.status in _RUNNING:
        return f"It is being cleaned up. {entry.progress_text}".strip()
    last = f" Last time: {when_text(entry.ended_at, now)}. {entry.result_text}" if entry.ended_at else ""
    if entry.status == EntryStatus.READY and entry.next_start is not None:
        return f"What is older is deleted at night, next: {when_text(entry.next_start, now)}.{last}"
    if entry.status == EntryStatus.ERROR:
        return f"The job that cleans up has failed: {entry.error_text}"
    return f"The job that cleans up is {entry.status}, so nothing is deleted by itself.{last}"
