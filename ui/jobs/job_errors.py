"""An error of a job in full, and what stays of an import that is stopped, in words."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.formats import count_text, counted
from models.job_lists import JobRow, KeptRecords
from models.job_log_lists import LogDetails, LogRow
from ui.dialogs import Question, tell
from ui.framework.page_actions import PageActions


def tell_error(
    host: QWidget, name: str, text: str, details: LogDetails | None, *, open_details: bool = False
) -> Question:
    """Show an error in full; code, call stack and messages stand behind "Show details", with Copy."""
    return tell(
        host,
        f"“{name}” ended with an error",
        text or (details.error if details else ""),
        details=error_details(text, details),
        severity="err",
        open_details=open_details,
    )


class ErrorActions(PageActions):
    """Actions that show errors of runs."""

    def _tell_call_stack(self, found: tuple[JobRow | LogRow, LogDetails | None]) -> None:
        row, details = found
        if details is None or not details.call_stack:
            self.refused.emit(
                "There is no call stack.",
                "The run was ended from outside, so no place in the program raised the error.",
            )
            return
        self.question = tell_error(self._host, row.description, row.error, details, open_details=True)


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
        made.append(f"{counted(kept.created, 'record')} already created")
    if kept.updated:
        made.append(f"{counted(kept.updated, 'record')} already updated")
    verb = "is" if kept.created + kept.updated == 1 else "are"
    skipped = "is" if kept.left == 1 else "are"
    return f"{' and '.join(made)} {verb} kept; {count_text(kept.left)} {skipped} skipped."
