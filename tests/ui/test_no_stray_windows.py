"""Opening a page shows it in the window and nowhere else.

A widget that is shown before it has a parent is a window of its own: it flashes on the screen, and takes the
keyboard away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.windows_shown import WindowsShown
from ui.framework.page import Page
from ui.navigation import PAGES
from ui.widgets.popup import Popup

LISTED = [(name, {}) for name, entry in PAGES.items() if entry.listed]
CARDS = [
    (name, {"key": key})
    for name, key in (
        ("customer_card", "C00001"),
        ("vendor_card", "V00001"),
        ("item_card", "I00001"),
        ("sales_order_card", "SO00001"),
    )
]


@pytest.mark.parametrize(("name", "arguments"), [*LISTED, *CARDS])
def test_a_page_shows_no_window_beside_its_own(
    qapp: QApplication, open_page: Callable[..., Any], name: str, arguments: dict[str, str]
) -> None:
    windows = WindowsShown()
    qapp.installEventFilter(windows)
    page: Page = open_page(name, **arguments)
    qapp.removeEventFilter(windows)
    assert windows.shown == [page]


def test_a_popup_is_no_window_before_it_is_opened_and_none_then(qapp: QApplication, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    windows = WindowsShown()
    qapp.installEventFilter(windows)
    popup = Popup(host, "Notifications")
    popup.open_under(host)
    qapp.removeEventFilter(windows)
    assert windows.shown == []
    assert popup.title_label.isVisible()
    popup.close_popup()
