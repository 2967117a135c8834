"""Columns are proposed for fields by whole names, checked against their values, and never by part of a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop.imports import service
from desktop.imports.integrations.definition import LINE
from desktop.imports.integrations.from_file import look_at
from desktop.imports.integrations.matching import Proposal, propose
from desktop.imports.integrations.targets import find_target
from models.database import connected


def proposals(
    header: Sequence[str], *rows: Sequence[str], table: str = "customer", **values: Any
) -> list[Proposal]:
    target = find_target(table)
    assert target is not None
    with connected():
        return propose(target, header, rows, **values)


def fields(found: Sequence[Proposal]) -> list[tuple[str, str, str]]:
    return [(proposal.path, proposal.how, proposal.certainty) for proposal in found]


def test_names_are_known_exactly_by_other_words_and_from_earlier_files(company: Path) -> None:
    found = proposals(
        ["no", "Company", "Wohnort", "Colour"],
        ["C1", "Miller", "Kiel", "red"],
        remembered={"city": ["WOHNORT"]},
    )
    assert fields(found) == [
        ("no", "exact", "certain"),
        ("name", "synonym", "likely"),
        ("city", "remembered", "certain"),
        ("", "", ""),
    ]


def test_part_of_a_word_is_no_name(company: Path) -> None:
    found = proposals(
        ["No.", "E-Mail consent", "Cityscape", "Old Name", "Namesake", "Phone No. valid", "Credit"],
        ["C1", "yes", "x", "x", "x", "yes", "10"],
    )
    assert [proposal.path for proposal in found] == ["no", "", "", "", "", "", ""]


def test_what_the_values_say_speaks_against_a_name(company: Path) -> None:
    mail = [["C1", "A", "yes"], ["C2", "B", "no"]]
    words = [["I1", text] for text in ("much", "none", "5", "a lot")]
    assert proposals(["No.", "Price"], *words, table="item")[1].path == "", "a synonym that holds no numbers"
    assert proposals(["No.", "Name", "Email"], *mail)[2].path == "email", "its own caption counts, but"
    assert proposals(["No.", "Name", "Email"], *mail)[2].certainty == "a guess"
    assert proposals(["No.", "Name", "Email"], *mail)[2].valid_share == 0
    good = proposals(["No.", "Price"], ["I1", "1.234,50"], table="item", decimal_separator=",")
    assert fields(good)[1] == ("unit_price", "synonym", "likely")


def test_a_slip_of_the_pen_is_a_guess_and_needs_values_that_fit(company: Path) -> None:
    assert fields(proposals(["No.", "Adress"], ["C1", "Quay 1"]))[1] == ("address", "similar", "a guess")
    assert fields(proposals(["No.", "Adress"], ["C1", ""]))[1][0] == ""
    found = proposals(["No.", "Adress 2", "Adress"], ["C1", "2nd floor", "Quay 1"])
    assert [proposal.path for proposal in found] == ["no", "address_2", "address"], "digits tell apart"


def test_values_alone_tell_mail_addresses_and_countries_but_no_numbers(company: Path) -> None:
    mails = [[f"a{number}@b.de", "Germany"] for number in range(5)]
    found = proposals(["Kontakt", "Land"], *mails)
    assert fields(found)[0] == ("email", "values", "a guess")
    assert found[1].path == "", "one country alone tells nothing"
    lands = [["x", name] for name in ("Germany", "France", "Poland")]
    found = proposals(["Kontakt", "Land"], *lands)
    assert (found[1].path, found[1].how, found[1].lookup_by) == ("country_code", "values", "name")
    with connected():
        from models.item import Item

        for number in range(1, 6):
            Item.create(no=str(number), description="x")
    counts = [[str(number)] for number in range(1, 6)]
    assert proposals(["Anzahl"], *counts, table="sales_header")[0].path == ""


def test_a_look_up_knows_its_values_by_key_or_by_name(company: Path) -> None:
    by_key = proposals(["Country"], ["DE"], ["FR"])[0]
    by_name = proposals(["Country"], ["Germany"], ["France"], ["Atlantis"])[0]
    assert (by_key.path, by_key.lookup_by, by_key.certainty) == ("country_code", "", "likely")
    assert (by_name.lookup_by, by_name.valid_share, by_name.certainty) == ("name", 0.6667, "a guess")


def test_a_field_is_proposed_once_for_the_column_that_names_it_best(company: Path) -> None:
    found = proposals(["ID", "No.", "Company Name", "Name"], ["1", "C1", "Miller Ltd.", "Miller"])
    assert fields(found) == [
        ("", "", ""),
        ("no", "exact", "certain"),
        ("", "", ""),
        ("name", "exact", "certain"),
    ]


def test_headers_and_lines_of_documents_are_told_apart(company: Path) -> None:
    header = ["Order ID", "Customer", "Product ID", "Qty", "Price"]
    found = proposals(header, ["1", "C1", "I1", "2", "3"], table="sales_header")
    assert [proposal.path for proposal in found] == [
        "no",
        "customer_no",
        "1.item_no",
        "1.quantity",
        "1.unit_price",
    ]
    lines = proposals(header, ["1", "C1", "I1", "2", "3"], table="sales_header", levels=(LINE,))
    assert [proposal.path for proposal in lines] == [
        "1.order_no",
        "",
        "1.item_no",
        "1.quantity",
        "1.unit_price",
    ]


@given(
    st.lists(st.text(max_size=12), min_size=1, max_size=8),
    st.lists(st.lists(st.text(max_size=12), max_size=9), max_size=6),
)
def test_any_header_and_any_cells_give_a_proposal_per_column(
    header: list[str], rows: list[list[str]]
) -> None:
    target = find_target("item")
    assert target is not None
    found = propose(target, header, rows, without={"vendor_no", "base_unit_code"})
    assert [proposal.header for proposal in found] == header
    taken = [proposal.path for proposal in found if proposal.path]
    assert len(taken) == len(set(taken))


def test_the_columns_of_real_files(company: Path, shared_file: Callable[[str], Path]) -> None:
    customers = look_at(shared_file("northwind/customers.csv"), "customer")
    assert [proposal.path for proposal in customers.proposals] == [
        "no",
        "name",
        "contact",
        "",
        "address",
        "city",
        "county",
        "post_code",
        "country_code",
        "phone_no",
        "fax_no",
    ]
    retail = look_at(shared_file("online-retail/2010-12-01.csv"), "sales_header")
    assert [proposal.path for proposal in retail.proposals] == [
        "external_document_no",
        "1.item_no",
        "1.description",
        "1.quantity",
        "order_date",
        "1.unit_price",
        "customer_no",
        "",
    ]
    orders = look_at(
        shared_file("northwind/orders.csv"),
        "sales_header",
        lines_path=shared_file("northwind/order-details.csv"),
    )
    assert orders.lines is not None
    assert [proposal.path for proposal in orders.lines.proposals] == [
        "1.order_no",
        "1.item_no",
        "1.unit_price",
        "1.quantity",
        "",
    ]


def test_the_header_of_an_order_file_alone_is_known_for_one(
    company: Path, shared_file: Callable[[str], Path]
) -> None:
    assert service.suggest_integration(shared_file("northwind/orders.csv")) == "NORTHWIND-ORDERS"
    assert service.suggest_integration(shared_file("online-retail/2010-12-01.csv")) == "ONLINE-RETAIL"
