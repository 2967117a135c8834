"""What an extension adds to a page: fields, actions, and triggers of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop.tasks.task import ErrorLevel, TaskError
from models.record_edit import Values
from models.rules import Kind
from ui.framework.command_bar import Action
from ui.framework.context import Notice, PageContext

if TYPE_CHECKING:
    from ui.framework.page import Page


@dataclass(frozen=True, slots=True)
class ExtensionField:
    """A field that an extension shows on a card; it belongs to no table.

    Args:
        name: unique on the page.
        caption: what people read.
        kind: of its values.
        tab: the title of the FastTab on which it stands; the first one when empty.
        after: the field behind which it stands; the last of its FastTab when empty.
        editable: a person may change it; `on_field_changed` is told.
    """

    name: str
    caption: str
    kind: Kind = Kind.TEXT
    tab: str = ""
    after: str = ""
    editable: bool = False


class PageExtension:
    """Extends one page; made anew each time that the page opens.

    Its triggers run after the page's own. The callbacks of background tasks come for every task of the page, those of
    the page and of other extensions included: each checks that the task's id is its own.

    Attributes:
        page: the page that it extends.
        extension_name: what people call the extension, for errors.
    """

    def __init__(self, page: Page, extension_name: str = "") -> None:
        self.page = page
        self.extension_name = extension_name

    # ---- what it adds

    def fields(self) -> Sequence[ExtensionField]:
        """Fields for a card."""
        return ()

    def actions(self) -> Sequence[Action]:
        """Actions behind the page's own."""
        return ()

    # ---- triggers

    def on_open(self) -> None:
        """The page is in the window now."""

    def on_close(self) -> None:
        """The page goes away."""

    def on_after_get_current_record(self, values: Values) -> None:
        """The page shows a record, or another one; here background tasks are enqueued.

        Args:
            values: the record's fields by name; of a list only its key.
        """

    def on_field_changed(self, name: str, value: Any) -> None:
        """A person has changed an editable field of this extension."""

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        """A task of the page has ended well; check that it is your own."""

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        """A task of the page has failed; check that it is your own.

        Returns:
            True when it was dealt with, so that no banner shows it.
        """
        return False

    # ---- what it uses

    @property
    def context(self) -> PageContext:
        """The page's context."""
        return self.page.context

    def enqueue_background_task(
        self,
        codeunit: str,
        parameters: Mapping[str, str] | None = None,
        *,
        timeout_ms: int | None = None,
        error_level: ErrorLevel = ErrorLevel.ERROR,
    ) -> int:
        """As `BackgroundTasks.enqueue_background_task`, for the page."""
        return self.page.enqueue_background_task(
            codeunit, parameters, timeout_ms=timeout_ms, error_level=error_level
        )

    def cancel_background_task(self, task_id: int) -> bool:
        """As `BackgroundTasks.cancel_background_task`, for the page."""
        return self.page.cancel_background_task(task_id)

    def show_value(self, name: str, value: Any) -> None:
        """Show a value in a field of this extension; None for nothing.

        Raises:
            KeyError: the extension has no such field.
        """
        self.page.show_extension_value(name, value)

    def notify(self, text: str) -> None:
        """Tell the person something with a notice that goes by itself."""
        self.context.notify(Notice(text, "info"))
