"""A bar that a person can believe: it never runs back and is never full too early."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.progress import ProgressLine, paint_progress, progress_text


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def line(qtbot: QtBot, clock: Clock | None = None) -> ProgressLine:
    made = ProgressLine(clock or Clock())
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_counts_first_then_tells_how_far_it_is(look: Theme, qtbot: QtBot) -> None:
    clock = Clock()
    bar = line(qtbot, clock)
    bar.set_counting()
    assert (bar.share, bar.text) == (None, "Counting rows…")
    bar.set_progress(0, 2010)
    clock.now = 20
    bar.set_progress(670, 2010)
    assert bar.text == "670 of 2,010 rows · about 40 s left"
    assert bar.accessibleName() == "Progress: 670 of 2,010 rows · about 40 s left, 33 percent"


def test_it_never_runs_backwards_and_is_not_full_before_the_end(look: Theme, qtbot: QtBot) -> None:
    bar = line(qtbot)
    bar.set_progress(50, 100)
    bar.set_progress(40, 100)
    assert bar.share == 0.5
    bar.set_progress(100, 100)
    assert bar.share == 0.99
    bar.finish("Imported 100 records")
    assert (bar.share, bar.text) == (1.0, "Imported 100 records")


def test_waiting_keeps_the_share_and_says_for_what(look: Theme, qtbot: QtBot) -> None:
    bar = line(qtbot)
    bar.set_progress(50, 100)
    bar.set_waiting("Waiting for shop.example.com · 12 s")
    assert (bar.share, bar.text) == (0.5, "Waiting for shop.example.com · 12 s")


def test_a_failure_stands_where_it_happened(look: Theme, qtbot: QtBot) -> None:
    bar = line(qtbot)
    bar.set_progress(50, 100)
    before = bar.grab().toImage()
    bar.fail("The disk is full.")
    assert bar.share == 0.5
    assert bar.grab().toImage() != before


def test_a_new_job_begins_at_nothing(look: Theme, qtbot: QtBot) -> None:
    bar = line(qtbot)
    bar.set_progress(90, 100)
    bar.reset()
    assert bar.share == 0.0
    bar.set_progress(1, 100)
    assert bar.share == 0.01


def test_an_unknown_total_moves_only_where_movement_is_wanted(look: Theme, qtbot: QtBot) -> None:
    bar = line(qtbot)
    bar.set_progress(1248, None)
    assert (bar.share, bar.text, bar.moving) == (None, "1,248 rows", False)
    look.set_reduced_motion(False)
    assert bar.moving
    bar.hide()
    assert not bar.moving
    bar.show()
    bar.finish("Done")
    assert not bar.moving


def test_the_words_are_grouped_and_name_the_unit() -> None:
    assert progress_text(1248, 2010, "records") == "1,248 of 2,010 records"
    assert progress_text(5, 10, seconds_left=120) == "5 of 10 rows · about 2 min left"


def test_a_bar_in_a_list_is_filled_as_far_as_the_job_is(look: Theme) -> None:
    def drawn(share: float | None) -> list[QColor]:
        image = QImage(200, 40, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        paint_progress(painter, QRectF(0, 0, 200, 40), share)
        painter.end()
        return [image.pixelColor(x, 20) for x in (20, 100, 180)]

    full, rest = QColor(look.tokens.accent), QColor(look.tokens.skeleton)
    assert drawn(0) == [rest, rest, rest]
    assert drawn(0.25) == [full, rest, rest]
    assert drawn(7) == [full, full, full]
    assert drawn(None) == [rest, full, rest]
