"""Asks what a report is to show, as what, and when it is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.formats import format_value
from desktop.jobqueue import recurrence
from desktop.reports.document import Output
from desktop.reports.ordering import Repeat, moment_of, schedule_of
from desktop.reports.parameters import ReportParameter
from desktop.reports.registry import Report
from desktop.tasks.task import TaskError
from models.rules import FieldRule, Kind
from ui.framework.choice_editors import make_editor
from ui.framework.context import PageContext
from ui.framework.editors import FieldEditor, read_or_error
from ui.framework.work_dialog import WorkDialog
from ui.reports.work import OrderReport
from ui.theme import theme
from ui.widgets.dialog_foot import DialogFoot
from ui.widgets.labels import Label

WIDTH: Final = 520
MOST: Final = 420  # px of the fields; more of them scroll
OUTPUT: Final = FieldRule("output", "As", Kind.OPTION, options=tuple(output.value for output in Output))
NAME: Final = FieldRule("description", "Name of the document", max_length=100)
DAY: Final = FieldRule("day", "Date", Kind.DATE, required=True)
TIME: Final = FieldRule(
    "time",
    "Time",
    required=True,
    pattern=r"([01]?\d|2[0-3]):[0-5]\d",
    pattern_hint="Write it like 06:30.",
)
REPEAT: Final = FieldRule(
    "repeat", "How often", Kind.OPTION, options=tuple(repeat.value for repeat in Repeat)
)
FIRST_TIME: Final = "06:00"


class OrderDialog(WorkDialog):
    """Orders one report.

    Args:
        later: also asks when it is made; else it is made at once.
        on_ordered: called with what was ordered, once it is, and with the id of its job queue entry.
    """

    def __init__(
        self,
        parent: QWidget,
        context: PageContext,
        report: Report,
        *,
        later: bool,
        on_ordered: Callable[[OrderReport, str], None],
    ) -> None:
        title = f"Schedule “{report.caption}”" if later else f"Run “{report.caption}”"
        super().__init__(parent, context, title)
        self._report, self._later = report, later
        self._on_ordered = on_ordered
        self._ordered: OrderReport | None = None
        self.editors: dict[str, FieldEditor] = {}
        px = theme().px
        self.setMinimumWidth(px(WIDTH))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(8))
        column.addWidget(Label(title, "subtitle"))
        column.addWidget(Label(report.description, tone="fg2", wrap=True))
        column.addWidget(self._fields(), 1)
        self.said = Label("", "caption", "err", wrap=True)
        self.said.hide()
        column.addWidget(self.said)
        column.addSpacing(px(8))
        foot = DialogFoot(self, "Schedule" if self._later else "Run now", self.order)
        self.order_button = foot.verb_button
        column.addLayout(foot)
        self._show_plan()
        self._show_fields()
        next(iter(self.editors.values())).widget.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- how it comes about

    def _fields(self) -> QWidget:
        px = theme().px
        inside = QWidget()
        inside.setProperty("plain", True)
        rows = QVBoxLayout(inside)
        self._rows = rows
        rows.setContentsMargins(0, px(4), px(8), px(4))
        rows.setSpacing(px(8))
        for parameter in self._report.parameters:
            self._add(rows, _rule_of(parameter), _first_value(parameter)).set_placeholder(parameter.hint)
            if parameter.kind is Kind.OPTION:
                self.editors[parameter.name].committed.connect(self._show_fields)
        rows.addSpacing(px(8))
        self._add(rows, OUTPUT, self._report.output.value)
        self._add(rows, NAME, "").set_placeholder(self._report.caption)
        self.plan = Label("", "caption", "fg3", wrap=True)
        if self._later:
            tomorrow = self.context.clock.today().toordinal() + 1
            self._add(rows, DAY, self.context.clock.today().fromordinal(tomorrow))
            self._add(rows, TIME, FIRST_TIME)
            self._add(rows, REPEAT, Repeat.NEVER.value)
            for name in ("day", "time", "repeat"):
                self.editors[name].committed.connect(self._show_plan)
            rows.addWidget(self.plan)
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self._scroll = scroll
        return scroll

    def _add(self, rows: QVBoxLayout, rule: FieldRule, value: Any) -> FieldEditor:
        editor = make_editor(rule, self.context.clock, self.context.hub, read_only=False)
        editor.show_value(value)
        self.editors[rule.name] = editor
        rows.addWidget(editor.row)
        return editor

    # ---- what happens

    def order(self) -> None:
        """Check what was typed, and order the report."""
        values = self._values()
        if values is None:
            return
        start = _start_of(values) if self._later else None
        schedule = schedule_of(Repeat(values["repeat"]), start) if start is not None else None
        self._ordered = OrderReport(
            self._report.name,
            Output(values["output"]),
            self.context.user_id,
            self.context.clock,
            {
                parameter.name: format_value(values[parameter.name])
                for parameter in self._report.parameters
                if values[parameter.name] not in ("", None)
            },
            values["description"] or "",
            start,
            schedule,
        )
        self.said.hide()
        self.order_button.setEnabled(False)
        self.context.hub.write(self, self._ordered, self._on_done, self._on_error)

    def _values(self) -> dict[str, Any] | None:
        """What stands in the fields; None where something is wrong, which its field says then."""
        values: dict[str, Any] = {}
        wrong: list[FieldEditor] = []
        for name, editor in self.editors.items():
            values[name], error = read_or_error(editor)
            if _is_left_empty(editor):
                values[name], error = None, ""
            editor.row.set_error(error)
            if error:
                wrong.append(editor)
        if wrong:
            wrong[0].widget.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        return values

    def _show_plan(self, _name: str = "") -> None:
        """Say when it is made, in one sentence."""
        if not self._later:
            return
        values = {name: read_or_error(self.editors[name])[0] for name in ("day", "time", "repeat")}
        if None in values.values() or not values["time"]:
            self.plan.setText("")
            return
        start = _start_of(values)
        schedule = schedule_of(Repeat(values["repeat"]), start)
        if schedule is None:
            self.plan.setText(f"It is made on {start:%A, %d %B %Y} at {start:%H:%M}.")
            return
        found = recurrence.upcoming(schedule, self.context.clock.now(), 3)
        days = ", ".join(f"{run.astimezone():%a %d %b %H:%M}" for run in found)
        self.plan.setText(f"Next: {days} …")

    def _show_fields(self, _name: str = "") -> None:
        """Show the parameters that count with the options that are chosen."""
        for parameter in self._report.parameters:
            if parameter.only_with is not None:
                other, option = parameter.only_with
                chosen = self.editors[other].typed_value()
                self.editors[parameter.name].row.setVisible(chosen == option)
        self._rows.activate()
        self._scroll.setMinimumHeight(min(self._rows.sizeHint().height() + theme().px(12), theme().px(MOST)))
        self.adjustSize()

    def _on_done(self, job_id: str) -> None:
        ordered, self._ordered = self._ordered, None
        self.accept()
        if ordered is not None:
            self._on_ordered(ordered, job_id)

    def _on_error(self, error: TaskError) -> None:
        self.order_button.setEnabled(True)
        self.said.setText(error.text)
        self.said.show()


def _rule_of(parameter: ReportParameter) -> FieldRule:
    # A filter is a text here: the rule of a code would take "DE|AT" for one code.
    kind = Kind.TEXT if parameter.kind is Kind.CODE else parameter.kind
    return FieldRule(
        parameter.name, parameter.caption, kind, options=parameter.options, minimum=parameter.minimum
    )


def _is_left_empty(editor: FieldEditor) -> bool:
    # The rule of a number reads an empty field as 0, but here nothing was chosen.
    edit = editor.widget
    return isinstance(edit, QLineEdit) and not edit.text().strip() and not editor.rule.required


def _first_value(parameter: ReportParameter) -> Any:
    if parameter.kind is Kind.OPTION:
        return parameter.default or parameter.options[0]
    if parameter.kind is Kind.BOOLEAN:
        return parameter.default == "true"
    return None


def _start_of(values: dict[str, Any]) -> datetime:
    hour, minute = values["time"].split(":")
    return moment_of(values["day"], time(int(hour), int(minute)))
