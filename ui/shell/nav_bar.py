"""The company's name and the pages that are used most."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.navigation import PAGES
from ui.theme import theme
from ui.widgets.labels import ElidedLabel, set_style_property


class NavBar(QWidget):
    """One word a page; the page that is open, or the one it was opened from, is marked."""

    page_requested = Signal(str)

    def __init__(self, company_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._company = ElidedLabel(company_name, "body_strong")
        self._company.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(theme().px(24), 0, theme().px(24), 0)
        row.setSpacing(0)
        row.addWidget(self._company)
        row.addSpacing(theme().px(12))
        for entry in PAGES.values():
            if entry.menu:
                button = QPushButton(entry.menu)
                button.setObjectName(entry.name)
                button.setAccessibleName(f"Go to {entry.menu}")
                button.clicked.connect(self._on_clicked)
                self._buttons[entry.name] = button
                row.addWidget(button)
        row.addStretch(1)
        self._retheme()
        theme().changed.connect(self._retheme)

    def mark(self, page: str) -> None:
        """Show which page is open; a name that is not in the bar marks none."""
        for name, button in self._buttons.items():
            set_style_property(button, "on", name == page)

    def _on_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.page_requested.emit(sender.objectName())

    def _retheme(self) -> None:
        for button in self._buttons.values():
            button.setFont(theme().font("body"))
