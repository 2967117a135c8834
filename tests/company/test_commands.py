"""`backdesk company` and `backdesk doctor`, as typed."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desktop import settings as settings_store
from desktop.__main__ import main
from desktop.clock import fixed_clock
from desktop.company import create_company
from desktop.errors import SettingsError
from desktop.health import company as company_room
from desktop.health import installation as room
from desktop.health.check import Check, State
from models.database import close_company, connected, database, open_company

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
GOOD_QT = {"version": "6.11.3", "plugins": {"offscreen": "", "xcb": "", "windows": "", "cocoa": ""}}


@pytest.fixture(autouse=True)
def left_clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(room, "probe_qt", lambda: GOOD_QT)
    monkeypatch.setenv("DISPLAY", ":0")
    yield
    close_company()


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(words) == code
    caught = capsys.readouterr()
    assert "Traceback" not in caught.err
    return caught.err if code == 2 else caught.out


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = create_company(tmp_path / "small.db", "Förde Boats", user_id="MARIA")
    close_company()
    return path


# --- company -------------------------------------------------------------------------------------


def test_a_company_is_made_named_after_its_file_and_used_from_then_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "förde-boats.db"
    assert re.match(r"Made “Förde boats” in \d+\.\d s", told(capsys, "company", "create", str(path)))
    facts = json.loads(told(capsys, "company", "info", "--json"))
    assert (facts["name"], facts["path"], facts["demo"]) == ("Förde boats", str(path), False)
    assert (facts["counts"]["country"], facts["counts"]["customer"]) == (249, 0)
    assert facts["schema"] >= "0001_company"
    assert facts["size"] > 10_000


def test_the_demo_company_is_made_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = json.loads(told(capsys, "company", "create", str(tmp_path / "a.db"), "--demo", "--json"))
    assert (facts["name"], facts["demo"]) == ("Harbour Supply Ltd.", True)
    assert facts["counts"]["sales_header"] == 20_000


def test_what_is_in_a_company(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "company", "info", "--company", str(small))
    assert text.startswith("Förde Boats\n")
    assert ["Countries/Regions", "249"] in [line.split() for line in text.splitlines()]
    assert "Vendors" not in text, "empty tables are left out"


@pytest.mark.parametrize("name", ["", "x" * 101])
def test_a_company_with_a_wrong_name(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    text = told(capsys, "company", "create", str(tmp_path / "a.db"), "--name", name, code=2)
    assert text.startswith("backdesk: Name ")


def test_a_company_where_one_is_already(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "exists already" in told(capsys, "company", "create", str(small), code=2)


def test_tables_that_people_never_see_are_not_counted_for_them(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_company(small)
    with connected():
        database.execute_sql("INSERT INTO integration_record_status (record_id, run_id) VALUES (1, 1)")
    close_company()
    assert "integration_record_status" not in told(capsys, "company", "info", "--company", str(small))


@pytest.mark.parametrize("words", [("company", "info"), ("jobs", "list"), ("import", "a.csv")])
def test_a_home_that_cannot_be_used_is_told_in_a_sentence(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("BACKDESK_HOME", str(tmp_path / "file" / "home"))
    sentence = told(capsys, *words, code=2)
    assert sentence.startswith("backdesk: The settings in “")
    assert "BACKDESK_HOME" in sentence
    assert sentence.count("\n") == 1


def test_the_doctor_finds_a_home_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("BACKDESK_HOME", str(tmp_path / "file" / "home"))
    assert "ERROR    Settings folder" in told(capsys, "doctor", code=1)


def test_a_company_opens_although_nobody_can_remember_that(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server whose settings folder is read-only."""

    def refuse(_settings: object) -> None:
        raise SettingsError("The settings cannot be saved: Read-only file system.")

    monkeypatch.setattr(settings_store, "save", refuse)
    assert "Countries/Regions" in told(capsys, "company", "info", "--company", str(small))


def test_information_about_a_file_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("No.;Name\n")
    assert "is not a Backdesk company" in told(capsys, "company", "info", "--company", str(file), code=2)


# --- doctor --------------------------------------------------------------------------------------


def test_a_healthy_computer_without_a_company(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "doctor")
    assert text.endswith("Everything is well.\n")
    assert "the demo company is made at the first start" in text


def test_a_healthy_company(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(capsys, "doctor", "--json", "--company", str(small)))
    assert found["ok"]
    by_name = {check["name"]: check for check in found["checks"]}
    assert by_name["Company"]["text"] == f"“Förde Boats”, {small}"
    assert all(check["state"] == "ok" for check in found["checks"])


def test_a_company_that_does_not_open_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(capsys, "doctor", "--company", str(tmp_path / "gone.db"), code=1)
    assert "ERROR    Company          There is no company file" in text
    assert "→ Check the path" in text
    assert text.endswith("1 error found.\n")


def findings(path: Path) -> dict[str, Check]:
    """The company's checks by name, those that found something before the others."""
    checks = company_room.check_company(path, fixed_clock(NOW))
    return {check.name: check for check in sorted(checks, key=lambda check: check.state is not State.OK)}


def test_a_damaged_file(demo_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(demo_file, tmp_path / "damaged.db"))
    size = path.stat().st_size
    with path.open("r+b") as file:
        for place in range(size // 2, size, 4096 * 50):
            file.seek(place)
            file.write(b"\xaa" * 4096)
    found = findings(path)
    assert any(check.state is State.ERROR and "damaged" in check.text for check in found.values())


def test_a_record_that_points_at_nothing(small: Path) -> None:
    with closing(sqlite3.connect(small)) as other:
        other.execute("INSERT INTO customer (no, name, country_code) VALUES ('C1', 'x', 'XX')")
        other.commit()
    found = findings(small)
    assert found["Links"].state is State.ERROR
    assert "1 records point at something that does not exist: customer" in found["Links"].text


def add_task(**values: Any) -> None:
    row = {
        "id": "t1",
        "codeunit": "job_counts",
        "not_before": "2026-11-21T09:00:00.000Z",
        "created_at": "",
        **values,
    }
    database.execute_sql(
        f"INSERT INTO scheduled_task ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
        tuple(row.values()),
    )


def test_a_job_waits_and_no_worker_is_there(small: Path) -> None:
    open_company(small)
    with connected():
        add_task()
    found = findings(small)
    assert found["Workers"].state is State.WARNING
    assert found["Workers"].text == "No worker is online, but 1 job waits."
    assert "backdesk worker" in found["Workers"].hint


def test_a_job_whose_worker_died(small: Path) -> None:
    open_company(small)
    with connected():
        add_task(running=1, worker_id="dead", lease_until="2026-11-21T09:30:00.000Z")
    found = findings(small)
    assert found["Jobs"].state is State.WARNING
    assert found["Jobs"].text == "1 job was left by a worker that died."


def test_a_job_that_is_in_process_for_nobody(small: Path) -> None:
    open_company(small)
    with connected():
        database.execute_sql(
            "INSERT INTO job_queue_entry (id, entry_no, codeunit, status, created_at, modified_at)"
            " VALUES ('1', 1, 'x', 'In Process', '', '')"
        )
    found = findings(small)
    assert found["Jobs"].state is State.ERROR
    assert "backdesk jobs retry" in found["Jobs"].hint


def test_a_file_whose_reading_was_cut_off(small: Path) -> None:
    open_company(small)
    with connected():
        database.execute_sql(
            "INSERT INTO import_run (integration_code, definition, file_name, state, owner, created_at)"
            " VALUES ('ITEMS', '{}', 'a.csv', 'Reading', '', '')"
        )
    assert findings(small)["Imports"].state is State.WARNING


@pytest.mark.parametrize(
    ("check", "state", "word"),
    [
        (room.python((3, 10, 4)), State.ERROR, "3.10.4 is too old"),
        (room.pyside("6.12.0"), State.ERROR, "must not be used"),
        (room.pyside(""), State.ERROR, "not installed"),
        (room.pyside("6.11.3"), State.OK, "6.11.3"),
        (room.sqlite((3, 34, 1)), State.ERROR, "too old"),
        (room.time_zones(), State.OK, "found"),
    ],
)
def test_versions(check: Check, state: State, word: str) -> None:
    assert (check.state, word in check.text) == (state, True)
    assert bool(check.hint) == (state is not State.OK)


def test_qt_that_does_not_start() -> None:
    def fail() -> dict[str, Any]:
        raise OSError("libEGL.so.1: cannot open shared object file")

    (check,) = room.qt(fail)
    assert check.state is State.ERROR
    assert "libEGL.so.1" in check.text


def test_qt_that_can_show_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    missing = {"version": "6.11.3", "plugins": {"xcb": "libxcb-cursor.so.0: cannot open", "offscreen": ""}}
    checks = {check.name: check for check in room.qt(lambda: missing)}
    assert checks["Window system"].state is State.WARNING
    assert "libxcb-cursor.so.0" in checks["Window system"].text
    assert checks["Display"].state is State.WARNING
    none = {check.name: check for check in room.qt(lambda: {"version": "6.11.3", "plugins": {}})}
    assert none["Window system"].state is State.ERROR


def test_a_folder_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("BACKDESK_HOME", str(tmp_path / "file"))
    states = {check.name: check.state for check in room.check_installation(lambda: GOOD_QT)}
    for name in ("Data folder", "Settings folder", "Log folder", "Disk space"):
        assert states[name] is State.ERROR


@pytest.mark.parametrize(
    ("free", "state"), [(10**10, State.OK), (10**8 + 1, State.WARNING), (10**6, State.ERROR)]
)
def test_free_space(free: int, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**12, 0, free))
    assert room.disk(lambda: tmp_path).state is state


def test_the_real_qt_of_this_computer_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    found = room.probe_qt()
    assert "offscreen" in found["plugins"]
    assert found["version"].startswith("6.")
