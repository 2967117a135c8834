"""The bell: what it counts, what it shows, and what stays in the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.notifications import notifications
from models.database import connected
from models.job_queue import Notification
from models.job_rows import NotificationRow, notification_history


def bell() -> list[NotificationRow]:
    """What Anna's bell shows, newest first."""
    with connected():
        return notification_history("ANNA")


def unread() -> int:
    return sum(not row.read for row in bell())


def test_the_bell(company: Path) -> None:
    numbers = [notifications.notify("info", f"News {number}") for number in range(3)]
    assert unread() == 3
    assert [row.title for row in bell()] == ["News 2", "News 1", "News 0"]
    notifications.mark_read(numbers[:1])
    assert unread() == 2
    notifications.mark_all_read("ANNA")
    assert (unread(), len(bell())) == (0, 3)
    notifications.clear("ANNA")
    assert bell() == []
    with connected():
        assert Notification.select().count() == 3, "the history stays"
    with pytest.raises(ValueError, match="loud"):
        notifications.notify("loud", "No")
