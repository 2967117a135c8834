"""The card of one vendor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.record_edit import Values
from models.vendor import Vendor
from ui.framework.card_page import CardPage, Tab
from ui.framework.command_bar import Action
from ui.framework.part import Part
from ui.parts.party import ADDRESS_TAB
from ui.parts.statistics import vendor_statistics


class VendorCard(CardPage):
    """One vendor with its address and terms."""

    NAME = "vendor_card"
    TITLE = "Vendor Card"
    RECORD = Vendor
    SERIES = "VENDOR"
    TABS = (
        Tab(
            "General",
            ("no", "name", "blocked", "balance", "currency_code", "payment_terms_code"),
            summary=("name", "balance"),
        ),
        ADDRESS_TAB,
    )

    def create_parts(self) -> Iterable[Part]:
        self.statistics = vendor_statistics(self.context)
        self.statistics.row_activated.connect(self._open_items)
        return (self.statistics,)

    def card_actions(self) -> Sequence[Action]:
        return (Action("items", "Items", "box", self._open_items),)

    def on_after_get_current_record(self, values: Values) -> None:
        self.statistics.show_record(self.key, at_once=True)
        if values["blocked"]:
            text = "Nothing may be ordered from it." if values["blocked"] == "All" else "It is not paid."
            self.banners.show_banner("blocked", "warn", f"This vendor is blocked: {values['blocked']}.", text)
        else:
            self.banners.remove("blocked")

    def _open_items(self) -> None:
        if self.key:
            self.context.navigate("item_list", filters={"vendor_no": f"'{self.key}'"})
