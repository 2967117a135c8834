"""The import dialog and the window that shows how an import goes on."""

from ui.import_dialog.feed import JobFeed
from ui.import_dialog.import_dialog import ImportDialog, open_import_dialog
from ui.import_dialog.progress_window import ProgressWindow

__all__ = ["ImportDialog", "JobFeed", "ProgressWindow", "open_import_dialog"]
