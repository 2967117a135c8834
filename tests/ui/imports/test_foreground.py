"""Work that a window waits for: it is told how it goes, may stop it, and is told nothing once it has gone."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.scheduler.children import ChildPool
from desktop.scheduler.engine import ChildOutcome, Ending
from desktop.tasks.task import TaskError
from tests.ui.imports.conftest import InlineRunner
from ui.foreground import ForegroundRunner

DYING = """
import os
from desktop.extensions import Codeunit, Extension

def run(_session):
    os._exit(9)

extension = Extension("Dying", codeunits=(Codeunit(59_901, "die_at_once", "Die at once", __name__),))
"""


class Waiting(QObject):
    """A window that waits."""

    def __init__(self) -> None:
        super().__init__()
        self.progress: list[tuple[int, int, str]] = []
        self.results: list[dict[str, str]] = []
        self.errors: list[TaskError] = []
        self.stopped = 0

    def on_progress(self, done: int, total: int, text: str) -> None:
        self.progress.append((done, total, text))

    def on_done(self, results: dict[str, str]) -> None:
        self.results.append(results)

    def on_error(self, error: TaskError) -> None:
        self.errors.append(error)

    def on_stopped(self) -> None:
        self.stopped += 1


def ask(foreground: ForegroundRunner, window: Waiting, path: Path, integration: str = "CUSTOMERS"):  # type: ignore[no-untyped-def]
    return foreground.run(
        window,
        "read_file",
        {"path": str(path), "integration": integration},
        window.on_progress,
        window.on_done,
        window.on_error,
        window.on_stopped,
    )


def test_the_results_come_to_who_asked(foreground: ForegroundRunner, customers, qtbot: QtBot) -> None:
    window = Waiting()
    ask(foreground, window, customers(good=7, wrong=()))
    qtbot.waitUntil(lambda: bool(window.results))
    assert window.results[0]["rows"] == "7"
    assert window.errors == []
    qtbot.waitUntil(foreground.is_idle)


def test_an_error_comes_with_what_to_do(
    foreground: ForegroundRunner, company: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = Waiting()
    ask(foreground, window, tmp_path / "nowhere.csv")
    qtbot.waitUntil(lambda: bool(window.errors))
    assert window.errors[0].code == "NotFound"
    assert "Check its name and folder." in window.errors[0].text
    assert window.results == []


def test_stopping_is_told_when_it_has_happened_and_nothing_else_is(
    foreground: ForegroundRunner, runner: InlineRunner, customers, qtbot: QtBot
) -> None:
    runner.gate.clear()
    window = Waiting()
    handle = ask(foreground, window, customers())
    handle.cancel()
    handle.cancel()
    qtbot.waitUntil(lambda: window.stopped == 1)
    assert (window.results, window.errors) == ([], [])


def test_a_window_that_has_gone_is_told_nothing_and_its_work_is_stopped(
    foreground: ForegroundRunner, runner: InlineRunner, customers, qtbot: QtBot
) -> None:
    runner.gate.clear()
    window = Waiting()
    ask(foreground, window, customers())
    qtbot.waitUntil(lambda: bool(runner.asked))
    window.deleteLater()
    del window
    gc.collect()
    qtbot.waitUntil(foreground.is_idle)


class Chatterbox:
    """A child that tells of each of its 5,000 steps."""

    def run(self, request, on_progress=None, token=None, timeout_seconds=None) -> ChildOutcome:  # type: ignore[no-untyped-def]
        for step in range(5_000):
            on_progress(step, 5_000, "")
        return ChildOutcome(ending=Ending.DONE)

    def close(self) -> None:
        """Nothing stays open."""


def test_progress_comes_ten_times_a_second_however_often_it_is_told(qapp: object, qtbot: QtBot) -> None:
    made = ForegroundRunner(Chatterbox(), "MARIA")
    window = Waiting()
    made.run(window, "read_file", {}, window.on_progress, window.on_done, window.on_error)
    qtbot.waitUntil(lambda: bool(window.results))
    assert len(window.progress) <= 3
    assert made.close()
    made.deleteLater()


def test_a_callback_must_end_with_its_window(foreground: ForegroundRunner, company: Path) -> None:
    window = Waiting()
    with pytest.raises(TypeError, match="bound method"):
        foreground.run(window, "read_file", {}, None, lambda _results: None, window.on_error)


def test_a_child_that_is_killed_is_told_as_an_interruption(
    company: Path, qapp: object, qtbot: QtBot, put_extension: Callable[[str, str], Path]
) -> None:
    put_extension("dying", DYING)
    pool = ChildPool(company, 1)
    made = ForegroundRunner(pool, "MARIA")
    window = Waiting()
    try:
        made.run(window, "die_at_once", {}, window.on_progress, window.on_done, window.on_error)
        qtbot.waitUntil(lambda: bool(window.errors))
    finally:
        assert made.close()
        pool.close()
    assert window.errors[0].code == "Interrupted"
    assert "Try again." in window.errors[0].text
    made.deleteLater()
