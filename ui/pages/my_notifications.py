"""My Notifications: of what one is told, by which ways, and how often; for oneself and for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from PySide6.QtWidgets import QWidget

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
from models.messages import NotificationSetting
from ui.framework.context import PageContext
from ui.framework.page import Action
from ui.framework.whose_page import WhosePage
from ui.notification_settings.kind_editor import KindEditor
from ui.theme import theme

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


class MyNotifications(WhosePage):
    """See the module's docstring."""

    NAME = "my_notifications"
    TITLE = "My Notifications"
    SEARCH_TERMS = ("banners", "toast", "e-mail", "don't show again", "alerts", "bell")
    TABLES = frozenset({NotificationSetting.table()})
    UNREAD = "The choices could not be read."
    WHOSE = "Whose notifications"

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.editors = {kind: KindEditor(kind) for kind in NotificationKind}
        for editor in self.editors.values():
            editor.chosen.connect(self._on_chosen)
            editor.reset_requested.connect(self._on_reset)
        self.arrange(self.editors.values())

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("mail", "E-Mail Setup", "mail", self._open_mail),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    @property
    def whose(self) -> str:
        """Whose choices are shown: a user's, or EVERYBODY."""
        return EVERYBODY if self.for_all else self.context.user_id

    def rescale(self) -> None:
        super().rescale()
        self._content.setMaximumWidth(theme().px(WIDTH))

    # ---- what happens

    def reader(self) -> _Read:
        return _Read(self.context.user_id, self.whose)

    def show_found(self, found: Found) -> None:
        editable = found.may_change_all or not self.for_all
        self.hint.setText(
            "What you choose here holds for you alone. The bell has everything of which you are told."
            if not self.for_all
            else "This holds for everybody who has not chosen for themselves."
            if editable
            else "This holds for everybody who has not chosen for themselves. Only an administrator of the job queue "
            "changes it."
        )
        for preference in found.preferences:
            self.editors[preference.kind].show_preference(preference, editable=editable)

    def _on_chosen(self, kind: NotificationKind, values: dict[str, Any]) -> None:
        self._write(_Choose(self.context.user_id, self.whose, kind, values))

    def _on_reset(self, kind: NotificationKind) -> None:
        self._write(_Choose(self.context.user_id, self.whose, kind, None))

    def _write(self, work: _Choose) -> None:
        self.context.hub.write(self, work, self._on_written, self._on_error)

    def _on_written(self, _preference: Preference) -> None:
        self.banners.remove(REFUSED)
        self.refresh()

    def _on_error(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "err", "That was not saved.", error.text)
        self.refresh()

    def _open_mail(self) -> None:
        self.context.navigate("email_setup")
