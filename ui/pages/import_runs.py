"""Import Runs: every file that was imported, what came of it, and what can be done about it afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from models.import_run_lists import RunRow, RunView
from models.integration_record import ImportRun
from ui.framework.context import PageContext
from ui.framework.page import Action
from ui.import_results.run_actions import RunActions, can_go_on, can_undo
from ui.import_results.run_list import RunList
from ui.jobs.rows_page import RowsPage
from ui.widgets.buttons import Button

REFUSED = "refused"
VIEWS = [view.value for view in RunView]


class ImportRuns(RowsPage):
    """See the module's docstring.

    Args:
        integration: only the runs of this integration; empty for all.
        view: the view to begin with, a value of `RunView`; empty for all.
        search: what stands in the search box when it opens.
    """

    NAME = "import_runs"
    TITLE = "Import Runs"
    SEARCH_TERMS = ("imports", "import history", "imported files", "undo an import")
    ROWS = "imports"
    ROW_ACTIONS = ("open", "records", "go_on", "repeat", "undo", "folder", "job")

    list: RunList

    def __init__(
        self,
        context: PageContext,
        integration: str = "",
        view: str = "",
        search: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, RunList(context, integration), VIEWS, parent)
        self.run_actions = RunActions(context, self)
        self.run_actions.refused.connect(self._on_refused)
        self.run_actions.changed.connect(self.list.refresh)
        self.all_button = Button("Show all integrations", "link")
        self.all_button.clicked.connect(self._show_all)
        self.card.add_header_widget(self.all_button)
        self.all_button.setVisible(bool(integration))
        if integration:
            self.set_title(self.TITLE, f"with {integration}")
        self.finish()
        if view:
            self.views.setCurrentIndex(VIEWS.index(RunView(view).value))
        if search:
            self.search.setText(search)
            self.search.search_now()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("import", "Import…", "arrow_import", self._import, "Alt+N", primary=True),
            Action("open", "Open", "open", self._open, enabled=False),
            Action("records", "Integration records", "table_simple", self._records, "Ctrl+F7", enabled=False),
            Action("go_on", "Go on", "play", self._go_on, enabled=False),
            Action("repeat", "Repeat…", "arrow_sync", self._repeat, enabled=False),
            Action("undo", "Undo…", "arrow_undo", self._undo, enabled=False),
            Action("folder", "Open folder", "folder_open", self._folder, enabled=False),
            Action("job", "Show job", "tasks_app", self._job, enabled=False),
            Action("entries", "Post-process entries", "list_bar", self._entries),
            self.columns_action(),
            *self.list_actions(),
        )

    def on_close(self) -> None:
        super().on_close()
        self.run_actions.close_actions()

    def current_record(self) -> tuple[str, str]:
        row = self._one()
        return (ImportRun.table(), str(row.id)) if row is not None else ("", "")

    # ---- what happens

    def on_chosen(self) -> None:
        row = self._one()
        for key in ("open", "records"):
            self.set_action_enabled(key, row is not None)
        for key in ("repeat", "folder"):
            self.set_action_enabled(key, row is not None and bool(row.file_path))
        self.set_action_enabled("go_on", row is not None and can_go_on(row))
        self.set_action_enabled("undo", row is not None and can_undo(row))
        self.set_action_enabled("job", row is not None and bool(row.job_id))

    def on_view(self, place: int) -> None:
        self.list.show_view(RunView(VIEWS[place]))

    def on_row_opened(self, run_id: int) -> None:
        self.run_actions.open_card(run_id)

    def count_words(self) -> str:
        return self.counted("import", "imports", "the search finds older ones")

    def _one(self) -> RunRow | None:
        rows = self.chosen()
        return rows[0] if len(rows) == 1 else None

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner(REFUSED, "info", title, text)

    def _show_all(self) -> None:
        self.all_button.hide()
        self.set_title(self.TITLE)
        self.list.show_integration("")

    def _import(self) -> None:
        self.context.import_file(integration_code=self.list.integration)

    def _open(self) -> None:
        self.run_actions.open_card(self.chosen()[0].id)

    def _records(self) -> None:
        self.run_actions.show_records(self.chosen()[0])

    def _go_on(self) -> None:
        self.run_actions.go_on(self.chosen()[0])

    def _repeat(self) -> None:
        self.run_actions.repeat(self.chosen()[0])

    def _undo(self) -> None:
        self.run_actions.undo(self.chosen()[0])

    def _folder(self) -> None:
        self.run_actions.open_folder(self.chosen()[0])

    def _job(self) -> None:
        self.run_actions.show_job(self.chosen()[0].job_id)

    def _entries(self) -> None:
        row = self._one()
        self.context.navigate("post_process_entries", run_id=row.id if row is not None else 0)
