"""A page of the rows of one import: which run, which view and which cause it shows, and the row beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.changes import EVERYTHING
from desktop.tasks.task import TaskError
from models.changes import Change
from models.import_rows import ImportRunRow
from models.integration_record import ImportRun, IntegrationRecord
from models.integration_record_lists import Cause, RunShape, View
from models.job_queue import JobQueueEntry
from ui.framework.context import PageContext
from ui.framework.page import Page
from ui.import_results.records_table import RecordsTable
from ui.import_results.row_in_pane import RowInPane
from ui.import_results.run_bar import RunBar
from ui.import_results.side_pane import SidePane
from ui.import_results.view_tabs import ViewTabs, rows_in
from ui.import_results.work import Causes, ReadCauses, ReadRun, Shown
from ui.later import later
from ui.theme import theme

REFRESH_MS: Final = 200
_RUN_TABLES: Final = frozenset({ImportRun.table(), JobQueueEntry.table(), EVERYTHING})
_ROW_TABLES: Final = frozenset({ImportRun.table(), IntegrationRecord.table(), EVERYTHING})
_VIEWS: Final[dict[str, View]] = {"ready": "ready", "error": "errors", "errors": "errors"}


class RunRowsPage(Page):
    """What is looked at; what is done with the rows is the page's that derives from it.

    Args:
        run_id: the run to show; the newest when None, or the newest with errors where `status` asks for them.
        status: "Ready" or "Error" opens that view; everything else all rows.
        integration: where no run is named, the newest of this integration.
        cause: only the rows with this cause of errors, to begin with.
    """

    def __init__(
        self,
        context: PageContext,
        run_id: int | None = None,
        status: str = "",
        integration: str = "",
        cause: Cause | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self._first_cause = cause
        self._run_id = int(run_id) if run_id is not None else None
        self._integration = integration
        self._first_view = "errors" if cause is not None else _VIEWS.get(status.casefold(), "all")
        self._run: ImportRunRow | None = None
        self._shape: RunShape | None = None
        self.run_bar = RunBar(context.clock)
        self.tabs = ViewTabs()
        self.table = RecordsTable(context.hub, context.settings.row_height)
        self.side = SidePane()
        self.row = RowInPane(context.hub, self.side.record)
        self._soon = later(self, REFRESH_MS, self._read_run)
        self._arrange()
        self.run_bar.run_chosen.connect(self.show_run)
        self.tabs.view_chosen.connect(self._on_view)
        self.side.causes.cause_chosen.connect(self._on_cause)

    def _arrange(self) -> None:
        self._panes = QHBoxLayout()
        self._panes.addWidget(self.table, 1)
        self._panes.addWidget(self.side)
        self.body.addWidget(self.run_bar)
        self.table.header.insertWidget(0, self.tabs)
        self.table.read_after = self.tabs
        self.body.addLayout(self._panes, 1)
        theme().changed.connect(self._retheme_records)
        self._retheme_records()

    # ---- what a page of them says

    def on_run_shown(self, shown: Shown) -> None:
        """A run is shown, or shown anew; None where nothing was imported."""

    # ---- its life

    def on_open(self) -> None:
        if self._first_view != "all":
            self.tabs.choose(self._first_view)
        self._read_run()

    def on_close(self) -> None:
        self.row.close()
        self._soon.stop()
        self.table.close_table()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        tables = {change.table for change in changes}
        if tables & _RUN_TABLES and not self._soon.isActive():
            self._soon.start()
        if tables & _ROW_TABLES:
            self.table.refresh_soon()
            self.row.read()

    def on_job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        run = self._run
        if run is not None and run.job_id == job_id and total:
            self.run_bar.set_progress(max(done, run.done), total)

    def refresh(self) -> None:
        self._read_run()
        self.table.refresh()
        self.row.read()

    def current_record(self) -> tuple[str, str]:
        return (ImportRun.table(), str(self._run.id)) if self._run is not None else ("", "")

    # ---- the run

    def show_run(self, run_id: int) -> None:
        """Show another run."""
        self.side.record.save_now()
        self._run_id = run_id
        self._read_run()

    def _read_run(self) -> None:
        known = self._shape.run_id if self._shape is not None else 0
        work = ReadRun(self._run_id, self._integration, self._first_view == "errors", known)
        self.context.hub.query(self, work, self._on_run, self._on_error, key="run")

    def _on_run(self, shown: Shown) -> None:
        run, before = shown.run, self._run
        self._run, self._shape = run, shown.shape or self._shape
        self.run_bar.show_runs(shown.runs, run)
        self.tabs.show_counts(run)
        self.tabs.setVisible(run is not None)
        self.side.setVisible(run is not None)
        self.on_run_shown(shown)
        if run is None:
            self.table.show_first_use(self._integration)
            return
        self._run_id = run.id
        another = before is None or before.id != run.id
        if another:
            cause, self._first_cause = self._first_cause, None
            self.side.causes.choose(cause)
            self._show_rows()
        self.table.set_editable(not run.undone)
        if another or before is None or (before.errors, before.undone) != (run.errors, run.undone):
            self.context.hub.query(self, ReadCauses(run.id), self._on_causes, self._on_error, key="causes")
        if another and run.errors and self.tabs.view != "ready":
            self.side.show_causes_tab()

    def _show_rows(self) -> None:
        run, view = self._run, self.tabs.view
        self.row.follow()
        if run is not None and self._shape is not None:
            cause = self.side.causes.chosen
            self.table.show_rows(self._shape, view, cause, matching=rows_in(run, view), rows=run.rows)

    def _on_view(self, view: str) -> None:
        if view != "errors":
            self.side.causes.choose(None)
        self._show_rows()

    def _on_cause(self, cause: Cause | None) -> None:
        if cause is not None and self.tabs.view != "errors":
            self.tabs.choose("errors")
        else:
            self._show_rows()

    def _on_causes(self, causes: Causes) -> None:
        self.side.causes.show_causes(causes)
        self.side.set_cause_count(causes.total)

    # ---- how it works

    def _on_error(self, error: TaskError) -> None:
        self.banners.show_banner(
            "load", "err", "The import could not be read.", error.text, [("retry", "Retry")]
        )

    def _retheme_records(self) -> None:
        px = theme().px
        self._panes.setSpacing(px(16))
        self.body.setSpacing(px(8))
