"""The application's look for the tests of the widgets: applied, light, 100 %, nothing moving."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from ui.theme import Theme, theme


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Theme]:
    made = theme()
    made.set_mode("light")
    made.set_scale(1.0)
    made.set_reduced_motion(True)
    made.apply(qapp)
    yield made
    made.set_mode("light")
    made.set_scale(1.0)
    made.set_reduced_motion(None)
