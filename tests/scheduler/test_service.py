"""The worker as a service: what it tells its manager, how it ends, and what the samples say."""

from __future__ import annotations

import configparser
import plistlib
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest

from desktop.__main__ import _parser
from desktop.jobqueue import entries, retention
from desktop.scheduler import workers
from desktop.scheduler.scheduler import TaskScheduler
from desktop.settings import Settings
from desktop.settings import save as save_settings
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry
from tests.scheduler.conftest import ROOT, WAIT, Gate, WorkerProcess, effects, entry_of, status_of

NewWorker = Callable[..., WorkerProcess]
SERVICE = ROOT / "packaging" / "service"
DOCS = ROOT / "docs" / "worker.md"
MARGIN = 10.0  # seconds that are left of a service's time-out when the grace time is over
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


def _documented_codes() -> set[str]:
    section = DOCS.read_text(encoding="utf-8").split("## Exit codes\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| (\d+)(?: \+ n)? \|", section, re.MULTILINE))


def _run(*words: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "desktop", "worker", *words], cwd=ROOT, capture_output=True, timeout=WAIT * 3
    ).returncode


def test_the_exit_codes_are_those_of_the_docs(company: Path, tmp_path: Path) -> None:
    assert _documented_codes() == {"0", "2", "128"}
    entries.create_entry("Fails", "fails", user_id="ANNA")
    assert _run("--company", str(company), "--until-idle") == 0, "a failed job is no failed worker"
    with connected():
        assert JobQueueEntry.get().status == EntryStatus.ERROR
    assert _run("--company", str(tmp_path / "missing.db")) == 2
    assert _run("--company", str(company), "--slots", "many") == 2


@pytest.fixture
def heard_signals() -> Iterator[None]:
    """Let started processes hear that a terminal is closed, even where the tests themselves are to outlive it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@posix
@pytest.mark.usefixtures("heard_signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_every_way_of_stopping_it_is_a_good_end(new_worker: NewWorker, number: signal.Signals) -> None:
    worker = new_worker().started()
    worker.process.send_signal(number)
    assert worker.ended() == 0


@posix
def test_a_job_that_is_deaf_is_killed_after_the_grace_time_and_nothing_outlives_the_worker(
    company: Path, new_worker: NewWorker, gate: Gate
) -> None:
    save_settings(Settings(cancel_grace_seconds=0.5))
    job = entries.create_entry("Deaf", "deaf", {"reached": str(gate.path)}, user_id="ANNA")
    worker = new_worker("--slots", "2").started()
    gate.wait()
    children = _children(worker.process.pid)
    assert children
    worker.process.send_signal(signal.SIGTERM)
    assert worker.ended() == 0
    assert not [child for child in children if _is_alive(child)]
    assert status_of(job) == EntryStatus.READY
    assert entry_of(job).attempts == 0, "to be stopped counts as no attempt"


def _children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout.split()
    pairs = list(zip(map(int, listed[::2]), map(int, listed[1::2]), strict=True))
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in pairs if its_parent == parent]
    return found[1:]


def _is_alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state) and not state.startswith("Z")


@posix
def test_the_window_and_a_worker_share_one_company_and_each_does_its_part(
    company: Path,
    new_worker: NewWorker,
    new_scheduler: Callable[..., TaskScheduler],
    wait_for: Callable[[Callable[[], bool]], None],
) -> None:
    new_scheduler(2).start()
    new_worker("--slots", "2").started()
    with connected(), database.atomic():
        jobs = [
            entries.create_entry(
                str(number),
                "overlap",
                {"name": str(number)},
                user_id="ANNA",
                category_code=("", "SALES")[number % 2],
            )
            for number in range(40)
        ]
    wait_for(lambda: all(status_of(job) == EntryStatus.FINISHED for job in jobs))
    seen = effects()
    assert len(seen) == len(set(seen)) == 80, "each job has run once"
    own = [name for name in seen if int(name.split()[0]) % 2]
    for begin, end in zip(own[::2], own[1::2], strict=True):
        assert begin.removesuffix(" begins") == end.removesuffix(" ends"), "two of one category overlap"
    with connected():
        logged = {row.worker for row in JobQueueLogEntry.select()}
        kinds = {worker.kind for worker in workers.workers_online()}
    assert len(logged) == 2, "both have worked"
    assert kinds == {"app", "worker"}


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A service manager that listens."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        address = tmp_path / "notify"
        listening.bind(str(address))
        listening.settimeout(WAIT)
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        yield listening


@posix
def test_systemd_is_told_when_it_works_and_when_it_stops(
    manager: socket.socket, company: Path, new_worker: NewWorker
) -> None:
    worker = new_worker("--slots", "1")
    assert manager.recv(1_000).decode() == f"READY=1\nSTATUS=Working on {company}, one job at once"
    worker.process.send_signal(signal.SIGTERM)
    assert manager.recv(1_000).decode().startswith("STOPPING=1\n")
    assert worker.ended() == 0


@posix
def test_a_manager_that_is_gone_is_no_reason_to_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, new_worker: NewWorker
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    assert new_worker("--until-idle").ended() == 0


def test_a_service_makes_the_entry_that_cleans_up_and_a_script_does_not(
    company: Path, new_worker: NewWorker
) -> None:
    def made() -> int:
        with connected():
            return int(JobQueueEntry.select().where(JobQueueEntry.codeunit == retention.CODEUNIT).count())

    assert new_worker("--until-idle").ended() == 0
    assert made() == 0
    worker = new_worker().started()
    assert made() == 1
    worker.process.terminate()
    worker.ended()


def test_the_samples_start_the_worker_and_leave_it_time_to_stop() -> None:
    needed = Settings().cancel_grace_seconds + MARGIN
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(SERVICE / "backdesk-worker.service", encoding="utf-8")
    service = unit["Service"]
    assert float(service["TimeoutStopSec"]) >= needed
    assert (service["Type"], service["KillMode"]) == ("notify", "mixed")
    _check_command(shlex.split(service["ExecStart"]))

    agent = plistlib.loads((SERVICE / "com.backdesk.worker.plist").read_bytes())
    assert agent["ExitTimeOut"] >= needed
    _check_command(agent["ProgramArguments"])

    task = ElementTree.parse(SERVICE / "backdesk-worker.xml").getroot()
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    command = task.findtext("t:Actions/t:Exec/t:Command", namespaces=space)
    arguments = task.findtext("t:Actions/t:Exec/t:Arguments", namespaces=space)
    assert command is not None
    assert arguments is not None
    assert task.findtext("t:Settings/t:ExecutionTimeLimit", namespaces=space) == "PT0S"
    _check_command([command.replace("\\", "/"), *shlex.split(arguments.replace("\\", "/"))])


def _check_command(words: list[str]) -> None:
    assert Path(words[0]).stem == "backdesk"
    args = _parser(words[1:]).parse_args(words[1:])
    assert args.verb == "worker"
    assert not args.until_idle


def test_the_docs_name_the_samples_that_there_are() -> None:
    named = set(re.findall(r"`packaging/service/([\w.-]+)`", DOCS.read_text(encoding="utf-8")))
    assert named == {path.name for path in SERVICE.iterdir() if not path.name.startswith(".")}
