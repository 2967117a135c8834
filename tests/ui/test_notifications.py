"""A person is told once, in the place where they look, and never flooded."""

from __future__ import annotations

from datetime import UTC, datetime

from models.job_rows import NotificationRow
from ui.notifications import Channel, present


def _row(number: int, severity: str = "ok", needs_action: bool = False) -> NotificationRow:
    return NotificationRow(
        number,
        severity,
        "Import complete",
        "88 records created",
        "job",
        1,
        needs_action,
        datetime.now(UTC),
        False,
    )


def test_a_success_in_front_of_the_window_is_a_toast() -> None:
    (shown,) = present([_row(1)], window_active=True)
    assert shown.channel is Channel.TOAST
    assert shown.row == _row(1)._replace(created_at=shown.row.created_at)


def test_errors_that_need_a_person_stay_as_a_banner() -> None:
    (shown,) = present([_row(1, "warn", needs_action=True)], window_active=True)
    assert (shown.channel, shown.severity) == (Channel.BANNER, "warn")


def test_a_window_that_is_not_in_front_leaves_it_to_the_system() -> None:
    (shown,) = present([_row(1)], window_active=False)
    assert shown.channel is Channel.SYSTEM


def test_many_at_once_become_one_sentence_that_counts_the_failures() -> None:
    rows = [_row(number, "err" if number == 2 else "ok") for number in range(1, 7)]
    (shown,) = present(rows, window_active=True)
    assert shown.title == "6 jobs ended, 1 with errors."
    assert shown.channel is Channel.BANNER
    assert shown.row is None
