"""A line of a sales order: which item, how many. Stays open for the next line until it is closed."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.tasks.task import TaskError
from models.sales_document import add_line, change_quantity
from models.sales_order import SalesLine
from ui.framework.choice_editors import make_editor
from ui.framework.context import PageContext
from ui.framework.editors import read_or_error
from ui.framework.work_dialog import WorkDialog
from ui.theme import theme
from ui.widgets.dialog_foot import DialogFoot
from ui.widgets.labels import Label

WIDTH = 420


class LineDialog(WorkDialog):
    """Adds lines to an order, or gives one line another quantity.

    Args:
        order_no: the order.
        line_id: the line whose quantity changes; None to add lines.
        item_no, quantity: what the line has now.
    """

    def __init__(
        self,
        parent: QWidget,
        context: PageContext,
        order_no: str,
        line_id: int | None = None,
        item_no: str = "",
        quantity: Decimal = Decimal(1),
    ) -> None:
        title = f"Add lines to {order_no}" if line_id is None else f"Change the quantity of {item_no}"
        super().__init__(parent, context, title)
        self._order_no, self._line_id = order_no, line_id
        px = theme().px
        self.setMinimumWidth(px(WIDTH))
        clock, hub = context.clock, context.hub
        self.item = make_editor(SalesLine.rule("item_no"), clock, hub, read_only=line_id is not None)
        self.quantity = make_editor(SalesLine.rule("quantity"), clock, hub, read_only=False)
        self.item.show_value(item_no or None)
        self.quantity.show_value(quantity)
        self.item_row, self.quantity_row = self.item.row, self.quantity.row
        self.said = Label("", "caption", "fg2", wrap=True)
        foot = DialogFoot(self, "Add line" if line_id is None else "Save", self.save)
        self.close_button, self.add_button = foot.cancel_button, foot.verb_button
        if line_id is None:
            self.close_button.setText("Close")  # lines that were added stay
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(8))
        column.addWidget(Label(title, "subtitle"))
        column.addWidget(self.item_row)
        column.addWidget(self.quantity_row)
        column.addWidget(self.said)
        column.addLayout(foot)

    def save(self) -> None:
        """Check what was typed and write the line."""
        item_no, item_error = read_or_error(self.item)
        quantity, quantity_error = read_or_error(self.quantity)
        self.item_row.set_error(item_error)
        self.quantity_row.set_error(quantity_error)
        if item_error or quantity_error:
            return
        self.add_button.setEnabled(False)
        if self._line_id is None:
            work = partial(add_line, self._order_no, item_no, quantity)
            self.context.hub.write(self, work, self._on_added, self._on_refused)
        else:
            changed = partial(change_quantity, self._line_id, quantity)
            self.context.hub.write(self, changed, self._on_changed, self._on_refused)

    def _on_added(self, _line: int) -> None:
        self.said.setText(f"{self.item.typed_value()} was added. Choose the next item, or close.")
        self.item.show_value(None)
        self.quantity.show_value(Decimal(1))
        self.add_button.setEnabled(True)
        self.item.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_changed(self, _nothing: None) -> None:
        self.accept()

    def _on_refused(self, error: TaskError) -> None:
        self.add_button.setEnabled(True)
        row = self.quantity_row if error.code == "TooSmall" or self._line_id is not None else self.item_row
        row.set_error(error.text)
