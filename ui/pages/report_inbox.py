"""Report Inbox: the documents that reports have become, for the person who works here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.formats import count_text
from desktop.tasks.task import TaskError
from models.reports import ReportInbox as Documents
from ui.dialogs import Question, ask_first
from ui.file_dialog import FileDialog
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action
from ui.framework.page_actions import NOT_DONE
from ui.jobs.rows_page import RowsPage
from ui.reports.inbox_list import InboxList
from ui.reports.work import CopyToOpen, DeleteDocuments, InboxRow, SaveAs

REFUSED = "refused"


class ReportInbox(RowsPage):
    """See the module's docstring.

    Args:
        report_id: the document to select; None for none.
        open_it: open that document at once.
    """

    NAME = "report_inbox"
    TITLE = "Report Inbox"
    SEARCH_TERMS = ("documents", "printouts", "pdf", "finished reports")
    ROWS = "documents"
    ROW_ACTIONS = ("open", "save", "job", "delete")

    list: InboxList

    def __init__(
        self,
        context: PageContext,
        report_id: int | None = None,
        open_it: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, InboxList(context), parent=parent)
        self.list.order_requested.connect(self._reports)
        self.question: Question | None = None
        self.dialog: QFileDialog | None = None
        self._asked_about: tuple[int, ...] = ()
        self._to_save: InboxRow | None = None
        self._to_open = report_id if open_it else None
        self.finish()
        if report_id is not None:
            self.list.choose(report_id)

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("open", "Open", "open", self._open, enabled=False),
            Action("save", "Save as…", "save", self._save_as, "Ctrl+S", enabled=False),
            Action("delete", "Delete", "delete", self._delete, "Ctrl+Del", enabled=False),
            Action("reports", "Reports", "document_table", self._reports),
            Action("job", "Show job queue entry", "tasks_app", self._job, enabled=False),
            *self.list_actions(),
        )

    def on_close(self) -> None:
        super().on_close()
        self.context.hub.forget(self)

    def current_record(self) -> tuple[str, str]:
        rows = self.chosen()
        return (Documents.table(), str(rows[0].id)) if len(rows) == 1 else ("", "")

    # ---- what happens

    def on_chosen(self) -> None:
        rows = self.chosen()
        self.set_action_enabled("open", bool(rows))
        self.set_action_enabled("save", len(rows) == 1)
        self.set_action_enabled("delete", bool(rows))
        self.set_action_enabled("job", len(rows) == 1 and bool(rows[0].document.job_id))

    def count_words(self) -> str:
        rows: Sequence[InboxRow] = self.list.table.rows.rows
        unread = sum(not row.document.is_read for row in rows)
        text = self.counted("document", "documents")
        return f"{text}, {count_text(unread)} new" if unread else text

    def on_loaded(self) -> None:
        wanted, self._to_open = self._to_open, None
        if wanted is not None:
            self.on_row_opened(wanted)

    def _on_error(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "err", NOT_DONE, error.text)

    def on_row_opened(self, report_id: int) -> None:
        row: InboxRow | None = self.list.table.rows.row_of(report_id)
        if row is None:
            return
        self.banners.remove(REFUSED)
        work = CopyToOpen(row.document, self.context.user_id, self.context.clock)
        self.context.hub.write(self, work, self._on_copied, self._on_error)

    def _on_copied(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.banners.show_banner(
                REFUSED,
                "warn",
                f"No program on this computer opens “{path.name}”.",
                "Choose Save as… and open it elsewhere.",
            )

    def _open(self) -> None:
        for row in self.chosen():
            self.on_row_opened(row.id)

    def _save_as(self) -> None:
        row = self.chosen()[0]
        dialog = FileDialog(self, "Save the document")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(row.document.file_name)
        dialog.setDefaultSuffix(Path(row.document.file_name).suffix.removeprefix("."))
        dialog.fileSelected.connect(self.save_to)
        self.dialog, self._to_save = dialog, row
        dialog.open()

    def save_to(self, target: str) -> None:
        """Save the document that was asked about to this file."""
        row, self._to_save, self.dialog = self._to_save, None, None
        if row is not None:
            self.banners.remove(REFUSED)
            work = SaveAs(row.id, self.context.user_id, Path(target), self.context.clock)
            self.context.hub.write(self, work, self._on_saved, self._on_error)

    def _on_saved(self, path: Path) -> None:
        self.context.notify(Notice(f"Saved as “{path.name}”"))

    def _delete(self) -> None:
        rows = self.chosen()
        self._asked_about = tuple(row.id for row in rows)
        named = (
            f"“{rows[0].document.description}”" if len(rows) == 1 else f"{count_text(len(rows))} documents"
        )
        self.question = ask_first(
            self,
            f"Delete {named}?",
            "It cannot be brought back, but the report can be run again.",
            "Delete",
            self._delete_them,
        )

    def _delete_them(self) -> None:
        work = DeleteDocuments(self._asked_about, self.context.user_id)
        self.context.hub.write(self, work, self._on_deleted, self._on_error)

    def _on_deleted(self, number: int) -> None:
        what = "The document was" if number == 1 else f"{count_text(number)} documents were"
        self.context.notify(Notice(f"{what} deleted"))
        self.list.refresh()

    def _reports(self) -> None:
        self.context.navigate("reports")

    def _job(self) -> None:
        self.context.navigate("job_queue_entry_card", key=self.chosen()[0].document.job_id)
