"""The bar at the top of the window: pages, Tell Me, jobs, notifications, settings, who works here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from ui.icons import follow_icon
from ui.shell.tell_me_field import TellMeField
from ui.tell_me import Suggestion
from ui.theme import theme
from ui.widgets.avatar import Avatar
from ui.widgets.badge import BadgeButton
from ui.widgets.buttons import IconButton, tooltip_with_shortcut
from ui.widgets.labels import Label

JOBS_SHORTCUT = "Alt+Shift+J"
BELL_SHORTCUT = "Ctrl+Shift+N"
SETTINGS_SHORTCUT = "Ctrl+,"


class JobsChip(QPushButton):
    """How many jobs run; opens the list of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobchip")
        self.setToolTip(tooltip_with_shortcut("Jobs", JOBS_SHORTCUT))
        follow_icon(self, "arrow_sync", "topbar_fg", 16)
        self.set_running(0)
        self._retheme()
        theme().changed.connect(self._retheme)

    def set_running(self, running: int) -> None:
        """Show another number of running jobs; none leaves just the word."""
        self.setText(f"{running} running" if running else "Jobs")
        self.setAccessibleName(f"Jobs: {running} running" if running else "Jobs: none running")

    def _retheme(self) -> None:
        self.setFont(theme().font("caption"))
        self.setIconSize(QSize(theme().px(16), theme().px(16)))


class TopBar(QWidget):
    """See the module's docstring. What its buttons open belongs to the window."""

    menu_requested = Signal()
    jobs_requested = Signal()
    bell_requested = Signal()
    settings_requested = Signal()
    help_requested = Signal()

    def __init__(
        self,
        suggestions: Callable[[str], Sequence[Suggestion]],
        user_name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.menu = IconButton("grid_dots", "All pages", shortcut="Shift+F12", token="topbar_fg")
        self.tell_me = TellMeField(suggestions)
        self.jobs = JobsChip()
        self.bell = BadgeButton("alert", "Notifications", shortcut=BELL_SHORTCUT)
        self.settings = IconButton("settings", "My Settings", shortcut=SETTINGS_SHORTCUT, token="topbar_fg")
        self.help = IconButton("question_circle", "Keyboard and help", shortcut="Ctrl+F1", token="topbar_fg")
        self.avatar = Avatar(user_name)
        self.menu.clicked.connect(self.menu_requested)
        self.jobs.clicked.connect(self.jobs_requested)
        self.bell.clicked.connect(self.bell_requested)
        self.settings.clicked.connect(self.settings_requested)
        self.help.clicked.connect(self.help_requested)
        self._arrange()

    def _arrange(self) -> None:
        px = theme().px
        grid = QGridLayout(self)
        grid.setContentsMargins(px(12), 0, px(16), 0)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        left = QHBoxLayout()
        left.setSpacing(px(8))
        left.addWidget(self.menu)
        left.addWidget(Label("Backdesk", "subtitle", "topbar"))
        left.addStretch(1)
        right = QHBoxLayout()
        right.setSpacing(px(4))
        right.addStretch(1)
        right.addWidget(self.jobs)
        right.addSpacing(px(4))
        for button in (self.bell, self.settings, self.help):
            right.addWidget(button)
        right.addSpacing(px(8))
        right.addWidget(self.avatar)
        grid.addLayout(left, 0, 0)
        grid.addWidget(self.tell_me, 0, 1)
        grid.addLayout(right, 0, 2)
