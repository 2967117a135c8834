"""Sales orders from files: a document is one thing, wherever its rows stand and whatever is wrong with one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.imports import processing
from desktop.imports.mending import repair
from models.customer import Customer
from models.database import connected, database
from models.fields import stored_decimal
from models.integration import ColumnType
from models.item import Item
from models.sales_order import SalesHeader, SalesLine

HEADER = "Order,Date,Customer,Item,Qty,Price\n"
FLAT = (
    ("Date", "order_date"),
    ("Customer", "customer_no"),
    {"level": 1, "source_column": "Item", "target_field": "item_no"},
    {"level": 1, "source_column": "Qty", "target_field": "quantity"},
    {"level": 1, "source_column": "Price", "target_field": "unit_price"},
)


@pytest.fixture
def goods(company: Any) -> None:
    """Two customers and three items that orders can name."""
    with connected(), database.atomic():
        Customer.create(no="C1", name="Miller & Sons", currency_code="EUR")
        Customer.create(no="C2", name="Zoë GmbH")
        for number in (1, 2, 3):
            Item.create(no=f"I{number}", description=f"Item {number}", unit_price=Decimal(number))


@pytest.fixture
def orders(integration: Any, goods: None) -> str:
    """An integration for orders in one flat file, told by their number."""
    return str(integration(("Order", "no"), *FLAT, target_table="sales_header", code="ORDERS"))


def lines_of(no: str) -> list[tuple[int, str, Decimal, Decimal]]:
    with connected():
        rows = SalesLine.select().where(SalesLine.order_no == no).order_by(SalesLine.line_no)
        return [(row.line_no, row.item_no, row.quantity, row.amount) for row in rows]


def order(no: str) -> Any:
    with connected():
        return SalesHeader.get_or_none(SalesHeader.no == no)


def test_rows_of_an_order_may_stand_anywhere(importer: Any, write: Any, orders: str, add_up: Any) -> None:
    text = HEADER + (
        "SO2,2026-01-02,C2,I1,1,9.99\n"
        "SO1,2026-01-01,C1,I1,2,1.50\n"
        "SO2,2026-01-02,C2,I2,3,0.335\n"
        "SO1,2026-01-01,C1,I3,-1,4\n"
    )
    run_id = importer.read(write(text), orders)
    counts = importer.process(run_id)
    assert (counts.rows, counts.created, counts.errors) == (4, 4, 0)
    assert lines_of("SO1") == [(10_000, "I1", 2, 3), (20_000, "I3", -1, -4)]
    assert lines_of("SO2") == [(10_000, "I1", 1, Decimal("9.99")), (20_000, "I2", 3, Decimal("1.01"))]
    first = order("SO1")
    assert (first.customer_name, first.currency_code, first.amount) == ("Miller & Sons", "EUR", -1)
    assert (order("SO2").amount, order("SO2").status) == (11, "Open")
    assert "miller" in first.search_text
    add_up(run_id)


def test_an_order_with_a_bad_row_is_not_written_at_all_and_each_row_says_why(
    importer: Any, write: Any, orders: str, add_up: Any
) -> None:
    text = HEADER + (
        "SO1,2026-01-01,C1,I1,1,1\n"
        "SO2,2026-01-01,C1,I1,1,1\n"
        "SO1,2026-01-01,C1,I9,1,1\n"
        "SO1,2026-01-01,C1,I2,many,1\n"
    )
    run_id = importer.read(write(text), orders)
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (1, 3)
    assert order("SO1") is None
    assert importer.errors(run_id) == [
        (2, "", "DocumentRefused", "", "Not imported, because row 4 of the same document has an error."),
        (4, "Item", "NotFound", "I9", "There is no Item “I9”."),
        (5, "Qty", "NotANumber", "many", "“many” is not a number."),
    ]
    add_up(run_id)

    _, _, third, fourth = importer.record_ids(run_id)
    repair.edit_record(third, ["SO1", "2026-01-01", "C1", "I3", "1", "1"])
    repair.edit_record(fourth, ["SO1", "2026-01-01", "C1", "I2", "2", "1"])
    repair.retry(run_id)
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (4, 0)
    assert [line[1:3] for line in lines_of("SO1")] == [("I1", 1), ("I3", 1), ("I2", 2)]
    add_up(run_id)


def test_of_two_files_or_sheets_the_one_is_named_in_which_the_row_stands(
    importer: Any, write: Any, orders: str, tmp_path: Path
) -> None:
    """The fixture `orders` has made customers and items."""
    head = [["Order No.", "Customer No.", "Order Date"], ["SO1", "C1", "2026-01-01"]]
    lines = [["Order No.", "Item No.", "Quantity"], ["SO1", "I1", "1"], ["SO1", "I1", "x"]]
    book = openpyxl.Workbook()
    book.active.title = "Heads"
    for sheet, rows in ((book.active, head), (book.create_sheet("Lines"), lines)):
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    files = [
        write("\n".join(map(",".join, rows)), f"{n}.csv") for n, rows in (("heads", head), ("lines", lines))
    ]
    for first, second, called in (
        (*files, "lines.csv"),
        (tmp_path / "book.xlsx", tmp_path / "book.xlsx", "the sheet “Lines”"),
    ):
        run_id = importer.read(first, "SALES-ORDERS", second)
        importer.process(run_id)
        refused = f"Not imported, because row 3 of {called} (the same document) has an error."
        assert [(line, message) for line, *_, message in importer.errors(run_id)] == [
            (2, refused),
            (2, refused),
            (3, "“x” is not a number."),
        ]


def test_retrying_one_row_takes_its_whole_order(importer: Any, write: Any, orders: str, add_up: Any) -> None:
    text = HEADER + "SO1,2026-01-01,C1,I1,1,1\nSO1,2026-01-01,C1,I9,1,1\n"
    run_id = importer.read(write(text), orders)
    importer.process(run_id)
    bad = importer.record_ids(run_id)[1]
    with connected():
        Item.create(no="I9", description="Item 9")
    repair.retry(run_id, [bad])
    counts = importer.process(run_id, [bad])
    assert (counts.created, counts.errors, counts.ready) == (2, 0, 0)
    assert len(lines_of("SO1")) == 2
    add_up(run_id)


def test_a_row_that_was_left_out_is_left_out_of_its_order(
    importer: Any, write: Any, orders: str, add_up: Any
) -> None:
    text = HEADER + "SO1,2026-01-01,C1,I1,1,1\nSO1,2026-01-01,C1,I9,1,1\n"
    run_id = importer.read(write(text), orders)
    importer.process(run_id)
    repair.exclude([importer.record_ids(run_id)[1]])
    repair.retry(run_id)
    counts = importer.process(run_id)
    assert (counts.created, counts.excluded, counts.errors) == (1, 1, 0)
    assert [line[1] for line in lines_of("SO1")] == ["I1"]
    add_up(run_id)


def test_the_same_file_again_changes_nothing(importer: Any, write: Any, orders: str, query: Any) -> None:
    path = write(HEADER + "SO1,2026-01-01,C1,I1,1,1\nSO1,2026-01-01,C1,I2,1,1\n")
    importer(path, orders)
    before = query("SELECT * FROM sales_header"), query("SELECT * FROM sales_line")
    counts = importer(path, orders)
    assert (counts.unchanged, counts.updated, counts.created) == (2, 0, 0)
    assert (query("SELECT * FROM sales_header"), query("SELECT * FROM sales_line")) == before


def test_a_changed_order_becomes_what_the_file_says_and_its_former_state_is_kept(
    importer: Any, write: Any, orders: str, query: Any
) -> None:
    importer(write(HEADER + "SO1,2026-01-01,C1,I1,1,1\nSO1,2026-01-01,C1,I2,1,1\n"), orders)
    run_id = importer.read(write(HEADER + "SO1,2026-02-01,C1,I1,5,1\n"), orders)
    counts = importer.process(run_id)
    assert (counts.updated, counts.created) == (1, 0)
    assert [line[1:3] for line in lines_of("SO1")] == [("I1", 5)]
    assert (str(order("SO1").order_date), order("SO1").amount) == ("2026-02-01", 5)
    kept = query(
        "SELECT table_name, record_key, json_extract(before, '$.quantity'), json_extract(after, '$.quantity'),"
        " json_extract(before, '$.order_date') FROM import_change WHERE run_id = ? ORDER BY record_key",
        run_id,
    )
    one, five = stored_decimal(1), stored_decimal(5)
    assert kept == [
        ("sales_header", "SO1", None, None, "2026-01-01"),
        ("sales_line", "SO1/10000", one, five, None),
        ("sales_line", "SO1/20000", one, None, None),
    ]


def test_what_nobody_mapped_of_an_order_stays(importer: Any, write: Any, orders: str) -> None:
    importer(write(HEADER + "SO1,2026-01-01,C1,I1,1,1\n"), orders)
    with connected():
        SalesLine.update(description="As agreed", discount_percent=Decimal(50)).execute()
        SalesHeader.update(external_document_no="X-7").execute()
    importer(write(HEADER + "SO1,2026-01-01,C1,I1,4,1\n"), orders)
    with connected():
        line = SalesLine.get()
    assert (line.description, line.discount_percent, line.amount) == ("As agreed", 50, 2)
    assert order("SO1").external_document_no == "X-7"


def test_rows_that_say_different_things_about_their_order_are_an_error(
    importer: Any, write: Any, orders: str
) -> None:
    run_id = importer.read(write(HEADER + "SO1,2026-01-01,C1,I1,1,1\nSO1,2026-01-01,C2,I2,1,1\n"), orders)
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (0, 2)
    assert importer.errors(run_id)[1] == (
        3, "Customer", "HeaderDiffers", "C2", "Customer No. differs from row 2 of the same document.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "line", "code"),
    [
        ("UPDATE customer SET blocked = 'All' WHERE no = 'C1'", "SO1,2026-01-01,C1,I1,1,1", "Blocked"),
        ("UPDATE item SET blocked = 1 WHERE no = 'I1'", "SO1,2026-01-01,C1,I1,1,1", "Blocked"),
        ("SELECT 1", "SO1,2026-01-01,C1,I1,0,1", "TooSmall"),
        ("SELECT 1", ",2026-01-01,C1,I1,1,1", "Required"),
    ],
)
def test_what_the_order_card_refuses_an_import_refuses(
    importer: Any, write: Any, orders: str, statement: str, line: str, code: str
) -> None:
    with connected():
        database.execute_sql(statement)
    run_id = importer.read(write(f"{HEADER}{line}\n"), orders)
    assert importer.process(run_id).errors == 1
    assert [found[2] for found in importer.errors(run_id)] == [code]


def test_a_released_order_is_not_changed_but_may_come_again_as_it_is(
    importer: Any, write: Any, orders: str
) -> None:
    importer(write(HEADER + "SO1,2026-01-01,C1,I1,1,1\n"), orders)
    with connected():
        SalesHeader.update(status="Released").execute()
    assert importer(write(HEADER + "SO1,2026-01-01,C1,I1,1,1\n"), orders).unchanged == 1
    run_id = importer.read(write(HEADER + "SO1,2026-01-01,C1,I1,2,1\n"), orders)
    assert importer.process(run_id).errors == 1
    assert [found[2] for found in importer.errors(run_id)] == ["NotOpen"]
    assert lines_of("SO1")[0][2] == 1


def test_prices_units_and_texts_come_from_the_item_where_the_file_has_none(
    importer: Any, write: Any, integration: Any, goods: None
) -> None:
    code = integration(("Order", "no"), *FLAT[:-1], target_table="sales_header", code="SHORT")
    importer(write("Order,Date,Customer,Item,Qty\nSO1,2026-01-01,C1,I3,2\n"), code)
    with connected():
        line = SalesLine.get()
    assert (line.description, line.unit_price, line.amount) == ("Item 3", 3, 6)


def test_orders_told_by_their_external_number_get_one_of_the_series(
    importer: Any, write: Any, integration: Any, goods: None, query: Any
) -> None:
    code = integration(
        ("Order", "external_document_no"),
        {"target_field": "no", "column_type": ColumnType.ENTRY_NUMBERS},
        *FLAT,
        target_table="sales_header",
        match_field="external_document_no",
        code="WEB",
    )
    with connected():
        SalesHeader.create(no="SO000002", customer_no="C1", order_date="2026-01-01")
    text = HEADER + "".join(f"W{n},2026-01-01,C1,I1,1,1\nW{n},2026-01-01,C1,I2,1,1\n" for n in (7, 8))
    counts = importer(write(text), code)
    assert counts.created == 4
    found = query("SELECT no, external_document_no FROM sales_header ORDER BY no")
    assert found == [("SO000001", "W7"), ("SO000002", ""), ("SO000003", "W8")]
    assert importer(write(text), code).unchanged == 4


def test_headers_and_lines_come_in_two_files(
    importer: Any, write: Any, integration: Any, goods: None, add_up: Any
) -> None:
    code = integration(
        ("orderID", "no"),
        ("date", "order_date"),
        ("customer", "customer_no"),
        {"level": 1, "source_column": "orderID", "target_field": "order_no"},
        {"level": 1, "source_column": "product", "target_field": "item_no"},
        {"level": 1, "source_column": "quantity", "target_field": "quantity"},
        target_table="sales_header",
        code="TWO",
    )
    headers = write("orderID,date,customer\nSO1,2026-01-01,C1\nSO2,2026-01-02,C2\n", "orders.csv")
    details = write("orderID,product,quantity\nSO2,I1,1\nSO1,I2,2\nSO9,I1,1\nSO2,I3,3\n", "details.csv")
    run_id = importer.read(headers, code, lines=details)
    counts = importer.process(run_id)
    assert (counts.rows, counts.created, counts.errors) == (6, 5, 1)
    assert [line[1:3] for line in lines_of("SO2")] == [("I1", 1), ("I3", 3)]
    assert [line[1:3] for line in lines_of("SO1")] == [("I2", 2)]
    assert [(found[0], found[2]) for found in importer.errors(run_id)] == [(4, "NoHeader")]
    add_up(run_id)


def test_a_kill_after_any_chunk_leaves_each_order_once(
    importer: Any, write: Any, orders: str, query: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
        monkeypatch.setattr(processing, name, 2)
    rows = [f"SO{n % 7},2026-01-01,C1,I{1 + n % 4},{n + 1},1\n" for n in range(28)]
    run_id = importer.read(write(HEADER + "".join(rows)), orders)

    class Killed(BaseException):
        pass

    def die(*_told: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        # A process that was killed tidies nothing up.
        patch.setattr(processing._Processing, "release", lambda self, ended=False: True)
        for _ in range(3):
            with pytest.raises(Killed):
                importer.process(run_id, on_progress=die)
            add_up(run_id)
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (0, 28)  # every order has an item that there is not
    with connected():
        Item.create(no="I4", description="Item 4")
    repair.retry(run_id)
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (28, 0)
    assert query("SELECT COUNT(*) FROM sales_header")[0][0] == 7
    assert query("SELECT COUNT(*), SUM(quantity) FROM sales_line") == [(28, stored_decimal(28 * 29 // 2))]
    add_up(run_id)


def test_a_document_may_be_told_by_a_formula(
    importer: Any, write: Any, integration: Any, goods: None, add_up: Any
) -> None:
    code = integration(
        {"target_field": "no", "column_type": "Formula", "expression": "[Shop] & '-' & [Order]"},
        *FLAT,
        target_table="sales_header",
        code="SHOPS",
    )
    text = (
        "Shop," + HEADER + ("A,1,2026-01-01,C1,I1,1,1\nB,1,2026-01-01,C1,I1,1,1\nA,1,2026-01-01,C1,I2,2,1\n")
    )
    run_id = importer.read(write(text), code)
    counts = importer.process(run_id)
    assert (counts.created, counts.documents, counts.documents_created) == (3, 2, 2)
    assert [line[1] for line in lines_of("A-1")] == ["I1", "I2"]
    add_up(run_id)
