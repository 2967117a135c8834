"""The list of sales orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.sales_order import SalesHeader
from ui.framework.columns import Paint, column_of
from ui.framework.command_bar import Action
from ui.framework.list_page import ListPage
from ui.framework.part import Part
from ui.framework.table_model import VALUE_ROLE
from ui.parts.statistics import customer_statistics
from ui.widgets.pill import PillLook

LOOKS = {
    "Open": PillLook("info", "edit"),
    "Released": PillLook("warn", "hourglass"),
    "Shipped": PillLook("ok", "vehicle_truck_profile"),
    "Invoiced": PillLook("idle", "checkmark_circle"),
}


class SalesOrderList(ListPage):
    """All sales orders, the newest first; the FactBox shows the figures of the order's customer."""

    NAME = "sales_order_list"
    TITLE = "Sales Orders"
    SEARCH_TERMS = ("documents", "orders", "sales")
    RECORD = SalesHeader
    CARD = "sales_order_card"
    SORT = "order_date"
    DESCENDING = True
    COLUMNS = (
        column_of(SalesHeader, "no", width=110, paint=Paint.LINK),
        column_of(SalesHeader, "customer_no", width=110),
        column_of(SalesHeader, "customer_name", width=240, paint=Paint.STRONG, stretch=True),
        column_of(SalesHeader, "order_date", width=120),
        column_of(SalesHeader, "shipment_date", width=120),
        column_of(SalesHeader, "external_document_no", caption="External Doc. No.", width=140),
        column_of(SalesHeader, "amount", width=120),
        column_of(SalesHeader, "status", width=120, paint=Paint.PILL, look=LOOKS.get),
    )

    def create_parts(self) -> Iterable[Part]:
        self.statistics = customer_statistics(self.context)
        return (self.statistics,)

    def on_after_get_current_record(self, key: str) -> None:
        self.statistics.show_record(self._current_customer())
        self.set_action_enabled("customer", bool(key))

    def list_actions(self) -> Sequence[Action]:
        return (Action("customer", "Customer", "people", self._open_customer, enabled=False),)

    def _current_customer(self) -> str:
        index = self.view.currentIndex()
        if not index.isValid():
            return ""
        place = self.model.column_index("customer_no")
        return str(index.siblingAtColumn(place).data(VALUE_ROLE) or "")

    def _open_customer(self) -> None:
        if customer := self._current_customer():
            self.context.navigate("customer_card", key=customer)
