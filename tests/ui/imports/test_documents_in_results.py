"""A person looks at orders that came in files: the rows of one order stand together, wherever they stood."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop.imports import service
from desktop.imports.processing import process
from models.customer import Customer
from models.database import connected, database
from models.integration import Integration, IntegrationField
from models.item import Item
from models.sales_order import SalesHeader
from tests.ui.imports.conftest import Signals, Told, new_session, rows
from ui.framework.context import PageContext
from ui.import_results.records_model import RecordsModel
from ui.pages.integration_records import IntegrationRecords

HEADERS = (("Order", "no"), ("Date", "order_date"), ("Customer", "customer_no"))
LINES = (("Item", "item_no"), ("Qty", "quantity"))


@pytest.fixture
def goods(company: Path) -> None:
    """A customer and three items that orders can name."""
    with connected(), database.atomic():
        Customer.create(no="C1", name="Miller & Sons")
        for number in (1, 2, 3):
            Item.create(no=f"I{number}", description=f"Item {number}", unit_price=Decimal(number))


@pytest.fixture
def orders(goods: None) -> Callable[..., None]:
    """Makes an integration for orders; `link` is the column by which a second file names the order."""

    def make(link: str = "") -> None:
        with connected(), database.atomic():
            Integration.create(code="ORDERS", target_table="sales_header")
            fields = [(0, *pair) for pair in HEADERS] + [(1, *pair) for pair in LINES]
            if link:
                fields.append((1, link, "order_no"))
            for number, (level, column, field) in enumerate(fields, 1):
                IntegrationField.create(
                    integration_code="ORDERS",
                    field_no=number,
                    level=level,
                    source_column=column,
                    target_field=field,
                )

    return make


@pytest.fixture
def flat(orders: Callable[..., None], tmp_path: Path) -> int:
    """Three orders in one unsorted file; one line of SO2 names an item that is not there."""
    orders()
    path = tmp_path / "orders.csv"
    path.write_text(
        "Order,Date,Customer,Item,Qty\n"
        "SO2,2026-01-02,C1,I1,1\n"
        "SO1,2026-01-01,C1,I1,2\n"
        "SO2,2026-01-02,C1,NOPE,3\n"
        "SO3,2026-01-03,C1,I3,1\n"
        "SO1,2026-01-01,C1,I3,4\n",
        encoding="utf-8",
    )
    run_id = service.read(path, "ORDERS", new_session())
    process(new_session(), run_id)
    return run_id


class Shown:
    """The page as a person sees it."""

    def __init__(self, qtbot: QtBot, context: PageContext, signals: Signals) -> None:
        self._qtbot, self._context, self._signals = qtbot, context, signals

    def open(self, run_id: int, status: str = "") -> IntegrationRecords:
        self.page = IntegrationRecords(self._context, run_id, status)
        self._qtbot.addWidget(self.page)
        self.page.resize(1400, 760)
        self.page.show()
        self.page.open_page()
        self._signals.records_changed.connect(self.page.records_changed)
        self.settle()
        return self.page

    def settle(self) -> None:
        def settled() -> bool:
            model = self.page.table.model
            still = self._context.hub.is_idle() and (model is None or model.is_settled())
            return still and not self.page._soon.isActive() and not self.page.table._soon.isActive()

        self._qtbot.waitUntil(settled)

    @property
    def model(self) -> RecordsModel:
        assert self.page.table.model is not None
        return self.page.table.model

    def column(self, caption: str) -> list[str]:
        place = [column.caption for column in self.model.columns].index(caption)
        return [str(self.model.index(row, place).data() or "") for row in range(self.model.rowCount())]


@pytest.fixture
def shown(qtbot: QtBot, context: PageContext, signals: Signals) -> Shown:
    """Opens the page."""
    return Shown(qtbot, context, signals)


def test_rows_of_one_order_stand_together_though_the_file_is_unsorted(shown: Shown, flat: int) -> None:
    shown.open(flat)
    assert shown.column("Document") == ["SO2", "SO2", "SO1", "SO1", "SO3"]
    assert shown.column("Row") == ["2", "4", "3", "6", "5"]
    assert [shown.model.begins_document(place) for place in range(5)] == [True, False, True, False, True]


def test_an_order_is_named_once(shown: Shown, flat: int) -> None:
    page = shown.open(flat)
    view = page.table.view
    assert view is not None
    image = QImage(200, 40, QImage.Format.Format_RGB32)
    named = []
    for place in range(5):
        image.fill(0)
        with QPainter(image) as painter:
            view.delegate._paint_cell(painter, QRectF(image.rect()), shown.model, place, 0)
        blank = QImage(image)
        blank.fill(0)
        named.append(image != blank)
    assert named == [True, False, True, False, True]


def test_a_row_that_is_right_says_which_one_keeps_its_order_back(shown: Shown, flat: int) -> None:
    page = shown.open(flat, "Error")
    assert shown.column("Row") == ["2", "4"]
    assert shown.column("What is wrong") == [
        "Not imported, because row 4 of the same document has an error.",
        "There is no Item “NOPE”.",
    ]
    groups = page.side.causes.groups
    assert [group.group.value for group in groups] == ["NOPE", ""]
    assert list(groups[1].heal_buttons) == [], "nothing is to be done about the rows that follow"


def test_mending_one_row_makes_the_whole_order_ready(shown: Shown, flat: int, told: Told) -> None:
    page = shown.open(flat, "Error")
    item = [column.caption for column in shown.model.columns].index("Item")
    assert shown.model.setData(shown.model.index(1, item), "I2")
    shown.settle()
    assert page.run_bar.counts.text() == "5 rows = 3 created + 2 ready"
    page.trigger("process_all")
    shown.settle()
    process(new_session(), flat)
    assert rows("SELECT item_no FROM sales_line WHERE order_no = 'SO2' ORDER BY line_no") == [
        ("I1",),
        ("I2",),
    ]


def test_completed_orders_stand_together_too_and_open_their_card(shown: Shown, flat: int, told: Told) -> None:
    page = shown.open(flat)
    page.tabs.choose("completed")
    shown.settle()
    assert shown.column("Document") == ["SO1", "SO1", "SO3"]
    page.trigger("target")
    assert told.opened == [("sales_order_card", {"key": "SO1"})]


def test_rows_of_two_files_share_the_columns_that_both_have(
    shown: Shown, orders: Callable[..., None], tmp_path: Path
) -> None:
    orders(link="Order")
    heads, lines = tmp_path / "orders.csv", tmp_path / "details.csv"
    heads.write_text("Order,Date,Customer\nSO1,2026-01-01,C1\nSO2,2026-01-02,C1\n", encoding="utf-8")
    lines.write_text("Item,Order,Qty\nI1,SO2,5\nI2,SO1,6\nNOPE,SO2,7\n", encoding="utf-8")
    run_id = service.read(heads, "ORDERS", new_session(), lines_path=lines)
    process(new_session(), run_id)
    page = shown.open(run_id)
    captions = [column.caption for column in shown.model.columns]
    assert captions == [
        "Document",
        "Row",
        "Status",
        "What is wrong",
        "Order",
        "Date",
        "Customer",
        "Item",
        "Qty",
    ]
    assert shown.column("Document") == ["SO1", "SO1", "SO2", "SO2", "SO2"]
    assert shown.column("Order") == ["SO1", "SO1", "SO2", "SO2", "SO2"]
    assert shown.column("Item") == ["", "I2", "", "I1", "NOPE"]
    place = captions.index("Date")
    assert not shown.model.is_editable(shown.model.index(4, place)), "lines have no such column"
    assert shown.model.setData(shown.model.index(4, captions.index("Item")), "I3")
    shown.settle()
    assert page.run_bar.counts.text() == "5 rows = 2 created + 3 ready"
    process(new_session(), run_id)
    with connected():
        assert SalesHeader.get_by_id("SO2").customer_no == "C1"
    assert rows("SELECT item_no FROM sales_line WHERE order_no = 'SO2' ORDER BY line_no") == [
        ("I1",),
        ("I3",),
    ]
