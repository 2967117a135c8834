"""What a script says of a file on the command line: each word reaches the reader, and nonsense is told at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.commands import import_file, reading_words
from desktop.errors import UsageError
from desktop.imports.integrations.definition import Choices, FixedColumn
from models.database import close_company, open_company
from tests.companies import rows

FILE, LINES = Path("a.csv"), Path("lines.csv")


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    import_file.add_parser(parser.add_subparsers())
    return parser.parse_args(["import", "a.csv", *words])


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("", {}),
        ("--encoding cp1252 --delimiter ;", {"encoding": "cp1252", "delimiter": ";"}),
        ("--delimiter tab --quote '", {"delimiter": "\t", "quote": "'"}),
        ("--delimiter=\t", {"delimiter": "\t"}),
        (
            "--header-line 4 --header-rows 2 --skip-rows 0 --footer-rows 1",
            {"header_line": 4, "header_rows": 2, "skip_rows": 0, "footer_rows": 1},
        ),
        ("--no-header", {"has_header": False}),
        ("--decimal comma --date-format d.m.yyyy", {"decimal_separator": ",", "date_format": "D.M.YYYY"}),
        ("--decimal=.", {"decimal_separator": "."}),
        (
            "--columns No.=1-5,6-10",
            {"fixed_columns": (FixedColumn("No.", 1, 5), FixedColumn("", 6, 5))},
        ),
    ],
)
def test_what_is_said_is_chosen(words: str, chosen: dict[str, Any]) -> None:
    args = parsed(*words.split(" ")) if words else parsed()
    assert reading_words.choices_of(args, FILE, None) == Choices(**chosen)


@pytest.mark.parametrize(
    "words",
    [
        ("--delimiter", "::"),
        ("--delimiter", '"'),
        ("--delimiter", ""),
        ("--decimal", "x"),
        ("--date-format", "MM.YYYY"),
        ("--header-line", "0"),
        ("--skip-rows", "-1"),
        ("--skip-rows", "many"),
        ("--columns", "5-1"),
        ("--columns", "No."),
    ],
)
def test_nonsense_ends_with_2_before_anything_is_read(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(*words)
    assert ended.value.code == 2
    assert f"argument {words[0]}: " in capsys.readouterr().err


def test_what_means_nothing_for_such_a_file_is_told_instead_of_being_passed_over() -> None:
    for words, name, called in (
        (("--sheet", "Data"), "a.csv", "a text file"),
        (("--encoding", "cp1252"), "a.xlsx", "a workbook"),
        (("--delimiter", ";"), "a.json", "a JSON file"),
        (("--array-path", "data"), "a.ods", "a workbook"),
    ):
        with pytest.raises(UsageError, match=f"{words[0]} means nothing for “{name}”, which is {called}"):
            reading_words.choices_of(parsed(*words), Path(name), None)
    with pytest.raises(UsageError, match="is about a second file, which was not named"):
        reading_words.choices_of(parsed("--lines-encoding", "cp1252"), FILE, None)


def test_each_word_can_be_said_of_the_file_with_the_lines() -> None:
    args = parsed("--encoding", "cp1252", "--lines-delimiter", "tab", "--lines-decimal", ",")
    assert reading_words.choices_of(args, FILE, LINES) == Choices(
        encoding="cp1252", lines=Choices(delimiter="\t", decimal_separator=",")
    )


def test_two_files_are_each_read_as_they_are_written(
    backdesk: Any, write: Callable[..., Path], closed_company: Path
) -> None:
    """The headers come from an old program, the lines from a new one."""
    head = "Order No.;Customer No.;Order Date;External Document No."
    orders = write(f"{head}\nO1;C1;2026-11-21;Müller\n".encode("cp1252"), "o.csv")
    lines = write("# export\nOrder No.|Item No.|Description|Colour\nO1|I1|Größe|red\n", "l.csv")
    words = ("import", orders, "--lines", lines, "--integration", "SALES-ORDERS", "--background")
    code, _, complained = backdesk(*words)
    assert (code, "“o.csv” is not UTF-8" in complained) == (2, True)
    code, _, complained = backdesk(*words, "--encoding", "cp1252", "--lines-skip-rows", 1)
    assert code == 0
    assert complained.splitlines() == ["Note: l.csv: 1 column will not be imported: Colour."]
    open_company(closed_company)
    try:
        staged = [payload for (payload,) in rows("SELECT payload FROM integration_record ORDER BY id")]
    finally:
        close_company()
    assert staged == ['["O1","C1","2026-11-21","Müller"]', '["O1","I1","Größe","red"]']


def test_a_file_of_fixed_width_is_read_by_the_places_of_its_columns(
    backdesk: Any, write: Callable[..., Path]
) -> None:
    path = write("C1   Miller, John   Kiel\nC2   Smith          Ulm\n", "a.txt")
    columns = "No.=1-5,Name=6-20,City=21-40"
    code, said, complained = backdesk(
        "import", path, "--integration", "CUSTOMERS", "--columns", columns, "--no-header"
    )
    assert (code, said, complained) == (0, "a.txt: 2 records created.\n", "")


def test_the_integration_is_found_by_the_columns_as_they_are_to_be_read(
    backdesk: Any, write: Callable[..., Path]
) -> None:
    path = write("Report\nof today\nA,B\nNo.~Name\nC1~Miller\n")
    code, said, _ = backdesk("import", path, "--delimiter", "~", "--header-line", "4")
    assert (code, said) == (0, "customers.csv: 1 record created.\n")
