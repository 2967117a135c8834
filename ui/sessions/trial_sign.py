"""The sign that sessions are slow or fail on purpose, so that nobody forgets it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.formats import count_text
from desktop.settings import Settings
from desktop.tasks.trial import ALWAYS, EVERY_SECOND_TIME
from ui.sessions.wording import codeunit_caption
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import ElidedLabel, IconLabel

FAILING: Final = {EVERY_SECOND_TIME: "fail every second time", ALWAYS: "always fail"}


class TrialSign(QWidget):
    """A line of words with a way to the settings; it takes no room while there is no trial.

    Signals:
        change_requested: the person wants to change the trial.
    """

    change_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self.words = ElidedLabel("", "caption", "warn")
        self.words.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.change_button = Button("Change", "link", small=True)
        self.change_button.setAccessibleName("Change the trial in My Settings")
        self.change_button.clicked.connect(self.change_requested)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(IconLabel("wrench", "warn", 14))
        self._row.addWidget(self.words)
        self._row.addWidget(self.change_button)
        self.hide()
        self._rescale()
        theme().changed.connect(self._rescale)

    def show_trial(self, settings: Settings) -> None:
        """Say what the settings ask for now."""
        words = trial_words(settings)
        self.words.setText(words)
        self.setVisible(bool(words))

    def _rescale(self) -> None:
        self._row.setSpacing(theme().px(6))


def trial_words(settings: Settings) -> str:
    """What sessions undergo on purpose, in one line; empty when nothing."""
    if not settings.developer_mode:
        return ""
    said = []
    if settings.trial_delay_ms > 0:
        said.append(f"are slowed by {count_text(settings.trial_delay_ms)} ms")
    if settings.trial_failure in FAILING:
        said.append(FAILING[settings.trial_failure])
    if not said:
        return ""
    codeunit = settings.trial_codeunit
    only = f" (only “{codeunit_caption(codeunit)}”)" if codeunit else ""
    return f"Trial: sessions {' and '.join(said)}{only}"
