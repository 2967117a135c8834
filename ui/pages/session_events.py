"""Session Events: when somebody logged on and off, and when code began and ended in the background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from desktop.codeunits.registry import registered
from desktop.formats import date_text, duration_text
from models.database import local_day
from models.fields import shown_time
from models.filters import exactly
from models.job_queue import SessionEvent
from models.rules import Kind
from ui.dialogs import Question, tell
from ui.framework.columns import Paint, column_of
from ui.framework.command_bar import Action
from ui.framework.context import PageContext
from ui.framework.list_page import ListPage
from ui.widgets.empty_state import EmptyKind
from ui.widgets.pill import PillLook

_LOOKS: Final = {
    "Logon": PillLook("info", "person"),
    "Logoff": PillLook("idle", "arrow_exit"),
    "Start": PillLook("info", "play"),
    "Stop": PillLook("idle", "stop"),
    "Close": PillLook("warn", "dismiss"),
}
_SHORT_MS: Final = 100
_ID_SHOWN: Final = 8  # characters; they tell sessions apart, and the filter takes the whole


def _look(event: Any) -> PillLook | None:
    return _LOOKS.get(event)


def _when(stored: Any) -> str:
    moment = shown_time(stored).astimezone()
    return f"{date_text(moment.date())} {moment:%H:%M:%S}"


def _duration(stored: Any) -> str:
    if stored is None:
        return ""
    return f"{stored} ms" if stored < _SHORT_MS else duration_text(stored / 1000)


def _codeunit(stored: Any) -> str:
    captions = {codeunit.name: codeunit.caption for codeunit in registered()}
    return captions.get(stored, str(stored or ""))


def _one_line(stored: Any) -> str:
    return " · ".join(str(stored or "").splitlines())


def _short_id(stored: Any) -> str:
    return str(stored)[:_ID_SHOWN]


class SessionEvents(ListPage):
    """The newest first; page background tasks leave no events."""

    NAME = "session_events"
    TITLE = "Session Events"
    SEARCH_TERMS = ("session log", "logon", "logoff", "log on", "sign in", "background sessions")
    RECORD = SessionEvent
    SORT = "at"
    DESCENDING = True
    COLUMNS = (
        column_of(SessionEvent, "at", kind=Kind.DATE, width=156, formatter=_when, filter_sql=local_day("at")),
        column_of(SessionEvent, "event", width=92, paint=Paint.PILL, look=_look),
        column_of(SessionEvent, "kind", width=96),
        column_of(SessionEvent, "user_id", width=100),
        column_of(SessionEvent, "codeunit", width=190, paint=Paint.STRONG, formatter=_codeunit),
        column_of(SessionEvent, "duration_ms", width=92, formatter=_duration, filterable=False),
        column_of(SessionEvent, "comment", width=220, formatter=_one_line, stretch=True),
        column_of(SessionEvent, "computer", width=110, paint=Paint.MUTED, yields=True),
        column_of(SessionEvent, "program", width=80, paint=Paint.MUTED, yields=True),
        column_of(SessionEvent, "session_id", width=92, paint=Paint.MUTED, formatter=_short_id, yields=True),
    )

    def __init__(self, context: PageContext, filters: dict[str, str] | None = None, search: str = "") -> None:
        super().__init__(context, filters, search)
        self.question: Question | None = None

    def list_actions(self) -> Sequence[Action]:
        return (
            Action("details", "Show details", "info", self._show_details, enabled=False),
            Action("session", "Events of this session", "filter", self._filter_session, enabled=False),
            Action("running", "Task Monitor", "timer", self._open_monitor),
        )

    def on_after_get_current_record(self, key: str) -> None:
        for action in ("details", "session"):
            self.set_action_enabled(action, bool(key))

    def open_record(self, key: str) -> None:
        """Show all of an event (Enter)."""
        self._show_details()

    def empty_action(self) -> str:
        return ""

    def _current(self) -> dict[str, Any]:
        """The event that the keyboard is on, by column; empty for none."""
        row = self.model.row(self.view.currentIndex().row())
        if row is None:
            return {}
        return dict(zip((column.name for column in self.COLUMNS), row[1:], strict=True))

    def _show_details(self) -> None:
        event = self._current()
        if not event:
            return
        where = ", ".join(text for text in (event["program"], event["computer"]) if text)
        lines = (
            ("Session", event["session_id"]),
            ("Kind", event["kind"]),
            ("User ID", event["user_id"]),
            ("Codeunit", event["codeunit"]),
            ("Duration", _duration(event["duration_ms"])),
            ("Program", where),
        )
        name = _codeunit(event["codeunit"]) or event["user_id"]
        self.question = tell(
            self.window(),
            f"{event['event']} of “{name}”, {_when(event['at'])}",
            event["comment"] or "There is no comment.",
            details="\n".join(f"{caption}: {value}" for caption, value in lines if value),
        )

    def _filter_session(self) -> None:
        if event := self._current():
            self.set_filter("session_id", exactly(event["session_id"]))

    def _open_monitor(self) -> None:
        self.context.navigate("task_monitor")

    def _show_list_or_reason(self) -> None:
        super()._show_list_or_reason()
        if self.stack.currentWidget() is self.empty and self.empty.kind is EmptyKind.FIRST_USE:
            self.empty.show_state(
                EmptyKind.FIRST_USE,
                "There are no session events yet",
                detail="Every logon and logoff, and every start and end of code in the background, is listed here.",
            )
