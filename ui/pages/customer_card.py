"""The card of one customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.customer import Customer
from models.record_edit import Values
from ui.framework.card_page import CardPage, Tab
from ui.framework.command_bar import Action
from ui.framework.part import Part
from ui.parts.party import ADDRESS_TAB
from ui.parts.statistics import customer_statistics, show_orders_of

_BLOCKED_TEXTS = {
    "Ship": "Nothing may be shipped to it.",
    "Invoice": "Nothing may be shipped or invoiced.",
    "All": "No new orders, shipments or invoices.",
}


class CustomerCard(CardPage):
    """One customer with its address, terms and figures."""

    NAME = "customer_card"
    TITLE = "Customer Card"
    RECORD = Customer
    SERIES = "CUSTOMER"
    TABS = (
        Tab(
            "General",
            ("no", "name", "blocked", "balance", "credit_limit", "currency_code"),
            summary=("name", "balance"),
        ),
        ADDRESS_TAB,
        Tab("Payments", ("payment_terms_code",), summary=("payment_terms_code",)),
    )

    def create_parts(self) -> Iterable[Part]:
        self.statistics = customer_statistics(self.context, refresh_every_s=60)
        self.statistics.row_activated.connect(self._open_orders_of)
        return (self.statistics,)

    def card_actions(self) -> Sequence[Action]:
        return (
            Action("orders", "Sales orders", "cart", self._open_orders, "Ctrl+F7", enabled=False),
            Action("new_order", "New sales order", "add", self._new_order, enabled=False),
        )

    def on_after_get_current_record(self, values: Values) -> None:
        self.statistics.show_record(self.key, at_once=True)
        blocked = values["blocked"]
        if blocked:
            self.banners.show_banner(
                "blocked", "warn", f"This customer is blocked: {blocked}.", _BLOCKED_TEXTS[blocked]
            )
        else:
            self.banners.remove("blocked")
        self.set_action_enabled("orders", True)
        self.set_action_enabled("new_order", blocked != "All")

    def _open_orders(self) -> None:
        self._open_orders_of("")

    def _open_orders_of(self, fact: str) -> None:
        show_orders_of(self.context, self.key, fact)

    def _new_order(self) -> None:
        self.context.navigate("sales_order_card", key="", values={"customer_no": self.key})
