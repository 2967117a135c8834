"""The settings of sessions: how many, how long, and what a developer lets them undergo."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox, QWidget

from desktop.codeunits import registry
from desktop.settings import Settings
from desktop.tasks.trial import FAILURES
from ui.widgets.combo import ChoiceBox
from ui.widgets.fast_tab import FastTab
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label

LONGEST_SECONDS: Final = 3_600
MOST_WAITING: Final = 1_000
LONGEST_INTERVAL_MS: Final = 60_000
LONGEST_TRIAL_MS: Final = 600_000
EVERY_CODEUNIT: Final = "Every codeunit"


class SettingsTab(FastTab):
    """One group of settings.

    Signals:
        changed: the person has set something.
    """

    changed = Signal()

    @abstractmethod
    def store(self, settings: Settings) -> None:
        """Write what is set into the settings."""

    def add_row(self, caption: str, editor: QWidget, hint: str) -> None:
        """Add an editor with its caption, and a sentence under it."""
        self.add_widget(FieldRow(caption, editor, hint=hint))
        if isinstance(editor, QSpinBox):
            editor.valueChanged.connect(self._on_changed)
        elif isinstance(editor, QComboBox):
            editor.activated.connect(self._on_changed)
        elif isinstance(editor, QCheckBox):
            editor.toggled.connect(self._on_changed)

    def _on_changed(self, _value: object) -> None:
        self.changed.emit()


class TaskSettings(SettingsTab):
    """Page background tasks."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("Page background tasks")
        self.default_box = number_box(1, LONGEST_SECONDS, settings.task_default_timeout_ms // 1_000, " s")
        self.longest_box = number_box(1, LONGEST_SECONDS, settings.task_max_timeout_ms // 1_000, " s")
        self.at_once_box = number_box(1, 20, settings.task_concurrency)
        self.waiting_box = number_box(1, MOST_WAITING, settings.task_queue_length)
        self.interval_box = number_box(0, LONGEST_INTERVAL_MS, settings.task_min_interval_ms, " ms", 100)
        self.add_row(
            "Time-out",
            self.default_box,
            "For tasks whose page names none. Holds for tasks asked for from now on.",
        )
        self.add_row(
            "Longest time-out",
            self.longest_box,
            "A page that asks for more gets this; at most 3,600 s. Holds for tasks asked for from now on.",
        )
        self.add_row(
            "Tasks at once",
            self.at_once_box,
            "1 to 20. Holds for the next task; those that run are not stopped.",
        )
        self.add_row(
            "Tasks that may wait",
            self.waiting_box,
            "1 to 1,000; the next one is refused. Holds for the next task.",
        )
        self.add_row(
            "Interval of repeats",
            self.interval_box,
            "How long a page that refreshes itself waits at least. 0 to 60,000 ms; holds for the next repeat.",
        )
        self._limit_default()
        self.longest_box.valueChanged.connect(self._limit_default)

    def store(self, settings: Settings) -> None:
        settings.task_default_timeout_ms = self.default_box.value() * 1_000
        settings.task_max_timeout_ms = self.longest_box.value() * 1_000
        settings.task_concurrency = self.at_once_box.value()
        settings.task_queue_length = self.waiting_box.value()
        settings.task_min_interval_ms = self.interval_box.value()

    def _limit_default(self) -> None:
        """The usual time-out is never longer than the longest."""
        self.default_box.setMaximum(self.longest_box.value())


class BackgroundSessionSettings(SettingsTab):
    """Background sessions."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("Background sessions")
        self.at_once_box = number_box(1, 50, settings.session_concurrency)
        self.waiting_box = number_box(0, MOST_WAITING, settings.session_queue_length)
        self.waiting_box.setSpecialValueText("No limit")
        self.add_row(
            "Sessions at once",
            self.at_once_box,
            "1 to 50, each in a process of its own. Holds for the next session; those that run are not stopped.",
        )
        self.add_row(
            "Sessions that may wait",
            self.waiting_box,
            "0 to 1,000; 0 is no limit. The next one is refused.",
        )

    def store(self, settings: Settings) -> None:
        settings.session_concurrency = self.at_once_box.value()
        settings.session_queue_length = self.waiting_box.value()


class DeveloperSettings(SettingsTab):
    """Sessions that are slow or fail on purpose."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("Developer")
        self.mode = QCheckBox("Developer mode")
        self.mode.setChecked(settings.developer_mode)
        self.delay_box = number_box(0, LONGEST_TRIAL_MS, settings.trial_delay_ms, " ms", 500)
        self.failure_choice = QComboBox()
        self.failure_choice.addItems(FAILURES)
        self.failure_choice.setCurrentText(settings.trial_failure)
        self.codeunit_choice = _codeunit_choice(settings.trial_codeunit)
        self.add_widget(
            Label(
                "See how a page behaves when its child sessions are slow or fail. Background sessions undergo it "
                "too; jobs do not. While a trial is on, the line at the bottom of the window says so.",
                "body",
                "fg2",
                wrap=True,
            )
        )
        self.add_row("Trials", self.mode, "Only while it is on does anything below count.")
        self.add_row(
            "Slow down by",
            self.delay_box,
            "0 to 600,000 ms for every session. Time-outs and Stop count as always.",
        )
        self.add_row("Let them fail", self.failure_choice, "")
        self.add_row("Only this codeunit", self.codeunit_choice, "Others run as always.")
        self._allow()
        self.mode.toggled.connect(self._allow)

    def store(self, settings: Settings) -> None:
        settings.developer_mode = self.mode.isChecked()
        settings.trial_delay_ms = self.delay_box.value()
        settings.trial_failure = self.failure_choice.currentText()
        settings.trial_codeunit = self.codeunit_choice.currentData()

    def _allow(self) -> None:
        for editor in (self.delay_box, self.failure_choice, self.codeunit_choice):
            editor.setEnabled(self.mode.isChecked())


def number_box(least: int, most: int, value: int, suffix: str = "", step: int = 1) -> QSpinBox:
    """A field for a whole number, with its unit."""
    box = QSpinBox()
    box.setRange(least, most)
    box.setSingleStep(step)
    box.setGroupSeparatorShown(True)
    box.setValue(value)
    box.setSuffix(suffix)
    return box


def _codeunit_choice(chosen: str) -> ChoiceBox:
    known = sorted(registry.all_codeunits(), key=lambda codeunit: codeunit.caption.casefold())
    each = [(codeunit.name, f"{codeunit.caption} · {codeunit.name}") for codeunit in known]
    return ChoiceBox([("", EVERY_CODEUNIT), *each], chosen)
