"""A field of a card page: caption, editor, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QWidget,
)

from ui.theme import theme
from ui.widgets.labels import ElidedLabel, IconLabel, Label, set_style_property

__all__ = ["FieldRow"]

CAPTION_WIDTH, CONTROL_HEIGHT = 150, 30
CAPTION_SHARE = 0.4
INSIDE_SPIN_BOX = "qt_spinbox_lineedit"


class FieldRow(QWidget):
    """A caption, its editor, and under the editor the error in words with a red edge around it.

    ``above`` puts the caption over the editor (dialogs); else it stands at the left (cards).
    """

    def __init__(
        self,
        caption: str,
        editor: QWidget,
        *,
        required: bool = False,
        read_only: bool = False,
        hint: str = "",
        above: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self._caption, self._above = caption, above
        self._required, self._hint, self._error = required, hint, ""
        self.caption_label = (
            ElidedLabel(caption, "body", "fg2") if not above else Label(caption, "body", "fg2")
        )
        self.caption_label.setBuddy(editor)
        # Made when they are first needed: most rows of a card never have any of them.
        self._mark: Label | None = None
        self._foot: _Foot | None = None
        self._grid = QGridLayout(self)
        self._build()
        editor.setSizePolicy(QSizePolicy.Policy.Expanding, editor.sizePolicy().verticalPolicy())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._calm_wheel()
        self.set_read_only(read_only)
        self._show_note()
        self._retheme()
        theme().changed.connect(self._retheme)

    @property
    def caption(self) -> str:
        """The words before the editor."""
        return self._caption

    @property
    def error(self) -> str:
        """What is wrong; "" when nothing is."""
        return self._error

    def set_error(self, text: str) -> None:
        """Say what is wrong with the value and what to do; "" when it is right again."""
        self._error = text
        set_style_property(self.editor, "edge", "error" if text else "")
        self._show_note()

    def clear_error(self) -> None:
        """Say that the value is right again."""
        self.set_error("")

    def set_hint(self, hint: str) -> None:
        """Show a sentence of help under the editor while nothing is wrong."""
        self._hint = hint
        self._show_note()

    def set_required(self, required: bool) -> None:
        """Mark the field as one that must be filled."""
        if required != self._required:
            self._required = required
            self._show_mark()
            self._show_note()

    def set_read_only(self, read_only: bool) -> None:
        """Let the value be read and copied, not changed; the frame goes away."""
        if isinstance(self.editor, QLineEdit | QPlainTextEdit | QAbstractSpinBox):
            self.editor.setReadOnly(read_only)
        else:
            self.editor.setEnabled(not read_only)
        if isinstance(self.editor, QAbstractSpinBox):
            symbols = QAbstractSpinBox.ButtonSymbols
            self.editor.setButtonSymbols(symbols.NoButtons if read_only else symbols.UpDownArrows)
        if not isinstance(self.editor, QComboBox):
            set_style_property(self.editor, "readOnlyLook", read_only)

    def _calm_wheel(self) -> None:
        """Let the wheel scroll the page; over a choice or a number it turns it only where the keyboard is already.

        By Qt's rule the wheel itself would put the keyboard there, so that whoever scrolls a page would change, and
        save, what happens to pass by.
        """
        inside = [*self.editor.findChildren(QComboBox), *self.editor.findChildren(QAbstractSpinBox)]
        for turning in (self.editor, *inside):
            if isinstance(turning, QComboBox | QAbstractSpinBox):
                turning.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                turning.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._head_host = QWidget()
        self._head_host.setProperty("plain", True)
        head = QHBoxLayout(self._head_host)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.caption_label)
        self.caption_label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        head.addStretch(1)
        self._head = head
        self._show_mark()
        if self._above:
            self._grid.addWidget(self._head_host, 0, 0)
            self._grid.addWidget(self.editor, 1, 0)
        else:
            self._grid.addWidget(self._head_host, 0, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(self.editor, 0, 1)
            self._grid.setColumnStretch(1, 1)

    def _show_mark(self) -> None:
        if self._mark is None and self._required:
            self._mark = Label("*", "body_strong", "err")
            self._mark.setToolTip("Required")
            self._head.insertWidget(1, self._mark)
        if self._mark is not None:
            self._mark.setVisible(self._required)

    def _show_note(self) -> None:
        if self._foot is None and (self._error or self._hint):
            self._foot = _Foot()
            self._grid.addWidget(self._foot, 2 if self._above else 1, 0 if self._above else 1)
        if self._foot is not None:
            self._foot.show_note(self._error, self._hint)
        required = ", required" if self._required else ""
        for part in (self.editor, *self.editor.findChildren(QLineEdit)):
            part.setAccessibleName(f"{self._caption}{required}")
            part.setAccessibleDescription(f"Error: {self._error}" if self._error else self._hint)

    def _retheme(self) -> None:
        px = theme().px
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(4))
        self._head.setSpacing(px(4))
        for inner in self.editor.findChildren(QLineEdit, INSIDE_SPIN_BOX):
            # The style sheet's padding does not reach the line edit inside a spin box.
            inner.setTextMargins(px(6), 0, 0, 0)
        self._fit_caption()

    def minimumSizeHint(self) -> QSize:
        smallest = super().minimumSizeHint()
        if self._above:
            return smallest
        room = self.editor.minimumSizeHint().width() + theme().px(12)
        return QSize(round(room / (1 - CAPTION_SHARE)), smallest.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fit_caption():
            self._grid.activate()

    def _fit_caption(self) -> bool:
        """Keep the captions of a column equally wide, but leave a narrow page to the editors; True if they change."""
        if self._above:
            return False
        width = min(theme().px(CAPTION_WIDTH), round(self.width() * CAPTION_SHARE))
        wanted = QSize(width, theme().px(CONTROL_HEIGHT))
        if wanted == self._head_host.minimumSize():
            return False
        self._head_host.setFixedSize(wanted)
        return True


class _Foot(QWidget):
    """The line under an editor: help, or what is wrong behind its sign."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("plain", True)
        self._note = Label("", "caption", "fg3", wrap=True)
        self._glyph = IconLabel("error_circle", "err", 14, filled=True, name_for_readers="Error")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._note, 1)
        self._retheme()
        theme().changed.connect(self._retheme)

    def show_note(self, error: str, hint: str) -> None:
        """Show the error, else the help; nothing where there is neither."""
        self._note.setText(error or hint)
        self._note.set_tone("err" if error else "fg3")
        self._glyph.setVisible(bool(error))
        self.setVisible(bool(error or hint))

    def _retheme(self) -> None:
        self._row.setSpacing(theme().px(6))
