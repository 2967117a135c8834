"""One sales order with its lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.tasks.task import TaskError
from models.changes import Change
from models.fields import shown_decimal
from models.record_edit import Values
from models.sales_document import delete_line
from models.sales_order import SalesHeader, SalesLine
from ui.framework.card_page import CardPage, Tab
from ui.framework.columns import Paint, column_of
from ui.framework.command_bar import Action
from ui.framework.lines_part import LinesPart
from ui.framework.part import Part
from ui.parts.statistics import customer_statistics
from ui.sales.line_dialog import LineDialog

_FIXED_ONCE_SHIPPED = ("Shipped", "Invoiced")
_LINE_COLUMNS = (
    column_of(SalesLine, "item_no", width=110, paint=Paint.LINK),
    column_of(SalesLine, "description", width=260, stretch=True),
    column_of(SalesLine, "quantity", width=90, decimals=0),
    column_of(SalesLine, "unit_code", caption="Unit", width=80),
    column_of(SalesLine, "unit_price", width=110),
    column_of(SalesLine, "discount_percent", width=120),
    column_of(SalesLine, "amount", width=120),
)


class SalesOrderCard(CardPage):
    """A sales order: who, when, what, and how far it is."""

    NAME = "sales_order_card"
    TITLE = "Sales Order"
    RECORD = SalesHeader
    SERIES = "SALES_ORDER"
    TABS = (
        Tab(
            "General",
            (
                "no",
                "customer_no",
                "customer_name",
                "external_document_no",
                "order_date",
                "shipment_date",
                "status",
                "amount",
            ),
            summary=("customer_name", "amount", "status"),
        ),
    )

    def create_parts(self) -> Iterable[Part]:
        self.statistics = customer_statistics(self.context)
        return (self.statistics,)

    def lower_parts(self) -> Iterable[QWidget]:
        self.lines = LinesPart(
            self.context,
            "Lines",
            SalesLine,
            "order_no",
            _LINE_COLUMNS,
            "line_no",
            empty="No lines yet. Choose Add line as soon as the order has its customer.",
        )
        self.lines.view.row_activated.connect(self._open_item)
        self.lines.model.loaded.connect(self._allow_lines)
        return (self.lines,)

    def defaults(self) -> Values:
        return {"order_date": self.context.clock.today(), "status": "Open"}

    def editable(self, name: str) -> bool:
        if name == "customer_no":
            return not self.key  # its name and terms are the order's from then on
        if name in ("order_date", "shipment_date", "external_document_no"):
            return self.values.get("status") not in _FIXED_ONCE_SHIPPED and super().editable(name)
        return super().editable(name)

    def card_actions(self) -> Sequence[Action]:
        return (
            Action("customer", "Customer", "people", self._open_customer),
            Action("add_line", "Add line", "add", self._add_line, "Alt+L", enabled=False),
            Action("quantity", "Change quantity", "edit", self._change_quantity, "F2", enabled=False),
            Action("delete_line", "Delete line", "delete", self._delete_line, enabled=False),
        )

    def on_after_get_current_record(self, values: Values) -> None:
        self.lines.show_document(self.key)
        self.statistics.show_record(values["customer_no"], at_once=True)
        self._allow_lines()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        super().on_records_changed(changes)
        self.lines.on_records_changed(changes)

    def on_close(self) -> None:
        super().on_close()
        self.lines.close_lines()

    def _allow_lines(self, *_: object) -> None:
        is_open = bool(self.key) and self.values.get("status") == "Open"
        self.set_action_enabled("add_line", is_open)
        for key in ("quantity", "delete_line"):
            self.set_action_enabled(key, is_open and self.lines.model.rowCount() > 0)

    def _add_line(self) -> None:
        LineDialog(self, self.context, self.key).open()

    def _change_quantity(self) -> None:
        line, item_no, quantity = self._current_line()
        if line is not None:
            LineDialog(self, self.context, self.key, line, item_no, quantity).open()

    def _delete_line(self) -> None:
        line, _item, _quantity = self._current_line()
        if line is not None:
            self.context.hub.write(
                self, partial(delete_line, line), self._on_line_deleted, self._on_line_refused
            )

    def _on_line_deleted(self, _nothing: None) -> None:
        self.banners.remove("lines")

    def _on_line_refused(self, error: TaskError) -> None:
        self.banners.show_banner("lines", "err", "The line stays.", error.text)

    def _current_line(self) -> tuple[int | None, str, Decimal]:
        """Id, item and quantity of the line that is chosen; no id when none is."""
        index = self.lines.view.currentIndex()
        row = self.lines.model.row(index.row()) if index.isValid() else None
        if row is None:
            return None, "", Decimal(0)
        columns = self.lines.model.column_index
        quantity = shown_decimal(int(row[columns("quantity") + 1]))
        return int(row[0]), str(row[columns("item_no") + 1]), quantity

    def _open_customer(self) -> None:
        if customer := self.values.get("customer_no"):
            self.context.navigate("customer_card", key=customer)

    def _open_item(self, _line: str) -> None:
        place = self.lines.model.column_index("item_no")
        row = self.lines.model.row(self.lines.view.currentIndex().row())
        if row is not None:
            self.context.navigate("item_card", key=str(row[place + 1]))
