"""A dry run tells what an import would do, by doing it on a copy; company and disk stay as they are."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from desktop import paths
from desktop.codeunits import registry
from desktop.errors import SourceError, TaskCancelledError
from desktop.imports import dry_run, trial_copy
from desktop.imports.dry_run import DryRun
from desktop.imports.mending import repair
from desktop.sessions import permissions
from desktop.sessions.session import CancelToken
from desktop.telemetry import events
from models import owners
from models.company import User
from models.database import connected, database
from models.errors import BackdeskError, RightMissingError
from models.integration_record import ImportRun
from models.permissions import UserPermissionSet
from models.private_copy import copy_to, working_on
from tests.telemetry.conftest import file_of, lines_of

HEADER = "No.,Name,City,Country/Region Code,Credit Limit (LCY)\n"


def left_on_disk() -> list[str]:
    return [file.name for file in (paths.data_folder() / "dry-runs").iterdir()]


def test_it_tells_what_the_import_then_does(importer: Any, write: Any, contents: Any, session: Any) -> None:
    importer(write(HEADER + "C1,Miller,Kiel,DE,10\nC2,Smith,Ulm,DE,\n"))
    run_id = importer.read(
        write(HEADER + "C1,Miller,Bonn,DE,1500.50\nC2,Smith,Ulm,DE,\nC3,New,,,\nC4,,,XX,\n")
    )
    before = contents()
    found = dry_run.dry_run(session(), run_id)
    assert contents() == before
    assert (found.created, found.updated, found.unchanged, found.errors, found.left) == (1, 1, 1, 1, 0)
    assert found.text == "1 would be created, 1 would be updated, 1 would stay as they are, 1 has an error"
    assert {(cause.caption, cause.code, cause.value, cause.count) for cause in found.causes} == {
        ("Name", "Required", "", 1),
        ("Country/Region Code", "NotFound", "XX", 1),
    }
    counts = importer.process(run_id)
    assert (counts.created, counts.updated, counts.unchanged, counts.errors) == (1, 1, 1, 1)
    assert left_on_disk() == []


def test_it_shows_old_and_new_of_what_would_be_updated(importer: Any, write: Any, session: Any) -> None:
    importer(write(HEADER + "C1,Miller,Kiel,DE,1500.5\nC2,Smith,Ulm,DE,\n"))
    run_id = importer.read(write(HEADER + "C1,Miller,Bonn,,20\nC2,Smythe,Ulm,DE,20\n"))
    found = dry_run.dry_run(session(), run_id)
    assert [(change.table, change.key) for change in found.changes] == [
        ("customer", "C1"),
        ("customer", "C2"),
    ]
    assert [(field.caption, field.old, field.new) for field in found.changes[0].fields] == [
        ("City", "Kiel", "Bonn"),
        ("Country/Region Code", "DE", ""),
        ("Credit Limit (LCY)", "1,500.5", "20"),
    ]
    assert found.changed_fields == {
        "Credit Limit (LCY)": 2,
        "City": 1,
        "Country/Region Code": 1,
        "Name": 1,
    }


def test_the_answer_stays_with_the_run_until_a_record_is_mended(
    importer: Any, write: Any, session: Any
) -> None:
    run_id = importer.read(write(HEADER + "C1,Miller,,,\n"))
    assert dry_run.kept_dry_run(run_id) is None
    trial = session(record_table="import_run", record_id=str(run_id))
    registry.function_of("dry_run_import")(trial)
    told = msgspec.json.decode(trial.results["dry_run"], type=DryRun)
    assert trial.result_text == "Dry run: 1 would be created."
    assert dry_run.kept_dry_run(run_id) == told
    repair.edit_record(importer.record_ids(run_id)[0], ["C1", "Muller", "", "", ""])
    assert dry_run.kept_dry_run(run_id) is None


def test_cancelling_it_leaves_neither_an_answer_nor_a_copy(importer: Any, write: Any, session: Any) -> None:
    run_id = importer.read(write(HEADER + "C1,Miller,,,\nC2,Smith,,,\n"))
    token = CancelToken()

    def cancel_while_it_copies(_done: int, _total: int, text: str) -> None:
        assert text == "Copying the company"
        token.cancel()

    with pytest.raises(TaskCancelledError):
        dry_run.dry_run(session(token=token, on_progress=cancel_while_it_copies), run_id)
    assert left_on_disk() == []
    assert dry_run.kept_dry_run(run_id) is None


def test_a_disk_without_room_is_told_before_anything_is_copied(
    importer: Any, write: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = importer.read(write(HEADER + "C1,Miller,,,\n"))
    usage = SimpleNamespace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    monkeypatch.setattr(trial_copy, "copy_to", lambda *_args: pytest.fail("it copies"))
    with pytest.raises(SourceError, match="has no room for a copy of the company, which needs") as refused:
        dry_run.dry_run(session(), run_id)
    assert refused.value.code == "DiskFull"


def test_a_disk_that_becomes_full_is_told_as_such(
    importer: Any, write: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = importer.read(write(HEADER + "C1,Miller,,,\n"))

    def full(*_args: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr(trial_copy, "copy_to", full)
    with pytest.raises(SourceError, match="no room") as refused:
        dry_run.dry_run(session(), run_id)
    assert refused.value.code == "DiskFull"
    assert left_on_disk() == []


def test_the_copy_of_a_process_that_was_killed_is_removed_by_the_next(
    importer: Any, write: Any, session: Any
) -> None:
    run_id = importer.read(write(HEADER + "C1,Miller,,,\n"))
    folder = paths.data_folder() / "dry-runs"
    folder.mkdir()
    host, _, _ = owners.this_process().partition("/")
    dead = folder / f"{quote(f'{host}/4194305/1', safe='')}-abc.copy"
    alive = folder / f"{quote(owners.this_process(), safe='')}-abc.copy"
    for file in (dead, Path(f"{dead}-journal"), alive):
        file.touch()
    dry_run.dry_run(session(), run_id)
    assert left_on_disk() == [alive.name]


def test_what_cannot_be_tried_says_why(importer: Any, write: Any, session: Any) -> None:
    run_id = importer.read(write(HEADER + "C1,Miller,,,\n"))
    importer.process(run_id)
    for number, code in ((run_id, "NothingReady"), (run_id + 1, "NotFound")):
        with pytest.raises(BackdeskError) as refused:
            dry_run.dry_run(session(), number)
        assert refused.value.code == code


def test_others_write_meanwhile_and_are_not_seen(importer: Any, write: Any, session: Any, query: Any) -> None:
    run_id = importer.read(write(HEADER + "C1,Miller,,,\n"))
    path = query("PRAGMA database_list")[0][2]

    def save_meanwhile(_done: int, _total: int, text: str) -> None:
        if text.startswith("Trying") and not query_outside("SELECT 1 FROM customer WHERE no = 'C9'"):
            query_outside("INSERT INTO customer (no, name, search_text) VALUES ('C9', 'Nine', '')")

    def query_outside(sql: str) -> list[Any]:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            return connection.execute(sql).fetchall()

    found = dry_run.dry_run(session(on_progress=save_meanwhile), run_id)
    assert found.created == 1
    assert query("SELECT no FROM customer") == [("C9",)]


def test_nothing_is_told_to_telemetry_of_what_is_only_tried(
    importer: Any, company: Path, tmp_path: Path, backdesk_home: Path
) -> None:
    copy = tmp_path / "copy"
    with connected():
        copy_to(copy, lambda _done, _total: None)
        with working_on(copy), database.atomic():
            ImportRun.delete().execute()
            events.note(events.Event.FINISHED)
        with database.atomic():
            events.note(events.Event.CANCELLED)
    assert [event["event"] for event in lines_of(file_of(backdesk_home))] == ["cancelled"]


def test_somebody_with_the_rights_of_a_data_manager_may_try_an_import_and_no_more_than_import_it(
    importer: Any, write: Any, session: Any
) -> None:
    with connected():
        for user_id, set_code in (("ANNA", "SUPER"), ("CLERK", "DATA MANAGER"), ("GUEST", "READER")):
            User.insert(user_id=user_id, full_name=user_id).on_conflict_ignore().execute()
            UserPermissionSet.delete().where(UserPermissionSet.user_id == user_id).execute()
            UserPermissionSet.create(user_id=user_id, set_code=set_code)
    run_id = importer.read(write(HEADER + "C1,Miller,,,\n"))
    trial = session()
    trial.user_id = "CLERK"
    with permissions.enforced("CLERK"):
        assert dry_run.dry_run(trial, run_id).created == 1
    with permissions.enforced("GUEST"), pytest.raises(RightMissingError):
        dry_run.dry_run(trial, run_id)
    assert left_on_disk() == []


def test_records_of_a_look_up_table_are_records_and_no_look_ups(
    importer: Any, write: Any, integration: Any, session: Any
) -> None:
    code = integration(("Code", "code"), ("Name", "name"), target_table="country", match_field="code")
    found = dry_run.dry_run(session(), importer.read(write("Code,Name\nX1,First\n"), code))
    assert (found.created, found.look_ups_created) == (1, {})
