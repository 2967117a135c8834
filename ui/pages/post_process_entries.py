"""Post-Process Entries: what is done with imported records after they were written, and what failed at it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop.tasks.task import TaskError
from models.post_process_entry import PostProcessEntry
from models.post_process_lists import PostProcessRow, PostProcessView
from ui.dialogs import tell
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action
from ui.framework.page_actions import NOT_DONE
from ui.import_results.entry_list import EntryList
from ui.import_results.run_work import RetryEntries
from ui.import_results.target_card import card_of
from ui.jobs.rows_page import RowsPage
from ui.widgets.buttons import Button

REFUSED = "refused"
VIEWS = [view.value for view in PostProcessView]


class PostProcessEntries(RowsPage):
    """See the module's docstring.

    Args:
        run_id: only the entries of this import run; 0 for all.
        view: the view to begin with, a value of `PostProcessView`; empty for all.
    """

    NAME = "post_process_entries"
    TITLE = "Post-Process Entries"
    SEARCH_TERMS = ("post-processing", "release after import", "failed post-processing")
    ROWS = "entries"
    ROW_ACTIONS = ("retry", "error", "record", "run")

    list: EntryList

    def __init__(
        self, context: PageContext, run_id: int = 0, view: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(context, EntryList(context, int(run_id)), VIEWS, parent)
        self.all_button = Button("Show all imports", "link")
        self.all_button.clicked.connect(self._show_all)
        self.card.add_header_widget(self.all_button)
        self.all_button.setVisible(bool(run_id))
        self.finish()
        if view:
            self.views.setCurrentIndex(VIEWS.index(PostProcessView(view).value))

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("retry", "Retry", "arrow_clockwise", self._retry, enabled=False, primary=True),
            Action("retry_all", "Retry all errors", "arrow_clockwise", self._retry_all, enabled=False),
            Action("error", "Show error", "error_circle", self._error, enabled=False),
            Action("record", "Show record", "open", self._record, enabled=False),
            Action("run", "Show import", "arrow_import", self._run, enabled=False),
            self.columns_action(),
            *self.list_actions(),
        )

    def current_record(self) -> tuple[str, str]:
        row = self._one()
        return (PostProcessEntry.table(), str(row.id)) if row is not None else ("", "")

    # ---- what happens

    def on_chosen(self) -> None:
        row = self._one()
        self.set_action_enabled("retry", any(each.error for each in self.chosen()))
        self.set_action_enabled("error", row is not None and bool(row.error))
        self.set_action_enabled("record", row is not None and bool(card_of(row.table_name)))
        self.set_action_enabled("run", row is not None)

    def on_view(self, place: int) -> None:
        self.list.show_view(PostProcessView(VIEWS[place]))

    def on_row_opened(self, entry_id: int) -> None:
        row = self.list.table.rows.row_of(entry_id)
        if row is not None and row.error:
            self._tell(row)
        elif row is not None:
            self._open(row)

    def on_loaded(self) -> None:
        rows = self.list.table.rows.rows
        self.set_action_enabled("retry_all", any(row.error for row in rows))
        if self.list.run_id and rows:
            self.set_title(self.TITLE, f"of “{rows[0].file_name}”")

    def count_words(self) -> str:
        return self.counted("entry", "entries", "the search finds the others")

    def _one(self) -> PostProcessRow | None:
        rows = self.chosen()
        return rows[0] if len(rows) == 1 else None

    def _show_all(self) -> None:
        self.all_button.hide()
        self.set_title(self.TITLE)
        self.list.show_run(0)

    def _retry(self) -> None:
        failed = tuple((row.run_id, row.id) for row in self.chosen() if row.error)
        self._start(RetryEntries(self.context.user_id, failed))

    def _retry_all(self) -> None:
        self._start(RetryEntries(self.context.user_id, run_id=self.list.run_id))

    def _start(self, work: RetryEntries) -> None:
        self.context.hub.write(self, work, self._on_started, self._on_refused)

    def _on_started(self, _jobs: int) -> None:
        self.banners.remove(REFUSED)
        self.context.notify(Notice("Post-processing is tried again.", "ok"))
        self.list.refresh()

    def _on_refused(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "err", NOT_DONE, error.text)

    def _error(self) -> None:
        self._tell(self.chosen()[0])

    def _tell(self, row: PostProcessRow) -> None:
        tell(self, "Post-processing has failed", f"{row.error} {row.hint}".strip(), severity="err")

    def _record(self) -> None:
        self._open(self.chosen()[0])

    def _open(self, row: PostProcessRow) -> None:
        page = card_of(row.table_name)
        if page:
            self.context.navigate(page, key=row.record_key)

    def _run(self) -> None:
        self.context.navigate("import_run_card", key=str(self.chosen()[0].run_id))
