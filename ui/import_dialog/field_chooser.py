"""The drop-down in which a person says which field a column of a file fills."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from ui.theme import theme

__all__ = ["FieldChooser"]

NARROWEST = 260
NOT_IMPORTED = "Do not import this column"


class FieldChooser(QComboBox):
    """`chosen` gives the column's position and the path of the field; "" for none."""

    chosen = Signal(int, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._section = -1
        self._shown = False
        self.setMaxVisibleItems(14)
        self.activated.connect(self._on_activated)
        # Esc and a click beside the list close its window without `hidePopup`.
        self._list = self.view().window()
        self._list.installEventFilter(self)
        self.hide()

    @property
    def section(self) -> int:
        """The column that is asked about; -1 while none is."""
        return self._section

    def open_for(
        self, section: int, header: str, place: QRect, choices: Sequence[tuple[str, str]], shown: str
    ) -> None:
        """Offer the fields for one column.

        Args:
            header: what the file calls the column.
            place: where the answer stands in the parent; the drop-down lies over it.
            choices: paths of fields with their words.
            shown: the path that is chosen so far, or is suggested.
        """
        self._section = section
        self.setAccessibleName(f"Field for the column {header}")
        self.clear()
        self.addItem(NOT_IMPORTED, "")
        for path, words in choices:
            self.addItem(words, path)
        self.setCurrentIndex(max(0, self.findData(shown)))
        width = max(place.width(), theme().px(NARROWEST))
        parent = self.parentWidget()
        room = parent.width() if parent is not None else width
        left = max(0, min(place.left(), room - width))
        height = theme().px(30)
        self.setGeometry(left, place.bottom() - height + 1, width, height)
        self.show()
        self.raise_()
        self.setFocus()
        self._shown = True
        self.showPopup()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and watched is self._list:
            self._close()
        return super().eventFilter(watched, event)

    def _close(self) -> None:
        if self._shown:
            self._shown = False
            self.hide()
            parent = self.parentWidget()
            if parent is not None:
                parent.setFocus()

    def _on_activated(self, index: int) -> None:
        self.chosen.emit(self._section, str(self.itemData(index) or ""))
