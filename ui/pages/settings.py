"""My Settings: how Backdesk looks and works for this person; every change holds at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, cast

import msgspec
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from desktop import settings as settings_store
from desktop.tasks.task import TaskError
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.sessions.session_settings import (
    BackgroundSessionSettings,
    DeveloperSettings,
    TaskSettings,
    number_box,
)
from ui.theme import Mode, theme
from ui.widgets.fast_tab import FastTab
from ui.widgets.field import FieldRow
from ui.widgets.scroller import Scroller

THEMES: Final = {"Follow the system": "system", "Light": "light", "Dark": "dark"}
SCALES: Final = {f"{percent} %": percent / 100 for percent in (90, 100, 110, 125, 150, 175, 200)}
ROW_HEIGHTS: Final = {"Comfortable": "comfortable", "Normal": "normal", "Compact": "compact"}
WIDTH = 760


class SettingsPage(Page):
    """See the module's docstring."""

    NAME = "settings"
    TITLE = "My Settings"
    SEARCH_TERMS = ("theme", "dark mode", "font size", "options", "preferences", "developer")

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        settings = context.settings
        self.theme_choice = _choice(THEMES, settings.theme)
        self.scale_choice = _choice(SCALES, settings.scale)
        self.rows_choice = _choice(ROW_HEIGHTS, settings.row_height)
        self.system_font = QCheckBox("Use the system's own font")
        self.system_font.setChecked(settings.system_font)
        self.tell_system = QCheckBox("Tell me when a job ends while Backdesk is not in front")
        self.tell_system.setChecked(settings.notify_operating_system)
        self.slots_box = number_box(1, 16, settings.worker_slots)
        self.grace_box = number_box(1, 120, round(settings.cancel_grace_seconds), " s")
        self.tasks = TaskSettings(settings)
        self.sessions = BackgroundSessionSettings(settings)
        self.developer = DeveloperSettings(settings)
        self._arrange()
        self._connect()

    def page_actions(self) -> Sequence[Action]:
        return (Action("close", "Close", "dismiss", self.request_close, shown=False),)

    def _arrange(self) -> None:
        content = QWidget()
        content.setProperty("plain", True)
        content.setMaximumWidth(theme().px(WIDTH))
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, theme().px(8), 0)
        column.setSpacing(theme().px(12))
        for title, rows in (
            (
                "Appearance",
                (
                    ("Theme", self.theme_choice, ""),
                    ("Size of text and controls", self.scale_choice, ""),
                    ("Height of list rows", self.rows_choice, "Lists that are opened from now on."),
                    ("Font", self.system_font, ""),
                ),
            ),
            ("Notifications", (("Operating system", self.tell_system, ""),)),
            (
                "Jobs",
                (
                    ("Jobs at once", self.slots_box, "From the next start of Backdesk."),
                    (
                        "Time to stop",
                        self.grace_box,
                        "How long a cancelled job may take to obey before it is ended by force.",
                    ),
                ),
            ),
        ):
            tab = FastTab(title)
            for caption, editor, hint in rows:
                tab.add_widget(FieldRow(caption, editor, hint=hint))
            column.addWidget(tab)
        for tab in (self.tasks, self.sessions, self.developer):
            column.addWidget(tab)
        column.addStretch(1)
        scroll = Scroller(content)
        self.body.addWidget(scroll)

    def _connect(self) -> None:
        for choice in (self.theme_choice, self.scale_choice, self.rows_choice):
            choice.activated.connect(self._apply)
        for check in (self.system_font, self.tell_system):
            check.toggled.connect(self._apply)
        for box in (self.slots_box, self.grace_box):
            box.valueChanged.connect(self._apply)
        for tab in (self.tasks, self.sessions, self.developer):
            tab.changed.connect(self._apply)

    def _apply(self, _value: object = None) -> None:
        settings, look = self.context.settings, self.context.theme
        settings.theme = THEMES[self.theme_choice.currentText()]
        settings.scale = SCALES[self.scale_choice.currentText()]
        settings.row_height = ROW_HEIGHTS[self.rows_choice.currentText()]
        settings.system_font = self.system_font.isChecked()
        settings.notify_operating_system = self.tell_system.isChecked()
        settings.worker_slots = self.slots_box.value()
        settings.cancel_grace_seconds = float(self.grace_box.value())
        for tab in (self.tasks, self.sessions, self.developer):
            tab.store(settings)
        look.set_mode(cast(Mode, settings.theme))
        look.set_scale(settings.scale)
        look.set_system_font(settings.system_font)
        self.context.settings_changed()
        kept = msgspec.structs.replace(settings)
        self.context.hub.write(self, partial(settings_store.save, kept), self._on_saved, self._on_error)

    def _on_saved(self, _nothing: None) -> None:
        self.banners.remove("settings")

    def _on_error(self, error: TaskError) -> None:
        self.banners.show_banner("settings", "err", "The settings were not saved.", error.text)


def _choice(options: dict[str, str] | dict[str, float], value: str | float) -> QComboBox:
    box = QComboBox()
    box.addItems(list(options))
    for text, option in options.items():
        if option == value:
            box.setCurrentText(text)
    return box
