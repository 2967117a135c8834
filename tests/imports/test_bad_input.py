"""What goes wrong with a file: a sentence that says what happened and what to do, and the database as it was."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee
import pytest
import xlsxwriter

from desktop.errors import SourceError, TaskCancelledError
from desktop.imports import service, staging
from desktop.imports.sources import shared_strings
from desktop.sessions.session import CancelToken, describe_error
from models import owners
from models.database import connected
from models.errors import BackdeskError
from models.integration import Integration
from models.integration_record import ImportRun, RunState

GOOD = "No.,Name\nC1,Miller\n"


def packed(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("content.txt", "x")


CATALOGUE: dict[str, tuple[str, str | bytes, str, str]] = {
    # what: name of the file, content, code, a part of the sentence
    "empty": ("a.csv", "", "Empty", "“a.csv” is empty."),
    "only blanks": ("a.csv", " \n \n", "Empty", "“a.csv” is empty."),
    "only delimiters": ("a.csv", ",,\n,,\n" * 300, "Empty", "“a.csv” has no data."),
    "only a header": ("a.csv", "No.,Name\n", "Empty", "“a.csv” names columns but has no rows."),
    "text named xlsx": ("a.xlsx", GOOD, "NotWhatItSays", "named like a workbook, but is really a text file."),
    "web page named xls": ("a.xls", "<html><table></table>", "NotWhatItSays", "is really a web page or XML."),
    "nonsense named ods": ("a.ods", b"\x00\x01\x02\xff" * 50, "NotWhatItSays", "but is not a workbook."),
    "PDF named csv": ("a.csv", "%PDF-1.7\n", "NotWhatItSays", "is not a text file but a PDF document."),
    "compressed": ("a.csv", b"\x1f\x8b\x08\x00abc", "NotWhatItSays", "but a compressed file."),
    "NUL bytes": (
        "a.csv",
        b"No.,Name\nC1,Mil\x00ler\n",
        "NotWhatItSays",
        "line 2 has a NUL byte at position 7.",
    ),
    "wrong encoding": (
        "a.csv",
        "No.,Name\nC1,Müller\n".encode("cp1252"),
        "WrongEncoding",
        "line 2 has the byte 0xFC",
    ),
    "cut UTF-8": (
        "a.csv",
        GOOD.encode() + b"C2,M\xc3",
        "WrongEncoding",
        "line 3 has the byte 0xC3 at position 5",
    ),
    "unclosed quote": (
        "a.csv",
        'No.,Name\nC1,"Miller\nC2,x\n',
        "UnclosedQuote",
        "A quote opens in line 2 of “a.csv”",
    ),
    "missing column": (
        "a.csv",
        "No.,City\nC1,Kiel\n",
        "MissingColumn",
        "has no column “Name”, which the integration",
    ),
    "no match key": ("a.csv", "Name,City\nA,Kiel\n", "MissingColumn", "Its columns are: Name, City."),
    "too many columns": (
        "a.csv",
        "No.,Name" + ",x" * 1500 + "\n1,2\n",
        "TooWide",
        "has 1,502 columns; at most 1,000",
    ),
}


@pytest.mark.parametrize("what", CATALOGUE)
def test_a_file_that_cannot_be_used_is_told_and_leaves_nothing(
    what: str, importer: Any, write: Any, contents: Callable[[], dict[str, int]]
) -> None:
    name, content, code, sentence = CATALOGUE[what]
    before = contents()
    with pytest.raises(SourceError) as refused:
        importer.read(write(content, name))
    assert refused.value.code == code
    assert sentence in refused.value.text
    assert refused.value.hint.endswith(".")
    assert contents() == before


def test_a_packed_file_named_csv_is_told(importer: Any, tmp_path: Path) -> None:
    packed(tmp_path / "a.csv")
    with pytest.raises(SourceError, match="but a workbook or another packed file") as refused:
        importer.read(tmp_path / "a.csv")
    assert refused.value.code == "NotWhatItSays"


def test_a_packed_file_named_xlsx_is_told(importer: Any, tmp_path: Path) -> None:
    packed(tmp_path / "a.xlsx")
    with pytest.raises(SourceError, match="is a damaged workbook") as refused:
        importer.read(tmp_path / "a.xlsx")
    assert refused.value.code == "BrokenWorkbook"


def test_a_file_that_is_not_there_and_a_folder_are_told(importer: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file") as refused:
        importer.read(tmp_path / "none.csv")
    assert refused.value.code == "NotFound"
    for name in ("folder", "folder.xlsx"):
        (tmp_path / name).mkdir()
        with pytest.raises(SourceError, match="is a folder, not a file") as refused:
            importer.read(tmp_path / name)
        assert refused.value.code == "IsAFolder"


def test_a_file_that_may_not_be_read_is_told(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(GOOD, "secret.csv")
    path.chmod(0)
    if sys.platform == "win32" or os.access(path, os.R_OK):  # an administrator may read everything
        opened = Path.open

        def refuse(self: Path, *args: Any, **values: Any) -> Any:
            if self == path:
                raise PermissionError(13, "Permission denied")
            return opened(self, *args, **values)

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match="You may not read") as refused:
        importer.read(path)
    assert refused.value.code == "NoPermission"
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are POSIX")
def test_a_pipe_is_told_instead_of_waiting_for_ever(importer: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(SourceError, match="is a pipe or a device, not a file") as refused:
        importer.read(tmp_path / "pipe.csv")
    assert refused.value.code == "CannotRead"


def test_a_quote_that_is_never_closed_far_down_leaves_nothing(
    importer: Any, write: Any, contents: Callable[[], dict[str, int]]
) -> None:
    before = contents()
    text = "No.,Name\n" + "".join(f"C{number},N\n" for number in range(25_000)) + 'C,"open\n'
    with pytest.raises(SourceError, match="line 25,002"):
        importer.read(write(text))
    assert contents() == before


def test_a_file_of_the_other_kind_than_the_integration_reads(
    importer: Any, write: Any, integration: Any
) -> None:
    code = integration(("No.", "no"), ("Name", "name"), source_type="Excel")
    with pytest.raises(
        SourceError, match=r"reads Excel files, but “customers\.csv” is a text file"
    ) as refused:
        importer.read(write(GOOD), code)
    assert refused.value.code == "NotWhatItSays"


def test_an_encoding_that_only_fails_is_none(importer: Any, write: Any) -> None:
    with pytest.raises(SourceError, match="There is no encoding “undefined”"):
        importer.read(write(GOOD), encoding="undefined")


def test_an_encoding_that_a_person_chose_wrongly(importer: Any, write: Any) -> None:
    path = write("No.,Name\nC1,Ā\n")
    with pytest.raises(SourceError, match="There is no encoding “klingon”"):
        importer.read(path, encoding="klingon")
    with pytest.raises(SourceError, match="does not allow there"):
        importer.read(path, encoding="ascii")


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"target_table": "nowhere"}, {}, "the table “nowhere” cannot be imported into"),
        ({}, {"target_field": "colour"}, "Customer has no field “colour”"),
        ({}, {"target_field": "balance"}, "Balance (LCY) is filled by Backdesk and cannot be imported"),
        ({}, {"lookup_by": "name"}, "Name is not looked up in another table"),
        (
            {},
            {"target_field": "country_code", "lookup_by": "capital"},
            "Country/Region has no field “capital”",
        ),
        ({"match_field": "city"}, {}, "its match key “city” is not one of its fields"),
        ({"reading": "{"}, {}, "its reading options cannot be understood"),
        ({"date_format": "MM.YYYY"}, {}, "“MM.YYYY” is not a date format"),
    ],
)
def test_an_integration_that_names_what_does_not_exist_is_told(
    values: dict[str, str], field: dict[str, str], said: str, importer: Any, write: Any, integration: Any
) -> None:
    code = integration(("No.", "no"), {"source_column": "Name", "target_field": "name"} | field, **values)
    with pytest.raises(BackdeskError) as refused:
        importer.read(write(GOOD), code)
    assert refused.value.code == "WrongIntegration"
    assert said in refused.value.text


def test_an_unknown_integration_is_told_with_those_that_exist(importer: Any, write: Any) -> None:
    with pytest.raises(BackdeskError) as refused:
        importer.read(write(GOOD), "CUSTOMRES")
    assert refused.value.code == "UnknownIntegration"
    assert "CUSTOMERS, ITEMS, NORTHWIND-CUSTOMERS, NORTHWIND-ORDERS, " in refused.value.hint
    with connected():
        Integration.delete().where(Integration.code != "ITEMS").execute()
    with pytest.raises(BackdeskError, match=r"Use one of: ITEMS\."):
        importer.read(write(GOOD), "CUSTOMERS")


def test_cancelling_while_a_file_is_read_leaves_nothing(
    company: Path,
    session: Any,
    write: Any,
    contents: Callable[[], dict[str, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "BLOCK", 10)
    before, token, told = contents(), CancelToken(), []

    def stop(done: int, _total: int, _text: str) -> None:
        told.append(done)
        if done == 30:
            assert contents()["integration_record"] == 30
            token.cancel()

    path = write("No.,Name\n" + "C1,N\n" * 100)
    with pytest.raises(TaskCancelledError):
        service.read(path, "CUSTOMERS", session(token=token, on_progress=stop))
    assert told == [0, 10, 20, 30]
    assert contents() == before


def test_a_run_whose_reader_died_is_removed_at_the_next_start(
    importer: Any, write: Any, contents: Callable[[], dict[str, int]]
) -> None:
    path = write(GOOD)
    kept, cut, other = importer.read(path), importer.read(path), importer.read(path)
    with connected():
        ImportRun.update(state=RunState.READING, owner="gone").where(ImportRun.id == cut).execute()
        ImportRun.update(state=RunState.READING, owner=owners.this_process()).where(
            ImportRun.id == other
        ).execute()
    assert service.recover_reading_runs() == [cut]
    found = contents()
    assert (found["import_run"], found["integration_record"], found["integration_record_status"]) == (2, 2, 2)
    assert importer.process(kept).created == 1


def test_owners_are_processes_that_live_or_not() -> None:
    mine = owners.this_process()
    host, process, began = mine.split("/")
    assert owners.lives(mine)
    assert not owners.lives(f"{host}/{2**22 + 1}/{began}")
    assert not owners.lives(f"{host}/{process}/{began}1")
    assert not owners.lives("")
    assert owners.lives("another-computer/1/2")


def test_a_disk_that_becomes_full_while_a_file_is_read_is_told_and_leaves_nothing(
    importer: Any, write: Any, contents: Callable[[], dict[str, int]]
) -> None:
    before = contents()
    path = write("No.,Name\n" + "".join(f"C{number},{'N' * 90}\n" for number in range(30_000)))
    with connected() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 500}")
        with pytest.raises((peewee.DatabaseError, sqlite3.DatabaseError)) as full:
            importer.read(path)
    code, sentence = describe_error(full.value)
    assert code == "DiskFull"
    assert sentence.startswith("The disk that holds “company.backdesk” is full.")
    assert contents() == before


@pytest.mark.skipif(sys.platform == "win32", reason="a limit for the size of files is POSIX")
def test_a_limit_for_the_size_of_files_is_told_with_what_to_do_and_nothing_is_staged_by_half(
    importer: Any, write: Any, company: Path, contents: Callable[[], dict[str, int]]
) -> None:
    import resource

    before = contents()
    path = write("No.,Name\n" + "".join(f"C{number},{'N' * 90}\n" for number in range(30_000)))
    no_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = company.stat().st_size + 1_500_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, no_limit[1]))
    try:
        with pytest.raises((peewee.DatabaseError, sqlite3.DatabaseError)) as full:
            importer.read(path)
        code, sentence = describe_error(full.value)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, no_limit)
    assert code == "DiskFull"
    assert sentence.startswith(
        f"“company.backdesk” cannot grow: no file may be larger than {limit / 1e6:,.0f} MB"
    )
    assert "Raise the limit (ulimit -f)" in sentence
    service.recover_reading_runs(lambda _owner: False)
    assert contents() == before
    assert importer.read(path)


def test_a_disk_that_becomes_full_while_records_are_written_keeps_what_is_committed(
    importer: Any, write: Any, add_up: Any
) -> None:
    run_id = importer.read(
        write("No.,Name\n" + "".join(f"C{number},{'N' * 90}\n" for number in range(20_000)))
    )
    with connected() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 500}")
        with pytest.raises((peewee.DatabaseError, sqlite3.DatabaseError)) as full:
            importer.process(run_id)
    assert describe_error(full.value)[0] == "DiskFull"
    counts = add_up(run_id)
    assert 0 < counts.created < 20_000
    assert counts.state == RunState.READY
    assert importer.process(run_id).created == 20_000


def test_a_disk_without_room_for_the_texts_of_a_workbook_is_told(
    importer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write_row(0, 0, ["No.", "Name"])
    monkeypatch.setattr(shared_strings, "MOST_IN_MEMORY", 1)
    monkeypatch.setattr(tempfile, "TemporaryFile", no_room)
    with pytest.raises(SourceError, match="there is no room on the disk for what is kept aside") as refused:
        importer.read(tmp_path / "a.xlsx")
    assert refused.value.code == "DiskFull"


def test_a_drive_that_goes_away_while_a_file_is_read_is_told(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, contents: Callable[[], dict[str, int]]
) -> None:
    def break_off(*_told: object) -> None:
        raise OSError(5, "Input/output error")

    before = contents()
    monkeypatch.setattr(staging, "_insert", break_off)
    with pytest.raises(SourceError, match="cannot be read: Input/output error") as refused:
        importer.read(write(GOOD))
    assert refused.value.code == "CannotRead"
    assert contents() == before
