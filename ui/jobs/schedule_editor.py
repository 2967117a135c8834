"""The fields of a schedule, with the next ten runs beside them while one types."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import available_timezones

import msgspec.structs
from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.clock import Clock
from desktop.jobqueue import recurrence
from desktop.jobqueue.recurrence import Schedule, ScheduleError
from desktop.jobqueue.recurrence.schedule import BASES, MISFIRES
from models.errors import FieldError
from ui.jobs.next_runs import NextRuns
from ui.jobs.typed import typed_count
from ui.jobs.weekday_buttons import WeekdayButtons
from ui.theme import theme
from ui.widgets.field import FieldRow

ONCE, BY_DAYS, BY_FORMULA = "Once", "On weekdays", "By date formula"
KINDS: Final = (ONCE, BY_DAYS, BY_FORMULA)
BASIS_WORDS: Final = ("On the clock", "From the end of the last run")
MISFIRE_WORDS: Final = ("Run once for all of them", "Skip them", "Run each of them")
_POINTER: Final = "↑"


class ScheduleEditor(QWidget):
    """Edits one schedule.

    Signals:
        schedule_changed: a person has entered another schedule that makes sense; it, or None for a single run.
    """

    schedule_changed = Signal(object)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self._clock = clock
        self._earliest: datetime | None = None
        self._expires: datetime | None = None
        self._given: Schedule | None = None
        self._showing = False
        self.kind = _choice(KINDS)
        self.weekdays = WeekdayButtons()
        self.minutes = _line("once a day")
        self.starting = _line("00:00")
        self.ending = _line("none")
        self.formula = _line("e.g. 1D+CM")
        self.basis = _choice(BASIS_WORDS)
        self.zone = _line("this computer's")
        self.misfire = _choice(MISFIRE_WORDS)
        self.cap = _line("10")
        self.rows = self._make_rows()
        self.runs = NextRuns()
        self._arrange()
        self._connect()
        self.show_schedule(None)

    # ---- what its page does

    def show_schedule(
        self,
        schedule: Schedule | None,
        earliest_start: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        """Show a schedule; what is being typed stays, unless another one is shown than before."""
        self._earliest, self._expires = earliest_start, expires_at
        if schedule == self._given and self.is_touched():
            self._renew()
            return
        self._given = schedule
        self._showing = True
        shown = schedule or Schedule()
        self.kind.setCurrentText(ONCE if schedule is None else BY_FORMULA if shown.date_formula else BY_DAYS)
        self.weekdays.show_days(shown.weekdays)
        self.minutes.setText(str(shown.minutes_between) if shown.minutes_between else "")
        self.starting.setText(shown.starting_time)
        self.ending.setText(shown.ending_time)
        self.formula.setText(shown.date_formula)
        self.basis.setCurrentIndex(BASES.index(shown.basis))
        self.zone.setText(shown.time_zone)
        self.misfire.setCurrentIndex(MISFIRES.index(shown.misfire))
        self.cap.setText(str(shown.run_all_cap))
        self._showing = False
        self._renew()

    def set_read_only(self, read_only: bool) -> None:
        """Let the schedule be read, not changed."""
        for row in self.rows.values():
            row.set_read_only(read_only)

    def schedule(self) -> Schedule | None:
        """What is entered; None for a single run.

        Raises:
            ScheduleError: it makes no sense.
        """
        kind = self.kind.currentText()
        if kind == ONCE:
            return None
        by_days = kind == BY_DAYS
        made = Schedule(
            basis=BASES[self.basis.currentIndex()],
            weekdays=self.weekdays.days if by_days else (),
            minutes_between=_count(self.minutes.text(), 0, "minutes_between") if by_days else 0,
            starting_time=_time_text(self.starting.text()),
            ending_time=_time_text(self.ending.text()) if by_days else "",
            date_formula="" if by_days else self.formula.text().strip().upper(),
            time_zone=self.zone.text().strip(),
            misfire=MISFIRES[self.misfire.currentIndex()],
            run_all_cap=_count(self.cap.text(), 10, "run_all_cap"),
        )
        if not by_days and not made.date_formula:
            raise ScheduleError("The date formula is empty.", "Enter one, e.g. 1D+CM.", "date_formula", 0)
        recurrence.check(made)
        return made

    def is_touched(self) -> bool:
        """Whether something else is entered than what was shown."""
        try:
            return self.schedule() != self._given
        except ScheduleError:
            return True

    # ---- how it comes about

    def _make_rows(self) -> dict[str, FieldRow]:
        def row(caption: str, editor: QWidget) -> FieldRow:
            editor.setAccessibleName(caption)
            return FieldRow(caption, editor)

        return {
            "kind": row("Runs", self.kind),
            "weekdays": row("Weekdays", self.weekdays),
            "minutes_between": row("Minutes between runs", self.minutes),
            "date_formula": row("Date formula", self.formula),
            "starting_time": row("Starting time", self.starting),
            "ending_time": row("Ending time", self.ending),
            "basis": row("Counted", self.basis),
            "misfire": row("Missed runs", self.misfire),
            "run_all_cap": row("At most", self.cap),
            "time_zone": row("Time zone", self.zone),
        }

    def _arrange(self) -> None:
        completer = QCompleter(QStringListModel(sorted(available_timezones()), self), self)
        offers = completer.popup()
        assert offers is not None
        offers.setObjectName("offers")
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.zone.setCompleter(completer)
        self._grid = QVBoxLayout()
        for row in self.rows.values():
            self._grid.addWidget(row)
        self._grid.addStretch(1)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.addLayout(self._grid, 3)
        self._line.addWidget(self.runs, 2)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _connect(self) -> None:
        for box in (self.kind, self.basis, self.misfire):
            box.currentIndexChanged.connect(self._on_chosen)
        self.weekdays.changed.connect(self._on_chosen)
        for edit in (self.minutes, self.starting, self.ending, self.formula, self.zone, self.cap):
            edit.textChanged.connect(self._renew)
            edit.editingFinished.connect(self._tell)

    def _rescale(self) -> None:
        self._grid.setSpacing(theme().px(8))
        self._line.setSpacing(theme().px(32))

    # ---- what happens

    def _on_chosen(self) -> None:
        if self._showing:
            return
        if self.kind.currentText() == BY_DAYS and not (self.weekdays.days or self.minutes.text()):
            self.weekdays.show_days(range(5))  # a choice to begin with, not an error
        self._renew()
        self._tell()

    def _renew(self) -> None:
        """Show what fits the kind, what is wrong, and the runs."""
        if self._showing:
            return
        kind = self.kind.currentText()
        for name, row in self.rows.items():
            row.clear_error()
            row.setVisible(name == "kind" or _belongs(name, kind, self.misfire.currentIndex()))
        try:
            schedule = self.schedule()
        except ScheduleError as error:
            self._show_error(error)
            self.runs.show_none("The schedule makes no sense yet.")
            return
        if schedule is None:
            self.runs.show_none("It runs once, at its earliest start.")
            return
        self._show_runs(schedule)

    def _show_runs(self, schedule: Schedule) -> None:
        now = self._clock.now()
        whole = msgspec.structs.replace(schedule, earliest_start=self._earliest, expires_at=self._expires)
        self.runs.show_runs(
            recurrence.describe(schedule),
            recurrence.upcoming(whole, now),
            now,
            elsewhere=bool(schedule.time_zone),
        )

    def _show_error(self, error: ScheduleError) -> None:
        row = self.rows.get(error.field)
        if row is None:
            return
        text = str(error)
        if error.position >= 0 and isinstance(row.editor, QLineEdit):
            entered = row.editor.text()
            text = f"{entered[: error.position]}{_POINTER}{entered[error.position :]}   {text}"
        row.set_error(text)

    def _tell(self) -> None:
        if self._showing:
            return
        try:
            schedule = self.schedule()
        except ScheduleError:
            return
        if schedule != self._given:
            self._given = schedule
            self.schedule_changed.emit(schedule)


def _belongs(name: str, kind: str, misfire: int) -> bool:
    """Whether a field says something for this kind of schedule."""
    if kind == ONCE:
        return False
    if name in ("weekdays", "minutes_between", "ending_time"):
        return kind == BY_DAYS
    if name == "date_formula":
        return kind == BY_FORMULA
    return name != "run_all_cap" or MISFIRES[misfire] == "Run All"


def _choice(words: tuple[str, ...]) -> QComboBox:
    box = QComboBox()
    box.addItems(list(words))
    return box


def _line(nothing: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setPlaceholderText(nothing)
    return edit


def _count(text: str, empty: int, field: str) -> int:
    if not text.strip():
        return empty
    try:
        return typed_count(text)
    except FieldError as error:
        raise ScheduleError(error.text, error.hint, field) from error


def _time_text(text: str) -> str:
    """What is meant by "8" or "8:30": "08:00", "08:30"; anything else as it is, for the check to refuse."""
    words = text.strip().replace(".", ":")
    hours, colon, minutes = words.partition(":")
    if hours.isdecimal() and len(hours) <= 2 and (not colon or (minutes.isdecimal() and len(minutes) == 2)):
        return f"{int(hours):02d}:{minutes or '00'}"
    return words
