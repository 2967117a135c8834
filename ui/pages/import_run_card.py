"""Import Run: one file that was imported, with everything that is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.changes import EVERYTHING
from desktop.imports.afterwards.reconciliation import Reconciliation
from desktop.tasks.task import TaskError
from models.changes import Change
from models.import_rows import INTERRUPTED_TEXT
from models.import_run_lists import RunCard, RunRow
from models.integration import Integration
from models.integration_record import ImportRun, RunState
from models.integration_record_lists import Cause
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry
from models.post_process_entry import PostProcessEntry
from ui.framework.column_page import ColumnPage
from ui.framework.context import PageContext
from ui.framework.page import Action
from ui.framework.tab_keys import TabKeys
from ui.import_dialog.counts import CountChips
from ui.import_results.fact_grid import FactTab
from ui.import_results.reconciliation_strip import ReconciliationStrip
from ui.import_results.run_actions import RunActions, can_go_on, can_undo
from ui.import_results.run_list import cut_off_text
from ui.import_results.run_tabs import RunTabs
from ui.import_results.run_work import CardShown, CountByJob, ReadCard, Recount
from ui.import_results.target_card import card_of
from ui.later import later
from ui.theme import theme
from ui.widgets.card import Card
from ui.widgets.pill import StatusPill
from ui.widgets.progress import ProgressLine

READ, REFUSED, GONE, DIFFERS, CUT_OFF = "read", "refused", "gone", "differs", "cut-off"
SOON_MS = 200
_WATCHED = (ImportRun, JobQueueEntry, JobQueueLogEntry, PostProcessEntry, Integration)
_TABLES = frozenset({EVERYTHING, *(record.table() for record in _WATCHED)})


class ImportRunCard(TabKeys, ColumnPage):
    """See the module's docstring.

    Args:
        key: the run's id; empty shows that there is none.
    """

    NAME = "import_run_card"
    TITLE = "Import Run"

    def __init__(self, context: PageContext, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.run_id = int(key or 0)
        self.run: RunCard | None = None
        self.pill = StatusPill()
        self.counts = CountChips()
        self.line = ProgressLine()
        self.strip = ReconciliationStrip()
        self._counted: RunRow | None = None
        self._target_table = ""
        self.tabs = RunTabs(context)
        self.run_actions = RunActions(context, self)
        self._soon = later(self, SOON_MS, self._read)
        self._arrange()
        self.run_actions.refused.connect(self._on_refused)
        self.run_actions.changed.connect(self._read)
        self.tabs.causes.opened.connect(self._on_cause)
        self.tabs.entries_button.clicked.connect(self._entries)
        self.tabs.log.opened.connect(self._on_log)
        self.tabs.undo.opened.connect(self._on_left)
        self.strip.count_requested.connect(self._count_again)

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("records", "Integration records", "table_simple", self._records, "Ctrl+F7", primary=True),
            Action("go_on", "Go on", "play", self._go_on, "F9", enabled=False),
            Action("repeat", "Repeat…", "arrow_sync", self._repeat, enabled=False),
            Action("undo", "Undo…", "arrow_undo", self._undo, enabled=False),
            Action("folder", "Open folder", "folder_open", self._folder, enabled=False),
            Action("job", "Show job", "tasks_app", self._job, enabled=False),
            Action("entries", "Post-process entries", "list_bar", self._entries, enabled=False),
            Action("integration", "Integration", "plug_connected", self._integration, enabled=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
            Action("close", "Close", "save", self.request_close, "Ctrl+Return", shown=False),
            *self.tab_actions(),
        )

    def on_open(self) -> None:
        self._read()

    def on_close(self) -> None:
        self._soon.stop()
        self.tabs.log.close_list()
        self.run_actions.close_actions()

    def refresh(self) -> None:
        self._read()
        self.tabs.log.refresh()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        if any(change.table in _TABLES for change in changes) and not self._soon.isActive():
            self._soon.start()
        self.tabs.log.records_changed(changes)

    def on_job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        if self.run is not None and total and job_id in {job.id for job in self.run.jobs}:
            self.line.set_progress(done, total, "records")

    def on_banner_action(self, key: str, action: str) -> None:
        if key == READ:
            self.refresh()
        elif key == CUT_OFF:
            self._go_on()

    def current_record(self) -> tuple[str, str]:
        return (ImportRun.table(), str(self.run_id))

    # ---- how it comes about

    def _arrange(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(self.pill)
        self._head.addWidget(self.counts, 1)
        state = Card()
        state.body.addLayout(self._head)
        state.body.addWidget(self.line)
        state.body.addWidget(self.strip)
        self.line.hide()
        self.fill(state, self.tabs)

    def rescale(self) -> None:
        super().rescale()
        self._head.setSpacing(theme().px(12))

    def folding_tabs(self) -> list[FactTab]:
        return list(self.tabs.tabs.values())

    # ---- what it shows

    def _read(self) -> None:
        self.context.hub.query(self, ReadCard(self.run_id), self._on_read, self._on_error, key="card")

    def _on_read(self, shown: CardShown) -> None:
        self.banners.remove(READ)
        before, card = self.run, shown.card
        self.run = card
        if before is not None and card is not None and _stage(before) != _stage(card):
            self.banners.remove(REFUSED)  # what stood in the way does no more, or something else does
        if card is None:
            title, text = "This import has been deleted.", "Close the page, and choose another one."
            self.banners.show_banner(GONE, "info", title, text)
            for key in ("records", "go_on", "repeat", "undo", "folder", "job", "entries", "integration"):
                self.set_action_enabled(key, False)
            return
        row = card.row
        self._target_table = shown.target_table
        self.set_title(row.file_name, self.TITLE)
        self.pill.set_status(row.status)
        self.counts.set_run(row)
        self._show_progress(card)
        self._show_cut_off(row)
        self.strip.show_card(card, shown.control)
        self._count(row)
        self.tabs.show_card(shown)
        self.set_action_enabled("go_on", can_go_on(row))
        self.set_action_enabled("repeat", bool(row.file_path))
        self.set_action_enabled("undo", can_undo(row))
        self.set_action_enabled("folder", bool(row.file_path))
        self.set_action_enabled("job", bool(row.job_id))
        self.set_action_enabled("entries", card.post_processing.total > 0)
        self.set_action_enabled("integration", card.has_integration)

    def _count(self, row: RunRow) -> None:
        """Count once more whatever has changed since it was counted last, as soon as nobody is at it."""
        at_rest = not row.under_way and row.state != RunState.INTERRUPTED
        self.strip.setVisible(at_rest)
        if at_rest and row != self._counted:
            self._counted = row
            self.context.hub.query(self, Recount(self.run_id), self._on_counted, self._on_error, key="count")

    def _count_again(self) -> None:
        self.strip.show_counting()
        self.context.hub.query(
            self, Recount(self.run_id), self._on_counted_again, self._on_error, key="count"
        )

    def _on_counted_again(self, found: Reconciliation | None) -> None:
        if found is not None:
            self._on_counted(found)
            return
        work = CountByJob(self.run_id, self.context.user_id)
        self.context.hub.write(self, work, self._on_job_counts, self._on_error)

    def _on_job_counts(self, _job_id: str) -> None:
        self.strip.show_job()

    def _on_counted(self, found: Reconciliation | None) -> None:
        if found is None:
            self.strip.show_uncounted()
            return
        self.strip.show_found(found)
        if found.differs:
            title = "This import does not add up."
            text = f"{found.text} This is an error of the program: please report it."
            self.banners.show_banner(DIFFERS, "err", title, text)
        else:
            self.banners.remove(DIFFERS)

    def _show_progress(self, card: RunCard) -> None:
        row = card.row
        self.line.setVisible(row.under_way)
        if not row.under_way:
            self.line.reset()
        elif row.job_status == EntryStatus.CANCELLING:
            self.line.set_waiting("Stopping… what is written already stays.")
        elif row.state == RunState.READING:
            self.line.set_counting("Reading the file…")
        elif row.state == RunState.PROCESSING:
            self.line.set_progress(row.done, row.rows, "records")
        elif row.state == RunState.UNDOING:
            self.line.set_counting("Undoing…")
        else:
            self.line.set_counting(_job_words(card))

    def _show_cut_off(self, row: RunRow) -> None:
        if row.state == RunState.INTERRUPTED:
            self.banners.show_banner(CUT_OFF, "warn", "This import was interrupted.", INTERRUPTED_TEXT)
        elif row.cut_off and not row.under_way:
            actions = (("go_on", "Go on"),) if can_go_on(row) else ()
            self.banners.show_banner(
                CUT_OFF, "warn", "This import was interrupted.", cut_off_text(row), actions
            )
        else:
            self.banners.remove(CUT_OFF)

    def _on_error(self, error: TaskError) -> None:
        self.banners.show_banner(
            READ, "err", "The import could not be read.", error.text, (("retry", "Retry"),)
        )

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner(REFUSED, "info", title, text)

    # ---- what a person does

    def _on_cause(self, cause: Cause) -> None:
        self.context.navigate("integration_records", run_id=self.run_id, cause=cause)

    def _on_log(self, log_id: int) -> None:
        row = self.tabs.log.table.rows.row_of(log_id)
        if row is not None:
            self.run_actions.show_job(row.job_id)

    def _on_left(self, place: int) -> None:
        page = card_of(self._target_table)
        if page:
            self.context.navigate(page, key=self.tabs.undo.key_of(place))

    def _records(self) -> None:
        self.context.navigate("integration_records", run_id=self.run_id)

    def _go_on(self) -> None:
        if self.run is not None:
            self.run_actions.go_on(self.run.row)

    def _repeat(self) -> None:
        if self.run is not None:
            self.run_actions.repeat(self.run.row)

    def _undo(self) -> None:
        if self.run is not None:
            self.run_actions.undo(self.run.row)

    def _folder(self) -> None:
        if self.run is not None:
            self.run_actions.open_folder(self.run.row)

    def _job(self) -> None:
        if self.run is not None:
            self.run_actions.show_job(self.run.row.job_id)

    def _entries(self) -> None:
        self.context.navigate("post_process_entries", run_id=self.run_id)

    def _integration(self) -> None:
        if self.run is not None:
            self.run_actions.open_integration(self.run.row)


def _stage(card: RunCard) -> tuple[str, int]:
    return card.row.state, card.row.jobs_under_way


def _job_words(card: RunCard) -> str:
    """What the job does that is at a run besides processing it, or what it waits for."""
    for job in card.jobs:
        if job.status == EntryStatus.IN_PROCESS:
            return f"{job.purpose}…"
        if job.status == EntryStatus.CANCELLING:
            return "Stopping… what is done already stays."
        if job.status == EntryStatus.READY and job.error:
            return f"{job.purpose} goes on soon. Its last attempt: {job.error}"
    return "Waiting for a worker…"
