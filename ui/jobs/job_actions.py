"""What a person can do about jobs: asked where it cannot be undone, done off the GUI thread, told when refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.formats import count_text
from desktop.jobqueue import states
from desktop.jobqueue.field_rules import PRIORITIES
from desktop.jobqueue.states import Action
from desktop.tasks.task import TaskError
from models.changes import Change
from models.job_lists import JobRow, KeptRecords, kept_records
from models.job_log_lists import LogDetails, last_error
from models.job_queue import EntryStatus
from ui.dialogs import Answer, ask, ask_first
from ui.framework.context import Notice, PageContext
from ui.jobs.job_errors import ErrorActions, kept_text, tell_error
from ui.jobs.job_work import Changed, ChangeJobs, CopyJob, RemoveFailed, RescheduleJobs, SetPriority
from ui.jobs.new_entry_dialog import NewEntryDialog
from ui.jobs.record_pages import record_page
from ui.jobs.reschedule_dialog import RescheduleDialog
from ui.jobs.run_once_window import RunOnceWindow
from ui.jobs.wording import RUNNING

LOG_PAGE = "job_queue_log_entries"
LIST_PAGE = "job_queue_entries"
CARD_PAGE = "job_queue_entry_card"


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


class JobActions(ErrorActions):
    """The actions of one page or part.

    Signals:
        stopping: the ids of running entries that the person has just told to stop.
        changed: an action has been tried; what the database has may be another now.
        succeeded: an action was done wholly, so what was refused before is no news any more.
    """

    stopping = Signal(object)  # Sequence[str]
    changed = Signal()
    succeeded = Signal()

    def __init__(self, context: PageContext, host: QWidget) -> None:
        super().__init__(context, host)
        self._names: dict[str, str] = {}
        self._asked_about: tuple[JobRow, ...] = ()
        self.dialog: NewEntryDialog | RescheduleDialog | None = None
        self.window: RunOnceWindow | None = None

    # ---- what can be done

    @staticmethod
    def allowed(action: Action, rows: Sequence[JobRow]) -> bool:
        """Whether one of these entries may do that now; the others are told apart afterwards."""
        if action is Action.CANCEL:
            rows = [row for row in rows if row.status != EntryStatus.CANCELLING]
        return any(states.allowed(action, row.status) for row in rows)

    @staticmethod
    def has_error(rows: Sequence[JobRow]) -> bool:
        """Whether there is one entry with an error to show."""
        return len(rows) == 1 and bool(rows[0].error)

    @staticmethod
    def record_page(rows: Sequence[JobRow]) -> str:
        """The page that shows what the one entry works on; empty when there is none."""
        return record_page(rows[0])[0] if len(rows) == 1 else ""

    # ---- the actions

    def create(self) -> None:
        """Ask what a new entry is to run, make it On Hold, and open its card."""
        self.dialog = NewEntryDialog(self._host, self._context)
        self.dialog.created.connect(self._on_created)
        self.dialog.open()

    def cancel(self, rows: Sequence[JobRow]) -> None:
        """Stop entries that run and end schedules, after asking; take back those that wait once, at once."""
        running = [row for row in rows if row.status in RUNNING]
        self._asked_about = tuple(rows)
        if not running:
            recurring = sum(bool(row.schedule) and states.allowed(Action.CANCEL, row.status) for row in rows)
            if recurring:
                self._ask_cancel(recurring)
            else:
                self._change(Action.CANCEL, rows)
            return
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

    def run_now(self, rows: Sequence[JobRow]) -> None:
        """Run entries at once, in the background."""
        self._change(Action.RUN_NOW, rows)

    def run_once(self, row: JobRow) -> None:
        """Run an entry now, and show in a window how it goes on."""
        self.window = RunOnceWindow(self._host, self._context, row)
        self.window.refused.connect(self.refused)
        self.window.open()

    def reschedule(self, rows: Sequence[JobRow]) -> None:
        """Ask for another start of entries that wait."""
        self._asked_about = tuple(rows)
        self.dialog = RescheduleDialog(self._host, self._context, rows)
        self.dialog.chosen.connect(self._on_start_chosen)
        self.dialog.open()

    def set_priority(self, rows: Sequence[JobRow]) -> None:
        """Ask how urgent entries are among those of their category."""
        self._asked_about = tuple(rows)
        what = f"“{rows[0].description}”" if len(rows) == 1 else f"{len(rows)} jobs"
        levels = [Answer(str(number), name) for number, name in PRIORITIES.items()]
        self.question = ask(
            self._host,
            f"Priority of {what}",
            "Within a category, jobs of high priority start before the others; then first come, first served.",
            (*levels, Answer("keep", "Keep", "primary")),
            "keep",
            self._on_priority_answer,
        )

    def copy(self, row: JobRow) -> None:
        """Make another entry like this one, On Hold, and open its card."""
        self._context.hub.write(
            self,
            CopyJob(row.id, self._context.user_id, self._context.clock),
            self._on_created,
            self._on_error,
        )

    def remove_failed(self) -> None:
        """Remove all entries that have failed and do not recur, after asking."""
        self.question = ask_first(
            self._host,
            "Remove the failed entries?",
            "All entries with an error that do not recur are deleted with their log. This cannot be undone.",
            "Remove",
            self._remove_failed,
        )

    def delete(self, rows: Sequence[JobRow]) -> None:
        """Remove entries and their log, after asking."""
        what = f"“{rows[0].description}”" if len(rows) == 1 else f"{len(rows)} job queue entries"
        whose = "Its log entries go" if len(rows) == 1 else "Their log entries go"
        self.question = ask_first(
            self._host,
            f"Delete {what}?",
            f"{whose} too. This cannot be undone. What the jobs have done stays.",
            "Delete",
            partial(self._change, Action.DELETE, tuple(rows)),
        )

    def show_error(self, row: JobRow) -> None:
        """Show the whole error of an entry, with where it happened behind "Show details"."""
        self._context.hub.query(self, _ReadError(row), self._tell_error, self._on_error, key="error")

    def show_call_stack(self, row: JobRow) -> None:
        """Show the error of an entry with where in the program it was raised."""
        self._context.hub.query(self, _ReadError(row), self._tell_call_stack, self._on_error, key="error")

    def open_log(self, rows: Sequence[JobRow]) -> None:
        """Open the log: of one entry, or of all when none or several are selected."""
        if len(rows) == 1:
            self._context.navigate(LOG_PAGE, job_id=rows[0].id)
        else:
            self._context.navigate(LOG_PAGE)

    def open_record(self, row: JobRow) -> None:
        """Open what the entry works on."""
        page, arguments = record_page(row)
        if page:
            self._context.navigate(page, **arguments)

    def open_card(self, job_id: str) -> None:
        """Open the entry's card."""
        self._context.navigate(CARD_PAGE, key=job_id)

    # ---- what the page hears

    def records_changed(self, changes: Sequence[Change]) -> None:
        """Something was written: the window of a run that a person waits for reads its entry anew."""
        if self.window is not None:
            self.window.records_changed(changes)

    def job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        """A job has come further."""
        if self.window is not None:
            self.window.job_progressed(job_id, done, total, text)

    # ---- how it works

    def _on_start_chosen(self, start: datetime | None) -> None:
        ids = tuple(row.id for row in self._asked_about)
        self._write(RescheduleJobs(ids, start, self._context.user_id, self._context.clock))

    def _on_priority_answer(self, key: str) -> None:
        self.question = None
        if key != "keep":
            ids = tuple(row.id for row in self._asked_about)
            self._write(SetPriority(ids, int(key), self._context.user_id, self._context.clock))

    def _write(self, work: Callable[[], Changed]) -> None:
        self._names.update({row.id: row.description for row in self._asked_about})
        self._context.hub.write(self, work, self._on_changed, self._on_error)

    def _on_created(self, job_id: str) -> None:
        self.succeeded.emit()
        self.changed.emit()
        self.open_card(job_id)

    def _remove_failed(self) -> None:
        work = RemoveFailed(self._context.user_id, self._context.clock)
        self._context.hub.write(self, work, self._on_removed, self._on_error)

    def _on_removed(self, number: int) -> None:
        what = {0: "There was no failed entry to remove", 1: "1 failed entry was removed"}
        self._context.notify(Notice(what.get(number, f"{count_text(number)} failed entries were removed")))
        self.succeeded.emit()
        self.changed.emit()

    def _ask_stop(self, kept: KeptRecords | None) -> None:
        running = [row for row in self._asked_about if row.status in RUNNING]
        one = len(running) == 1
        number = count_text(len(running))
        title = f"Stop “{running[0].description}”?" if one else f"Stop {number} running jobs?"
        stop = f"Stop {number} jobs" if not one else "Stop job" if kept is None else "Stop import"
        text = "What is already saved is kept; the rest is not done." if kept is None else kept_text(kept)
        if len(self._asked_about) > len(running):
            text += " Those that wait are cancelled too."
        self.question = ask(
            self._host,
            title,
            text,
            (Answer("stop", stop, "danger"), Answer("keep", "Keep running", "primary")),
            "keep",
            self._on_stop_answer,
        )

    def _ask_cancel(self, recurring: int) -> None:
        rows = [row for row in self._asked_about if states.allowed(Action.CANCEL, row.status)]
        one = len(rows) == 1
        number = count_text(len(rows))
        which = (
            "It recurs" if one else f"{count_text(recurring)} of them recur" if recurring > 1 else "1 recurs"
        )
        self.question = ask(
            self._host,
            f"Cancel “{rows[0].description}”?" if one else f"Cancel {number} jobs?",
            f"{which}: no further run starts. To make a pause, choose Put on hold instead.",
            (
                Answer("cancel", "Cancel job" if one else f"Cancel {number} jobs", "danger"),
                Answer("keep", "Keep", "primary"),
            ),
            "keep",
            self._on_cancel_answer,
        )

    def _on_cancel_answer(self, key: str) -> None:
        self.question = None
        if key == "cancel":
            self._change(Action.CANCEL, self._asked_about)

    def _on_stop_answer(self, key: str) -> None:
        self.question = None
        if key == "stop":
            self.stopping.emit([row.id for row in self._asked_about])
            self._change(Action.CANCEL, self._asked_about)

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
        if changed.ids and not changed.refused:
            deed, name = changed.deed, self._names.get(changed.ids[0], "")
            number = len(changed.ids)
            text = f"“{name}” {deed.one}" if number == 1 else f"{count_text(number)} jobs {deed.many}"
            undo = UndoHold(self._context, changed.ids) if changed.undo else None
            self._context.notify(Notice(text, action="Undo" if undo else "", on_action=undo))
        self.changed.emit()

    def _tell_outcome(self, changed: Changed) -> None:
        if not changed.refused:
            self.succeeded.emit()
            return
        title = "That is not possible now." if len(changed.refused) == 1 and not changed.ids else ""
        self.refused.emit(title or f"{changed.summary()}.", changed.reasons())

    def _on_error(self, error: TaskError) -> None:
        super()._on_error(error)
        self.changed.emit()

    def _tell_error(self, found: tuple[JobRow, LogDetails | None]) -> None:
        row, details = found
        self.question = tell_error(self._host, row.description, row.error, details)


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
