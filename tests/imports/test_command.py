"""`backdesk import`, as a person or a script calls it, with the real child processes behind it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee
import pytest

from desktop.commands.running import Stopping
from desktop.scheduler import workers
from models.company import User
from models.database import close_company, connected, database, open_company
from models.permission_edit import assign, copy_set, set_permission
from models.rights import Right

ROOT = Path(__file__).resolve().parents[2]
GOOD = "No.,Name,Country\nC1,Miller,DE\nC2,Smith,FR\n"


def count(company: Path, sql: str) -> int:
    open_company(company)
    try:
        with connected():
            return int(database.execute_sql(sql).fetchone()[0])
    finally:
        close_company()


def test_a_good_file_ends_with_0(backdesk: Any, write: Any, closed_company: Path) -> None:
    path = write(GOOD)
    assert backdesk("import", path, "--integration", "customers") == (
        0,
        "customers.csv: 2 records created.\n",
        "",
    )
    assert backdesk("import", path) == (0, "customers.csv: 2 records unchanged.\n", "")
    assert count(closed_company, "SELECT COUNT(*) FROM customer") == 2


def test_a_script_reads_one_json_object_and_1_where_rows_have_errors(
    backdesk: Any, shared_file: Callable[[str], Path]
) -> None:
    path = shared_file("northwind/customers.csv")
    code, said, complained = backdesk("import", path, "--integration", "NORTHWIND-CUSTOMERS", "--json")
    told = json.loads(said)
    job = told.pop("job")
    assert len(job) == 32
    assert told == {
        "rows": 91,
        "created": 67,
        "updated": 0,
        "unchanged": 0,
        "errors": 24,
        "excluded": 0,
        "ready": 0,
        "run": 1,
        "status": "Finished",
        "notes": [
            "That values are divided by comma is likely.",
            "1 column will not be imported: contactTitle.",
        ],
    }
    assert (code, complained) == (1, "")


def test_a_person_reads_the_causes(backdesk: Any, write: Any) -> None:
    code, said, _ = backdesk("import", write("No.,Name,Country\nC1,A,XX\nC2,B,XX\nC3,,DE\n"))
    assert code == 1
    assert said.splitlines() == [
        "customers.csv: 3 errors.",
        "  2 × Country: There is no Country/Region “XX”. Create it or correct the column Country, then choose Retry.",
        "  1 × Name: Name is empty. Enter a value for Name.",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"No.,Name\nC1,M\xfcller\n", "line 2 has the byte 0xFC at position 5"),
        ("a.csv", b'No.,Name\nC1,"Miller\n', "A quote opens in line 2"),
        ("a.xlsx", b"No.,Name\nC1,Miller\n", "is really a text file. Rename it to end with .csv."),
        ("a.csv", b"No.,City\nC1,Kiel\n", "has no column “Name”, which the integration CUSTOMERS needs"),
        ("a.csv", b"", "“a.csv” is empty."),
    ],
)
def test_an_unreadable_file_ends_with_2_and_a_sentence(
    name: str, content: bytes, said: str, backdesk: Any, write: Any, closed_company: Path
) -> None:
    code, printed, complained = backdesk(
        "import", write(content, name), "--integration", "CUSTOMERS", "--json"
    )
    assert (code, printed) == (2, "")
    assert said in complained
    assert complained.startswith("backdesk: ")
    assert complained.count("\n") == 1
    assert (
        count(closed_company, "SELECT (SELECT COUNT(*) FROM import_run) + COUNT(*) FROM integration_record")
        == 0
    )


def test_a_missing_file_and_an_unknown_integration_end_with_2(
    backdesk: Any, write: Any, tmp_path: Path
) -> None:
    assert backdesk("import", tmp_path / "none.csv")[0] == 2
    code, _, complained = backdesk("import", write(GOOD), "--integration", "NIX")
    assert code == 2
    assert "Use one of: CUSTOMERS, ITEMS, NORTHWIND-CUSTOMERS, NORTHWIND-ORDERS, " in complained


def test_a_file_left_to_the_background_is_processed_by_the_next_worker(
    backdesk: Any, write: Any, closed_company: Path
) -> None:
    code, said, _ = backdesk("import", write(GOOD), "--background", "--json")
    told = json.loads(said)
    assert (code, told["status"], told["ready"], told["created"]) == (0, "Ready", 2, 0)
    assert backdesk("worker", "--until-idle")[0] == 0
    assert count(closed_company, "SELECT created FROM import_run") == 2
    title = "SELECT COUNT(*) FROM notification WHERE title = 'Import complete: 2 records created'"
    assert count(closed_company, title) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="ends the worker with a signal")
def test_waiting_for_the_background_ends_when_the_worker_has_done_it(
    backdesk: Any, write: Any, closed_company: Path, backdesk_home: Path
) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "desktop", "worker", "--company", str(closed_company)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert worker.stderr is not None
        assert "Working on" in worker.stderr.readline()
        code, said, _ = backdesk("import", write(GOOD), "--background", "--wait", "--json")
    finally:
        worker.terminate()
        worker.communicate()
    told = json.loads(said)
    assert (code, told["status"], told["created"]) == (0, "Finished", 2)


def full_disk(*_values: object) -> None:
    raise peewee.OperationalError("database or disk is full")


def test_a_disk_that_is_full_after_reading_ends_with_2_and_the_job_goes_on_later(
    backdesk: Any, write: Any, closed_company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as now:
        now.setattr(workers, "register", full_disk)
        code, said, complained = backdesk("import", write(GOOD), "--integration", "CUSTOMERS")
    assert (code, said) == (2, "")
    assert "The file was read, but its import broke off." in complained
    assert "The disk that holds “company.backdesk” is full." in complained
    assert "Traceback" not in complained
    assert count(closed_company, "SELECT COUNT(*) FROM customer") == 0
    assert backdesk("worker", "--until-idle")[0] == 0
    assert count(closed_company, "SELECT COUNT(*) FROM customer") == 2


def test_a_worker_until_idle_that_cannot_reach_the_company_does_not_claim_that_all_is_done(
    backdesk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "register", full_disk)
    code, _, complained = backdesk("worker", "--until-idle")
    assert code == 2
    assert "The disk that holds “company.backdesk” is full." in complained


def test_a_person_who_is_disabled_imports_nothing(backdesk: Any, write: Any, closed_company: Path) -> None:
    path = write(GOOD)
    assert backdesk("import", path, "--integration", "CUSTOMERS")[0] == 0
    open_company(closed_company)
    with connected(), database.atomic():
        User.update(enabled=False).execute()
    close_company()
    code, said, complained = backdesk("import", path, "--integration", "CUSTOMERS", "--json")
    assert (code, said) == (2, "")
    assert "who is disabled" in complained


def test_a_job_that_ends_with_an_error_ends_with_2(
    backdesk: Any, write: Any, closed_company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vera may import orders; the file has customers, of whom she may change those there are but make none."""
    open_company(closed_company)
    with connected(), database.atomic():
        assign("ANNA", "SUPER")
        code = copy_set("ORDER PROCESSOR", "IMPORTER")
        set_permission(code, "Table", "customer", {Right.READ, Right.MODIFY})
        assign("VERA", code)
    close_company()
    monkeypatch.setenv("BACKDESK_USER", "VERA")
    code, said, complained = backdesk("import", write(GOOD), "--integration", "CUSTOMERS", "--json")
    assert (code, json.loads(said)["status"]) == (2, "Error")
    assert "User VERA does not have the following permissions on TableData Customer: Insert." in complained
    assert count(closed_company, "SELECT COUNT(*) FROM customer") == 0
    assert count(closed_company, "SELECT COUNT(*) FROM integration_record_status WHERE status = 0") == 2


@pytest.mark.parametrize("verb", ["import", "worker"])
def test_rows_whose_reader_was_killed_are_removed_without_a_window(
    verb: str, backdesk: Any, write: Any, closed_company: Path
) -> None:
    path = write(GOOD)
    assert backdesk("import", path, "--integration", "CUSTOMERS", "--background")[0] == 0
    open_company(closed_company)
    with connected(), database.atomic():
        database.execute_sql("UPDATE import_run SET state = 'Reading', owner = 'gone', job_id = ''")
        for table in ("scheduled_task", "job_queue_entry"):
            database.execute_sql(f"DELETE FROM {table}")
    close_company()
    words = ("worker", "--until-idle") if verb == "worker" else ("import", path)
    assert backdesk(*words)[0] == 0
    assert count(closed_company, "SELECT COUNT(*) FROM import_run WHERE state = 'Reading'") == 0


def test_who_asks_to_stop_a_second_time_need_not_wait_for_the_one_who_should_obey() -> None:
    asked: list[bool] = []
    with Stopping() as stopping:
        stopping.stop_with(lambda: asked.append(True))
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert asked == [True]


def test_who_has_seen_no_preview_is_told_what_is_read_otherwise_than_it_is_written(
    backdesk: Any, write: Any
) -> None:
    path = write("No.;Name;Credit Limit (LCY);Mood\nC1;A;1.234;good\nC2;B;2.345;bad\nC3;C;x;good\n")
    notes = [
        "1 column will not be imported: Mood.",
        "“1.234” in “Credit Limit (LCY)” can be read in two ways, and no other value tells which; numbers are read "
        "with “.” before their decimals, as the integration says.",
    ]
    for words in ((), ("--dry-run",)):
        code, _said, complained = backdesk("import", path, "--integration", "CUSTOMERS", *words)
        assert code == 1
        assert complained.splitlines() == [f"Note: {note}" for note in notes]
        code, said, complained = backdesk("import", path, "--integration", "CUSTOMERS", "--json", *words)
        assert (json.loads(said)["notes"], complained) == (notes, "")


def test_no_file_steers_the_terminal(backdesk: Any, write: Any) -> None:
    _, said, complained = backdesk("import", write("No.,Name,Country,\x1b[2J\nC1,A,\x1b]0;X\x07,\n"))
    assert "There is no Country/Region “\ufffd]0;X\ufffd”" in said
    assert "will not be imported: \ufffd[2J." in complained
    _, _, complained = backdesk("import", write("Name,\x1b[2J\nA,\n"), "--integration", "CUSTOMERS")
    assert "\x1b" not in said + complained


def test_a_dry_run_says_what_would_be_imported_and_keeps_nothing(
    backdesk: Any, write: Any, closed_company: Path
) -> None:
    backdesk("import", write(GOOD), "--integration", "CUSTOMERS")
    path = write("No.,Name,Country\nC1,Muller,DE\nC3,Jones,XX\nC4,Brown,DE\n")
    code, said, complained = backdesk("import", path, "--integration", "CUSTOMERS", "--dry-run")
    assert (code, complained) == (1, "")
    assert said.splitlines() == [
        "customers.csv: 1 would be created, 1 would be updated, 1 has an error. Nothing was imported.",
        "  1 × Country: There is no Country/Region “XX”. Create it or correct the column Country, then choose Retry.",
        "  Name would change in 1 record.",
    ]
    assert count(closed_company, "SELECT COUNT(*) FROM customer") == 2
    assert count(closed_company, "SELECT COUNT(*) FROM import_run") == 1
    assert count(closed_company, "SELECT COUNT(*) FROM integration_record") == 2
