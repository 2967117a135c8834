"""Files of fixed width: cut where a person says, found where lines are blank, and short lines that lose nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import SourceError
from desktop.imports.integrations.definition import FixedColumn
from desktop.imports.sources.fixed_width import propose_columns
from desktop.imports.sources.left_out import Why
from desktop.imports.sources.reader import open_source
from tests.imports.reading import definition, read

FIXED = "Fixed Width"
POST_CODES = (FixedColumn("Code", 1, 29), FixedColumn("City", 30, 40), FixedColumn("Search", 70, 30))


def test_norwegian_post_codes_are_cut_as_their_makers_meant(shared_file: Callable[[str], Path]) -> None:
    """They come from DOS, which their letters tell."""
    path = shared_file("bcapps/PostnrSS.txt")
    source, rows = read(path, source_type=FIXED, fixed_columns=POST_CODES, guess=True)
    assert source.header == ["Code", "City", "Search"]
    assert rows[0] == (1, ["0001", "OSLO", "OSLO"])
    assert rows[663][1][1] == "BÆRUM POSTTERMINAL"
    assert len(rows) == len([line for line in path.read_bytes().splitlines() if line.strip()])
    assert source.dialect.encoding_caption == "Western European (DOS, code page 850)"
    assert source.dialect.encoding_guessed


def test_the_banks_of_switzerland_keep_their_umlauts(shared_file: Callable[[str], Path]) -> None:
    columns = (
        FixedColumn("Clearing", 3, 5),
        FixedColumn("Name", 55, 60),
        FixedColumn("Street", 115, 35),
        FixedColumn("Post code", 185, 10),
        FixedColumn("City", 195, 35),
    )
    path = shared_file("bcapps/des_bcbankenstamm.txt")
    _, rows = read(path, source_type=FIXED, fixed_columns=columns, encoding="iso8859-1")
    assert rows[0] == (1, ["100", "Schweizerische Nationalbank", "Börsenstrasse 15", "8022", "Zürich"])
    assert len(rows) == path.read_bytes().count(b"\n")


def test_columns_are_proposed_where_all_lines_are_blank(
    shared_file: Callable[[str], Path], write: Any
) -> None:
    source, rows = read(shared_file("bcapps/PostnrSS.txt"), source_type=FIXED, encoding="cp850")
    assert [column.start for column in source.dialect.fixed_columns] == [1, 30, 70]
    assert source.dialect.certainty == "a guess"
    assert "check them" in source.notes[-1]
    source, rows = read(write("C1   Miller  12.50\nC2   Smith    3.00\n"), source_type=FIXED)
    assert rows == [(1, ["C1", "Miller", "12.50"]), (2, ["C2", "Smith", "3.00"])]


def test_the_first_line_names_columns_only_where_it_does(write: Any) -> None:
    columns = (FixedColumn("", 1, 5), FixedColumn("Customer", 6, 10))
    source, rows = read(write("id   name\n00001Miller\n"), source_type=FIXED, fixed_columns=columns)
    assert source.header == ["id", "Customer"]
    assert rows == [(2, ["00001", "Miller"])]
    source, rows = read(write("00001Miller\n00002Smith\n"), source_type=FIXED, fixed_columns=columns)
    assert source.header == ["Column 1", "Customer"]
    assert [cells[0] for _, cells in rows] == ["00001", "00002"]


def test_short_lines_blank_lines_and_the_mark_of_an_old_end_are_no_trouble(write: Any) -> None:
    columns = (FixedColumn("a", 1, 2), FixedColumn("b", 3, 2), FixedColumn("c", 2, 3))
    _, rows = read(write("1122\r\n\r\n1\r\n   x\r\n\x1a"), source_type=FIXED, fixed_columns=columns)
    assert rows == [(1, ["11", "22", "122"]), (3, ["1", "", ""]), (4, ["", "x", "x"])]


def test_a_column_of_an_integration_that_reads_any_file_makes_it_one_of_fixed_width(write: Any) -> None:
    source, rows = read(
        write("00001Miller, John\n"), fixed_columns=(FixedColumn("id", 1, 5),), has_header=False
    )
    assert (source.dialect.kind, rows) == (FIXED, [(1, ["00001"])])


def test_a_file_of_fixed_width_that_is_read_as_another_is_pointed_out(
    shared_file: Callable[[str], Path],
) -> None:
    source, _ = read(shared_file("bcapps/PostnrSS.txt"), guess=True)
    assert source.notes[-1].startswith("Its lines look like columns of fixed width")
    assert "fixed" not in "".join(read(shared_file("delimited/leading-zeros.csv"))[0].notes)


NAMES = ["Miller, John", "Smith, Ann", "Ng, Li", "Weber, Maria Theresia", "Meyer"]
HINT = "Its lines look like columns of fixed width"


def fixed_lines(names: list[str], count: int = 30) -> str:
    """Lines of one length, with a number, a name and a town."""
    return "".join(
        f"{number:05d}{names[number % len(names)]:<30}{['Kiel', 'Ulm', 'Bern'][number % 3]:<10}\n"
        for number in range(count)
    )


@pytest.mark.parametrize(
    "text",
    [
        fixed_lines(NAMES),
        fixed_lines(NAMES[:4]),
        fixed_lines(NAMES[:4], 5),
        "".join(f"{line.rstrip()}\n" for line in fixed_lines(NAMES[:4]).splitlines()),
        "No.   Name\nW6    Miller\nW7    Smith\n",
        fixed_lines(["Miller", "Smith"])
        .replace("Kiel", "1,50")
        .replace("Ulm ", "2,50")
        .replace("Bern", "9,75"),
    ],
    ids=[
        "a comma in some names",
        "in each name",
        "few lines",
        "without blanks at the end",
        "no comma",
        "decimals",
    ],
)
def test_commas_in_the_texts_of_fixed_columns_make_nothing_certain(text: str, write: Any) -> None:
    path = write(text)
    source, _ = read(path)
    assert (source.dialect.kind, source.dialect.certainty) == ("CSV", "uncertain")
    assert source.dialect.text.startswith("Text divided by comma (uncertain)")
    assert source.notes[-1].startswith(HINT)
    source, _ = read(path, source_type="CSV")
    assert source.dialect.certainty != "uncertain", "the integration says what it is"
    assert HINT not in "".join(read(path, delimiter=",")[0].notes), "a person says what it is"


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"C{number:03d},Miller         ,Kiel      \n" for number in range(30)),
        "".join(f"C{number:03d}, Miller, Kiel\n" for number in range(30)),
        "".join(f"C{number:03d},2026-11-21 10:30,{number:03d}\n" for number in range(30)),
        "".join(f"C{number:03d},Miller{', Inc' * (number % 4 == 0)},Kiel\n" for number in range(30)),
        "".join(f"{name}\n" for name in ["John Miller", "Ann Smith", "Theresia Meyer"] * 10),
    ],
    ids=["padded", "blanks after commas", "moments", "commas too many", "one column"],
)
def test_files_that_are_divided_stay_as_certain_as_they_are(text: str, write: Any) -> None:
    source, _ = read(write(text))
    assert source.dialect.certainty in ("certain", "likely")
    assert HINT not in "".join(source.notes)


def test_no_file_of_other_peoples_making_is_taken_for_one_of_fixed_width(
    shared_file: Callable[[str], Path],
) -> None:
    folders = ("northwind", "online-retail", "delimited", "csv-spectrum")
    for path in sorted(path for folder in folders for path in shared_file(folder).rglob("*.csv")):
        assert HINT not in "".join(read(path, guess=True)[0].notes), path


def test_a_column_that_is_missing_because_the_file_was_divided_wrongly_is_explained(
    importer: Any, write: Any
) -> None:
    with pytest.raises(SourceError) as refused:
        importer.read(write(fixed_lines(NAMES)))
    assert refused.value.code == "MissingColumn"
    assert HINT in refused.value.text
    assert "--columns" in refused.value.text


@pytest.mark.parametrize("column", [FixedColumn("x", 0, 5), FixedColumn("x", 5, 0), FixedColumn("x", -1, 2)])
def test_columns_that_make_no_sense_are_refused(column: FixedColumn, write: Any) -> None:
    with pytest.raises(SourceError, match="The column “x” begins at position") as refused:
        read(write("abc\n"), source_type=FIXED, fixed_columns=(column,))
    assert refused.value.code == "WrongColumns"


@given(
    st.lists(
        st.lists(st.from_regex(r"[A-Za-z0-9äß]{1,9}", fullmatch=True), min_size=3, max_size=3), min_size=1
    )
)
def test_a_table_with_blanks_between_its_columns_comes_back(table: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in table) for column in range(3)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
    columns = propose_columns(lines)
    assert len(columns) == 3
    cut = [[line[c.start - 1 : c.start - 1 + c.length].strip() for c in columns] for line in lines]
    assert cut == table


def report(page: int, lines: list[tuple[str, str, str]]) -> str:
    """A page as a program prints it."""
    head = f"{'id':<10}{'Name':<20}{'City':<15}"
    rows = "".join(f"{number:<10}{name:<20}{city:<15}\n" for number, name, city in lines)
    return (
        f"\x0cDemo AG   Customers                       Page {page}\n{'=' * 45}\n{head}\n{'-' * 45}\n{rows}"
    )


PAGES = report(
    1, [(f"{n}", "ABCDEFGHI K"[: n % 9 + 2], "Lübeck"[: n % 5 + 1]) for n in range(100, 120)]
) + report(2, [(f"{n}", "Bäcker & Sohn"[: n % 9 + 2], "Kiel") for n in range(120, 130)])


def test_titles_of_printed_pages_hide_no_columns_and_are_left_out(write: Any) -> None:
    path = write(PAGES, "a.txt")
    source, rows = read(path, source_type="Fixed Width")
    assert source.header[:3] == ["id", "Name", "City"]
    assert [cells[0] for _, cells in rows] == [f"{n}" for n in range(100, 130)]
    assert {left.why: left.count for left in source.left_out.rows} == {
        Why.ABOVE: 2,
        Why.BORDER: 3,
        Why.NAMES: 1,
        Why.PAGE_HEAD: 1,
    }


def test_a_person_sees_the_columns_at_once_and_what_was_guessed_is_refused_unseen(write: Any) -> None:
    path = write(PAGES, "a.txt")

    def known(cells: Sequence[str]) -> int:
        return len({"id", "Name", "City"} & set(cells))

    with open_source(path, definition(), guess=True, known=known) as source:
        assert (source.dialect.kind, source.dialect.certainty) == ("Fixed Width", "a guess")
        assert source.header[:3] == ["id", "Name", "City"]
    with open_source(path, definition(), known=known) as source:
        assert source.dialect.kind == "CSV"
        assert HINT in "".join(source.notes)


def test_dashes_under_the_names_show_the_columns_for_certain(write: Any) -> None:
    """As databases print their tables, and what they print below."""
    text = "id         Name            City\n---------- --------------- --------------------\n"
    text += "".join(f"{n:<10} {'A B C D E'[:n]:<15} Kiel\n" for n in range(1, 9)) + "\n8 rows selected.\n"
    with open_source(
        write(text, "a.txt"), definition(), known=lambda cells: len({"id", "Name", "City"} & set(cells))
    ) as source:
        rows = list(source.rows)
    assert (source.dialect.certainty, source.header) == ("certain", ["id", "Name", "City"])
    assert [cells[0] for _, cells in rows] == [str(n) for n in range(1, 9)]
    assert [left.why for left in source.left_out.rows] == [Why.BORDER, Why.ROW_COUNT]


def test_no_line_further_down_is_cut_by_what_the_first_ones_proposed(write: Any) -> None:
    """Numbers grow to the left, and towns to the right."""
    lines = [f"{n:>6}  {'Name':<10}Kiel" for n in range(1, 10)] * 600 + ["123456  Name      Friedrichshafen"]
    _, rows = read(write("\n".join(lines), "a.txt"), source_type="Fixed Width")
    assert rows[-1][1] == ["123456", "Name", "Friedrichshafen"]
    assert propose_columns([]) == propose_columns(["  ", "\t"]) == ()


def test_a_refusal_names_the_places_for_the_command_line(importer: Any, write: Any) -> None:
    path = write(
        "".join(
            f"{no:<6}{name:<20}{city}\n"
            for no, name, city in (
                ("No.", "Name", "City"),
                ("C1", "Wagner", "Bremen"),
                ("C2", "Meyerhofer", "Kiel"),
                ("C3", "Abel", "Ulm"),
            )
        ),
        "a.txt",
    )
    with pytest.raises(SourceError, match="perhaps: --columns 1-6,7-26,27-32") as refused:
        importer.read(path)
    assert refused.value.code == "MissingColumn"
    places = (FixedColumn("", 1, 6), FixedColumn("", 7, 20), FixedColumn("", 27, 6))
    assert importer(path, fixed_columns=places).created == 3
