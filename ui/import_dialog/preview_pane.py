"""The middle of the import dialog: how the file was understood, its first rows, or why it cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.imports.definition import FixedColumn
from desktop.imports.preview import Preview
from ui.import_dialog.preview_table import PreviewTable
from ui.import_dialog.reading_panel import ReadingPanel
from ui.import_dialog.ruler import ColumnRuler
from ui.import_dialog.warnings import Warnings
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.empty_state import EmptyKind, EmptyState
from ui.widgets.labels import ElidedLabel
from ui.widgets.progress import ProgressLine

__all__ = ["PreviewPane"]


class PreviewPane(QWidget):
    """What was found in the file; the old content stays while another look is taken."""

    choose_requested = Signal()
    retry_requested = Signal()
    changed = Signal()  # a person wants the file read in another way

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.description = ElidedLabel("", "body", "fg2")
        self.warnings = Warnings()
        self.table = PreviewTable()
        self.panel = ReadingPanel()
        self.panel.changed.connect(self.changed)
        self.panel_button = Button("Reading options", "ghost", "settings", small=True)
        self.panel_button.setCheckable(True)
        self.panel_button.setChecked(True)
        self.panel_button.toggled.connect(self._show_panel)
        self.ruler = ColumnRuler()
        self.ruler.changed.connect(self._on_drawn)
        self._drawn = False
        self.rows_note = ElidedLabel("", "caption", "fg3")
        self._frame = QFrame()
        self._frame.setProperty("card", True)
        framed = QVBoxLayout(self._frame)
        framed.setContentsMargins(1, 1, 1, 1)
        framed.addWidget(self.table)
        self._looking = ProgressLine()
        self._looking.hide()
        self.error = EmptyState(EmptyKind.FAILED, "")
        self.error.action_triggered.connect(self.choose_requested)
        self.error.link_triggered.connect(self.retry_requested)
        self._good = QWidget()
        self._good.setProperty("plain", True)
        self._inner = QVBoxLayout(self._good)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._about = QHBoxLayout()
        self._about.addWidget(self.description, 1)
        self._about.addWidget(self.panel_button)
        self._ruler_frame = QFrame()
        self._ruler_frame.setProperty("card", True)
        ruled = QVBoxLayout(self._ruler_frame)
        ruled.setContentsMargins(1, 1, 1, 1)
        ruled.addWidget(self.ruler)
        self._ruler_frame.hide()
        for part in (self.warnings, self._ruler_frame):
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
        beside = QHBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self._stack, 1)
        beside.addWidget(self.panel)
        self._column.addLayout(beside, 1)
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

    def _on_drawn(self) -> None:
        self._drawn = True
        self.changed.emit()

    def _show_panel(self, shown: bool) -> None:
        self.panel.setVisible(shown)

    def clear(self) -> None:
        """Another file: nothing is known of it yet."""
        self.panel.forget()
        self.show_lines((), ())
        self.description.setText("")
        self.rows_note.setText("")
        self.warnings.show_lines("", ())
        self.table.show_preview(None)
        self._stack.setCurrentWidget(self._good)

    def show_looking(self, file_name: str) -> None:
        """It takes a while: say what is being done."""
        self._looking.show()
        self._looking.set_counting(f"Looking at {file_name}…")

    def show_preview(self, preview: Preview) -> None:
        """Show what was found."""
        self._looking.hide()
        constants = ", ".join(f"{constant.caption} “{constant.value}”" for constant in preview.constants)
        self.description.setText(preview.description)
        self.panel.show_detected(preview)
        lines = [*preview.warnings, *([f"Every record gets {constants}."] if constants else [])]
        self.warnings.show_lines(preview.problem, lines)
        self.table.show_preview(preview)
        shown = len(preview.rows)
        self.rows_note.setText(f"The first {shown:,} row{'' if shown == 1 else 's'}")
        self._stack.setCurrentWidget(self._good)

    def show_error(self, line: str, detail: str) -> None:
        """Say why the file cannot be read and what to do; another may be chosen, or this one tried again."""
        self._looking.hide()
        self.error.show_state(
            EmptyKind.FAILED, line, detail=detail, action="Choose another file…", link="Try again"
        )
        self._stack.setCurrentWidget(self.error)

    def _retheme(self) -> None:
        px = theme().px
        self._inner.setSpacing(px(8))
        self._column.setSpacing(px(4))
