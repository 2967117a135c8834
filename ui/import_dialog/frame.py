"""What stands around the steps of the import dialog: its title, the file, and the buttons."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.import_dialog.staged_steps import StagedSteps
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import ElidedLabel, Label

__all__ = ["DialogFrame"]

WIDTH, HEIGHT, SMALLEST_WIDTH, SMALLEST_HEIGHT = 1180, 780, 640, 480
FRAME = 40  # what a window's title and edges take

LATER = "Closed now, the rows wait on the page Import Runs."


class DialogFrame(QObject):
    """Lays a dialog out and shows the buttons of a step.

    Args:
        dialog: what is laid out.
        window: the window that it belongs to; the dialog stays smaller.
        options: what stands above the preview.
        stack: the steps.
    """

    def __init__(self, dialog: QDialog, window: QWidget, options: QWidget, stack: QWidget) -> None:
        super().__init__(dialog)
        self._dialog, self._window, self._options = dialog, window, options
        self._title = Label("Import data", "title")
        self._said = ElidedLabel("", "body", "fg2")
        self.note = ElidedLabel("", "caption", "fg3")
        self.back_button = Button("Change how it is read", "default", "arrow_left")
        self.back_button.setToolTip(
            "The rows that were read are given back, so that the file can be read otherwise"
        )
        self.cancel_button = Button("Cancel")
        self.try_button = Button("Dry run", "default", "eye")
        self.try_button.setToolTip("See what would be created and changed; nothing is written")
        self.import_button = Button("Import", "primary", "arrow_import")
        head = QVBoxLayout()
        head.setSpacing(0)
        head.addWidget(self._title)
        head.addWidget(self._said)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.back_button)
        self._foot.addWidget(self.note, 1)
        for button in (self.cancel_button, self.try_button, self.import_button):
            self._foot.addWidget(button)
        self._column = QVBoxLayout(dialog)
        self._column.addLayout(head)
        self._column.addWidget(options)
        self._column.addWidget(stack, 1)
        self._column.addLayout(self._foot)
        theme().changed.connect(self._retheme)
        self._retheme()

    def let_import(self, possible: bool) -> None:
        """Whether the file may be imported or tried as it is."""
        self.import_button.setEnabled(possible)
        self.try_button.setEnabled(possible)

    def show_step(
        self, *, has_file: bool, choosing: bool, steps: StagedSteps | None, over: bool = False
    ) -> None:
        """Show the words and buttons of a step.

        Args:
            over: nothing is left to be cancelled.
            choosing: the file and how it is read are being chosen.
            steps: what follows when it has been read; None before.
        """
        tried = steps is not None and steps.has_tried
        asking = steps is not None and not tried and not steps.is_trying
        self._options.setVisible(choosing and has_file)
        self.import_button.setVisible(choosing or tried)
        self.import_button.setText("Continue" if tried else "Import")
        self.try_button.setVisible((choosing and has_file) or asking)
        self.back_button.setVisible(tried or asking)
        self.back_button.setEnabled(steps is None or not steps.is_starting)
        self.cancel_button.setEnabled(True)
        self.cancel_button.setText("Close" if tried or asking or over else "Cancel")
        self.note.setText(LATER if asking else "")
        self._title.setText("Dry run" if steps is not None and not asking else "Import data")
        self._title.setVisible(not asking)
        self._said.setVisible(choosing)
        self._said.setText(
            "See how the columns of the file are understood, then import it."
            if has_file
            else "Customers, vendors, items, sales orders and more come from text files and workbooks."
        )
        self.try_button.setEnabled(asking and not steps.is_starting if steps is not None else True)
        if tried:
            self.import_button.setEnabled(True)
            self.import_button.setDefault(True)
            self.import_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _retheme(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(24), px(16), px(24), px(16))
        self._column.setSpacing(px(12))
        self._foot.setSpacing(px(8))
        room, screen = self._window.size(), self._window.screen().availableSize()
        # Large texts on a small screen must not push the buttons out of it.
        smallest = QSize(px(SMALLEST_WIDTH), px(SMALLEST_HEIGHT)).boundedTo(screen - QSize(0, px(FRAME)))
        wanted = (room - QSize(px(64), px(48))).expandedTo(smallest)
        self._dialog.setMinimumSize(smallest)
        self._dialog.resize(wanted.boundedTo(QSize(px(WIDTH), px(HEIGHT))))
