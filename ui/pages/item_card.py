"""The card of one item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.item import Item
from models.record_edit import Values
from ui.framework.card_page import CardPage, Tab
from ui.framework.command_bar import Action
from ui.framework.part import Part
from ui.parts.statistics import item_statistics


class ItemCard(CardPage):
    """One item with its prices, stock and vendor."""

    NAME = "item_card"
    TITLE = "Item Card"
    RECORD = Item
    SERIES = "ITEM"
    TABS = (
        Tab(
            "General",
            ("no", "description", "base_unit_code", "gtin", "blocked"),
            summary=("description", "base_unit_code"),
        ),
        Tab("Prices & Costs", ("unit_price", "unit_cost"), summary=("unit_price", "unit_cost")),
        Tab("Inventory", ("inventory", "reorder_point"), summary=("inventory",)),
        Tab("Purchasing", ("vendor_no", "vendor_item_no"), summary=("vendor_no",)),
    )

    def create_parts(self) -> Iterable[Part]:
        self.statistics = item_statistics(self.context)
        return (self.statistics,)

    def card_actions(self) -> Sequence[Action]:
        return (Action("vendor", "Vendor", "vehicle_truck_profile", self._open_vendor, enabled=False),)

    def on_after_get_current_record(self, values: Values) -> None:
        self.statistics.show_record(self.key, at_once=True)
        self.set_action_enabled("vendor", bool(values["vendor_no"]))
        if values["blocked"]:
            self.banners.show_banner("blocked", "warn", "This item is blocked.", "It cannot be sold.")
        else:
            self.banners.remove("blocked")

    def _open_vendor(self) -> None:
        self.context.navigate("vendor_card", key=self.values["vendor_no"])
