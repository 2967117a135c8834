"""The rows of an import: what has become of each, what is wrong with some, and how they are mended and retried."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop.imports.mending.repair import CauseAction, ErrorGroup
from desktop.tasks.task import TaskError
from models.import_rows import STATUS_WORDS
from models.integration_record import RecordStatus
from models.integration_record_lists import Cause
from ui.framework.command_bar import Action
from ui.framework.context import PageContext
from ui.framework.page_actions import NOT_DONE
from ui.import_results.causes_pane import cause_of
from ui.import_results.error_files import ErrorFiles
from ui.import_results.heal_dialog import dialog_for
from ui.import_results.post_errors import POST_ERRORS, PostErrors
from ui.import_results.record_actions import RecordActions
from ui.import_results.records_model import EDITABLE
from ui.import_results.run_rows_page import RunRowsPage
from ui.import_results.source_line import SourceLineDialog
from ui.import_results.target_card import card_of
from ui.import_results.work import Shown

_READY, _ERROR, _EXCLUDED = (
    STATUS_WORDS[status] for status in (RecordStatus.READY, RecordStatus.ERROR, RecordStatus.EXCLUDED)
)


class IntegrationRecords(RunRowsPage):
    """See the module's docstring; which rows it shows, and its arguments, stand in `RunRowsPage`."""

    NAME = "integration_records"
    TITLE = "Integration Records"
    SEARCH_TERMS = ("staging", "import results", "import errors", "failed records")

    def __init__(
        self,
        context: PageContext,
        run_id: int | None = None,
        status: str = "",
        integration: str = "",
        cause: Cause | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, run_id, status, integration, cause, parent)
        self.record_actions = RecordActions(context, self)
        self.error_files = ErrorFiles(context, self)
        self.post_errors = PostErrors(self.banners)
        self.source_line: SourceLineDialog | None = None
        self._connect()

    def _connect(self) -> None:
        table, record, causes = self.table, self.side.record, self.side.causes
        self.row.shown.connect(self._on_row)
        self.row.failed.connect(self._on_error)
        table.current_changed.connect(self._on_current)
        table.clicked.connect(self._on_clicked)
        table.activated.connect(self._on_activated)
        table.selection_changed.connect(self._enable)
        table.import_requested.connect(self._import)
        actions = self.record_actions
        actions.saved.connect(self._on_saved)
        actions.changed.connect(self._on_changed)
        actions.refused.connect(self._on_write_error)
        self.error_files.writing.connect(self._on_writing)
        self.error_files.refused.connect(self._on_not_written)
        table.cell_edited.connect(actions.save_cell)
        record.edited.connect(actions.save)
        record.join_requested.connect(actions.join)
        record.retry_requested.connect(self._retry_one)
        record.exclude_requested.connect(self._exclude_one)
        record.include_requested.connect(self._include_one)
        record.target_requested.connect(self._open_target)
        causes.retry_requested.connect(self._retry_group)
        causes.heal_requested.connect(self._heal)

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("process_all", "Process all", "play", self.process_all, "F9", enabled=False, primary=True),
            Action("process", "Process selected", "checkmark", self.process_selected, enabled=False),
            Action("retry", "Retry errors", "arrow_clockwise", self.retry_errors, enabled=False),
            Action("exclude", "Exclude", "prohibited", self.exclude_selected, enabled=False),
            Action("include", "Include", "add", self.include_selected, enabled=False),
            Action("target", "Show target record", "open", self._open_target_of_row, enabled=False),
            Action("source", "Show source line", "document_text", self._show_source, enabled=False),
            Action("export", "Save errors as file…", "arrow_download", self._export, enabled=False),
            Action("run", "Import run", "history", self._open_run, enabled=False),
            Action("job", "Show job", "tasks_app", self._open_job, enabled=False),
            Action("integration", "Integration", "plug_connected", self._open_integration, enabled=False),
            Action("import", "Import…", "arrow_import", self._import),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_close(self) -> None:
        super().on_close()
        self.record_actions.close_actions()
        self.error_files.close_actions()

    def on_run_shown(self, shown: Shown) -> None:
        self.record_actions.run = shown.run
        self._enable()
        self.post_errors.show(shown.run.id if shown.run is not None else 0, shown.post_errors)

    def _enable(self) -> None:
        run = self._run
        mendable = run if run is not None and not run.undone else None
        free = mendable is not None and not mendable.job_under_way and not mendable.processing
        statuses = self.table.selected_statuses()
        self.set_action_enabled("process_all", free and run is not None and run.ready > 0)
        self.set_action_enabled("process", free and bool(statuses & EDITABLE))
        self.set_action_enabled("retry", mendable is not None and mendable.errors > 0)
        self.set_action_enabled("exclude", mendable is not None and bool(statuses & {_READY, _ERROR}))
        self.set_action_enabled("include", mendable is not None and _EXCLUDED in statuses)
        self.set_action_enabled("run", run is not None)
        self.set_action_enabled("export", run is not None and run.errors > 0)
        self.set_action_enabled("job", run is not None and bool(run.job_id))
        self.set_action_enabled("integration", run is not None)

    # ---- one row

    def _on_current(self, record_id: int) -> None:
        self.row.choose(record_id, by_person=self.table.by_person)

    def _on_row(self) -> None:
        detail = self.row.detail
        has_card = self._shape is not None and bool(card_of(self._shape.target_table))
        self.set_action_enabled("source", detail is not None)
        self.set_action_enabled("target", detail is not None and bool(detail.target_key) and has_card)

    def _on_clicked(self, record_id: int) -> None:
        self.row.choose(record_id, by_person=True)
        self.side.show_record_tab()

    def _on_activated(self, record_id: int) -> None:
        self._on_clicked(record_id)
        self.side.record.focus_first_error()

    def _on_saved(self, record_id: int) -> None:
        self.row.on_saved(record_id)
        self._read_run()
        self.table.refresh_soon()

    def _retry_one(self, record_id: int) -> None:
        self.record_actions.process([record_id])

    def _exclude_one(self, record_id: int) -> None:
        self.record_actions.exclude([record_id])

    def _include_one(self, record_id: int) -> None:
        self.record_actions.include([record_id])

    def _open_target(self, key: str) -> None:
        card = card_of(self._shape.target_table) if self._shape is not None else ""
        if card:
            self.context.navigate(card, key=key)

    def _open_target_of_row(self) -> None:
        if self.row.detail is not None:
            self._open_target(self.row.detail.target_key)

    def _show_source(self) -> None:
        detail = self.row.detail
        if detail is not None:
            self.source_line = SourceLineDialog(self, detail, detail.file_name)
            self.source_line.open()

    # ---- many rows

    def process_all(self) -> None:
        """Process all rows that are ready."""
        self.record_actions.process()

    def process_selected(self) -> None:
        """Process the selected rows; those with errors are tried again."""
        self.side.record.save_now()
        self.record_actions.process(self.table.chosen())

    def retry_errors(self) -> None:
        """Send all rows with errors through again."""
        self.side.record.save_now()
        self.record_actions.retry()

    def exclude_selected(self) -> None:
        """Leave the selected rows out."""
        self.record_actions.exclude(self.table.chosen())

    def include_selected(self) -> None:
        """Take the selected rows in again."""
        self.record_actions.include(self.table.chosen())

    def _on_changed(self) -> None:
        self.banners.remove("write")
        self.refresh()

    # ---- causes

    def _retry_group(self, group: ErrorGroup) -> None:
        self.side.record.save_now()
        self.record_actions.retry(cause_of(group))

    def _heal(self, group: ErrorGroup, action: str) -> None:
        run, causes = self._run, self.side.causes.causes
        if run is None or causes is None:
            return
        self.side.record.save_now()
        if action == CauseAction.EXCLUDE:
            self.record_actions.exclude_cause(cause_of(group))
            return
        dialog = dialog_for(self.window(), self.context, run.id, causes.target_table, group, action)
        dialog.healed.connect(self.record_actions.tell_started)
        dialog.open()

    # ---- other pages

    def _import(self) -> None:
        self.context.import_file(
            integration_code=self._run.integration_code if self._run is not None else self._integration
        )

    def _export(self) -> None:
        if self._run is not None:
            self.side.record.save_now()
            self.error_files.ask(self._run)

    def _on_writing(self, name: str) -> None:
        if name:
            text = f"They go into {name}; you can go on meanwhile."
            self.banners.show_banner(
                "export", "info", "Failed rows are being written.", text, [("stop", "Stop")]
            )
        else:
            self.banners.remove("export")

    def _on_not_written(self, title: str, text: str) -> None:
        self.banners.show_banner("write", "err", title, text)

    def _open_run(self) -> None:
        if self._run is not None:
            self.context.navigate("import_run_card", key=str(self._run.id))

    def _open_job(self) -> None:
        if self._run is not None:
            self.context.navigate("job_queue_log_entries", job_id=self._run.job_id)

    def _open_integration(self) -> None:
        if self._run is not None:
            self.context.navigate("integration_card", key=self._run.integration_code)

    # ---- how it works

    def _on_write_error(self, error: TaskError) -> None:
        self.banners.show_banner("write", "err", NOT_DONE, error.text)
        self.refresh()

    def on_banner_action(self, key: str, action: str) -> None:
        if (key, action) == ("load", "retry"):
            self.banners.remove("load")
            self.refresh()
        elif (key, action) == ("export", "stop"):
            self.error_files.stop()
        elif key == POST_ERRORS and self._run is not None:
            self.context.navigate("post_process_entries", run_id=self._run.id, view="Errors")
