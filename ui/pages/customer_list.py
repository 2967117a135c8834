"""The list of customers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.customer import Customer
from models.rules import Kind
from ui.framework.columns import BackgroundColumn, Paint, column_of
from ui.framework.command_bar import Action
from ui.framework.list_page import ListPage
from ui.framework.part import Part
from ui.parts.party import blocked_look
from ui.parts.statistics import customer_statistics, show_orders_of


class CustomerList(ListPage):
    """All customers; the FactBox shows the figures of the current one."""

    NAME = "customer_list"
    TITLE = "Customers"
    SEARCH_TERMS = ("clients", "debtors", "accounts receivable")
    RECORD = Customer
    CARD = "customer_card"
    SORT = "no"
    COLUMNS = (
        column_of(Customer, "no", width=100, paint=Paint.LINK),
        column_of(Customer, "name", width=240, paint=Paint.STRONG, stretch=True),
        column_of(Customer, "city", width=130),
        column_of(Customer, "country_code", caption="Country", width=80, yields=True),
        column_of(Customer, "contact", width=150, yields=True),
        column_of(Customer, "phone_no", width=140),
        column_of(Customer, "balance", width=120),
        BackgroundColumn(
            "open_orders",
            "Open orders",
            Kind.INTEGER,
            width=90,
            codeunit="customer_open_orders",
            watched=("sales_header",),
        ),
        BackgroundColumn(
            "open_amount",
            "Open amount",
            Kind.DECIMAL,
            width=110,
            codeunit="customer_open_orders",
            watched=("sales_header",),
        ),
        column_of(Customer, "blocked", width=100, paint=Paint.PILL, look=blocked_look),
    )

    def create_parts(self) -> Iterable[Part]:
        self.statistics = customer_statistics(self.context, refresh_every_s=60)
        self.statistics.row_activated.connect(self._open_orders_of)
        return (self.statistics,)

    def on_after_get_current_record(self, key: str) -> None:
        self.statistics.show_record(key)
        self.set_action_enabled("orders", bool(key))

    def list_actions(self) -> Sequence[Action]:
        return (
            Action("orders", "Sales orders", "cart", self._open_orders, "Ctrl+F7", enabled=False),
            Action("import", "Import…", "arrow_import", self._import),
        )

    def _open_orders(self) -> None:
        self._open_orders_of("")

    def _open_orders_of(self, fact: str) -> None:
        show_orders_of(self.context, self.current_key(), fact)

    def _import(self) -> None:
        self.context.import_file(integration_code="CUSTOMERS")
