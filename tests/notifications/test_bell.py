"""The bell: what it counts, what it shows, and what stays in the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.notifications import notifications
from models.database import connected
from models.job_queue import Notification


def test_the_bell(company: Path) -> None:
    numbers = [notifications.notify("info", f"News {number}") for number in range(3)]
    assert notifications.unread() == 3
    assert [row.title for row in notifications.recent(2)] == ["News 2", "News 1"]
    notifications.mark_read(numbers[:1])
    assert notifications.unread() == 2
    notifications.dismiss(numbers[1])
    assert notifications.unread() == 1
    notifications.mark_all_read("ANNA")
    assert notifications.unread() == 0
    assert len(notifications.recent()) == 2
    notifications.clear("ANNA")
    assert notifications.recent() == []
    with connected():
        assert Notification.select().count() == 3, "the history stays"
    with pytest.raises(ValueError, match="loud"):
        notifications.notify("loud", "No")
