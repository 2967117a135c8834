"""Files made to bring a program down: each is told in a sentence, in bounded memory and time."""

from __future__ import annotations

import itertools
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.errors import SourceError
from desktop.imports.sources import encoding, reader
from tests.imports.hostile import LAUGHS, OUTSIDE, noise, ods, xlsx
from tests.imports.reading import definition, read
from tests.imports.xlsb import xlsb

MOST_SECONDS = 15.0  # of work; how long others keep the computer busy is no fault of a file
ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'


def text(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def bomb(path: Path) -> Path:
    return xlsx(path, ROW, others={"xl/sharedStrings2.xml": "\0" * (12 << 20)})


def lying_bomb(path: Path) -> Path:
    """Claims in its directory that a part is small."""
    xlsx(path, ROW + "<!-- " + " " * (9 << 20) + "-->")
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/worksheets/sheet1.xml"))
    struct.pack_into("<I", content, at + 24, 1_000)
    path.write_bytes(content)
    return path


FILES: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    # name: how it is made, what comes of it, a part of the sentence
    "bomb.xlsx": (bomb, "TooLarge", "more than a hundred times its size"),
    "lying.xlsx": (lying_bomb, "BrokenWorkbook", "is a damaged workbook"),
    "laughs.xlsx": (lambda path: xlsx(path, ROW, before=LAUGHS), "BrokenWorkbook", "document type of its own"),
    "outside.xlsx": (lambda path: xlsx(path, ROW, before=OUTSIDE), "BrokenWorkbook", "document type of its own"),
    "texts.xlsx": (
        lambda path: xlsx(path, ROW, f'{LAUGHS}<sst xmlns="x"><si><t>&c;</t></si></sst>'.encode()),
        "BrokenWorkbook",
        "document type of its own",
    ),
    "laughs.ods": (lambda path: ods(path, "", LAUGHS), "BrokenWorkbook", "document type of its own"),
    "corner.xlsx": (
        lambda path: xlsx(path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "TooWide",
        "reaches to column 16,384",
    ),
    "corner.xlsb": (
        lambda path: xlsb(path, {0: {0: "id"}, 1_048_575: {16_383: 1.0}}),
        "TooLarge",
        "1,048,576 rows and 16,384 columns",
    ),
    "billion.xlsx": (
        lambda path: xlsx(path, '<row r="1000000000"><c r="A1000000000"><v>1</v></c></row>'),
        "BrokenWorkbook",
        "a row numbered 1,000,000,000",
    ),
    "columns.xlsx": (
        lambda path: xlsx(path, '<row r="1"><c r="ABCDEFGH1"><v>1</v></c></row>'),
        "TooWide",
        "at most 1,000 columns",
    ),
    "cell.xlsx": (
        lambda path: xlsx(path, f'<row r="1"><c r="A1" t="inlineStr"><is><t>{noise(1 << 20)}</t></is></c></row>'),
        "TooLong",
        "A cell in “cell.xlsx” has more than 131,072 characters",
    ),
    "shared.xlsx": (
        lambda path: xlsx(path, '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', f"<si><t>{noise(200_000)}</t></si>"),
        "TooLong",
        "more than 131,072 characters",
    ),
    "shared for ever.xlsx": (
        lambda path: xlsx(path, ROW, "<si><t>" + noise(6 << 20)),
        "TooLarge",
        "its shared texts have a piece of more than 4 MB",
    ),
    "unclosed cells.xlsx": (
        lambda path: xlsx(path, '<row r="1">' + '<c r="A1">' * 300_000 + noise(200_000) + "</row>"),
        "Empty",
        "no sheet with data",
    ),
    "unclosed tags.xlsx": (
        lambda path: xlsx(path, '<row r="1">' + "<c " * 500_000 + noise(200_000) + "</row>"),
        "Empty",
        "no sheet with data",
    ),
    "unclosed texts.xlsx": (
        lambda path: xlsx(path, ROW, "<si><r>" + "<rPh>" * 300_000 + noise(200_000) + "</r></si>"),
        "0",
        "",
    ),
    "no text.xlsx": (
        lambda path: xlsx(path, '<row r="1"><c r="A1" t="s"><v>99</v></c></row>', "<si><t>x</t></si>"),
        "BrokenWorkbook",
        "the text 99, which it does not have",
    ),
    "minus.xlsx": (
        lambda path: xlsx(path, '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "<si><t>x</t></si>"),
        "BrokenWorkbook",
        "which it does not have",
    ),
    "path.xlsx": (
        lambda path: xlsx(path, ROW, target="../../../../../etc/passwd", others={"../../../evil.txt": "x"}),
        "BrokenWorkbook",
        "its sheet “S” is missing",
    ),
    "cell.csv": (
        lambda path: text(path, b"id,name\n1," + b"x" * (100 << 20)),
        "TooLong",
        "Line 2 of “cell.csv” has more than 2 MB without an end",
    ),
    "lines.csv": (
        lambda path: text(path, b'id,name\n1,"' + b"x" * 100 + b"y\n" * (1 << 20)),
        "UnclosedQuote",
        "A quote opens in line 2",
    ),
    "columns.csv": (lambda path: text(path, b"a," * 200_000 + b"\n1\n"), "TooWide", "200,001 columns"),
    "delimiters.csv": (
        lambda path: text(path, b"id,name\n1,x\n" + (b"," * 100_000 + b"z\n") * 4),
        "5",
        "",
    ),
    "nul.csv": (lambda path: text(path, b"id\n1\n\x00"), "NotWhatItSays", "line 3 has a NUL byte"),
    "deep.json": (lambda path: text(path, b"[" * 500_000), "TooDeep", "more than 64 levels"),
    "deep in texts.json": (lambda path: text(path, b'[{"a":"' + b'\\"' * (4 << 20)), "TooLarge", "more than 4 MB"),
    "objects.json": (lambda path: text(path, b"[[" + b"{}," * (2 << 20)), "TooLarge", "more than 4 MB"),
    "repeated.ods": (
        lambda path: ods(
            path,
            '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string" '
            'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>',
        ),
        "TooLarge",
        "over too many rows and columns",
    ),
}  # fmt: skip


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="limits of memory are set as Linux knows them"
)
def test_hostile_files_are_told_in_bounded_memory_and_time(tmp_path: Path) -> None:
    paths = [str(made(tmp_path / name)) for name, (made, _, _) in FILES.items()]
    process = Path(__file__).with_name("hostile_process.py")
    done = subprocess.run([sys.executable, process, *paths], capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (list(FILES)[len(lines)], done.stderr[-2_000:])
    told = dict(zip(FILES, lines, strict=True))
    assert {name: found for name, (found, _, _) in told.items()} == {
        name: code for name, (_, code, _) in FILES.items()
    }
    for name, (_, _, sentence) in FILES.items():
        assert sentence in told[name][1], name
    assert {name: seconds for name, (_, _, seconds) in told.items() if seconds > MOST_SECONDS} == {}


def test_nothing_of_a_package_is_written_anywhere(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = xlsx(
        tmp_path / "in" / "path.xlsx", ROW.replace("id", "x"), others={"../evil.txt": "x", "/evil.txt": "x"}
    )
    assert read(path, has_header=False)[1] == [(1, ["x"])]
    assert sorted(found.name for found in tmp_path.rglob("*")) == ["in", "path.xlsx"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems let names be texts only")
def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = text(tmp_path / "caf\udce9.csv", b"id,name\n1,a\n")
    with pytest.raises(SourceError) as refused:
        read(path)
    assert refused.value.code == "WrongName"
    assert "“caf�.csv”" in refused.value.text


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights of their own there")
def test_links_are_followed_to_files_and_nowhere_else(tmp_path: Path) -> None:
    good = text(tmp_path / "good.csv", b"id,name\n1,a\n")
    for name, target, code in (
        ("link.csv", str(good), ""),
        ("zero.csv", "/dev/zero", "CannotRead"),
        ("gone.csv", str(tmp_path / "gone"), "NotFound"),
        ("circle.csv", str(tmp_path / "circle.csv"), "CannotRead"),
        ("folder.csv", str(tmp_path), "IsAFolder"),
    ):
        (tmp_path / name).symlink_to(target)
        if not code:
            assert read(tmp_path / name)[1] == [(2, ["1", "a"])]
            continue
        with pytest.raises(SourceError) as refused:
            read(tmp_path / name)
        assert refused.value.code == code, name


def test_a_file_that_changes_while_it_is_read_is_told_and_not_taken_for_complete(tmp_path: Path) -> None:
    path = text(tmp_path / "log.csv", b"id,name\n" + b"1,abc\n" * 20_000)
    with reader.open_source(path, definition()) as source:
        assert len(list(itertools.islice(source.rows, 10_000))) == 10_000
        with path.open("ab") as file:
            file.write(b"2,def\n")
        with pytest.raises(SourceError, match="was changed by another program while it was read") as refused:
            list(source.rows)
    assert refused.value.code == "Changed"


def test_a_workbook_that_is_written_again_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "book.xlsx", ROW + '<row r="2"><c r="A2"><v>1</v></c></row>')
    with reader.open_source(path, definition()) as source:
        os.utime(path, (1, 1))
        with pytest.raises(SourceError, match="was changed by another program"):
            list(source.rows)


def test_a_file_that_grows_while_its_encoding_is_looked_for_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = text(tmp_path / "log.csv", b"id,name\n" + b"1,abc\n" * 200_000)
    blocks = encoding._blocks

    def growing(path: Path) -> Any:
        for number, block in enumerate(blocks(path)):
            if not number:
                with path.open("ab") as file:
                    file.write(b"2,def\n")
            yield block

    monkeypatch.setattr(encoding, "_blocks", growing)
    with pytest.raises(SourceError) as refused:
        read(path)
    assert refused.value.code == "Changed"


def test_a_file_of_two_encodings_is_told_with_the_line(tmp_path: Path) -> None:
    path = text(tmp_path / "mixed.csv", "id,name\n1,Müller\n".encode() + "2,Söhne\n".encode("cp1252"))
    with pytest.raises(SourceError, match="line 3 has the byte 0xF6"):
        read(path)
    source, _ = read(path, guess=True)
    assert "mixes encodings: from line 3 on it is not UTF-8, but above it is" in source.notes[-1]


def test_a_drive_that_goes_away_while_a_workbook_is_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = xlsx(tmp_path / "book.xlsx", ROW)

    def gone(*_told: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(zipfile.ZipExtFile, "read", gone)
    with pytest.raises(SourceError, match="cannot be read: Input/output error") as refused:
        read(path)
    assert refused.value.code == "CannotRead"


def test_a_workbook_that_is_broken_far_down_leaves_nothing(
    importer: Any, tmp_path: Path, contents: Callable[[], dict[str, int]]
) -> None:
    head = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for letter, name in (("A", "No."), ("B", "Name"))
    )
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>{n}</v></c></row>' for n in range(2, 12_000)
    )
    bad = '<row r="12000"><c r="A12000" t="s"><v>7</v></c></row>'
    before = contents()
    with pytest.raises(SourceError, match="the text 7, which it does not have"):
        importer.read(xlsx(tmp_path / "a.xlsx", f'<row r="1">{head}</row>{rows}{bad}'))
    assert contents() == before
