"""Logs: what a person sends in after something went wrong must tell what it was."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop import logs, paths
from desktop.logs import on_unexpected_error, setup_logging, shutdown_logging

LOG = logging.getLogger("backdesk.test")


@pytest.fixture(autouse=True)
def own_hooks() -> Iterator[None]:
    hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    level = logging.getLogger().level
    yield
    shutdown_logging()
    on_unexpected_error(None)
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == hooks
    assert logging.getLogger().level == level


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_an_event_is_a_line_of_json() -> None:
    file = setup_logging("window")
    assert file == paths.log_folder() / "window.jsonl"
    assert not file.exists()
    LOG.info("Imported %d records\nof Förde", 91, extra={"run_id": 7})
    LOG.debug("too fine")
    (line,) = lines(file)
    assert (line["level"], line["logger"], line["message"]) == (
        "INFO",
        "backdesk.test",
        "Imported 91 records\nof Förde",
    )
    assert line["run_id"] == 7
    assert line["time"].endswith("+00:00")
    assert "job_id" not in line


def test_lines_of_a_job_carry_its_number() -> None:
    file = setup_logging("worker")
    before = logs.job_id.set("job-1")
    LOG.info("one")
    logs.job_id.reset(before)
    LOG.info("two")
    assert [line.get("job_id") for line in lines(file)] == ["job-1", None]


def test_an_error_comes_with_its_traceback() -> None:
    file = setup_logging("worker")
    try:
        raise ValueError("no such item")
    except ValueError:
        LOG.exception("could not process")
    assert "ValueError: no such item" in lines(file)[0]["traceback"]


def test_a_value_that_json_does_not_know_is_written_as_text() -> None:
    file = setup_logging("worker")
    LOG.info("x", extra={"path": Path("a.csv")})
    assert lines(file)[0]["path"] == "a.csv"


def test_files_rotate_and_nothing_of_the_last_ones_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 2_000)
    file = setup_logging("window")
    for number in range(100):
        LOG.info("event %d", number)
    shutdown_logging()
    files = sorted(file.parent.glob("window.jsonl*"))
    assert len(files) == 1 + logs.OLDER_FILES
    assert all(one.stat().st_size <= 2_000 for one in files)
    kept = [line["message"] for one in files for line in lines(one)]
    assert "event 99" in kept
    assert len(set(kept)) == len(kept)


def test_two_processes_share_a_file_over_a_rotation() -> None:
    """The second one has the file open while the first rotates it, and goes on in the new one."""
    file = setup_logging("window")
    LOG.info("before")
    other = logs._SharedFile(file, maxBytes=10**6, backupCount=1, encoding="utf-8")
    other.doRollover()
    other.close()
    LOG.info("after")
    assert [line["message"] for line in lines(file)] == ["after"]
    assert [line["message"] for line in lines(file.with_name("window.jsonl.1"))] == ["before"]


def test_a_log_that_cannot_be_written_costs_nobody_anything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("BACKDESK_HOME", str(tmp_path / "file"))
    setup_logging("window")
    LOG.error("lost")
    assert capsys.readouterr() == ("", "")


def test_a_fault_in_a_thread_is_logged_and_told() -> None:
    file = setup_logging("window")
    told: list[tuple[BaseException, str]] = []
    on_unexpected_error(lambda error, where: told.append((error, where)))

    def fail() -> None:
        raise ValueError("in the thread")

    thread = threading.Thread(target=fail, name="reader")
    thread.start()
    thread.join()
    ((error, where),) = told
    assert (str(error), where) == ("in the thread", "thread reader")
    assert "ValueError: in the thread" in lines(file)[0]["traceback"]


def test_a_callback_that_fails_itself_is_logged() -> None:
    file = setup_logging("window")

    def fail(error: BaseException, where: str) -> None:
        raise RuntimeError("the window is gone")

    on_unexpected_error(fail)
    sys.excepthook(ValueError, ValueError("first"), None)
    assert [("first" in str(line), "the window is gone" in str(line)) for line in lines(file)] == [
        (True, False),
        (False, True),
    ]


def test_a_fault_while_an_object_is_destroyed_is_logged() -> None:
    class Odd:
        def __del__(self) -> None:
            raise ValueError("while going")

    file = setup_logging("window")
    odd = Odd()
    del odd
    assert "while going" in lines(file)[0]["traceback"]


def test_a_person_at_the_command_line_reads_one_sentence_and_no_traceback(backdesk_home: Path) -> None:
    code = "from desktop.logs import setup_logging; setup_logging('jobs'); raise ValueError('a fault')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    file = backdesk_home / "logs" / "jobs.jsonl"
    assert done.returncode == 1
    assert done.stderr == f"backdesk: Something went wrong in Backdesk: a fault. Details: {file}\n"
    assert "ValueError: a fault" in lines(file)[0]["traceback"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_crash_of_the_interpreter_leaves_its_stacks(backdesk_home: Path) -> None:
    code = (
        "import os, signal; from desktop.logs import setup_logging; setup_logging('window');"
        " os.kill(os.getpid(), signal.SIGSEGV)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode < 0
    assert "Segmentation fault" in (backdesk_home / "logs" / "crash.log").read_text()


def test_setting_up_again_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = setup_logging("window")
    monkeypatch.setenv("BACKDESK_HOME", str(tmp_path / "other"))
    second = setup_logging("window")
    LOG.info("here")
    assert not first.exists()
    assert len(lines(second)) == 1
