"""A page of settings that a person chooses for themselves and, where they may, for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from PySide6.QtWidgets import QTabBar, QWidget

from ui.framework.context import PageContext
from ui.framework.settings_page import SettingsPage
from ui.theme import theme
from ui.widgets.labels import Label

ME: Final = "For me"
ALL: Final = "For everybody"


class WhosePage(SettingsPage):
    """Whose settings are shown is chosen above them; a hint says for whom they hold.

    Class attributes:
        WHOSE: what the choice between the two is called, e.g. "Whose colours".
    """

    WHOSE: ClassVar[str] = ""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.views = QTabBar()
        self.hint = Label("", "body", "fg2", wrap=True)

    @property
    def for_all(self) -> bool:
        """Whether the settings for everybody are shown."""
        return self.views.currentIndex() == 1

    def on_view(self) -> None:
        """The other ones of the two are to be shown."""
        self.refresh()

    def arrange(self, editors: Iterable[QWidget]) -> None:
        """Put the editors under the choice and the hint."""
        for view in (ME, ALL):
            self.views.addTab(view)
        self.views.setExpanding(False)
        self.views.setDrawBase(False)
        self.views.setAccessibleName(self.WHOSE)
        self.views.currentChanged.connect(self._on_view)
        self.fill(self.views, self.hint, *editors)

    def rescale(self) -> None:
        super().rescale()
        self.views.setFont(theme().font("body"))

    def _on_view(self, _place: int) -> None:
        self.on_view()
