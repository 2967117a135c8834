"""A child process: what it runs, what it says, and how it ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.scheduler.children import ChildPool
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Ending
from desktop.sessions.session import CancelToken
from tests.scheduler.conftest import ON_POSIX, ROOT, WAIT, Gate, effects


def request(codeunit: str, **parameters: str) -> ChildRequest:
    return ChildRequest(codeunit=codeunit, parameters=parameters, user_id="ANNA")


def test_a_person_waits_for_a_result_and_sees_how_far_it_is(pool: ChildPool) -> None:
    seen: list[tuple[int, int, str]] = []
    outcome = pool.run(request("tells", file="a.csv"), lambda *progress: seen.append(progress))
    assert outcome.ending is Ending.DONE
    assert outcome.results == {"user": "ANNA", "file": "a.csv"}
    assert outcome.messages == ["first line", "second line"]
    assert outcome.result_text.startswith("Import complete")
    assert seen[-1] == (1000, 1000, "Told")  # the last word is never withheld
    assert len(seen) < 100, "progress is passed on at most ten times a second"


def test_the_child_stays_warm(pool: ChildPool) -> None:
    assert pool.run(request("noop")).ending is Ending.DONE
    before = pool.process_ids()
    assert pool.run(request("noop")).ending is Ending.DONE
    assert pool.process_ids() == before


def test_an_error_for_people_arrives_as_it_was_worded_and_leaves_nothing_written(pool: ChildPool) -> None:
    outcome = pool.run(request("fails", calmly="yes"))
    assert outcome.ending is Ending.FAILED
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.text) == ("Usage", "The file has no rows. Choose another.")
    assert effects() == []


def test_a_text_that_is_none_is_told_and_nobody_waits_for_a_child_that_never_heard_of_it(
    pool: ChildPool,
) -> None:
    outcome = pool.run(request("noop", file="caf\udce9.csv"))
    assert outcome.ending is Ending.FAILED
    assert outcome.error is not None
    assert outcome.error.text == "“caf?.csv” has signs that are no text; rename it, or enter it anew."
    assert pool.run(request("noop")).ending is Ending.DONE


def test_a_fault_of_the_program_is_one_calm_sentence_with_its_stack(pool: ChildPool) -> None:
    error = pool.run(request("fails")).error
    assert error is not None
    assert error.code == "RuntimeError"
    assert error.text == "Something went wrong in Backdesk: the flux is too low."
    assert "in fails" in error.call_stack


def test_an_unknown_codeunit_is_an_error_and_the_child_lives_on(pool: ChildPool) -> None:
    error = pool.run(request("no_such_codeunit")).error
    assert error is not None
    assert error.code == "UnknownCodeunit"
    assert pool.run(request("noop")).ending is Ending.DONE


@ON_POSIX
def test_code_that_obeys_is_cancelled_and_its_child_kept(
    new_pool: Callable[[float], ChildPool], gate: Gate
) -> None:
    pool, token = new_pool(WAIT), CancelToken()
    outcome = run_until(pool, request("waits", reached=str(gate.path)), gate, token.cancel, token)
    assert outcome.ending is Ending.CANCELLED
    assert not outcome.forced
    assert pool.run(request("noop")).ending is Ending.DONE


@ON_POSIX
def test_code_that_ignores_the_wish_to_stop_is_killed_after_the_grace_time(
    pool: ChildPool, gate: Gate
) -> None:
    token = CancelToken()
    outcome = run_until(pool, request("deaf", reached=str(gate.path)), gate, token.cancel, token)
    assert outcome.ending is Ending.CANCELLED
    assert outcome.forced
    assert outcome.exit_code == -signal.SIGKILL
    assert pool.run(request("noop")).ending is Ending.DONE, "a new child takes its place"


@ON_POSIX
def test_code_that_runs_too_long_is_killed(pool: ChildPool) -> None:
    outcome = pool.run(request("deaf"), timeout_seconds=0.5)
    assert outcome.ending is Ending.TIMED_OUT
    assert outcome.forced


def test_a_child_that_ends_by_itself_tells_its_exit_code_and_last_lines(pool: ChildPool) -> None:
    outcome = pool.run(request("dies", code="7"))
    assert outcome.ending is Ending.DIED
    assert outcome.exit_code == 7
    assert outcome.last_lines[-1] == "the last word"


@ON_POSIX
def test_a_child_that_is_killed_tells_the_signal(pool: ChildPool, gate: Gate) -> None:
    def kill() -> None:
        os.kill(pool.process_ids()[0], signal.SIGKILL)

    outcome = run_until(pool, request("deaf", reached=str(gate.path)), gate, kill)
    assert outcome.ending is Ending.DIED
    assert outcome.exit_code == -signal.SIGKILL


def test_a_company_that_has_gone_is_an_error_not_a_crash(tmp_path: Path, backdesk_home: Path) -> None:
    pool = ChildPool(tmp_path / "gone.db", 1)
    error = pool.run(request("noop")).error
    pool.close()
    assert error is not None
    assert error.code == "NotFound"
    assert "There is no company file" in error.text


@ON_POSIX
def test_closing_the_pool_ends_what_runs(pool: ChildPool, gate: Gate) -> None:
    outcome = run_until(pool, request("deaf", reached=str(gate.path)), gate, pool.close)
    assert outcome.ending is Ending.DIED
    assert pool.process_ids() == []
    error = pool.run(request("noop")).error
    assert error is not None
    assert error.code == "NoProcess"


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux only")
@pytest.mark.parametrize("codeunit", ["waits", "deaf", "hogs"])
def test_children_die_with_their_parent_even_inside_a_long_c_call(
    company: Path, gate: Gate, codeunit: str
) -> None:
    """The parent is killed without any chance to clean up; this process inherits the orphan and sees it end."""
    script = (
        "import sys; from pathlib import Path\n"
        "from desktop.scheduler.children import ChildPool\n"
        "from desktop.scheduler.engine import ChildRequest\n"
        "pool = ChildPool(Path(sys.argv[1]), 1); pool.run(ChildRequest(codeunit='noop', parameters={}))\n"
        "print(pool.process_ids()[0], flush=True)\n"
        "pool.run(ChildRequest(codeunit=sys.argv[3], parameters={'reached': sys.argv[2]}))\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(company), str(gate.path), codeunit],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    gate.wait()
    handle = os.pidfd_open(child)
    parent.kill()
    parent.wait(WAIT)
    parent.stdout.close()
    ready, _, _ = select.select([handle], [], [], WAIT)
    os.close(handle)
    assert ready, "the child outlived its parent"


def run_until(
    pool: ChildPool,
    asked: ChildRequest,
    gate: Gate,
    then: object,
    token: CancelToken | None = None,
) -> ChildOutcome:
    """Run a request on another thread; when it has reached the gate, do something; its outcome."""
    outcomes: list[ChildOutcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(pool.run(asked, None, token)))
    thread.start()
    gate.wait()
    assert callable(then)
    then()
    thread.join(WAIT)
    assert outcomes, "it has not ended"
    return outcomes[0]
