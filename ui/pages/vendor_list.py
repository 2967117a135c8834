"""The list of vendors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.vendor import Vendor
from ui.framework.columns import Paint, column_of
from ui.framework.command_bar import Action
from ui.framework.list_page import ListPage
from ui.framework.part import Part
from ui.parts.party import blocked_look
from ui.parts.statistics import vendor_statistics


class VendorList(ListPage):
    """All vendors; the FactBox shows the figures of the current one."""

    NAME = "vendor_list"
    TITLE = "Vendors"
    SEARCH_TERMS = ("suppliers", "creditors", "accounts payable", "purchasing")
    RECORD = Vendor
    CARD = "vendor_card"
    SORT = "no"
    COLUMNS = (
        column_of(Vendor, "no", width=100, paint=Paint.LINK),
        column_of(Vendor, "name", width=240, paint=Paint.STRONG, stretch=True),
        column_of(Vendor, "city", width=130),
        column_of(Vendor, "country_code", caption="Country", width=80),
        column_of(Vendor, "contact", width=150),
        column_of(Vendor, "phone_no", width=140),
        column_of(Vendor, "balance", width=120),
        column_of(Vendor, "blocked", width=100, paint=Paint.PILL, look=blocked_look),
    )

    def create_parts(self) -> Iterable[Part]:
        self.statistics = vendor_statistics(self.context)
        self.statistics.row_activated.connect(self._open_items)
        return (self.statistics,)

    def on_after_get_current_record(self, key: str) -> None:
        self.statistics.show_record(key)

    def list_actions(self) -> Sequence[Action]:
        return (
            Action("items", "Items", "box", self._open_items),
            Action("import", "Import…", "arrow_import", self._import),
        )

    def _open_items(self) -> None:
        if key := self.current_key():
            self.context.navigate("item_list", filters={"vendor_no": f"'{key}'"})

    def _import(self) -> None:
        self.context.import_file(integration_code="VENDORS")
