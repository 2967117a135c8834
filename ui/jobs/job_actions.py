"""What a person can do about jobs: asked where it cannot be undone, done off the GUI thread, told when refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.clock import Clock
from desktop.errors import TransitionError
from desktop.formats import count_text
from desktop.jobqueue import actions, states
from desktop.jobqueue.states import Action
from desktop.tasks.task import TaskError
from models.job_lists import JobRow, KeptRecords, LogDetails, kept_records, last_error
from models.job_queue import EntryStatus
from ui.dialogs import Answer, Question, ask, tell
from ui.framework.context import Notice, PageContext
from ui.jobs.wording import RUNNING, is_import
from ui.navigation import PAGES

LOG_PAGE = "job_queue_log_entries"
LIST_PAGE = "job_queue_entries"
CARD_PAGE = "job_queue_entry_card"
RECORDS_PAGE = "integration_records"


class Changed(NamedTuple):
    """What came of an action: to which entries it happened, and why not to the others."""

    action: Action
    ids: tuple[str, ...]
    refused: tuple[str, ...]
    undo: bool


@dataclass(frozen=True, slots=True)
class ChangeJobs:
    """Makes one transition for each of some entries."""

    action: Action
    ids: tuple[str, ...]
    user_id: str
    clock: Clock
    undo: bool = False  # whether it can be taken back

    def __call__(self) -> Changed:
        done, refused = [], []
        for job_id in self.ids:
            try:
                self._change(job_id)
                done.append(job_id)
            except TransitionError as error:
                refused.append(str(error))
        return Changed(self.action, tuple(done), tuple(refused), self.undo)

    def _change(self, job_id: str) -> None:
        changes: dict[Action, Callable[[], object]] = {
            Action.CANCEL: partial(actions.cancel, job_id, clock=self.clock),
            Action.RESTART: partial(actions.restart, job_id, user_id=self.user_id, clock=self.clock),
            Action.SET_ON_HOLD: partial(actions.set_on_hold, job_id, clock=self.clock),
            Action.SET_READY: partial(actions.set_ready, job_id, user_id=self.user_id, clock=self.clock),
            Action.DELETE: partial(actions.delete, job_id),
        }
        changes[self.action]()


class UndoHold:
    """Sets entries to Ready again that were put on hold; works also when the page is closed meanwhile."""

    def __init__(self, context: PageContext, ids: tuple[str, ...]) -> None:
        self._context, self._ids = context, ids

    def __call__(self) -> None:
        work = ChangeJobs(Action.SET_READY, self._ids, self._context.user_id, self._context.clock)
        self._context.hub.write(self, work, self._on_done, self._on_error)

    def _on_done(self, changed: Changed) -> None:
        if changed.refused:
            self._context.notify(Notice(changed.refused[0], "warn"))

    def _on_error(self, error: TaskError) -> None:
        self._context.notify(Notice(error.text, "err"))


_WORDS: Final = {
    Action.SET_ON_HOLD: ("is on hold", "are on hold"),
    Action.SET_READY: ("is ready to run", "are ready to run"),
    Action.RESTART: ("runs again", "run again"),
    Action.CANCEL: ("was cancelled", "were cancelled"),
    Action.DELETE: ("was deleted", "were deleted"),
}


class JobActions(QObject):
    """The actions of one page or part.

    Args:
        host: the widget over which questions open.

    Signals:
        stopping: the ids of running entries that the person has just told to stop.
        changed: an action has been tried; what the database has may be another now.
        refused: title and text of what could not be done.
        succeeded: an action was done wholly, so what was refused before is no news any more.
    """

    stopping = Signal(object)  # Sequence[str]
    changed = Signal()
    refused = Signal(str, str)
    succeeded = Signal()

    def __init__(self, context: PageContext, host: QWidget) -> None:
        super().__init__(host)
        self._context, self._host = context, host
        self._names: dict[str, str] = {}
        self._asked_about: tuple[JobRow, ...] = ()
        self.question: Question | None = None

    def close_actions(self) -> None:
        """The page is closed; what was asked for is still done."""
        self._context.hub.forget(self)

    # ---- what can be done

    @staticmethod
    def allowed(action: Action, rows: Sequence[JobRow]) -> bool:
        """Whether all of these entries may do that now."""
        if action is Action.CANCEL and any(row.status == EntryStatus.CANCELLING for row in rows):
            return False
        return bool(rows) and all(states.allowed(action, row.status) for row in rows)

    @staticmethod
    def has_error(rows: Sequence[JobRow]) -> bool:
        """Whether there is one entry with an error to show."""
        return len(rows) == 1 and bool(rows[0].error)

    @staticmethod
    def record_page(rows: Sequence[JobRow]) -> str:
        """The page that shows what the one entry works on; empty when there is none."""
        if len(rows) != 1 or not rows[0].record_table:
            return ""
        if is_import(rows[0]):
            return RECORDS_PAGE
        page = f"{rows[0].record_table}_card"
        return page if page in PAGES else ""

    # ---- the actions

    def cancel(self, rows: Sequence[JobRow]) -> None:
        """Stop entries that run, after asking; take back those that wait, at once."""
        running = [row for row in rows if row.status in RUNNING]
        if not running:
            self._change(Action.CANCEL, rows)
            return
        self._asked_about = tuple(rows)
        work = _ReadKept(running[0].id if len(running) == 1 else "")
        self._context.hub.query(self, work, self._ask_stop, self._on_error, key="kept")

    def retry(self, rows: Sequence[JobRow]) -> None:
        """Run entries that have ended again."""
        self._change(Action.RESTART, rows)

    def put_on_hold(self, rows: Sequence[JobRow]) -> None:
        """Keep entries from running."""
        self._change(Action.SET_ON_HOLD, rows)

    def set_ready(self, rows: Sequence[JobRow]) -> None:
        """Let entries that are on hold run."""
        self._change(Action.SET_READY, rows)

    def delete(self, rows: Sequence[JobRow]) -> None:
        """Remove entries and their log, after asking."""
        self._asked_about = tuple(rows)
        what = f"“{rows[0].description}”" if len(rows) == 1 else f"{len(rows)} job queue entries"
        whose = "Its log entries go" if len(rows) == 1 else "Their log entries go"
        self.question = ask(
            self._host,
            f"Delete {what}?",
            f"{whose} too. This cannot be undone. What the jobs have done stays.",
            (Answer("delete", "Delete", "danger"), Answer("keep", "Keep", "primary")),
            "keep",
            self._on_delete_answer,
        )

    def show_error(self, row: JobRow) -> None:
        """Show the whole error of an entry, with where it happened behind "Show details"."""
        self._context.hub.query(self, _ReadError(row), self._tell_error, self._on_error, key="error")

    def open_log(self, rows: Sequence[JobRow]) -> None:
        """Open the log: of one entry, or of all when none or several are selected."""
        if len(rows) == 1:
            self._context.navigate(LOG_PAGE, job_id=rows[0].id)
        else:
            self._context.navigate(LOG_PAGE)

    def open_record(self, row: JobRow) -> None:
        """Open what the entry works on."""
        page = self.record_page([row])
        if page == RECORDS_PAGE:
            self._context.navigate(page, run_id=int(row.record_id))
        elif page:
            self._context.navigate(page, key=row.record_id)

    def open_card(self, job_id: str) -> None:
        """Open the entry's card."""
        self._context.navigate(CARD_PAGE, key=job_id)

    # ---- how it works

    def _ask_stop(self, kept: KeptRecords | None) -> None:
        rows = self._asked_about
        imports = len(rows) == 1 and kept is not None
        title = f"Stop “{rows[0].description}”?" if len(rows) == 1 else f"Stop {len(rows)} jobs?"
        stop = "Stop import" if imports else "Stop job" if len(rows) == 1 else f"Stop {len(rows)} jobs"
        self.question = ask(
            self._host,
            title,
            kept_text(kept)
            if imports and kept is not None
            else "What is already saved is kept; the rest is not done.",
            (Answer("stop", stop, "danger"), Answer("keep", "Keep running", "primary")),
            "keep",
            self._on_stop_answer,
        )

    def _on_stop_answer(self, key: str) -> None:
        self.question = None
        if key == "stop":
            self.stopping.emit([row.id for row in self._asked_about])
            self._change(Action.CANCEL, self._asked_about)

    def _on_delete_answer(self, key: str) -> None:
        self.question = None
        if key == "delete":
            self._change(Action.DELETE, self._asked_about)

    def _change(self, action: Action, rows: Sequence[JobRow]) -> None:
        self._names.update({row.id: row.description for row in rows})
        running = {row.id for row in rows if row.status in RUNNING}
        waited = action is Action.SET_ON_HOLD and all(row.status == EntryStatus.READY for row in rows)
        ids = tuple(row.id for row in rows)
        work = ChangeJobs(action, ids, self._context.user_id, self._context.clock, undo=waited)
        told = self._on_stopped if action is Action.CANCEL and running else self._on_changed
        self._context.hub.write(self, work, told, self._on_error)

    def _on_stopped(self, changed: Changed) -> None:
        """The entry itself says "Stopping…", so no further words are needed."""
        self._tell_outcome(changed)
        self.changed.emit()

    def _on_changed(self, changed: Changed) -> None:
        self._tell_outcome(changed)
        if changed.ids:
            one, many = _WORDS[changed.action]
            name = self._names.get(changed.ids[0], "")
            text = f"“{name}” {one}" if len(changed.ids) == 1 else f"{len(changed.ids)} jobs {many}"
            undo = UndoHold(self._context, changed.ids) if changed.undo else None
            self._context.notify(Notice(text, action="Undo" if undo else "", on_action=undo))
        self.changed.emit()

    def _tell_outcome(self, changed: Changed) -> None:
        if not changed.refused:
            self.succeeded.emit()
            return
        more = len(changed.refused) - 1
        tail = f" ({count_text(more)} more could not either.)" if more else ""
        self.refused.emit("That is not possible now.", changed.refused[0] + tail)

    def _on_error(self, error: TaskError) -> None:
        self.refused.emit("That did not work.", error.text)
        self.changed.emit()

    def _tell_error(self, found: tuple[JobRow, LogDetails | None]) -> None:
        row, details = found
        self.question = tell_error(self._host, row.description, row.error, details)


def tell_error(host: QWidget, name: str, text: str, details: LogDetails | None) -> Question:
    """Show an error in full; code, call stack and messages stand behind "Show details", with Copy."""
    return tell(
        host,
        f"“{name}” ended with an error",
        text or (details.error if details else ""),
        details=error_details(text, details),
        severity="err",
    )


def error_details(text: str, details: LogDetails | None) -> str:
    """What is copied for whoever has to find the cause."""
    if details is None:
        return text
    parts = [
        f"{details.description}, attempt {details.attempt}",
        f"{details.error_code}: {details.error}" if details.error_code else details.error,
        details.call_stack.rstrip(),
        f"Messages:\n{details.messages}" if details.messages else "",
    ]
    return "\n\n".join(part for part in parts if part)


def kept_text(kept: KeptRecords) -> str:
    """What stays of an import that is stopped, and what is skipped."""
    made = []
    if kept.created or not kept.updated:
        made.append(f"{count_text(kept.created)} {_records(kept.created)} already created")
    if kept.updated:
        made.append(f"{count_text(kept.updated)} {_records(kept.updated)} already updated")
    verb = "is" if kept.created + kept.updated == 1 else "are"
    skipped = "is" if kept.left == 1 else "are"
    return f"{' and '.join(made)} {verb} kept; {count_text(kept.left)} {skipped} skipped."


def _records(number: int) -> str:
    return "record" if number == 1 else "records"


@dataclass(frozen=True, slots=True)
class _ReadKept:
    job_id: str  # empty when several are asked about

    def __call__(self) -> KeptRecords | None:
        return kept_records(self.job_id) if self.job_id else None


@dataclass(frozen=True, slots=True)
class _ReadError:
    row: JobRow

    def __call__(self) -> tuple[JobRow, LogDetails | None]:
        return self.row, last_error(self.row.id)
