"""What every test gets: a Backdesk home of its own, the shared files, and a check that it leaves nothing behind.

A test that leaves a thread, a child process, an open company file or a window fails itself, at its own
teardown, and not some later test. Threads, tasks of pools, processes and open files get the same moment to end by
themselves, since a busy computer needs it and a leak is what stays; windows have nobody to wait for. The common case,
where nothing was left, costs well under a millisecond.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import multiprocessing
import os
import select
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TZ"] = "UTC"  # days begin where the tests say, wherever this computer stands
if sys.platform != "win32":
    time.tzset()

ROOT: Final = Path(__file__).resolve().parent.parent
GRACE_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 0.01  # between two looks at what nobody tells the end of
MANY_OBJECTS: Final = 10_000
_ON_LINUX: Final = sys.platform == "linux"
_DATABASE_ENDINGS: Final = (".db", ".sqlite", ".sqlite3", ".backdesk", "-wal", "-shm", "-journal")
_QT_OWN_WINDOWS: Final = frozenset({"QTipLabel"})  # Qt keeps one tool tip window for the application
_SET_CHILD_SUBREAPER: Final = 36
_FAILED = pytest.StashKey[bool]()

# Properties hold however long a busy computer takes for an example, and the same commit tries the same examples.
# Others are tried by: make test ARGS="--hypothesis-profile=search"
_UNTIMED: Final = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.register_profile("search", _UNTIMED)
settings.register_profile("backdesk", _UNTIMED, derandomize=True)
settings.load_profile("backdesk")


# --- the shared files ----------------------------------------------------------------------------


def _shared_folder() -> Path:
    named = os.environ.get("BACKDESK_SHARED_DATA")
    return Path(named) if named else ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real sample files, `../shared/data` or `BACKDESK_SHARED_DATA`; skips where it is absent."""
    folder = _shared_folder()
    if not folder.is_dir():
        pytest.skip(f"the shared sample files are not at {folder}")
    return folder


@pytest.fixture(scope="session")
def shared_file() -> Callable[[str], Path]:
    """A function from a name such as `northwind/customers.csv` to its path; skips, naming it, where it is absent."""

    def find(name: str) -> Path:
        path = _shared_folder() / name
        if not path.exists():
            pytest.skip(f"the shared sample file {name} is not at {path.parent}")
        return path

    return find


# --- companies -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def tables_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new company with nothing but its tables, closed; tests work on copies, since making one takes much longer."""
    from models.database import close_company, open_company

    path = open_company(tmp_path_factory.mktemp("tables") / "company.db", create=True)
    close_company()
    return path


@pytest.fixture(scope="session")
def light_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company with 2,000 instead of 20,000 orders, closed; tests work on copies."""
    from tests.companies import make_demo

    return make_demo(tmp_path_factory.mktemp("light-demo") / "harbour.db", orders=2_000)


@pytest.fixture
def company(tables_only: Path, tmp_path: Path, backdesk_home: Path) -> Iterator[Path]:
    """A company of the test's own with nothing but its tables, open in this process; rooms put in what they need."""
    from models.database import close_company, open_company

    yield open_company(shutil.copy(tables_only, tmp_path / "company.db"))
    close_company()


# --- windows -------------------------------------------------------------------------------------


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """pytest-qt's, which waits for what must come as long as a busy computer may need."""
    from tests.waiting import WAIT_MS

    qtbot.waitUntil = functools.partial(qtbot.waitUntil, timeout=WAIT_MS)  # type: ignore[method-assign]
    qtbot.waitSignal = functools.partial(qtbot.waitSignal, timeout=WAIT_MS)  # type: ignore[method-assign]
    return qtbot


# --- nothing is left behind ----------------------------------------------------------------------


def _freeze_what_lives_long() -> None:
    """Leave what lives as long as the tests do, modules above all, out of each test's collection of garbage.

    It comes back whenever a window ends that stands for the whole program, and grows with what tests load; to look
    through all of it would take every test of a window 0.2 seconds.
    """
    if len(gc.get_objects(generation=2)) > MANY_OBJECTS:
        gc.collect()
        gc.freeze()


def pytest_configure() -> None:
    """Adopt the grandchildren of a killed child, so that an orphan is seen as well."""
    if _ON_LINUX:
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember a failed test: its traceback keeps its windows and connections alive, which is no second fault."""
    report: pytest.TestReport = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture(autouse=True)
def nothing_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves a thread, a task, a child process, an open company file or a window."""
    _freeze_what_lives_long()
    threads_before = _threads()
    running_before = set(sys._current_frames())
    processes_before = _children()
    files_before = _open_databases()
    windows_before = set(_windows())
    yield
    leaks = _leaked_windows(windows_before)
    leaks += _leaked_threads(threads_before)
    leaks += _still(lambda: _running_elsewhere(running_before))
    leaks += _leaked_processes(processes_before)
    if request.node.stash.get(_FAILED, False):
        return
    leaks += _still(lambda: _more_databases(files_before))
    if leaks:
        pytest.fail("the test left behind: " + "; ".join(leaks), pytrace=False)


@pytest.fixture(autouse=True)
def backdesk_home(nothing_is_left: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Backdesk home of the test's own, so that no test sees a person's settings, logs or company.

    The log that a command has begun in it ends with the test: its hooks would take from pytest what goes wrong later.
    """
    home = tmp_path / "backdesk-home"
    monkeypatch.setenv("BACKDESK_HOME", str(home))
    monkeypatch.delenv("BACKDESK_COMPANY", raising=False)
    yield home
    if logs := sys.modules.get("desktop.logs"):
        logs.shutdown_logging()


@pytest.fixture
def put_extension(backdesk_home: Path) -> Iterator[Callable[[str, str], Path]]:
    """A function that puts a module of this name and source into the person's folder of extensions.

    This process finds it at the next look-up, child processes and workers when they start.
    """
    from desktop.extensions.loader import forget_extensions

    def put(name: str, source: str) -> Path:
        path = backdesk_home / "extensions" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        forget_extensions()
        return path

    forget_extensions()
    yield put
    forget_extensions()


def _still(look: Callable[[], list[str]]) -> list[str]:
    """What is there still when the grace time is over."""
    until = time.monotonic() + GRACE_SECONDS
    while (left := look()) and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    return left


def _threads() -> set[threading.Thread]:
    # A dummy stands for a pool thread of Qt's that once ran Python; Qt ends it when it has been idle.
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}


def _leaked_threads(before: set[threading.Thread]) -> list[str]:
    left = _threads() - before
    for thread in left:
        thread.join(GRACE_SECONDS)
    leaks = [
        f"thread {thread.name}{' (daemon)' if thread.daemon else ''}" for thread in left if thread.is_alive()
    ]
    core = sys.modules.get("PySide6.QtCore")
    if core is not None:
        pool = core.QThreadPool.globalInstance()
        if pool.activeThreadCount() and not pool.waitForDone(int(GRACE_SECONDS * 1000)):
            leaks.append(f"{pool.activeThreadCount()} running tasks of Qt's global thread pool")
    return leaks


def _running_elsewhere(before: set[int]) -> list[str]:
    """Where threads of pools run Python that did not before; the work of a hub that was not closed, above all."""
    known = before | {thread.ident for thread in _threads()}
    leaks = []
    for ident, frame in sys._current_frames().items():
        if ident not in known:
            names = [called.f_code.co_qualname for called, _line in traceback.walk_stack(frame)]
            leaks.append(f"a running task in {' > '.join(reversed(names))}")
    return leaks


def _children() -> set[int]:
    """Process ids of this process's children, without the helpers that Python keeps for its whole life."""
    if _ON_LINUX:
        found: set[int] = set()
        with os.scandir("/proc/self/task") as tasks:
            for task in tasks:
                with contextlib.suppress(OSError):
                    found.update(int(pid) for pid in Path(task.path, "children").read_text().split())
    else:
        found = {child.pid for child in multiprocessing.active_children() if child.pid}
    helpers = {
        getattr(resource_tracker._resource_tracker, "_pid", None),
        getattr(forkserver._forkserver, "_forkserver_pid", None),
    }
    return found - helpers


def _leaked_processes(before: set[int]) -> list[str]:
    if not _children() - before:
        return []
    multiprocessing.active_children()  # reaps those that have ended
    leaks = []
    for pid in sorted(_children() - before):
        command = _command_of(pid)
        if _ended(pid):
            continue
        leaks.append(f"process {pid} ({command})")
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        _ended(pid)
    return leaks


def _command_of(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "unknown"
    return b" ".join(words).decode(errors="replace").strip()[:200]


def _ended(pid: int) -> bool:
    """Whether the child ends within the grace time; reaps it then."""
    if not _ON_LINUX:
        return all(child.pid != pid for child in multiprocessing.active_children())
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return True
    try:
        ready, _, _ = select.select([handle], [], [], GRACE_SECONDS)
    finally:
        os.close(handle)
    if ready:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    return bool(ready)


def _open_databases() -> dict[str, int]:
    """How many times this process has each database file open."""
    opened: dict[str, int] = {}
    if not _ON_LINUX:
        return opened
    with os.scandir("/proc/self/fd") as descriptors:
        for descriptor in descriptors:
            try:
                target = str(Path(descriptor.path).readlink()).removesuffix(" (deleted)")
            except OSError:
                continue
            if target.endswith(_DATABASE_ENDINGS):
                opened[target] = opened.get(target, 0) + 1
    return opened


def _more_databases(before: dict[str, int]) -> list[str]:
    return [
        f"{count - before.get(name, 0)} open handle of {Path(name).name}"
        for name, count in sorted(_open_databases().items())
        if count > before.get(name, 0)
    ]


def _windows() -> dict[tuple[int, str], Any]:
    """The application's windows by address and class; none where no widget was ever loaded."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or not isinstance(widgets.QApplication.instance(), widgets.QApplication):
        return {}
    address_of = sys.modules["shiboken6"].getCppPointer
    found = {}
    for window in widgets.QApplication.topLevelWidgets():
        name = window.metaObject().className()
        if window.parentWidget() is None and name not in _QT_OWN_WINDOWS:
            found[address_of(window)[0], name] = window
    return found


def _leaked_windows(before: set[tuple[int, str]]) -> list[str]:
    if not _windows().keys() - before:
        return []
    core = sys.modules["PySide6.QtCore"]
    # Deletions that wait for an event loop, and windows held only by a cycle, are on their way out.
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
    gc.collect()
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
    leaks = []
    for (address, name), window in _windows().items():
        if (address, name) not in before:
            leaks.append(f"window {name} {window.windowTitle()!r}")
            window.close()
            window.deleteLater()
    return leaks
