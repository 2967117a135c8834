"""The check that every test leaves nothing behind names the test that does, and what it left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import WAIT

LEAKS = """
import atexit
import sqlite3
import subprocess
import sys
import threading

import conftest

conftest.GRACE_SECONDS = 0.2
kept = []


def test_thread():
    stop = threading.Event()
    kept.append(stop)
    threading.Thread(target=stop.wait, name="reader", daemon=True).start()


def test_task(qapp):
    from PySide6.QtCore import QThreadPool

    stop, pool = threading.Event(), QThreadPool()
    atexit.register(stop.set)
    kept.append(pool)

    def held_task():
        begun.set()
        stop.wait()

    begun = threading.Event()
    pool.start(held_task)
    begun.wait()


def test_process():
    kept.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))


def test_orphan():
    orphan = "import signal; signal.pause()"
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {orphan!r}])"
    subprocess.run([sys.executable, "-W", "ignore", "-c", child], check=True)


def test_company(tmp_path):
    company = sqlite3.connect(tmp_path / "harbour.db")
    company.execute("CREATE TABLE customer (no TEXT)")
    kept.append(company)


def test_window(qapp):
    from PySide6.QtWidgets import QWidget

    window = QWidget()
    window.setWindowTitle("Customers")
    window.show()
    kept.append(window)


def test_tidy(qapp, tmp_path):
    from PySide6.QtCore import QThreadPool
    from PySide6.QtWidgets import QWidget

    conftest.GRACE_SECONDS = 60
    late = sqlite3.connect(tmp_path / "late.db", check_same_thread=False)
    late.execute("CREATE TABLE customer (no TEXT)")
    wait = threading.Event().wait
    begun = threading.Event()
    QThreadPool.globalInstance().start(lambda: (begun.set(), wait(0.1), late.close()))
    begun.wait()
    thread = threading.Thread(target=len, args=((),))
    thread.start()
    subprocess.run([sys.executable, "-c", ""], check=True)
    sqlite3.connect(tmp_path / "harbour.db").close()
    window = QWidget()
    window.show()
    window.close()
    thread.join()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="open files and orphans are seen on Linux only")
def test_each_leak_fails_the_test_that_left_it(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_leaks.py").write_text(LEAKS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rE", "--tb=line", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=WAIT,
        cwd=tmp_path,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    told = {
        line.split("::")[1].split(" - ")[0]: line
        for line in run.stdout.splitlines()
        if line.startswith("ERROR")
    }
    assert sorted(told) == [
        "test_company",
        "test_orphan",
        "test_process",
        "test_task",
        "test_thread",
        "test_window",
    ], run.stdout
    assert "7 passed, 6 errors" in run.stdout
    assert "a running task in test_task.<locals>.held_task > Event.wait" in run.stdout
    assert "thread reader (daemon)" in run.stdout
    assert "open handle of harbour.db" in run.stdout
    assert "window QWidget 'Customers'" in run.stdout
