"""A watched folder: what somebody puts there is imported once, whatever comes in between."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.errors import PassingError, SourceError
from desktop.imports import service, watch_jobs, watched_folder
from desktop.imports.mending.error_export import export_errors
from desktop.imports.watched_folder import Look
from desktop.jobqueue import actions
from desktop.sessions.checkpoints import Checkpoints
from desktop.sessions.session import Session
from models.company import User
from models.database import connected, database
from models.errors import BackdeskError, FieldError
from models.integration import Integration
from models.job_queue import EntryStatus
from models.permissions import UserPermissionSet
from tests.imports import due_jobs

HEADER = "No.,Name,City\n"


class Folder:
    """The watched folder, and who puts files there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, name: str, content: str = HEADER + "C1,Miller,Kiel\n", *, age_seconds: float = 60) -> Path:
        file = self.path / name
        file.write_text(content, encoding="utf-8")
        moment = time.time() - age_seconds
        os.utime(file, (moment, moment))
        return file

    def names(self) -> dict[str, list[str]]:
        """Names of files by the folder within."""
        found: dict[str, list[str]] = {}
        for file in sorted(self.path.rglob("*")):
            if not file.is_dir():
                place = file.relative_to(self.path).parent.as_posix()
                found.setdefault("" if place == "." else place, []).append(file.name)
        return found


@pytest.fixture
def folder(company: Path, tmp_path: Path) -> Folder:
    path = tmp_path / "incoming"
    path.mkdir()
    with connected():
        Integration.update(watched_folder=str(path), watched_pattern="*.csv;*.txt").where(
            Integration.code == "CUSTOMERS"
        ).execute()
    return Folder(path)


@pytest.fixture
def look(session: Callable[..., Session]) -> Callable[..., Look]:
    """The job's next run."""

    def run(**values: Any) -> Look:
        return watched_folder.look(session(**values), "CUSTOMERS")

    return run


def test_files_are_read_oldest_first_each_by_a_job_and_put_away(
    folder: Folder, look: Any, query: Any
) -> None:
    folder.put("b.csv", HEADER + "C1,Smith,\n", age_seconds=100)
    folder.put("a.csv", HEADER + "C1,Miller,\n", age_seconds=200)
    folder.put("notes.pdf")
    found = look()
    assert (list(found.read), found.text) == (["a.csv", "b.csv"], "2 files read.")
    assert folder.names() == {"": ["notes.pdf"], "done": ["a.csv", "b.csv"]}
    runs = query("SELECT source, file_path, job_id <> '' FROM import_run ORDER BY id")
    assert runs == [("Watched Folder", str(folder.path / "done" / name), 1) for name in ("a.csv", "b.csv")]
    jobs = query(
        "SELECT description, codeunit, status FROM job_queue_entry WHERE codeunit = 'process_import'"
    )
    assert sorted(jobs) == [
        ("Import a.csv", "process_import", "Ready"),
        ("Import b.csv", "process_import", "Ready"),
    ]


def test_the_same_file_again_is_put_away_without_being_imported(
    folder: Folder, look: Any, query: Any
) -> None:
    folder.put("a.csv")
    first = look()
    folder.put("a.csv")
    folder.put("copy.csv")
    again = look()
    assert again.read == {}
    assert again.known == dict.fromkeys(("a.csv", "copy.csv"), first.read["a.csv"])
    assert query("SELECT COUNT(*) FROM import_run") == [(1,)]
    names = folder.names()
    assert list(names) == ["done"]
    assert len(names["done"]) == 3


def test_what_was_imported_by_hand_is_known_too(folder: Folder, look: Any, importer: Any) -> None:
    run_id = importer.read(folder.put("a.csv"))
    importer.process(run_id)
    assert look().known == {"a.csv": run_id}


def test_a_file_whose_import_was_undone_is_imported_again(folder: Folder, look: Any, query: Any) -> None:
    folder.put("a.csv")
    run_id = look().read["a.csv"]
    with connected():
        database.execute_sql("UPDATE import_run SET state = 'Undone' WHERE id = ?", (run_id,))
    folder.put("a.csv")
    assert list(look().read) == ["a.csv"]


def test_a_crash_after_reading_neither_imports_twice_nor_loses_the_file(
    folder: Folder, look: Any, query: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("a.csv")

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(service, "start_processing", killed)
        with pytest.raises(KeyboardInterrupt):
            look()
    assert folder.names() == {"": ["a.csv"]}
    assert list(look().known) == ["a.csv"]
    assert query("SELECT state, job_id <> '' FROM import_run") == [("Ready", 1)]
    assert folder.names() == {"done": ["a.csv"]}


def test_a_file_that_is_still_written_is_left_for_the_next_time(folder: Folder, look: Any) -> None:
    folder.put("a.csv", age_seconds=1)
    folder.put("b.csv.part")
    folder.put("~$c.csv")
    folder.put(".d.csv")
    found = look()
    assert found.left == {"a.csv": "it was written a moment ago, and may not be complete"}
    assert found.read == {}
    folder.put("a.csv", age_seconds=11)
    assert list(look().read) == ["a.csv"]


def test_a_file_that_changes_while_it_is_read_leaves_no_import(
    folder: Folder, look: Any, contents: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder.put("a.csv")
    before = contents()
    read = service.read

    def read_while_somebody_writes(*args: Any, **values: Any) -> int:
        run_id = read(*args, **values)
        with file.open("a", encoding="utf-8") as stream:
            stream.write("C2,Smith,Ulm\n")
        return run_id

    monkeypatch.setattr(service, "read", read_while_somebody_writes)
    assert look().left == {"a.csv": "it was changed while it was read"}
    assert contents() == before
    assert folder.names() == {"": ["a.csv"]}


def test_links_are_not_followed_out_of_the_folder(
    folder: Folder, look: Any, contents: Any, tmp_path: Path
) -> None:
    before = contents()
    secret = tmp_path / "secret.csv"
    secret.write_text(HEADER + "C1,Secret,\n", encoding="utf-8")
    os.utime(secret, (0, 0))
    (folder.path / "a.csv").symlink_to(secret)
    assert look().left == {"a.csv": "it is a link, and links are not followed out of the watched folder"}
    assert contents() == before
    assert secret.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are always text")
def test_a_name_that_is_no_text_does_not_hold_up_the_others(folder: Folder, look: Any) -> None:
    folder.put(os.fsdecode(b"M\xfcller.csv"))
    folder.put("b.csv")
    found = look()
    assert found.left == {"M?ller.csv": "its name has signs that are no text; rename it"}
    assert list(found.read) == ["b.csv"]


def test_a_done_folder_that_leads_elsewhere_is_refused(folder: Folder, look: Any, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder.path / "done").symlink_to(tmp_path / "elsewhere")
    file = folder.put("a.csv")
    with pytest.raises(BackdeskError, match="is a link to somewhere else"):
        look()
    assert file.exists()


def test_a_file_that_cannot_be_read_is_put_aside_with_the_reason_and_the_next_is_read(
    folder: Folder, look: Any
) -> None:
    folder.put("a.csv", "Colour;Size\nred;5\n", age_seconds=100)
    folder.put("b.csv")
    found = look()
    assert (list(found.failed), list(found.read)) == (["a.csv"], ["b.csv"])
    assert folder.names() == {"done": ["b.csv"], "failed": ["a.csv", "a.csv.error.txt"]}
    said = (folder.path / "failed" / "a.csv.error.txt").read_text(encoding="utf-8")
    assert "has no column “No.”" in said


def test_mended_rows_go_back_into_the_records_that_they_are_of(
    folder: Folder, look: Any, query: Any, tmp_path: Path
) -> None:
    folder.put("a.csv", "No.,Name,Country\nC1,Miller,XX\nC2,Smith,DE\n")
    run_id = look().read["a.csv"]
    due_jobs.run_all()
    export_errors(run_id, tmp_path / "errors.csv")
    text = (tmp_path / "errors.csv").read_text(encoding="utf-8-sig")
    folder.put("errors.csv", text.replace("XX", "FR", 1))
    assert look().read == {"errors.csv": run_id}
    due_jobs.run_all()
    assert query("SELECT no, country_code FROM customer ORDER BY no") == [("C1", "FR"), ("C2", "DE")]
    assert query("SELECT COUNT(*), MAX(errors) FROM import_run") == [(1, 0)]
    assert folder.names() == {"done": ["a.csv", "errors.csv"]}


def test_a_file_that_is_locked_now_is_left_for_the_next_time(
    folder: Folder, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("a.csv")

    def locked(*_args: Any, **_values: Any) -> int:
        raise SourceError("“a.csv” is open in another program.", code="NoPermission")

    monkeypatch.setattr(service, "read", locked)
    assert look().left == {"a.csv": "“a.csv” is open in another program."}
    assert folder.names() == {"": ["a.csv"]}


def test_a_file_that_kills_its_reader_is_put_aside_after_the_second_time(
    folder: Folder, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("a.csv")
    database_keeps: list[str] = [""]

    def keep(_name: str, value: str) -> None:
        database_keeps.append(f'{{"state": {value}}}')

    def die(*_args: Any, **_values: Any) -> int:
        raise SystemExit

    for _time in range(watched_folder.DEADLY_READS):
        monkeypatch.setattr(service, "read", die)
        with pytest.raises(SystemExit):
            look(kept=Checkpoints(database_keeps[-1], keep))
        del database_keeps[-1]  # a process that dies does not tidy up
    stored = database_keeps[-1]
    assert "to an end 2 times" in look(kept=Checkpoints(stored, keep)).failed["a.csv"]
    assert folder.names() == {"failed": ["a.csv", "a.csv.error.txt"]}


def test_a_folder_that_is_away_is_tried_again_later(folder: Folder, look: Any) -> None:
    folder.path.rmdir()
    with pytest.raises(PassingError, match="cannot be used: it is not there"):
        look()


def test_watching_is_a_recurring_job_that_tells_of_files_it_cannot_read(folder: Folder, query: Any) -> None:
    job_id = watch_jobs.start_watching("CUSTOMERS", "ANNA", minutes=10)
    assert watch_jobs.is_watching("CUSTOMERS")
    assert watch_jobs.start_watching("CUSTOMERS", "ANNA") == job_id
    folder.put("a.csv", "Colour;Size\nred;5\n")
    entry = due_jobs.run_next()
    assert entry is not None
    assert (entry.id, entry.status) == (job_id, EntryStatus.READY)
    assert entry.result_text == "1 file that cannot be read."
    told = query("SELECT title, severity, user_id, job_id FROM notification")
    assert told == [("“a.csv” could not be imported.", "err", "ANNA", job_id)]


def test_the_integrations_own_user_runs_its_jobs_only_where_an_administrator_starts_them(
    folder: Folder, query: Any
) -> None:
    with connected():
        for user_id in ("ANNA", "BOT", "CLERK"):
            User.insert(user_id=user_id, full_name=user_id).on_conflict_ignore().execute()
        UserPermissionSet.delete().execute()
        UserPermissionSet.create(user_id="ANNA", set_code="SUPER")
        UserPermissionSet.create(user_id="BOT", set_code="SUPER")
        UserPermissionSet.create(user_id="CLERK", set_code="DATA MANAGER")
        Integration.update(run_as_user_id="BOT").where(Integration.code == "CUSTOMERS").execute()
    job_id = watch_jobs.start_watching("CUSTOMERS", "ANNA")
    folder.put("a.csv")
    due_jobs.run_next()
    assert query("SELECT run_as_user_id FROM job_queue_entry ORDER BY entry_no DESC LIMIT 2") == [
        ("BOT",),
        ("BOT",),
    ]
    watch_jobs.stop_watching("CUSTOMERS", "CLERK")
    watch_jobs.start_watching("CUSTOMERS", "CLERK")
    assert query("SELECT run_as_user_id FROM job_queue_entry WHERE id = ?", job_id) == [("CLERK",)]


def test_watching_ends_and_goes_on_with_the_same_job(folder: Folder) -> None:
    job_id = watch_jobs.start_watching("CUSTOMERS", "ANNA")
    watch_jobs.stop_watching("CUSTOMERS", "ANNA")
    assert not watch_jobs.is_watching("CUSTOMERS")
    watch_jobs.stop_watching("CUSTOMERS", "ANNA")
    assert watch_jobs.start_watching("CUSTOMERS", "ANNA") == job_id
    assert watch_jobs.is_watching("CUSTOMERS")
    actions.set_on_hold(job_id)
    assert not watch_jobs.is_watching("CUSTOMERS")
    assert watch_jobs.start_watching("CUSTOMERS", "ANNA") == job_id
    assert watch_jobs.is_watching("CUSTOMERS")


@pytest.mark.parametrize(
    ("text", "code"), [("", "NoFolder"), ("incoming", "NotAFolder"), ("/nowhere/x", "NotAFolder")]
)
def test_a_folder_that_is_none_is_refused_at_once(company: Path, text: str, code: str) -> None:
    with connected():
        Integration.update(watched_folder=text).where(Integration.code == "CUSTOMERS").execute()
    with pytest.raises(FieldError) as refused:
        watch_jobs.start_watching("CUSTOMERS", "ANNA")
    assert refused.value.code == code
    assert not watch_jobs.is_watching("CUSTOMERS")


def test_a_file_that_writes_numbers_otherwise_than_its_integration_says_is_put_aside(
    folder: Folder, look: Any
) -> None:
    folder.put("a.csv", "No.;Name;Credit Limit (LCY)\nC1;Miller;1.234\nC2;Smith;1.234,56\n")
    assert list(look().failed) == ["a.csv"]
    said = (folder.path / "failed" / "a.csv.error.txt").read_text(encoding="utf-8")
    assert (
        "writes numbers with “,” before their decimals (“1.234,56” in “Credit Limit (LCY)”, line 3)" in said
    )
    assert "change Decimal Separator on the integration" in said
    with connected():
        Integration.update(decimal_separator=",").where(Integration.code == "CUSTOMERS").execute()
    (folder.path / "failed" / "a.csv").rename(folder.path / "a.csv")
    assert list(look().read) == ["a.csv"]


def test_a_folder_that_goes_away_while_it_is_looked_into_is_tried_again_later(
    folder: Folder, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_path: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "scandir", gone)
    with pytest.raises(PassingError, match="cannot be used: Input/output error"):
        look()
