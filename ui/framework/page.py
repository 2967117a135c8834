"""The base of all pages: title, actions, banners, background tasks, and a life that begins and ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.errors import ExtensionError
from desktop.tasks.task import ErrorLevel, TaskError, task_error
from models.changes import Change
from models.record_edit import Values
from ui.dialogs import tell
from ui.framework.background import BackgroundTasks, TaskListener
from ui.framework.command_bar import Action, CommandBar
from ui.framework.context import PageContext
from ui.framework.page_extension import (
    MANAGEMENT_PAGE,
    SWITCHED_OFF,
    ExtensionField,
    PageExtension,
    extended_actions,
)
from ui.theme import theme
from ui.widgets.banner import BannerBar, Severity
from ui.widgets.labels import ElidedLabel

__all__ = ["Action", "Page"]

MARGIN, GAP = 24, 8
DETAILS = "details"  # the action of a banner behind which a call stack stands
_log = logging.getLogger(__name__)


class Page(BackgroundTasks, QWidget):
    """One page of the window.

    A page fills `body`. It reads and writes only through `context.hub`, so it never waits.

    Class attributes:
        NAME: under which `navigate` opens it.
        TITLE: what people read.
        SEARCH_TERMS: other words under which Tell Me finds it.

    Attributes:
        extensions: what extensions add to this page, in the order of their triggers.
    """

    NAME: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""
    SEARCH_TERMS: ClassVar[tuple[str, ...]] = ()

    title_changed = Signal(str)
    actions_changed = Signal()
    close_requested = Signal()

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent or context.page_place)
        self.context = context
        self._init_tasks()
        self.extensions: list[PageExtension] = []
        self._opened = self._closed = False
        self._stacks: dict[str, str] = {}  # call stacks behind banners, by the banner's key
        self._actions: dict[str, Action] = {}
        self._shortcuts: dict[str, QAction] = {}
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.banners = BannerBar()
        self.banners.action_triggered.connect(self._on_banner_action)
        self.title_label = ElidedLabel(self.TITLE, "title")
        self.subtitle_label = ElidedLabel("", "body", "fg2")
        self.command_bar = CommandBar()
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.banners)
        self.header = QHBoxLayout()
        self.header_words = QVBoxLayout()
        self.header_words.setSpacing(0)
        self.header_words.addWidget(self.title_label)
        self.header_words.addWidget(self.subtitle_label)
        self.subtitle_label.hide()
        self.header.addLayout(self.header_words, 1)
        self._outer.addLayout(self.header)
        self._outer.addWidget(self.command_bar)
        self.body = QVBoxLayout()
        self._outer.addLayout(self.body, 1)
        self.set_title(self.TITLE)
        theme().changed.connect(self._retheme_page)
        self._retheme_page()

    # ---- its life; the application calls these

    def open_page(self) -> None:
        """Begin: called once, when the page has its place in the window."""
        if not self._opened:
            self._opened = True
            actions = list(self.page_actions())
            self.set_actions([*actions, *self._extension_actions(actions)])
            self.on_open()
            self.tell_extensions(lambda extension: extension.on_open())

    def close_page(self) -> None:
        """End: tasks and queries are cancelled; nothing calls this page back any more."""
        if not self._closed:
            self._closed = True
            self.on_close()
            self.tell_extensions(lambda extension: extension.on_close())
            self.end_background_tasks()

    def records_changed(self, changes: Sequence[Change]) -> None:
        """Tell the page, as all open pages, what was written by anybody."""
        if self._opened and not self._closed:
            self.on_records_changed(changes)

    # ---- what extensions add

    def extend(self, extension: PageExtension) -> None:
        """Add an extension, before the page opens.

        Raises:
            ExtensionError: this page has no place for one of its fields; nothing of it was added.
        """
        fields = list(extension.fields())
        for place, field in enumerate(fields):
            if field.name in [other.name for other in fields[:place]]:
                raise ExtensionError(f"It has two fields “{field.name}”.", "Choose another name.")
            self.check_extension_field(field)
        for field in fields:
            self.add_extension_field(extension, field)
        self.extensions.append(extension)

    def check_extension_field(self, field: ExtensionField) -> None:
        """See whether there is a place for a field of an extension; cards have some.

        Raises:
            ExtensionError: there is none.
        """
        raise ExtensionError(f"{self.TITLE} is no card, so it shows no field “{field.caption}”.")

    def add_extension_field(self, extension: PageExtension, field: ExtensionField) -> None:
        """Show a field of an extension for which there is a place."""

    def show_extension_value(self, extension: PageExtension, name: str, value: Any) -> None:
        """Show a value in a field of an extension.

        Raises:
            KeyError: the extension has no such field.
        """
        raise KeyError(name)

    def show_extension_pending(self, extension: PageExtension, name: str) -> None:
        """Say in a field of an extension that its value is on its way.

        Raises:
            KeyError: the extension has no such field.
        """
        raise KeyError(name)

    def tell_extensions(self, trigger: Callable[[PageExtension], None]) -> None:
        """Run a trigger of every extension; a fault of one shows as its error and keeps nobody else waiting."""
        for extension in self.extensions:
            try:
                trigger(extension)
            except (Exception, SystemExit) as failure:
                self.show_extension_error(extension.extension_name, failure)

    def tell_current_record(self, values: Values) -> None:
        """Run the extensions' trigger for the record that the page shows now."""
        self.tell_extensions(lambda extension: extension.on_after_get_current_record(dict(values)))

    def show_extension_error(self, name: str, failure: Exception | SystemExit) -> None:
        """Say that an extension has failed on this page, which works on without it."""
        _log.error("the extension %s failed on %s", name, self.NAME, exc_info=failure)
        told = task_error(failure)
        self._show_error(f"extension {name}", "err", f"The extension “{name}” has failed here.", told)

    def _extension_actions(self, own: Sequence[Action]) -> list[Action]:
        found: list[Action] = []
        self.tell_extensions(lambda extension: found.extend(extended_actions(extension, [*own, *found])))
        return found

    def task_listeners(self) -> Sequence[TaskListener]:
        return (self, *self.extensions)

    # ---- what a page overrides

    def page_actions(self) -> Sequence[Action]:
        """The page's actions, in the order of the command bar; asked once, when the page opens."""
        return (Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),)

    def on_open(self) -> None:
        """The page is in the window now."""

    def on_close(self) -> None:
        """The page goes away; what was typed must be on its way to the database."""

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        """Records were written, here or elsewhere; the page decides whether that concerns it."""

    def on_job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        """A job of this window's own worker has come further; total 0 while it is not known."""

    def on_banner_action(self, key: str, action: str) -> None:
        """A button of one of the page's banners was pressed."""

    def refresh(self) -> None:
        """Read everything anew (F5), keeping what the person has selected."""

    def current_record(self) -> tuple[str, str]:
        """Table and key of the record that the page is about; two empty texts when there is none."""
        return ("", "")

    # ---- what a page uses

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Show another title, and a smaller line under it."""
        self.title_label.setText(title)
        self.subtitle_label.setText(subtitle)
        self.subtitle_label.setVisible(bool(subtitle))
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.title_changed.emit(title)

    def set_actions(self, actions: Sequence[Action]) -> None:
        """Replace the page's actions and their shortcuts."""
        for shortcut in self._shortcuts.values():
            self.removeAction(shortcut)
            shortcut.deleteLater()
        self._actions = {action.key: action for action in actions}
        self._shortcuts = {}
        for action in actions:
            listener = QAction(action.text, self)
            listener.setEnabled(action.enabled)
            listener.triggered.connect(action.handler)
            if action.shortcut:
                listener.setShortcut(QKeySequence(action.shortcut))
                listener.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._shortcuts[action.key] = listener
            self.addAction(listener)
        self.command_bar.set_actions(actions)
        self.actions_changed.emit()

    def set_action_enabled(self, key: str, enabled: bool) -> None:
        """Allow or forbid an action.

        Raises:
            KeyError: when the page has no such action.
        """
        self._shortcuts[key].setEnabled(enabled)
        self.command_bar.set_enabled(key, enabled)

    def actions_of_page(self) -> list[Action]:
        """The actions that can be done now; Tell Me lists them."""
        return [action for key, action in self._actions.items() if self._shortcuts[key].isEnabled()]

    def trigger(self, key: str) -> None:
        """Do an action as if its button had been pressed; nothing happens while it is forbidden.

        Raises:
            KeyError: when the page has no such action.
        """
        self._shortcuts[key].trigger()

    def request_close(self) -> None:
        """Ask the application to close this page, as Esc does."""
        self.close_requested.emit()

    def show_task_error(self, codeunit: str, error: TaskError, level: ErrorLevel) -> None:
        """Show a failed task as a banner, of the severity that its level says."""
        severe = level is ErrorLevel.ERROR
        title = "This could not be worked out." if severe else "Something needs your attention."
        self._show_error(f"task {codeunit}", "err" if severe else "warn", title, error)

    def clear_task_error(self, codeunit: str) -> None:
        """The task has ended well: its banner has lost its cause."""
        self.banners.remove(f"task {codeunit}")

    def on_task_held(self, codeunit: str, interval_ms: int) -> None:
        if self.context.settings.developer_mode:
            self.banners.show_banner(
                f"held {codeunit}",
                "warn",
                f"“{codeunit}” starts itself again and again.",
                f"It is held, so that it runs every {interval_ms:,} ms at the most.",
            )

    def _show_error(self, key: str, severity: Severity, title: str, error: TaskError) -> None:
        details = bool(error.call_stack) and not error.expected
        self._stacks[key] = error.call_stack if details else ""
        actions = [(DETAILS, "Show details")] if details else []
        self.banners.show_banner(key, severity, title, error.text, actions)

    def _on_banner_action(self, key: str, action: str) -> None:
        if key == SWITCHED_OFF:
            self.context.navigate(MANAGEMENT_PAGE)
            return
        if action != DETAILS:
            self.on_banner_action(key, action)
            return
        text = "Your data is as it was saved last. These details help whoever mends it."
        tell(self, "What has happened", text, details=self._stacks.get(key, ""), open_details=True)

    # ---- Qt

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)  # the window decides; everything on a page scrolls, elides or folds

    def closeEvent(self, event: QCloseEvent) -> None:
        self.close_page()
        super().closeEvent(event)

    def _retheme_page(self) -> None:
        px = theme().px
        self._outer.setContentsMargins(px(MARGIN), px(16), px(MARGIN), px(16))
        self._outer.setSpacing(px(GAP))
        self.header.setSpacing(px(8))
        self.body.setSpacing(px(16))
