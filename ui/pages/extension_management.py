"""Extension Management: the extensions that were found, what each brings, and why one is switched off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from desktop import paths
from desktop.extensions.loader import LoadedExtension, loaded_extensions
from ui.dialogs import tell
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.jobs.rows_list import RowsList
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import Progress
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyKind

WORKING, OFF = "Installed", "Switched off"


class ExtensionRow(NamedTuple):
    """One extension."""

    id: str
    loaded: LoadedExtension


class ExtensionList(RowsList):
    """The extensions, by name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_columns(), "Extensions", parent)

    def describe_nothing(self) -> None:
        self.nothing.show_state(
            EmptyKind.FIRST_USE,
            "There are no extensions yet.",
            detail=f"Install one with pip, or put it into {paths.extensions_folder()}; it is there after a restart.",
            icon="apps_list",
        )


class ExtensionManagement(Page):
    """See the module's docstring."""

    NAME = "extension_management"
    TITLE = "Extension Management"
    SEARCH_TERMS = ("extensions", "plug-ins", "add-ons", "apps")

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.list = ExtensionList()
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.opened.connect(self._on_opened)
        card = Card(flush=True)
        card.body.addWidget(self.list, 1)
        self.body.addWidget(card, 1)

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("details", "Details", "info", self._details, "Alt+D", enabled=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.refresh()
        self.list.table.setFocus()

    def refresh(self) -> None:
        self.list.show_rows([ExtensionRow(loaded.source, loaded) for loaded in loaded_extensions()])

    def _on_chosen(self) -> None:
        self.set_action_enabled("details", len(self.list.chosen()) == 1)

    def _on_opened(self, _row_id: object) -> None:
        self._details()

    def _details(self) -> None:
        for row in self.list.chosen()[:1]:
            found: LoadedExtension = row.loaded
            if found.working:
                tell(self, found.name, f"{brings(found)}\n\n{found.source}", severity="info")
            else:
                tell(
                    self, f"{found.name} is switched off", f"{found.error}\n\n{found.source}", severity="err"
                )


def brings(found: LoadedExtension) -> str:
    """What an extension adds, in words: "Codeunits 50100 Wait · extends Customer Card · cues"."""
    extension = found.extension
    if extension is None:
        return ""
    from ui.navigation import PAGES

    said = []
    if extension.codeunits:
        listed = ", ".join(f"{codeunit.number} {codeunit.caption}" for codeunit in extension.codeunits)
        said.append(f"Codeunit{'s' if len(extension.codeunits) > 1 else ''} {listed}")
    if extension.page_extensions:
        said.append(
            "extends " + ", ".join(PAGES[name].title for name in extension.page_extensions if name in PAGES)
        )
    if extension.cues:
        said.append("cues")
    if extension.pages:
        said.append("pages")
    return " · ".join(said) or "Nothing yet"


def _columns() -> tuple[TableColumn[ExtensionRow], ...]:
    column = TableColumn[ExtensionRow]
    return (
        column("state", "State", _state, Cell.PILL, 130, sortable=False),
        column(
            "name", "Name", lambda row: Progress(row.loaded.name, "fg"), share=2, sortable=False, strong=True
        ),
        column("publisher", "Publisher", _publisher, share=2, sortable=False),
        column("version", "Version", _version, width=84, sortable=False),
        column("brings", "What it brings", _brings, share=5, sortable=False),
        column(
            "source",
            "Where it is from",
            lambda row: Progress(row.loaded.source),
            share=3,
            sortable=False,
            from_width=1100,
        ),
    )


def _state(row: ExtensionRow) -> Progress:
    return Progress(WORKING if row.loaded.working else OFF)


def _source(row: ExtensionRow) -> Progress:
    return Progress(row.loaded.source)


def _publisher(row: ExtensionRow) -> Progress:
    return Progress(row.loaded.extension.publisher if row.loaded.extension else "")


def _version(row: ExtensionRow) -> Progress:
    return Progress(row.loaded.extension.version if row.loaded.extension else "")


def _brings(row: ExtensionRow) -> Progress:
    return Progress(brings(row.loaded)) if row.loaded.working else Progress(row.loaded.error, "err")
