"""Whether a window can be shown is known before Qt would end the process."""

from __future__ import annotations

import pytest

from ui.display import has_display


@pytest.mark.parametrize(
    ("environment", "platform", "shown"),
    [
        ({}, "linux", False),
        ({}, "win32", True),
        ({}, "darwin", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": "far.example:0"}, "linux", True),
        ({"DISPLAY": ":94837"}, "linux", False),
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": "far.example:0"}, "linux", False),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, "linux", True),
    ],
)
def test_a_screen_is_found_where_there_is_one(
    environment: dict[str, str], platform: str, shown: bool
) -> None:
    assert has_display(environment, platform) is shown
