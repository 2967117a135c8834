"""What people type on the card of a job."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication

from models.errors import FieldError
from ui.jobs.typed import typed_count, typed_duration, typed_start

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day", "hour", "minute"),
    [
        ("tomorrow 6:00", 22, 6, 0),
        ("Today 23:30", 21, 23, 30),
        ("2026-11-25 06:15", 25, 6, 15),
        ("27 Nov 2026 07:05", 27, 7, 5),
        ("Tomorrow", 22, 0, 0),
    ],
)
def test_a_start_is_read_as_it_is_shown_or_said(
    qapp: QApplication, text: str, day: int, hour: int, minute: int
) -> None:
    moment = typed_start(text, NOW)
    assert moment is not None
    assert (moment.day, moment.hour, moment.minute) == (day, hour, minute)
    assert moment.tzinfo is not None


def test_a_time_alone_is_its_next_occurrence(qapp: QApplication) -> None:
    for text in ("0:01", "23:59"):
        moment = typed_start(text, NOW)
        assert moment is not None
        assert 0 < (moment - NOW).total_seconds() <= 86_400


@pytest.mark.parametrize("text", ["", "  ", "now", "As soon as possible"])
def test_nothing_means_as_soon_as_possible(qapp: QApplication, text: str) -> None:
    assert typed_start(text, NOW) is None


@pytest.mark.parametrize("text", ["25:00", "10:75", "whenever", "tomorrow at noon", "99.99.2026 10:00"])
def test_what_is_no_moment_is_refused_with_an_example(qapp: QApplication, text: str) -> None:
    with pytest.raises(FieldError, match="is not a time"):
        typed_start(text, NOW)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90 s", 90), ("30 min", 1_800), ("12 h", 43_200), ("1 h 30 min", 5_400), ("2d", 172_800), ("15", 900)],
)
def test_durations(text: str, seconds: int) -> None:
    assert typed_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "5 apples", "-3 h", "1.5 h", "h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="is not a duration"):
        typed_duration(text)


def test_counts() -> None:
    assert typed_count(" 3 ") == 3
    with pytest.raises(FieldError, match="not a number"):
        typed_count("-1")
