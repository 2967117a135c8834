"""What an extension adds to a page: fields, actions, and triggers of its own. See docs/extensions.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from desktop.errors import ExtensionError
from desktop.tasks.task import ErrorLevel, TaskError
from models.record_edit import Values
from models.rules import Kind
from ui.framework.command_bar import Action
from ui.framework.context import Notice, PageContext
from ui.widgets.banner import Severity

if TYPE_CHECKING:
    from ui.framework.page import Page

SWITCHED_OFF = "switched off"  # the key of the banner that tells of extensions that are switched off
MANAGEMENT_PAGE = "extension_management"


@dataclass(frozen=True, slots=True)
class ExtensionField:
    """A field that an extension shows on a card; it belongs to no table.

    Args:
        name: unique on the page.
        caption: what people read.
        kind: of its values; they are read and written as those of the card's own fields.
        tab: the title of the FastTab on which it stands; the first one when empty.
        after: the field behind which it stands; the last of its FastTab when empty.
        editable: a person may change it; `on_field_changed` is told.
        options: the values of an OPTION.
    """

    name: str
    caption: str
    kind: Kind = Kind.TEXT
    tab: str = ""
    after: str = ""
    editable: bool = False
    options: tuple[str, ...] = ()


class PageExtension:
    """Extends one page; made anew each time that the page opens.

    Its triggers run after the page's own. The callbacks of background tasks come for every task of the page, those of
    the page and of other extensions included: each checks that the task's id is its own. A fault in a trigger, a
    handler or a callback shows as an error that names the extension, and the page works on.

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

    def run_page_background_task(
        self, codeunit: str, parameters: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """As `BackgroundTasks.run_page_background_task`, for the page: here and now, without its triggers."""
        return self.page.run_page_background_task(codeunit, parameters)

    def show_value(self, name: str, value: Any) -> None:
        """Show a value in a field of this extension.

        Args:
            value: of the field's Python type; None for nothing.
        Raises:
            KeyError: the extension has no such field.
        """
        self.page.show_extension_value(self, name, value)

    def show_pending(self, *names: str) -> None:
        """Say in empty fields of this extension that their values are on their way, until `show_value`.

        Raises:
            KeyError: the extension has no such field.
        """
        for name in names:
            self.page.show_extension_pending(self, name)

    def notify(self, text: str) -> None:
        """Tell the person something with a notice that goes by itself; for what needs no action."""
        self.context.notify(Notice(text, "info"))

    def show_banner(self, severity: Severity, title: str, text: str = "", *, key: str = "") -> None:
        """Tell the person something that stays until it is closed, removed, or another record is shown.

        Args:
            severity: info, ok, warn or err.
            title, text: what has happened, and one sentence more.
            key: one with the same key is replaced.
        """
        self.page.banners.show_banner(self._banner(key), severity, title, text)

    def remove_banner(self, key: str = "") -> None:
        """Take a banner of this extension away, because its cause is gone; none of that key is no error."""
        self.page.banners.remove(self._banner(key))

    def _banner(self, key: str) -> str:
        return f"extension {self.extension_name} {key}".rstrip()


def extended_actions(extension: PageExtension, others: Sequence[Action]) -> list[Action]:
    """The actions of an extension; a fault of a handler shows as an error of the extension.

    Args:
        others: the actions that the page has already.
    Raises:
        ExtensionError: another action has its key or its shortcut.
    """
    keys = {action.key for action in others}
    shortcuts = {action.shortcut: action.text for action in others if action.shortcut}
    made = []
    for action in extension.actions():
        if action.key in keys:
            raise ExtensionError(f"There is an action “{action.key}” already.", "Choose another key.")
        if action.shortcut in shortcuts:
            raise ExtensionError(
                f"{action.shortcut} is the shortcut of “{shortcuts[action.shortcut]}”.",
                f"Choose another for “{action.text}”.",
            )
        keys.add(action.key)
        made.append(replace(action, primary=False, handler=_Guarded(extension, action.handler)))
    return made


@dataclass(frozen=True, slots=True)
class _Guarded:
    """Does an action of an extension; a fault in it is the extension's."""

    extension: PageExtension
    handler: Callable[[], None]

    def __call__(self, _checked: bool = False) -> None:
        try:
            self.handler()
        except (Exception, SystemExit) as failure:
            self.extension.page.show_extension_error(self.extension.extension_name, failure)
