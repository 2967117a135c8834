"""The Customer Card with three more fields, which a page background task fills."""

from collections.abc import Sequence
from datetime import datetime

from desktop.formats import duration_text, evaluate
from desktop.tasks.task import ErrorLevel, TaskError
from models.record_edit import Values
from ui.framework.page import Page
from ui.framework.page_extension import ExtensionField, PageExtension

START, DURATION, END = "start_time", "duration", "end_time"


class WaitOnCustomerCard(PageExtension):
    """Start Time, Duration and End Time at the end of the FastTab General."""

    WAIT = "1000"  # milliseconds
    TIMEOUT_MS = 5_000

    def __init__(self, page: Page, extension_name: str = "") -> None:
        super().__init__(page, extension_name)
        self._wait_task = 0

    def fields(self) -> Sequence[ExtensionField]:
        return (
            ExtensionField(START, "Start Time", tab="General"),
            ExtensionField(DURATION, "Duration", tab="General"),
            ExtensionField(END, "End Time", tab="General"),
        )

    def on_after_get_current_record(self, values: Values) -> None:
        self.cancel_background_task(self._wait_task)  # of the same record, which was read anew
        self.show_pending(START, DURATION, END)
        self._wait_task = self.enqueue_background_task(
            "wait", {"Wait": self.WAIT}, timeout_ms=self.TIMEOUT_MS, error_level=ErrorLevel.WARNING
        )

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        if task_id != self._wait_task:
            return  # it is the page's own, or of another extension
        self.remove_banner()
        self.show_value(START, _time(results["started"]))
        self.show_value(DURATION, duration_text(evaluate(results["waited"], int) / 1000))
        self.show_value(END, _time(results["finished"]))
        self.notify("Start and finish times have been updated.")

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        if task_id != self._wait_task:
            return False
        for name in (START, DURATION, END):
            self.show_value(name, None)
        if error.code == "ChildSessionTaskTimeout":
            self.show_banner("warn", "It took too long to get results. Try again.")
        elif error.code == "WaitParameter":
            self.show_banner("warn", "Something went wrong. The start and finish times haven't been updated.")
        else:
            return False  # shown as a warning, with the words of the error
        return True


def _time(moment: str) -> str:
    return f"{evaluate(moment, datetime).astimezone():%H:%M:%S}"
