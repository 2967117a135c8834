"""What pages of job queue entries share: the actions on entries, allowed by how those stand, and what was refused."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Final

from desktop.jobqueue.states import Action as Transition
from models.job_lists import JobRow
from ui.framework.page import Action, Page
from ui.jobs.job_actions import JobActions

REFUSED: Final = "refused"
TRANSITIONS: Final = {
    "cancel": Transition.CANCEL,
    "retry": Transition.RESTART,
    "hold": Transition.SET_ON_HOLD,
    "ready": Transition.SET_READY,
    "now": Transition.RUN_NOW,
    "delete": Transition.DELETE,
}


class JobsPage(Page):
    """A page calls `connect_jobs` once it has its `job_actions`, and `allow_jobs` when entries have changed."""

    job_actions: JobActions

    @abstractmethod
    def jobs(self) -> Sequence[JobRow]:
        """The entries on which the actions work now."""

    def connect_jobs(self) -> None:
        """Say what is refused, until something is done wholly."""
        self.job_actions.refused.connect(self._on_refused)
        self.job_actions.succeeded.connect(self._on_succeeded)

    def job_page_actions(self, *keys: str) -> list[Action]:
        """The actions on entries with these keys, in their order.

        Raises:
            KeyError: there is no such action.
        """
        known = (
            Action("new", "New", "add", self._new, "Alt+N"),
            Action("cancel", "Cancel job", "dismiss_circle", self._cancel, enabled=False),
            Action("retry", "Retry", "arrow_clockwise", self._retry, enabled=False),
            Action("hold", "Put on hold", "pause", self._hold, "Ctrl+H", enabled=False),
            Action("ready", "Set to Ready", "play", self._ready, enabled=False),
            Action("now", "Run now", "target", self._now, "Ctrl+R", enabled=False),
            Action("once", "Run once", "hourglass", self._once, "Ctrl+Shift+R", enabled=False),
            Action("error", "Show error", "error_circle", self._error, enabled=False),
            Action("stack", "Show call stack", "list_bar", self._stack, enabled=False),
            Action("log", "Log entries", "history", self._log, "Ctrl+F7"),
            Action("record", "Show record", "table_simple", self._record, enabled=False),
            Action("copy", "Copy", "copy", self._copy, enabled=False),
            Action("delete", "Delete", "delete", self._delete, "Ctrl+Del", enabled=False),
            Action("start", "Reschedule…", "calendar_clock", self._start, enabled=False),
            Action("priority", "Set priority…", "flag", self._priority, enabled=False),
        )
        by_key = {action.key: action for action in known}
        return [by_key[key] for key in keys]

    def allow_jobs(self) -> None:
        """Enable what can be done with the entries."""
        rows = self.jobs()
        one = len(rows) == 1
        for key, transition in TRANSITIONS.items():
            self.set_action_enabled(key, JobActions.allowed(transition, rows))
        for key, enabled in (
            ("error", JobActions.has_error(rows)),
            ("stack", JobActions.has_error(rows)),
            ("record", bool(JobActions.record_page(rows))),
            ("copy", one),
            ("once", one and JobActions.allowed(Transition.RUN_NOW, rows)),
            ("start", bool(rows)),
            ("priority", bool(rows)),
        ):
            self.set_action_enabled(key, enabled)

    def _on_succeeded(self) -> None:
        self.banners.remove(REFUSED)

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner(REFUSED, "warn", title, text)

    def _new(self) -> None:
        self.job_actions.create()

    def _cancel(self) -> None:
        self.job_actions.cancel(self.jobs())

    def _retry(self) -> None:
        self.job_actions.retry(self.jobs())

    def _hold(self) -> None:
        self.job_actions.put_on_hold(self.jobs())

    def _ready(self) -> None:
        self.job_actions.set_ready(self.jobs())

    def _now(self) -> None:
        self.job_actions.run_now(self.jobs())

    def _once(self) -> None:
        self.job_actions.run_once(self.jobs()[0])

    def _error(self) -> None:
        self.job_actions.show_error(self.jobs()[0])

    def _stack(self) -> None:
        self.job_actions.show_call_stack(self.jobs()[0])

    def _log(self) -> None:
        self.job_actions.open_log(self.jobs())

    def _record(self) -> None:
        self.job_actions.open_record(self.jobs()[0])

    def _copy(self) -> None:
        self.job_actions.copy(self.jobs()[0])

    def _delete(self) -> None:
        self.job_actions.delete(self.jobs())

    def _start(self) -> None:
        self.job_actions.reschedule(self.jobs())

    def _priority(self) -> None:
        self.job_actions.set_priority(self.jobs())
