"""Extension Management: what extensions there are, what they bring, and why one is switched off."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import paths
from desktop.extensions.loader import LoadedExtension, loaded_extensions
from desktop.formats import count_text
from ui.dialogs import Question, tell
from ui.extensions import what_it_brings
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action, Page
from ui.jobs.rows_list import RowsList
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import Progress
from ui.navigation import all_pages
from ui.theme import theme
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyKind
from ui.widgets.labels import Label

WORKING, SWITCHED_OFF = "Working", "Switched off"


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """One line of the list."""

    id: Hashable
    loaded: LoadedExtension
    brings: str

    @property
    def source(self) -> str:
        """Where it is from, in few words: a file of the person's folder by its name."""
        path = Path(self.loaded.source)
        return f"Folder: {path.name}" if path.is_absolute() else f"Installed: {self.loaded.source}"


class ExtensionList(RowsList):
    """The extensions by name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        column = TableColumn[ExtensionRow]
        columns = (
            column("state", "State", _state, Cell.PILL, 136, sortable=False),
            column("name", "Name", _name, share=3, sortable=False, strong=True),
            column("publisher", "Publisher", _publisher, share=3, sortable=False, from_width=1000),
            column("version", "Version", _version, width=84, sortable=False),
            column("source", "Where from", _source, share=4, sortable=False, tooltip=_whole_source),
            column("brings", "What it brings", _brings, share=8, sortable=False),
        )
        super().__init__(columns, "Extensions", parent)

    def describe_nothing(self) -> None:
        self.nothing.show_state(
            EmptyKind.FIRST_USE,
            "There are no extensions yet.",
            detail="Extensions add fields, cues and pages. Install one beside Backdesk, or put it into the folder of "
            "extensions; then start Backdesk again.",
            action="Open folder",
            icon="apps_list",
        )


class ExtensionManagement(Page):
    """See the module's docstring. Extensions are found when Backdesk starts; nothing is switched here."""

    NAME = "extension_management"
    TITLE = "Extension Management"
    SEARCH_TERMS = ("extensions", "plug-ins", "add-ons", "apps")

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.list = ExtensionList()
        self.count_label = Label("", "caption", "fg3", tabular=True)
        self.question: Question | None = None
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.opened.connect(self._on_opened)
        self.list.nothing.action_triggered.connect(self._open_folder)
        self._arrange()

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("error", "Show error", "error_circle", self._tell_error, enabled=False),
            Action("folder", "Open folder", "folder_open", self._open_folder),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.set_title(self.TITLE, "Extensions are found when Backdesk starts.")
        self.refresh()
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        titles = {name: entry.title for name, entry in all_pages().items()}
        rows = [
            ExtensionRow(place, loaded, what_it_brings(loaded.extension, titles) if loaded.extension else "")
            for place, loaded in enumerate(loaded_extensions())
        ]
        self.list.show_rows(rows)
        self.list.choose_first()
        off = sum(not row.loaded.working for row in rows)
        noun = "extension" if len(rows) == 1 else "extensions"
        self.count_label.setText(
            f"{count_text(len(rows))} {noun}" + (f", {count_text(off)} switched off" if off else "")
        )
        self.count_label.setVisible(bool(rows))
        self._on_chosen()

    # ---- how it comes about

    def _arrange(self) -> None:
        card = Card(flush=True)
        card.body.addWidget(self.list, 1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.count_label)
        card.body.addLayout(self._foot)
        self.body.addWidget(card, 1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _rescale(self) -> None:
        px = theme().px
        self._foot.setContentsMargins(px(15), px(4), px(15), px(6))

    # ---- what happens

    def _on_chosen(self) -> None:
        rows = self.list.chosen()
        if "error" in self._actions:
            self.set_action_enabled("error", len(rows) == 1 and bool(rows[0].loaded.error))

    def _on_opened(self, row_id: Hashable) -> None:
        row = self.list.table.rows.row_of(row_id)
        if row is not None and row.loaded.error:
            self._tell(row.loaded)

    def _open_folder(self) -> None:
        """Show the person's folder in the file manager; it is made if it is missing."""
        folder = paths.extensions_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.context.notify(Notice(f"The folder {folder} cannot be made: {error.strerror}.", "err"))
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.context.notify(Notice(f"The folder is {folder}.", "info"))

    def _tell_error(self) -> None:
        self._tell(self.list.chosen()[0].loaded)

    def _tell(self, loaded: LoadedExtension) -> None:
        text = f"{loaded.error}\n\nIt is from {loaded.source}. Start Backdesk again when it is mended."
        title = f"“{loaded.name}” is switched off"
        self.question = tell(self, title, text, details=loaded.call_stack, severity="err")


def _state(row: ExtensionRow) -> Progress:
    return Progress(WORKING if row.loaded.working else SWITCHED_OFF)


def _name(row: ExtensionRow) -> Progress:
    return Progress(row.loaded.name, "fg")


def _publisher(row: ExtensionRow) -> Progress:
    return Progress(row.loaded.extension.publisher if row.loaded.extension else "")


def _version(row: ExtensionRow) -> Progress:
    return Progress(row.loaded.extension.version if row.loaded.extension else "")


def _source(row: ExtensionRow) -> Progress:
    return Progress(row.source)


def _whole_source(row: ExtensionRow) -> str:
    return row.loaded.source


def _brings(row: ExtensionRow) -> Progress:
    return Progress(row.loaded.error, "err") if row.loaded.error else Progress(row.brings)
