"""The middle of the import dialog: how the file was understood, its first rows, or why it cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.formats import counted
from desktop.imports.integrations.definition import NO_CHOICES, Choices, FixedColumn
from desktop.imports.preview import PREVIEW_ROWS, Preview
from desktop.imports.preview_checks import CHECKED
from ui.import_dialog.notes import DELIMITER, LINES, VALUES, Note, notes_of, part_name
from ui.import_dialog.offered_fields import Offered
from ui.import_dialog.preview_table import PreviewTable
from ui.import_dialog.reading_panel import ReadingPanel
from ui.import_dialog.ruler import ColumnRuler
from ui.import_dialog.unmatched_values import UnmatchedValues
from ui.import_dialog.warnings import Warnings
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.card import Frame
from ui.widgets.empty_state import EmptyKind, EmptyState
from ui.widgets.labels import ElidedLabel
from ui.widgets.progress import ProgressLine

__all__ = ["PreviewPane", "rows_words", "suggestions"]

RULER_HELP = (
    "Click to set or remove a line between columns, drag it to move it. "
    "Keys: arrows, Space, Alt+arrows, Page Up and Page Down."
)


class PreviewPane(QWidget):
    """What was found in the file; the old content stays while another look is taken."""

    choose_requested = Signal()
    lines_requested = Signal()  # the second file, with the lines
    retry_requested = Signal()
    changed = Signal()  # a person wants the file read in another way
    suggestions_taken = Signal()
    integration_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.description = ElidedLabel("", "body", "fg2")
        self.warnings = Warnings()
        self.table = PreviewTable()
        self.panel = ReadingPanel()
        self.panel.changed.connect(self.changed)
        self.lines_panel: ReadingPanel | None = None  # made for the first file with lines
        self.panel_button = Button("Reading options", "ghost", "settings", small=True)
        self.panel_button.setCheckable(True)
        self.panel_button.setChecked(True)
        self.panel_button.toggled.connect(self._on_panel_wanted)
        self.suggest_button = Button("", "ghost", "checkmark", small=True)
        self.suggest_button.clicked.connect(self.suggestions_taken)
        self.suggest_button.hide()
        self.create_button = Button("Create an integration from this file…", "default", "add", small=True)
        self.create_button.clicked.connect(self.integration_requested)
        self.create_button.hide()
        self.parts = QTabBar()
        self.parts.setDocumentMode(True)
        self.parts.setDrawBase(False)
        self.parts.setExpanding(False)
        self.parts.setAccessibleName("Which of the two files is shown")
        self.parts.currentChanged.connect(self._show_part)
        self.parts.hide()
        self.values: UnmatchedValues | None = None
        self._preview: Preview | None = None
        self._offered: Offered | None = None
        self.ruler = ColumnRuler()
        self.ruler.changed.connect(self._on_drawn)
        self._drawn = self._wants_ruler = False
        self.rows_note = ElidedLabel("", "caption", "fg3")
        self._looking = ProgressLine()
        self._looking.hide()
        self.error = EmptyState(EmptyKind.FAILED, "")
        self.error.action_triggered.connect(self.choose_requested)
        self.error.link_triggered.connect(self.retry_requested)
        self.warnings.asked.connect(self._on_note)
        self._arrange()
        theme().changed.connect(self._retheme)
        self._retheme()

    @property
    def error_text(self) -> str:
        """Why the file cannot be read; empty where it can."""
        return self.error.accessibleName() if self._stack.currentWidget() is self.error else ""

    @property
    def fixed_columns(self) -> tuple[FixedColumn, ...] | None:
        """The columns of the ruler; None where a person neither drew any nor wants the file cut by them."""
        return self.ruler.columns if self.is_ruled and (self._drawn or self.panel.draws_columns) else None

    @property
    def is_ruled(self) -> bool:
        """Whether the lines of the file are shown under a ruler."""
        return not self._ruler_frame.isHidden()

    def show_lines(self, lines: Sequence[str], columns: Sequence[FixedColumn]) -> None:
        """Show the lines of a file of fixed width under a ruler; without lines there is no ruler."""
        self._ruler_frame.setVisible(bool(lines))
        self._drawn = False
        self.ruler.show_lines(lines, columns)
        if lines and self._wants_ruler:
            self._wants_ruler = False
            self.ruler.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_drawn(self) -> None:
        self._drawn = True
        self.changed.emit()

    @property
    def lines_choices(self) -> Choices:
        """How the person wants the second file read."""
        return self.lines_panel.choices if self.lines_panel is not None else NO_CHOICES

    @property
    def shown_panel(self) -> ReadingPanel:
        """The options of the file whose rows are shown."""
        return self.lines_panel if self._of_lines and self.lines_panel is not None else self.panel

    @property
    def _of_lines(self) -> bool:
        return self._preview is not None and self._preview.lines is not None and self.parts.currentIndex() > 0

    def _show_panel(self) -> None:
        shown = self.panel_button.isChecked()
        for panel in (self.panel, self.lines_panel):
            if panel is not None:
                panel.setVisible(shown and panel is self.shown_panel)

    def _on_panel_wanted(self, _wanted: bool) -> None:
        self._show_panel()

    def begin_lines(self, file_name: str) -> None:
        """Another second file: nothing is known of it yet but its name."""
        if self.lines_panel is None:
            self.lines_panel = ReadingPanel(of_lines=True)
            self.lines_panel.changed.connect(self.changed)
            self.lines_panel.hide()
            self._beside.addWidget(self.lines_panel)
        self.lines_panel.begin(file_name)

    def begin(self, file_name: str) -> None:
        """Another file: nothing is known of it yet but its name."""
        self.panel.begin(file_name)
        self.show_lines((), ())
        self.parts.hide()
        self.suggest_button.hide()
        self.create_button.hide()
        self._preview = None
        self.description.setText("")
        self.rows_note.setText("")
        self.warnings.show_notes(())
        self.table.show_preview(None)
        self._stack.setCurrentWidget(self._good)

    def show_looking(self, file_name: str) -> None:
        """It takes a while: say what is being done."""
        self._looking.show()
        self._looking.set_counting(f"Looking at {file_name}…")

    def show_preview(self, preview: Preview) -> None:
        """Show what was found; where there are two files, the one that was shown before."""
        self._looking.hide()
        self._preview = preview
        self.panel.show_detected(preview)
        if preview.lines is not None and self.lines_panel is not None:
            self.lines_panel.show_detected(preview.lines)
        lines = preview.lines
        names = [part_name(preview, lines), *([part_name(lines, preview)] if lines is not None else [])]
        self._name_parts(names)
        found = suggestions(preview)
        self.suggest_button.setText(f"Use {counted(len(found), 'suggestion')}")
        self.suggest_button.setVisible(bool(found))
        self.create_button.setVisible(not preview.integration)
        self._show_part()
        self._stack.setCurrentWidget(self._good)

    def offer(self, offered: Offered | None) -> None:
        """The fields that columns may fill; None while they are not known."""
        self._offered = offered
        self._offer_part()

    @property
    def shown(self) -> Preview | None:
        """The file whose rows are shown, where there are two."""
        return self._preview.lines if self._preview is not None and self._of_lines else self._preview

    def _name_parts(self, names: list[str]) -> None:
        if [self.parts.tabText(place) for place in range(self.parts.count())] != names:
            self.parts.blockSignals(True)
            while self.parts.count():
                self.parts.removeTab(0)
            for name in names:
                self.parts.addTab(name)
            self.parts.blockSignals(False)
        self.parts.setVisible(len(names) > 1)

    def _show_part(self) -> None:
        preview, whole = self.shown, self._preview
        if preview is None or whole is None:
            return
        self.description.setText(preview.description)
        self.warnings.show_notes(notes_of(preview, whole.lines if preview is whole else whole))
        self._offer_part()
        self._show_panel()
        self.table.show_preview(preview)
        self.rows_note.setText(rows_words(preview))

    def _offer_part(self) -> None:
        """With two files, the fields of headers are for the first one, those of lines for the second."""
        offered, preview = self._offered, self._preview
        if offered is None or preview is None or offered.code != preview.integration:
            self.table.offer(())
        elif preview.lines is None:
            self.table.offer(offered.fields)
        else:
            level = self.parts.currentIndex()
            self.table.offer([field for field in offered.fields if field.level == level])

    def _on_note(self, note: Note, anchor: QWidget) -> None:
        if note.does == LINES:
            self.lines_requested.emit()
            return
        if note.does != VALUES:
            self._wants_ruler = note.does == DELIMITER
            self.shown_panel.choose(note.does, note.about)
            return
        unmatched = self.shown.unmatched if self.shown is not None else ()
        for found in unmatched:
            if found.path == note.about:
                self.values = self.values or UnmatchedValues(self.window())
                self.values.show_values(found, anchor)

    def show_error(self, line: str, detail: str) -> None:
        """Say why the file cannot be read and what to do; another may be chosen, or this one tried again."""
        self._looking.hide()
        self.error.show_state(
            EmptyKind.FAILED, line, detail=detail, action="Choose another file…", link="Try again"
        )
        self._stack.setCurrentWidget(self.error)

    def _arrange(self) -> None:
        self._frame = Frame(self.table)
        self._good = QWidget()
        self._good.setProperty("plain", True)
        self._inner = QVBoxLayout(self._good)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._about = QHBoxLayout()
        self._about.addWidget(self.description, 1)
        self._about.addWidget(self.create_button)
        self._about.addWidget(self.suggest_button)
        self._about.addWidget(self.panel_button)
        how = ElidedLabel(RULER_HELP, "caption", "fg3")
        how.setContentsMargins(theme().px(10), 0, theme().px(10), theme().px(4))
        self._ruler_frame = Frame(self.ruler, how)
        self._ruler_frame.hide()
        for part in (self.parts, self.warnings, self._ruler_frame):
            self._inner.addWidget(part)
        self._inner.addWidget(self._frame, 1)
        self._inner.addWidget(self.rows_note)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._good)
        self._stack.addWidget(self.error)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._looking)
        self._column.addLayout(self._about)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(0)
        self._beside.addWidget(self._stack, 1)
        self._beside.addWidget(self.panel)
        self._column.addLayout(self._beside, 1)

    def _retheme(self) -> None:
        px = theme().px
        self._inner.setSpacing(px(8))
        self._column.setSpacing(px(4))


def rows_words(preview: Preview) -> str:
    """Which rows of the file are shown: "The first 200 of 830 rows"; all of them, where it has no more."""
    shown = len(preview.rows)
    looked_at = max(preview.checked_rows, shown)
    if looked_at >= CHECKED or (not preview.integration and shown >= PREVIEW_ROWS):
        return f"The first {shown:,} rows"  # how many there are is not known before it is read
    if shown < looked_at:
        return f"The first {shown:,} of {looked_at:,} rows"
    return {0: "There is no row to import.", 1: "The only row of the file"}.get(shown, f"All {shown:,} rows")


def suggestions(preview: Preview) -> dict[str, str]:
    """The headers of columns that are not imported, by the path of the field that each could fill."""
    parts = [preview, *([preview.lines] if preview.lines is not None else [])]
    return {
        column.proposed: column.header
        for part in parts
        for column in part.columns
        if column.proposed and not column.path
    }
