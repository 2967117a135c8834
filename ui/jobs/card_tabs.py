"""The FastTabs of a job's card: what stands on them, and what their headers say when they are folded."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.formats import DASH, count_text, duration_text, exact_text, when_text
from models.job_lists import CardChoices, JobDetails
from models.job_queue import ObjectType
from ui.framework.context import PageContext
from ui.jobs.card_fields import AT_ONCE, job_fields
from ui.jobs.history_list import HistoryList
from ui.jobs.job_field import JobChoice
from ui.jobs.log_list import LogList
from ui.jobs.object_field import ObjectField
from ui.jobs.parameters_edit import ParametersEdit
from ui.jobs.run_after_edit import RunAfterEdit
from ui.jobs.schedule_field import ScheduleField
from ui.jobs.wording import attempts_text, object_text, priority_text, record_text, recurrence_text
from ui.theme import theme
from ui.widgets.fast_tab import FastTab
from ui.widgets.field import FieldRow

LIST_HEIGHT = 240


class CardTabs(QWidget):
    """Everything of a card below the state.

    Signals:
        saved: a field is in the database, so others may have other values too.
    """

    saved = Signal()

    def __init__(self, context: PageContext, job_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self._context = context
        self.fields = job_fields(context, job_id)
        self.object = ObjectField(context, job_id)
        self.parameters = ParametersEdit(context, job_id)
        self.schedule = ScheduleField(context, job_id)
        self.run_after = RunAfterEdit(context, job_id)
        self.history = HistoryList(context, job_id)
        self.log = LogList(context, (job_id,), named=False)
        self.facts: dict[str, QLineEdit] = {}
        self.tabs: dict[str, FastTab] = {}
        self._grids: list[QGridLayout] = []
        self._members: dict[str, tuple[QWidget, ...]] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._arrange()
        self._connect()
        theme().changed.connect(self._rescale)
        self._rescale()

    # ---- what the page does

    def show_choices(self, choices: CardChoices) -> None:
        """Offer the categories and users of the company."""
        codes = [(code, f"{code}  {text}".rstrip()) for code, text in choices.categories]
        self._offer("category_code", [("", "–"), *codes])
        for name in ("run_as_user_id", "owner_user_id"):
            self._offer(name, [(user, user) for user in choices.users])

    def show_details(self, details: JobDetails) -> None:
        """Show what the database has; what is being typed stays."""
        values, row = details.values, details.row
        for name, field in self.fields.items():
            field.show_value(values[name], editable=True)
        self.fields["report_output"].setVisible(row.object_type == ObjectType.REPORT)
        self.object.show_value(row.object_type, row.codeunit, editable=True)
        self.parameters.show_value(values["parameters"], editable=True)
        self.schedule.show_value(row.schedule, row.earliest_start, row.expires_at, editable=True)
        self.run_after.show_value(details.run_after, values["run_after_rule"], editable=True)
        self._show_facts(details)
        self._show_summaries(details)

    def set_gone(self) -> None:
        """The entry has been deleted: nothing can be changed any more."""
        for field in (*self.fields.values(), self.object):
            field.set_read_only(True)
        self.parameters.setEnabled(False)
        self.schedule.setEnabled(False)
        self.run_after.setEnabled(False)

    def save_all(self) -> None:
        """Save what was typed last."""
        for field in self.fields.values():
            field.save()
        self.object.save()
        self.parameters.save()

    # ---- how it comes about

    def _arrange(self) -> None:
        field, fact = self.fields, self._fact
        self._add(
            "General",
            field["description"],
            fact("number", "Entry no."),
            self.object,
            field["report_output"],
            field["record_table"],
            field["record_id"],
            wide=self.parameters,
        )
        self._add(
            "Schedule",
            field["earliest_start"],
            fact("next", "Next start"),
            field["expires_at"],
            fact("started", "Last start"),
            fact("ready", "Last ready"),
            fact("ended", "Last end"),
            wide=self.schedule,
        )
        self._add(
            "Retries and failure",
            field["retries"],
            fact("attempts", "Attempts"),
            field["retry_delay_seconds"],
            field["retry_backoff"],
            field["retry_cap_seconds"],
            field["stop_after_failures"],
            field["timeout_seconds"],
            fact("failures", "Failed runs in a row"),
            field["inactivity_timeout_seconds"],
            field["wake_table"],
            expanded=False,
        )
        self._add("Category and order", field["category_code"], field["priority"], expanded=False)
        self._add("Run after", wide=self.run_after, expanded=False)
        self._add("Notification", field["notify_on_success"], field["notify_on_failure"], expanded=False)
        self._add(
            "Rights and record",
            field["run_as_user_id"],
            field["owner_user_id"],
            fact("created", "Created"),
            fact("runs", "Runs so far"),
            fact("record", "Record to process"),
            fact("key", "Idempotency key"),
            expanded=False,
        )
        self._add("History of changes", wide=self.history, expanded=False)
        self._add("Log", wide=self.log)

    def _fact(self, key: str, caption: str) -> FieldRow:
        edit = QLineEdit()
        self.facts[key] = edit
        return FieldRow(caption, edit, read_only=True)

    def _add(self, title: str, *rows: QWidget, wide: QWidget | None = None, expanded: bool = True) -> None:
        tab = FastTab(title, expanded=expanded)
        if rows:
            host = QWidget()
            host.setProperty("plain", True)
            grid = QGridLayout(host)
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setColumnStretch(0, 1)
            grid.setColumnStretch(1, 1)
            for place, row in enumerate(rows):
                grid.addWidget(row, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
            self._grids.append(grid)
            tab.add_widget(host)
        if wide is not None:
            tab.add_widget(wide)
        self.tabs[title] = tab
        self._members[title] = rows
        self._column.addWidget(tab)

    def _connect(self) -> None:
        for field in self.fields.values():
            field.saved.connect(self.saved)
            field.told.connect(self._show_errors)
        self.object.told.connect(self._show_errors)
        for part in (self.object, self.parameters, self.schedule, self.run_after):
            part.saved.connect(self.saved)

    def _rescale(self) -> None:
        px = theme().px
        self._column.setSpacing(px(12))
        for grid in self._grids:
            grid.setHorizontalSpacing(px(32))
            grid.setVerticalSpacing(px(8))
        for part in (self.history, self.log):
            part.setMinimumHeight(px(LIST_HEIGHT))

    # ---- what it shows

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, JobChoice):
            field.set_choices(choices)

    def _show_facts(self, details: JobDetails) -> None:
        row, values = details.row, details.values
        for key, text in (
            ("number", str(row.entry_no)),
            ("attempts", attempts_text(row)),
            ("failures", str(values["failures_in_a_row"] or "")),
            ("runs", count_text(row.total_runs)),
            ("record", record_text(row)),
            ("key", str(values["idempotency_key"] or "")),
        ):
            self.facts[key].setText(text or DASH)
        for key, moment in (
            ("next", row.next_start),
            ("started", row.started_at),
            ("ended", row.ended_at),
            ("ready", row.last_ready_at),
            ("created", row.created_at),
        ):
            self._show_moment(key, moment)

    def _show_moment(self, key: str, moment: datetime | None) -> None:
        self.facts[key].setText(when_text(moment, self._context.clock.now()))
        self.facts[key].setToolTip(exact_text(moment) if moment is not None else "")

    def _show_summaries(self, details: JobDetails) -> None:
        row, values, now = details.row, details.values, self._context.clock.now()
        retries = row.retries
        retried = "No retries" if not retries else "1 retry" if retries == 1 else f"{retries} retries"
        told = [
            word
            for word, name in (("success", "notify_on_success"), ("failure", "notify_on_failure"))
            if values[name]
        ]
        if row.next_start is not None:
            start = f"Next start: {when_text(row.next_start, now)}"
        else:
            start = when_text(row.earliest_start, now) if row.earliest_start is not None else AT_ONCE
        for title, summary in (
            ("General", (object_text(row.object_type, row.codeunit), record_text(row))),
            ("Schedule", (recurrence_text(row.schedule) or "Once", start)),
            ("Retries and failure", (retried, f"Time-out {duration_text(values['timeout_seconds'])}")),
            ("Category and order", (row.category or "No category", priority_text(row.priority))),
            ("Run after", (self.run_after.summary(),)),
            ("Notification", (f"On {' and '.join(told)}" if told else "Nobody is told",)),
            ("Rights and record", (f"Runs as {row.user_id}",)),
        ):
            self.tabs[title].set_summary(*summary)

    def _show_errors(self) -> None:
        for title, rows in self._members.items():
            wrong = sum(1 for row in rows if isinstance(row, FieldRow) and row.error)
            if wrong != self.tabs[title].error_count:
                self.tabs[title].set_error_count(wrong)
