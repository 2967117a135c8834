"""How the staged rows of a run look in their list: cells at fault are marked, documents stand together."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyleOptionViewItem, QWidget

from ui.framework.delegates import RowDelegate
from ui.framework.list_view import ListView
from ui.framework.table_model import Index, TableModel
from ui.import_results.records_model import RecordsModel
from ui.theme import theme
from ui.widgets.painting import draw_focus_ring

__all__ = ["RecordsView"]

CORNER: Final = 9
_TRIGGER = QAbstractItemView.EditTrigger


class _CellEdit(QLineEdit):
    """Enter ends the writing; it does not open the row as well."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


class RecordsDelegate(RowDelegate):
    """Paints what a list of records has besides, and makes the editor of a cell."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, RecordsModel):
            super().paint(painter, option, index)
            return
        opt: Any = option
        rect: QRect = opt.rect
        fault = model.fault(index.row(), index.column())
        if fault:
            painter.fillRect(rect, theme().colour("err_bg"))
        super().paint(painter, option, index)
        if fault:
            self._paint_fault(painter, rect)
        if index.row() and model.begins_document(index.row()) and model.shape.documents:
            painter.fillRect(rect.left(), rect.top() - 1, rect.width(), 1, theme().colour("border_strong"))
        if self._view.hasFocus() and index == self._view.currentIndex() and model.is_editable(index):
            draw_focus_ring(painter, QRectF(rect).adjusted(1, 1, -1, -2), 2)

    def _paint_cell(
        self, painter: QPainter, inner: QRectF, model: TableModel, row_number: int, column_number: int
    ) -> None:
        if (
            isinstance(model, RecordsModel)
            and model.is_document(column_number)
            and not model.begins_document(row_number)
        ):
            return  # said once, on the first row
        super()._paint_cell(painter, inner, model, row_number, column_number)

    def _paint_fault(self, painter: QPainter, rect: QRect) -> None:
        """A corner and a line under the cell, which take no room from its words."""
        colour = theme().colour("err")
        size = theme().px(CORNER)
        right, top = rect.right() + 1, rect.top()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(
            QPolygonF([QPointF(right - size, top), QPointF(right, top), QPointF(right, top + size)])
        )
        painter.restore()
        painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 2, colour)

    def _tool_tip(self, model: TableModel, row: int, column_number: int, view: QAbstractItemView) -> str:
        text = super()._tool_tip(model, row, column_number, view)
        fault = model.fault(row, column_number) if isinstance(model, RecordsModel) else ""
        return "\n".join(part for part in (text, fault) if part)

    # ---- the editor

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        edit = _CellEdit(parent)
        edit.setProperty("cell", True)
        edit.setFont(theme().font("body", tabular=True))
        caption = index.model().headerData(index.column(), Qt.Orientation.Horizontal)
        edit.setAccessibleName(str(caption))
        return edit

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """What is being written stays when the rows are read anew meanwhile."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            text = str(index.data(Qt.ItemDataRole.EditRole) or "")
            if editor.text() != text:
                editor.setText(text)
                editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        opt: Any = option
        editor.setGeometry(opt.rect)


class RecordsView(ListView):
    """The rows; typing, F2 or a double click on a cell writes into it, Enter opens the row."""

    def __init__(
        self, model: RecordsModel, row_height: str = "normal", parent: QWidget | None = None
    ) -> None:
        super().__init__(model, row_height, parent)
        self._records = model
        self.delegate = RecordsDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setEditTriggers(_TRIGGER.EditKeyPressed | _TRIGGER.AnyKeyPressed | _TRIGGER.DoubleClicked)
        self.by_person = False  # a key or the mouse is moving the current row just now

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.by_person = True
        super().keyPressEvent(event)
        self.by_person = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.by_person = True
        super().mousePressEvent(event)
        self.by_person = False

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if not self._records.is_editable(index):
            super()._on_double_clicked(index)
