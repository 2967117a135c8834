"""My Notifications: of what one is told, by which ways, and how often; for oneself and for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from desktop.notifications.kinds import NotificationKind
from desktop.notifications.preferences import (
    EVERYBODY,
    Preference,
    check_may_choose,
    choose,
    forget_choice,
    preferences_of,
)
from desktop.sessions import permissions
from desktop.tasks.task import TaskError
from models.changes import Change
from models.messages import NotificationSetting
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.notification_settings.kind_editor import KindEditor
from ui.theme import theme
from ui.widgets.labels import Label
from ui.widgets.scroller import Scroller

ME, ALL = "For me", "For everybody"
REFUSED: Final = "refused"
WIDTH: Final = 900


class Found(NamedTuple):
    """What is read at once."""

    preferences: list[Preference]
    may_change_all: bool


@dataclass(frozen=True, slots=True)
class _Read:
    user_id: str
    whose: str

    def __call__(self) -> Found:
        may = not permissions.are_enforced() or permissions.is_job_queue_admin(self.user_id)
        return Found(preferences_of(self.whose), may)


@dataclass(frozen=True, slots=True)
class _Choose:
    user_id: str
    whose: str
    kind: NotificationKind
    values: dict[str, Any] | None  # None goes back to what is usual

    def __call__(self) -> Preference:
        check_may_choose(self.user_id, self.whose)
        if self.values is None:
            return forget_choice(self.whose, self.kind)
        return choose(self.whose, self.kind, **self.values)


class MyNotifications(Page):
    """See the module's docstring."""

    NAME = "my_notifications"
    TITLE = "My Notifications"
    SEARCH_TERMS = ("banners", "toast", "e-mail", "don't show again", "alerts", "bell")

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.views = QTabBar()
        self.hint = Label("", "body", "fg2", wrap=True)
        self.editors = {kind: KindEditor(kind) for kind in NotificationKind}
        self._arrange()

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("mail", "E-Mail Setup", "mail", self._open_mail),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self._read()

    def on_close(self) -> None:
        self.context.hub.forget(self)

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        if any(change.table == NotificationSetting.table() for change in changes):
            self._read()

    def refresh(self) -> None:
        self._read()

    @property
    def whose(self) -> str:
        """Whose choices are shown: a user's, or EVERYBODY."""
        return EVERYBODY if self.views.currentIndex() == 1 else self.context.user_id

    # ---- how it comes about

    def _arrange(self) -> None:
        for view in (ME, ALL):
            self.views.addTab(view)
        self.views.setExpanding(False)
        self.views.setDrawBase(False)
        self.views.setAccessibleName("Whose notifications")
        self.views.currentChanged.connect(self._on_view)
        content = QWidget()
        content.setProperty("plain", True)
        self._content = content
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.views)
        self._column.addWidget(self.hint)
        for editor in self.editors.values():
            editor.chosen.connect(self._on_chosen)
            editor.reset_requested.connect(self._on_reset)
            self._column.addWidget(editor)
        self._column.addStretch(1)
        self.body.addWidget(Scroller(content), 1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _rescale(self) -> None:
        self.views.setFont(theme().font("body"))
        self._column.setSpacing(theme().px(12))
        self._content.setMaximumWidth(theme().px(WIDTH))

    # ---- what happens

    def _read(self) -> None:
        work = _Read(self.context.user_id, self.whose)
        self.context.hub.query(self, work, self._show, self._on_read_error, key="preferences")

    def _show(self, found: Found) -> None:
        self.banners.remove("read")
        for_all = self.whose == EVERYBODY
        editable = found.may_change_all or not for_all
        self.hint.setText(
            "What you choose here holds for you alone. The bell has everything of which you are told."
            if not for_all
            else "This holds for everybody who has not chosen for themselves."
            if editable
            else "This holds for everybody who has not chosen for themselves. Only an administrator of the job queue "
            "changes it."
        )
        for preference in found.preferences:
            self.editors[preference.kind].show_preference(preference, editable=editable)

    def _on_view(self, _place: int) -> None:
        self._read()

    def _on_chosen(self, kind: NotificationKind, values: dict[str, Any]) -> None:
        self._write(_Choose(self.context.user_id, self.whose, kind, values))

    def _on_reset(self, kind: NotificationKind) -> None:
        self._write(_Choose(self.context.user_id, self.whose, kind, None))

    def _write(self, work: _Choose) -> None:
        self.context.hub.write(self, work, self._on_written, self._on_error)

    def _on_written(self, _preference: Preference) -> None:
        self.banners.remove(REFUSED)
        self._read()

    def _on_error(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "err", "That was not saved.", error.text)
        self._read()

    def _on_read_error(self, error: TaskError) -> None:
        self.banners.show_banner(
            "read", "err", "The choices could not be read.", error.text, (("retry", "Retry"),)
        )

    def on_banner_action(self, key: str, action: str) -> None:
        if action == "retry":
            self.refresh()

    def _open_mail(self) -> None:
        self.context.navigate("email_setup")
