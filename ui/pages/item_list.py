"""The list of items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.item import Item
from models.rules import Kind
from ui.framework.columns import BackgroundColumn, Paint, column_of
from ui.framework.command_bar import Action
from ui.framework.list_page import ListPage
from ui.framework.part import Part
from ui.parts.statistics import item_statistics
from ui.widgets.pill import PillLook


def _blocked_text(stored: object) -> str:
    return "Blocked" if stored else ""


def _blocked_look(_stored: object) -> PillLook:
    return PillLook("err", "prohibited")


class ItemList(ListPage):
    """All items; the FactBox shows the figures of the current one."""

    NAME = "item_list"
    TITLE = "Items"
    SEARCH_TERMS = ("products", "articles", "stock", "inventory")
    RECORD = Item
    CARD = "item_card"
    SORT = "no"
    COLUMNS = (
        column_of(Item, "no", width=100, paint=Paint.LINK),
        column_of(Item, "description", width=260, paint=Paint.STRONG, stretch=True),
        column_of(Item, "base_unit_code", caption="Unit", width=80),
        column_of(Item, "inventory", width=100, decimals=0),
        BackgroundColumn(
            "available",
            "Available",
            Kind.DECIMAL,
            width=90,
            decimals=0,
            codeunit="item_availability",
            watched=("item", "sales_line", "sales_header"),
        ),
        column_of(Item, "reorder_point", width=110, decimals=0),
        column_of(Item, "unit_cost", width=100, yields=True),
        column_of(Item, "unit_price", width=100),
        column_of(Item, "vendor_no", width=100, yields=True),
        column_of(Item, "blocked", width=110, paint=Paint.PILL, formatter=_blocked_text, look=_blocked_look),
    )

    def create_parts(self) -> Iterable[Part]:
        self.statistics = item_statistics(self.context)
        return (self.statistics,)

    def on_after_get_current_record(self, key: str) -> None:
        self.statistics.show_record(key)

    def list_actions(self) -> Sequence[Action]:
        return (Action("import", "Import…", "arrow_import", self._import),)

    def _import(self) -> None:
        self.context.import_file(integration_code="ITEMS")
